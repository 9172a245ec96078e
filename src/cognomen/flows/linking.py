"""Linking identities of providers to users, and taking them away (reference 10 and the API's own documentation)."""

from dataclasses import dataclass, replace

from cognomen import errors
from cognomen.domain.identities import ATTRIBUTE, SUBJECT, LinkedIdentity, as_attribute, check_linkable
from cognomen.domain.identity_providers import OWN_NAMES
from cognomen.domain.pool import UserPool
from cognomen.domain.user import User, UserStatus
from cognomen.flows.accounts import require_user
from cognomen.flows.identity_providers import provider_of
from cognomen.services import Services
from cognomen.storage import user_identities, users
from cognomen.storage.database import Tx


@dataclass(frozen=True, slots=True)
class ProviderUser:
    """Who somebody is at a provider, or in the pool itself."""

    provider: str
    attribute: str
    value: str

    @property
    def is_own(self) -> bool:
        """Whether the pool itself is meant, where the value is the user's name."""
        return self.provider in OWN_NAMES

    @property
    def username(self) -> str:
        """The name that the user has in the pool, or gets at the first sign-in through the provider."""
        return self.value if self.is_own else f"{self.provider}_{self.value}"


async def link(world: Services, pool: UserPool, destination: ProviderUser, source: ProviderUser) -> None:
    """From now on who signs in as `source` is the user `destination`.

    Raises InvalidParameterException, ProviderNotFound, UserNotFoundException, AliasExistsException,
    LimitExceededException.
    """
    if source.is_own:
        raise errors.SourceIsLocal
    user = await require_user(world, pool, destination.username)

    async def work(tx: Tx) -> None:
        provider = await provider_of(tx, world, pool.pool_id, source.provider)
        check_linkable(provider, source.attribute)
        held = await users.held(tx, pool.pool_id, user.sub)
        if held is None:
            raise errors.UserNotFoundException
        await _refuse_known(tx, pool, held, source)
        identity = LinkedIdentity(
            pool_id=pool.pool_id,
            provider=source.provider,
            attribute=source.attribute,
            value=source.value,
            sub=user.sub,
            type=provider.type,
            linked_ms=world.now_ms(),
        )
        await user_identities.insert(tx, identity)
        linked = await user_identities.of_user(tx, pool.pool_id, user.sub)
        most = world.facts.quotas.identities_per_user
        if len(linked) > most:
            raise errors.TooManyIdentities(most=most)
        await _tell(tx, held, linked, world.now_ms())

    await world.database.write(work)


async def _refuse_known(tx: Tx, pool: UserPool, user: User, source: ProviderUser) -> None:
    known = await user_identities.get(tx, pool.pool_id, source.provider, source.attribute, source.value)
    if known is not None:
        if known.sub == user.sub:
            raise errors.AlreadyLinked
        raise errors.LinkedToAnother
    if await users.by_name(tx, pool.pool_id, source.username) is not None:
        raise errors.MergingNotSupported


async def disable(world: Services, pool: UserPool, who: ProviderUser) -> None:
    """Take a linked identity from its user; of a local user, the password.

    Raises InvalidParameterException, UserNotFoundException.
    """
    if who.is_own:
        await _disable_local(world, pool, who)
        return

    async def work(tx: Tx) -> None:
        identity = await user_identities.get(tx, pool.pool_id, who.provider, who.attribute, who.value)
        held = await users.held(tx, pool.pool_id, identity.sub) if identity else None
        if identity is None or held is None:
            raise errors.UserNotFoundException
        await user_identities.delete(tx, identity)
        await _tell(tx, held, await user_identities.of_user(tx, pool.pool_id, held.sub), world.now_ms())

    await world.database.write(work)


async def _disable_local(world: Services, pool: UserPool, who: ProviderUser) -> None:
    if who.attribute != SUBJECT:
        raise errors.SubjectNeeded(provider=who.provider)
    user = await require_user(world, pool, who.username)

    async def work(tx: Tx) -> None:
        held = await users.held(tx, pool.pool_id, user.sub)
        if held is None:
            raise errors.UserNotFoundException
        now_ms = world.now_ms()
        await users.set_password(
            tx, replace(held, password=None, status=UserStatus.EXTERNAL_PROVIDER, modified_ms=now_ms)
        )

    await world.database.write(work)


async def _tell(tx: Tx, user: User, linked: list[LinkedIdentity], now_ms: int) -> None:
    """Keep the attribute ``identities`` true; a user without any does not have it."""
    others = {name: value for name, value in user.attributes.items() if name != ATTRIBUTE}
    attributes = {**others, **({ATTRIBUTE: as_attribute(linked)} if linked else {})}
    await users.update(tx, replace(user, attributes=attributes, modified_ms=now_ms), user)
