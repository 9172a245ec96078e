"""How the pages of app clients look: the classic ones, and the styles of managed login (reference 11 and 13)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from cognomen import errors
from cognomen.domain.app_client import AppClient
from cognomen.domain.login_brandings import Asset, LoginBranding, check_assets, check_settings, merged
from cognomen.domain.pool import UserPool
from cognomen.domain.ui_customizations import EVERY_CLIENT, UiCustomization, check_css, check_image
from cognomen.flows.pools import held_pool
from cognomen.services import Services
from cognomen.storage import app_clients, domains, login_brandings, ui_customizations
from cognomen.storage.database import Tx, UniqueViolation

# Classic pages


async def set_look(
    world: Services, pool: UserPool, client_id: str, css: str | None, image: bytes | None
) -> UiCustomization:
    """Put a style sheet and a logo in place of what was there; raises InvalidParameterException, PoolDoesNotExist."""
    if css:
        check_css(css)
    if image:
        check_image(image)
    now_ms = world.now_ms()
    look = UiCustomization(pool.pool_id, client_id, css or None, image or None, now_ms, now_ms)

    async def work(tx: Tx) -> UiCustomization:
        await held_pool(tx, pool.pool_id)
        if not await domains.of_pool(tx, pool.pool_id):
            raise errors.DomainNeeded
        if client_id != EVERY_CLIENT:
            await _held_client(tx, pool.pool_id, client_id)
        return replace(look, created_ms=await ui_customizations.put(tx, look))

    return await world.database.write(work)


async def look_of(world: Services, pool: UserPool, client_id: str) -> UiCustomization | None:
    """How the pages of a client look: its own look, else that of every client."""

    async def work(tx: Tx) -> UiCustomization | None:
        own = await ui_customizations.get(tx, pool.pool_id, client_id)
        return own or await ui_customizations.get(tx, pool.pool_id, EVERY_CLIENT)

    return await world.database.read(work)


# Managed login


@dataclass(frozen=True, slots=True)
class AssetAsked:
    """An image as a caller gives it: its bytes, or the id of one that the style has already."""

    category: str
    color_mode: str
    extension: str
    content: bytes | None
    resource_id: str | None


@dataclass(frozen=True, slots=True)
class Style:
    """What a caller says of a style; None is not said."""

    uses_provided: bool
    settings: Any
    assets: Iterable[AssetAsked] | None


async def create_branding(world: Services, client: AppClient, style: Style) -> LoginBranding:
    """Give a client its style.

    Raises InvalidParameterException, ManagedLoginBrandingExistsException, PoolQuotaExceeded, ClientDoesNotExist.
    """
    check_settings(style.settings, uses_provided=style.uses_provided)
    now_ms = world.now_ms()
    branding = LoginBranding(
        pool_id=client.pool_id,
        branding_id=world.ids.uuid(),
        client_id=client.client_id,
        uses_provided=style.uses_provided,
        settings=style.settings,
        assets=check_assets(_resolved(world, style.assets or (), ())),
        created_ms=now_ms,
        modified_ms=now_ms,
    )

    async def work(tx: Tx) -> None:
        await held_pool(tx, client.pool_id)  # so that two cannot both be the last one
        await _held_client(tx, client.pool_id, client.client_id)
        await login_brandings.insert(tx, branding)
        most = world.facts.quotas.brandings_per_pool
        if await login_brandings.count_of_pool(tx, client.pool_id) > most:
            raise errors.PoolQuotaExceeded(most=most, things="managed login branding styles")

    try:
        await world.database.write(work)
    except UniqueViolation as clash:
        raise errors.ManagedLoginBrandingExistsException from clash
    return branding


async def change_branding(world: Services, pool: UserPool, branding_id: str, style: Style) -> LoginBranding:
    """Change what is said of a style; images that are not named stay.

    Raises InvalidParameterException, BrandingNotFound.
    """

    async def work(tx: Tx) -> LoginBranding:
        held = await login_brandings.held(tx, pool.pool_id, branding_id)
        if held is None:
            raise errors.BrandingNotFound
        changed = replace(_with_settings(held, style), modified_ms=world.now_ms())
        if style.assets is not None:
            given = check_assets(_resolved(world, style.assets, held.assets))
            changed = replace(changed, assets=check_assets(merged(held.assets, given)))
        await login_brandings.update(tx, changed)
        return changed

    return await world.database.write(work)


async def require_branding(world: Services, pool: UserPool, branding_id: str) -> LoginBranding:
    """The style with this id; raises BrandingNotFound."""
    branding = await world.database.read(lambda tx: login_brandings.get(tx, pool.pool_id, branding_id))
    if branding is None:
        raise errors.BrandingNotFound
    return branding


async def require_branding_of_client(world: Services, client: AppClient) -> LoginBranding:
    """The style of a client; raises BrandingNotFound."""
    branding = await world.database.read(lambda tx: login_brandings.of_client(tx, client.pool_id, client.client_id))
    if branding is None:
        raise errors.BrandingNotFound
    return branding


async def delete_branding(world: Services, pool: UserPool, branding_id: str) -> None:
    """Take a style from its client; raises BrandingNotFound."""
    if not await world.database.write(lambda tx: login_brandings.delete(tx, pool.pool_id, branding_id)):
        raise errors.BrandingNotFound


def _with_settings(held: LoginBranding, style: Style) -> LoginBranding:
    """Settings that are given replace the old ones, and so do the server's own; else the old ones stay."""
    if style.settings is None and not style.uses_provided:
        return held
    check_settings(style.settings, uses_provided=style.uses_provided)
    return replace(held, settings=style.settings, uses_provided=style.uses_provided)


def _resolved(world: Services, asked: Iterable[AssetAsked], known: Iterable[Asset]) -> list[Asset]:
    """The images with their bytes; raises AssetWithoutImage."""
    by_id = {asset.resource_id: asset.content for asset in known}
    found = []
    for one in asked:
        content = one.content or by_id.get(one.resource_id or "")
        if not content:
            raise errors.AssetWithoutImage(category=one.category)
        resource_id = world.ids.uuid() if one.content else one.resource_id or ""
        found.append(Asset(one.category, one.color_mode, one.extension, content, resource_id))
    return found


async def _held_client(tx: Tx, pool_id: str, client_id: str) -> None:
    if await app_clients.held(tx, pool_id, client_id) is None:
        raise errors.ClientDoesNotExist(client_id=client_id)
