"""Giving out a token for a downstream service in exchange for a user's (RFC 8693; reference 07, GetDerivedToken).

The new token goes back to the same sign-in, so that it ends with it, and never outlives the token it was made from.
"""

from dataclasses import dataclass, field
from typing import Any

from cognomen import errors
from cognomen.domain import token_exchange as rules
from cognomen.domain.account_states import check_tokens_work
from cognomen.domain.app_client import AppClient
from cognomen.domain.claims import Grant, access_claims, id_claims, origin_of
from cognomen.domain.groups import claims_of
from cognomen.domain.issuers import issuer_of
from cognomen.domain.pool import UserPool
from cognomen.domain.signing_keys import TokenUse
from cognomen.domain.tiers import Feature, lowest_tier, tier_of
from cognomen.domain.token_exchange import Claims, Presented
from cognomen.domain.token_overrides import NO_OVERRIDES
from cognomen.domain.user import User
from cognomen.flows import resource_servers
from cognomen.flows.access_tokens import read_token
from cognomen.flows.pool_keys import pool_keys
from cognomen.flows.run_trigger import TokensAsked, token_overrides
from cognomen.services import Services
from cognomen.storage import groups, token_sessions

ACTION = "TokenExchange"  # how the trigger for token generation is told


@dataclass(frozen=True, slots=True)
class Exchange:
    """What is asked for. `kind` is that of the new token; `scopes` is None where nobody asked for some."""

    pool: UserPool
    client: AppClient
    subject: Presented
    actor: Presented | None
    kind: str
    scopes: tuple[str, ...] | None = None
    audience: str | None = None
    resource: str | None = None


@dataclass(frozen=True, slots=True)
class Issued:
    """The new token; `expires_in` is its life in seconds."""

    token: str = field(repr=False)
    expires_in: int
    scopes: list[str]


async def exchange(world: Services, asked: Exchange) -> Issued:
    """Make the new token.

    Raises FlowNotEnabled, ResourceServerNotFound, NoScopeInCommon, UserNotFoundException, NotAuthorizedException for
    tokens that are not good (any more), and what comes of a trigger.
    """
    rules.check_flow(asked.client, delegates=asked.actor is not None)
    if tier_of(asked.pool) < lowest_tier(Feature.TOKEN_EXCHANGE):  # lowered since the client was made
        raise errors.FlowNotEnabled(flow="TOKEN_EXCHANGE")
    if asked.resource:
        await resource_servers.require(world, asked.pool, asked.resource)
    user, subject = await _subject(world, asked)
    actor = await _actor(world, asked.pool, asked.actor) if asked.actor else None
    scopes = rules.granted(asked.client, subject, asked.scopes)
    return await _sign(world, asked, user, {**subject, **rules.acting(subject, actor)}, scopes)


async def _subject(world: Services, asked: Exchange) -> tuple[User, Claims]:
    """The user on whose behalf somebody acts, and what their token says."""
    claims = await _read(world, asked.pool, asked.subject)
    if rules.is_of_machine(claims):
        raise errors.TokenNotExchangeable(part=asked.subject.part)
    return await _live(world, asked.pool, asked.subject, claims), claims


async def _actor(world: Services, pool: UserPool, shown: Presented) -> Claims:
    """What the token of whoever acts says: a machine's or a user's."""
    claims = await _read(world, pool, shown)
    if rules.is_of_machine(claims):
        await _require_client(world, pool, shown, claims)
    else:
        await _live(world, pool, shown, claims)
    return claims


async def _read(world: Services, pool: UserPool, shown: Presented) -> Claims:
    """The claims of a token of this pool that has not expired; raises TokenNotExchangeable, TokenToExchangeExpired."""
    try:
        issuing, claims = await read_token(world, shown.token, rules.USES[shown.kind])
    except errors.AccessTokenInvalid as invalid:
        raise errors.TokenNotExchangeable(part=shown.part) from invalid
    if issuing.pool_id != pool.pool_id:
        raise errors.TokenNotExchangeable(part=shown.part)
    if claims["exp"] * 1000 <= world.now_ms():
        raise errors.TokenToExchangeExpired(part=shown.part)
    return claims


async def _live(world: Services, pool: UserPool, shown: Presented, claims: Claims) -> User:
    """Whose token it is, as long as their sign-in goes on and their account may be used."""
    sub, origin = claims["sub"], origin_of(claims)
    found = await world.database.read(lambda tx: token_sessions.holder(tx, pool.pool_id, sub, origin))
    if found is None:
        raise errors.UserNotFoundException
    user, signed_in = found
    try:
        check_tokens_work(user)
    except errors.PasswordResetRequiredException as required:  # not modelled here
        raise errors.NotAuthorizedException(str(required)) from required
    if not signed_in:
        raise errors.TokenToExchangeRevoked(part=shown.part)
    return user


async def _require_client(world: Services, pool: UserPool, shown: Presented, claims: Claims) -> None:
    try:
        client = await world.directory.client(rules.client_id_of(claims))
    except errors.ClientDoesNotExist as gone:
        raise errors.TokenNotExchangeable(part=shown.part) from gone
    if client.pool_id != pool.pool_id:
        raise errors.TokenNotExchangeable(part=shown.part)


async def _sign(world: Services, asked: Exchange, user: User, from_: Claims, scopes: list[str]) -> Issued:
    keys = await pool_keys(world, asked.pool.pool_id)
    held = claims_of(await world.database.read(lambda tx: groups.of_user(tx, user.pool_id, user.sub)))
    wanted = TokensAsked(ACTION, tuple(scopes))
    overrides = await token_overrides(world, asked.pool, user, held, wanted) if asked.pool.triggers else NO_OVERRIDES
    grant = Grant(
        issuer=issuer_of(world.facts, asked.pool),
        pool=asked.pool,
        client=asked.client,
        user=user,
        origin_jti=origin_of(from_),
        event_id=world.ids.uuid() if asked.client.shows_origin else origin_of(from_),
        auth_time=from_["auth_time"],
        now=world.now_ms() // 1000,
        groups=held if overrides.groups is None else overrides.groups,
        device_key=from_.get("device_key", ""),
        scope=" ".join(scopes),
    )
    if asked.kind == rules.ID:
        use, claims = TokenUse.ID, overrides.id_token.applied(id_claims(grant, world.ids.uuid()))
    else:
        use, claims = TokenUse.ACCESS, overrides.access_token.applied(access_claims(grant, world.ids.uuid()))
        claims["version"] = 2
    claims |= _bound(asked, from_)
    claims["exp"] = min(claims["exp"], from_["exp"])
    return Issued(keys.signers[use].sign(claims), claims["exp"] - grant.now, rules.scopes_of(claims))


def _bound(asked: Exchange, from_: Claims) -> dict[str, Any]:
    """What no trigger changes: for whom the token is, and who acts."""
    audience = asked.audience or asked.resource
    return {**({"aud": audience} if audience else {}), **({"act": from_["act"]} if "act" in from_ else {})}
