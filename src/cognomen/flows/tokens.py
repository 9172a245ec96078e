"""Giving out tokens: ID and access token signed with the pool's two keys, and an opaque refresh token."""

import hmac
from dataclasses import dataclass, field, replace

from cognomen import errors
from cognomen.domain.account_states import check_tokens_work
from cognomen.domain.app_client import AppClient
from cognomen.domain.challenges import Situation, Step
from cognomen.domain.claims import Grant, access_claims, id_claims
from cognomen.domain.devices import DeviceOffer, group_key_of
from cognomen.domain.groups import claims_of
from cognomen.domain.issuers import issuer_of
from cognomen.domain.pool import UserPool
from cognomen.domain.refresh_tokens import RANDOM_BYTES, TAG_BYTES, RefreshToken, body_of
from cognomen.domain.sessions import SessionTracking, TokenSession, Trace
from cognomen.domain.signing_keys import TokenUse
from cognomen.domain.token_overrides import NO_OVERRIDES
from cognomen.domain.user import User
from cognomen.flows.pool_keys import pool_keys
from cognomen.flows.run_trigger import TokensAsked, token_overrides
from cognomen.services import Services
from cognomen.storage import devices, groups, token_sessions, users
from cognomen.storage.database import Tx, Work

TAG_PURPOSE = "refresh-token"


@dataclass(frozen=True, slots=True)
class Tokens:
    """The answer to a sign-in or a refresh; `expires_in` is the access token's life in seconds."""

    id_token: str = field(repr=False)
    access_token: str = field(repr=False)
    refresh_token: str | None = field(repr=False)
    expires_in: int
    offer: DeviceOffer | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """The sign-in that tokens go back to; a refresh keeps it. `auth_time` is in seconds.

    `action` is how the trigger for token generation is told of what the tokens are made for.
    """

    jti: str
    auth_time: int
    action: str = "Authentication"
    device_key: str = ""


async def sign_tokens(world: Services, pool: UserPool, client: AppClient, user: User, origin: Origin) -> Tokens:
    """Sign an ID and an access token."""
    keys = await pool_keys(world, pool.pool_id)
    held = claims_of(await world.database.read(lambda tx: groups.of_user(tx, pool.pool_id, user.sub)))
    asked = token_overrides(world, pool, user, held, TokensAsked(origin.action)) if pool.triggers else None
    overrides = await asked if asked else NO_OVERRIDES
    grant = Grant(
        issuer=issuer_of(world.facts, pool),
        pool=pool,
        client=client,
        user=user,
        origin_jti=origin.jti,
        event_id=_event_id(world, client, origin),
        auth_time=origin.auth_time,
        now=world.now_ms() // 1000,
        groups=held if overrides.groups is None else overrides.groups,
        device_key=origin.device_key,
    )
    of_id, of_access = id_claims(grant, world.ids.uuid()), access_claims(grant, world.ids.uuid())
    if overrides is not NO_OVERRIDES:
        of_id, of_access = overrides.id_token.applied(of_id), overrides.access_token.applied(of_access)
    id_token = keys.signers[TokenUse.ID].sign(of_id)
    access_token = keys.signers[TokenUse.ACCESS].sign(of_access)
    return Tokens(id_token, access_token, None, client.access_token_seconds)


def _event_id(world: Services, client: AppClient, origin: Origin) -> str:
    """Of a sign-in that is noted as an event, its id."""
    if world.watch:
        return world.watch.event_id
    return world.ids.uuid() if client.shows_origin else origin.jti


async def nothing_else(_: Tx) -> None:
    """For a sign-in that leaves nothing behind but its refresh token."""


