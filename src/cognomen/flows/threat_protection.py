"""Watching over what users do, in pools with threat protection: judged before it runs, noted when it has run.

A sign-in is one event, however many answers it takes: its Sessions and its SECRET_BLOCK hold the id, sealed, so that
no spelling of them and no other answer meanwhile leads away from it.
"""

from dataclasses import dataclass, field, replace

from cognomen import errors
from cognomen.domain.app_client import AppClient
from cognomen.domain.auth_events import NO_RISK, Assessment, AuthEvent, EventKind, Outcome, Place
from cognomen.domain.pool import UserPool
from cognomen.domain.risk import LOOKED_BACK, RiskConfiguration, blocks, demanding, is_in, level_of
from cognomen.domain.user import User
from cognomen.domain.watch import Watch
from cognomen.flows import srp
from cognomen.flows.accounts import find_user
from cognomen.flows.challenge_sessions import open_session
from cognomen.flows.deliver import enqueue
from cognomen.flows.pool_logs import log_activity
from cognomen.flows.risk_notices import notice_of
from cognomen.services import Services
from cognomen.storage import auth_events, users
from cognomen.storage.database import Tx

ENFORCED = "ENFORCED"
# What keeps a call from being an attempt at all, or from being judged.
NO_ATTEMPT = (
    errors.InvalidParameterException,
    errors.TooManyRequestsException,
    errors.ResourceNotFoundException,
    errors.PasswordAttemptsExceeded,
)
WRONG = (errors.NotAuthorizedException, errors.CodeMismatchException, errors.ExpiredCodeException)


@dataclass(frozen=True, slots=True)
class Observed:
    """What a call tries to do, under which name and from where; `mode` is AUDIT or ENFORCED.

    `challenge` is what it answers as events call it, or empty; `handle` the Session or SECRET_BLOCK that it brings
    back, None where it does not go on with anything.
    """

    kind: EventKind
    name: str
    place: Place
    mode: str
    challenge: str = ""
    handle: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Noted:
    """A call that runs: what is watched, who the user is, and the event that it goes on with."""

    observed: Observed
    watch: Watch
    pool: UserPool
    user: User | None
    event: AuthEvent | None
    client_id: str


async def begin(world: Services, pool: UserPool, client: AppClient | None, observed: Observed) -> Noted | None:
    """Judge a call before it runs; None where it goes on with a sign-in that is not watched. Raises RequestBlocked."""
    client_id = client.client_id if client else ""
    configuration = await world.directory.risk_configuration(pool.pool_id, client_id)
    user = await find_user(world, pool, observed.name)
    event = await _event_of(world, client, user, observed)
    if observed.mode == ENFORCED and _is_shut_out(configuration, observed):
        await _note_shut_out(world, user, observed, client_id)
        raise errors.RequestBlocked
    if observed.handle is not None and event is None:
        return None
    risk = event.risk if event else await _assessed(world, configuration, user, observed)
    event_id = event.event_id if event else world.ids.ordered(world.now_ms())
    watch = Watch(event_id, configuration, observed.mode == ENFORCED, risk, blocks(pool, risk.action))
    return Noted(observed, watch, demanding(pool, user, risk.action) if user else pool, user, event, client_id)


def _is_shut_out(configuration: RiskConfiguration, observed: Observed) -> bool:
    closed = observed.kind in (EventKind.SIGN_IN, EventKind.SIGN_UP)
    return closed and is_in(observed.place.ip_address, configuration.blocked)


async def _note_shut_out(world: Services, user: User | None, observed: Observed, client_id: str) -> None:
    if user is None or observed.kind is not EventKind.SIGN_IN:
        return
    event_id = world.ids.ordered(world.now_ms())
    event = _new_event(world, user, observed, event_id)
    shut_out = replace(event, outcome=Outcome.FAIL, risk=Assessment(blocked=True))
    await _store(world, shut_out, client_id, known=False)


async def _event_of(
    world: Services, client: AppClient | None, user: User | None, observed: Observed
) -> AuthEvent | None:
    if client is None or user is None or not observed.handle:
        return None
    pool_id, sub = user.pool_id, user.sub
    try:
        event_id = _event_id_in(world, client, observed.handle)
    except errors.NotAuthorizedException:  # which the operation refuses, too
        return None
    return await world.database.read(lambda tx: auth_events.get(tx, pool_id, sub, event_id))


def _event_id_in(world: Services, client: AppClient, handle: str) -> str:
    try:
        return open_session(world, handle).event_id
    except errors.NotAuthorizedException:  # no Session, but perhaps a SECRET_BLOCK
        return srp.event_of(world, client, handle)


async def _assessed(
    world: Services, configuration: RiskConfiguration, user: User | None, observed: Observed
) -> Assessment:
    if (
        user is None
        or observed.kind is not EventKind.SIGN_IN
        or is_in(observed.place.ip_address, configuration.skipped)
    ):
        return NO_RISK
    pool_id, sub = user.pool_id, user.sub
    history = await world.database.read(lambda tx: auth_events.sign_ins(tx, pool_id, sub, LOOKED_BACK))
    level = level_of(observed.place, history)
    return Assessment(level, configuration.action(level) if level and observed.mode == ENFORCED else "")


async def end(world: Services, noted: Noted, outcome: Outcome) -> None:
    """Note what came of a call that was answered."""
    await _note(world, noted, outcome, right=True)


async def end_refused(world: Services, noted: Noted, refusal: errors.Refusal) -> None:
    """Note what came of a call that was refused, where it was an attempt of somebody's."""
    if noted.observed.kind is EventKind.SIGN_UP or isinstance(refusal, NO_ATTEMPT):
        return
    right = noted.watch.risk.blocked or not isinstance(refusal, WRONG)
    await _note(world, noted, Outcome.FAIL, right=right)


async def _note(world: Services, noted: Noted, outcome: Outcome, *, right: bool) -> None:
    observed = noted.observed
    user = noted.user or (await find_user(world, noted.pool, observed.name) if outcome is Outcome.PASS else None)
    if user is None:
        return
    event = noted.event or _new_event(world, user, observed, noted.watch.event_id)
    event = replace(event, outcome=outcome, risk=noted.watch.risk).answered(observed.challenge, right=right)
    await _store(world, event, noted.client_id, known=noted.event is not None, notice=_tells(noted))


def _new_event(world: Services, user: User, observed: Observed, event_id: str) -> AuthEvent:
    begun = user.pool_id, user.sub, event_id, observed.kind, Outcome.IN_PROGRESS
    return AuthEvent(*begun, world.now_ms(), observed.place)


def _tells(noted: Noted) -> Noted | None:
    """Whoever has shown a first factor is told of the risk, once a sign-in."""
    watch, event = noted.watch, noted.event
    first = event is None or (not event.challenges and bool(noted.observed.challenge))
    acted = watch.enforced and watch.responded and bool(watch.risk.action)
    return noted if acted and first and watch.configuration.notifies(watch.risk.level) else None


async def _store(
    world: Services, event: AuthEvent, client_id: str, *, known: bool, notice: Noted | None = None
) -> None:
    """Store an event of a user who is still there, with the mail that tells of it and the line of the pool's log."""

    async def work(tx: Tx) -> None:
        user = await users.by_sub(tx, event.pool_id, event.sub)
        if user is None:
            return
        await (auth_events.go_on(tx, event) if known else auth_events.insert(tx, event))
        await log_activity(tx, world, event, user, client_id)
        message = notice_of(world, notice.pool, notice.watch.configuration, user, event) if notice else None
        if message:
            await enqueue(tx, world, message)

    await world.database.write(work)
    if notice:
        world.bell.ring()
