"""Making and changing identity providers; what they say of themselves is sealed, since secrets are in it."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TypeAlias, TypeVar

import msgspec

from cognomen import errors
from cognomen.domain.identity_providers import OWN_NAMES, IdentityProvider, check_provider
from cognomen.domain.pool import UserPool
from cognomen.flows.pools import held_pool
from cognomen.services import Services
from cognomen.storage import identity_providers
from cognomen.storage.database import Tx, UniqueViolation
from cognomen.storage.identity_providers import ProviderRow

T = TypeVar("T")
read_details = msgspec.json.Decoder(dict[str, str]).decode
ProviderChange: TypeAlias = Callable[[IdentityProvider], IdentityProvider]


async def create(world: Services, pool: UserPool, provider: IdentityProvider) -> None:
    """Store a new provider.

    Raises InvalidParameterException, DuplicateProviderException, PoolQuotaExceeded, PoolDoesNotExist.
    """
    check_provider(provider, pool.schema)
    most = world.facts.quotas.identity_providers_per_pool

    async def work(tx: Tx) -> None:
        await held_pool(tx, pool.pool_id)  # so that two cannot both be the last one
        names = await identity_providers.names_of_pool(tx, pool.pool_id)
        if provider.name in names:
            raise errors.DuplicateProviderException(name=provider.name)
        if len(names) >= most:
            raise errors.PoolQuotaExceeded(most=most, things="identity providers")
        await identity_providers.insert(tx, _sealed(world, provider))
        await identity_providers.put_identifiers(tx, pool.pool_id, provider.name, provider.identifiers)

    await _write_with_identifiers(world, work)


async def change(world: Services, pool: UserPool, name: str, to: ProviderChange) -> IdentityProvider:
    """Change a provider as it is at that moment.

    Raises InvalidParameterException, UnsupportedIdentityProviderException, ProviderNotFound.
    """
    _refuse_own(name)

    async def work(tx: Tx) -> IdentityProvider:
        row = await identity_providers.held(tx, pool.pool_id, name)
        if row is None:
            raise errors.ProviderNotFound(name=name)
        changed = replace(to(await _opened(tx, world, row)), modified_ms=world.now_ms())
        check_provider(changed, pool.schema)
        await identity_providers.update(tx, _sealed(world, changed))
        await identity_providers.put_identifiers(tx, pool.pool_id, name, changed.identifiers)
        return changed

    return await _write_with_identifiers(world, work)


async def require(world: Services, pool: UserPool, name: str) -> IdentityProvider:
    """The provider of this name; raises ProviderNotFound."""
    return await world.database.read(lambda tx: provider_of(tx, world, pool.pool_id, name))


async def require_by_identifier(world: Services, pool: UserPool, identifier: str) -> IdentityProvider:
    """The provider that an identifier leads to; raises ProviderNotFound."""

    async def work(tx: Tx) -> IdentityProvider:
        name = await identity_providers.name_of(tx, pool.pool_id, identifier)
        if name is None:
            raise errors.ProviderNotFound(name=identifier)
        return await provider_of(tx, world, pool.pool_id, name)

    return await world.database.read(work)


async def delete(world: Services, pool: UserPool, name: str) -> None:
    """Delete a provider; clients keep its name. Raises UnsupportedIdentityProviderException, ProviderNotFound."""
    _refuse_own(name)
    if not await world.database.write(lambda tx: identity_providers.delete(tx, pool.pool_id, name)):
        raise errors.ProviderNotFound(name=name)


async def provider_of(tx: Tx, world: Services, pool_id: str, name: str) -> IdentityProvider:
    """The provider of this name; raises ProviderNotFound."""
    row = await identity_providers.get(tx, pool_id, name)
    if row is None:
        raise errors.ProviderNotFound(name=name)
    return await _opened(tx, world, row)


def _refuse_own(name: str) -> None:
    if name in OWN_NAMES:
        raise errors.UnsupportedIdentityProviderException(name=name)


async def _write_with_identifiers(world: Services, work: Callable[[Tx], Awaitable[T]]) -> T:
    try:
        return await world.database.write(work)
    except UniqueViolation as clash:
        raise errors.IdentifierTaken from clash


def details_purpose(pool_id: str, name: str) -> str:
    """What the sealed details of a provider are bound to."""
    return f"identity-provider {pool_id} {name}"


def _sealed(world: Services, provider: IdentityProvider) -> ProviderRow:
    plain = msgspec.json.encode(dict(provider.details))
    return ProviderRow(
        pool_id=provider.pool_id,
        name=provider.name,
        type=provider.type,
        details=world.sealer.seal(plain, details_purpose(provider.pool_id, provider.name)),
        mappings={"attributes": dict(provider.attribute_mapping), "acr": provider.acr_mapping},
        created_ms=provider.created_ms,
        modified_ms=provider.modified_ms,
    )


async def _opened(tx: Tx, world: Services, row: ProviderRow) -> IdentityProvider:
    return IdentityProvider(
        pool_id=row.pool_id,
        name=row.name,
        type=row.type,
        details=read_details(world.sealer.open(row.details, details_purpose(row.pool_id, row.name))),
        attribute_mapping=row.mappings["attributes"],
        identifiers=await identity_providers.identifiers_of(tx, row.pool_id, row.name),
        acr_mapping=row.mappings["acr"],
        created_ms=row.created_ms,
        modified_ms=row.modified_ms,
    )