async def give_tokens(world: Services, situation: Situation, also: Work[None] = nothing_else) -> Tokens:
    """Sign the first tokens of a sign-in; it is on disk, with what is `also` to be kept, before they are seen."""
    user, client = situation.user, situation.client
    refresh_token = new_refresh_token(world, world.ids.uuid())
    tracking = await world.directory.session_tracking(user.pool_id)
    session = _new_session(world, situation, refresh_token, tracking)
    origin = Origin(session.origin_jti, session.auth_time, _action(situation), session.device_key or "")
    tokens = await sign_tokens(world, situation.pool, client, user, origin)

    async def work(tx: Tx) -> None:
        await also(tx)
        await _note_device(tx, situation, session.started_ms)
        await _refuse_overtaken(tx, user)  # holds the account: sign-ins at the same time each make room for themselves
        if session.trace:
            await token_sessions.evict(tx, user.pool_id, user.sub, session.started_ms, tracking.most_per_user - 1)
        await token_sessions.insert(tx, session)

    await world.database.write(work)
    return replace(tokens, refresh_token=refresh_token.text, offer=_offer(situation, session))


def _action(situation: Situation) -> str:
    """How the trigger for token generation is told of what ended the sign-in."""
    if Step.DEVICE_PASSWORD_VERIFIER in situation.passed:
        return "AuthenticateDevice"
    return "NewPasswordChallenge" if Step.NEW_PASSWORD_REQUIRED in situation.passed else "Authentication"


async def _note_device(tx: Tx, situation: Situation, now_ms: int) -> None:
    """Store that the device was used; raises DeviceDoesNotExist where it was forgotten meanwhile."""
    device, ip = situation.device, situation.visitor.ip_address
    if device and not await devices.note_use(tx, device, ip, now_ms):
        raise errors.DeviceDoesNotExist


def _offer(situation: Situation, session: TokenSession) -> DeviceOffer | None:
    if situation.device or session.device_key is None:
        return None
    return DeviceOffer(session.device_key, group_key_of(session.pool_id))


def _device_key(world: Services, situation: Situation) -> str | None:
    """The device that signs in, or another one that is offered; None where the pool knows no devices."""
    if situation.device:
        return situation.device.device_key
    return f"{situation.pool.region}_{world.ids.uuid()}" if situation.pool.devices.enabled else None


async def _refuse_overtaken(tx: Tx, user: User) -> None:
    """Refuse where the account has changed while a password waited for its turn or triggers ran.

    Raises UserIsDisabled, PasswordResetRequiredException, NotAuthorizedException.
    """
    held = await users.held(tx, user.pool_id, user.sub)
    if held is None or held.password_set_ms != user.password_set_ms:
        raise errors.NotAuthorizedException
    check_tokens_work(held)


def _new_session(world: Services, situation: Situation, token: RefreshToken, tracking: SessionTracking) -> TokenSession:
    """The sign-in that begins now; where the pool tracks sessions, with what is noted of it."""
    user, client, now_ms = situation.user, situation.client, world.now_ms()
    return TokenSession(
        pool_id=user.pool_id,
        origin_jti=token.origin_jti,
        sub=user.sub,
        client_id=client.client_id,
        auth_time=now_ms // 1000,
        started_ms=now_ms,
        expires_ms=now_ms + client.refresh_token_seconds * 1000,
        digest=token.digest,
        device_key=_device_key(world, situation),
        trace=Trace.begun(world.ids.token_session(), situation.visitor, now_ms) if tracking.enabled else None,
    )


def new_refresh_token(world: Services, origin_jti: str) -> RefreshToken:
    """Another refresh token of a sign-in; its tag tells that this server made it."""
    body = body_of(origin_jti, world.ids.token(RANDOM_BYTES))
    return RefreshToken(body, world.sealer.digest(body, TAG_PURPOSE)[:TAG_BYTES])


def given_out(world: Services, token: RefreshToken) -> bool:
    """Whether this server made the token, under any master key that it still knows."""
    tags = (digest[:TAG_BYTES] for digest in world.sealer.digests(token.body, TAG_PURPOSE))
    return any(hmac.compare_digest(tag, token.tag) for tag in tags)
