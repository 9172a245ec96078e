"""MFA_SETUP: whoever has no second factor where one is needed sets one up within the sign-in (reference 05).

An app: AssociateSoftwareToken and VerifySoftwareToken by Session, each giving the Session of the next step; the last
one answers the challenge. An e-mail address comes with the answer, and a code goes there next.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from cognomen import errors
from cognomen.domain import mfa
from cognomen.domain.attribute_changes import Author, check_new
from cognomen.domain.challenges import ChallengeSession, Situation, Step
from cognomen.domain.second_factors import Factor
from cognomen.domain.sessions import Visitor
from cognomen.domain.totp import SECRET_BYTES, secret_code, secret_of
from cognomen.flows.accounts import tell_audit
from cognomen.flows.aliases import follow_attributes
from cognomen.flows.answers import Answer, Asked, Passed
from cognomen.flows.challenge_sessions import open_session, refuse_overtaken, session_text, use_up
from cognomen.flows.software_tokens import require_right_code, sealed_for
from cognomen.services import Services
from cognomen.storage import challenge_sessions, software_tokens, users
from cognomen.storage.database import Tx

SECRET = "secret"  # noqa: S105  # the member of the session that holds what AssociateSoftwareToken gave out
# What the models of the two operations do not have in this place.
UNTOLD = (
    errors.UserNotConfirmedException,
    errors.PasswordResetRequiredException,
    errors.InvalidUserPoolConfigurationException,
)


async def ask(world: Services, situation: Situation) -> Asked:  # noqa: ARG001
    """Tell which factors can be set up."""
    names = [factor.value for factor in mfa.can_set_up(situation.pool, situation.user)]
    return Asked({"MFAS_CAN_SETUP": json.dumps(names, separators=(",", ":"))})


async def judge(world: Services, situation: Situation, answer: Answer, kept: Mapping[str, str]) -> Passed:  # noqa: ARG001
    """Take a session in which an app was set up, or an e-mail address that gets a code next.

    Raises InvalidSession, FactorNotAmongChoices, InvalidParameterException.
    """
    if Step.TOKEN_SET_UP in situation.passed:
        return Passed(situation.user)
    email = answer.responses.get("email")
    if not email:
        raise errors.InvalidSession
    if Factor.EMAIL_OTP not in mfa.can_set_up(situation.pool, situation.user):
        raise errors.FactorNotAmongChoices(factor=Factor.EMAIL_OTP)
    return _with_email(world, situation, email)


def _with_email(world: Services, situation: Situation, email: str) -> Passed:
    pool, user = situation.pool, situation.user
    check_new(pool.schema, {"email": email}, Author.USER)
    now_ms, given = world.now_ms(), {"email": email, "email_verified": "false"}

    async def also(tx: Tx) -> None:
        held = await users.held(tx, pool.pool_id, user.sub)
        if held is None or held.attributes.get("email"):
            raise errors.InvalidSession
        after = held.with_attributes(given, now_ms)
        await users.update(tx, after, held)
        await follow_attributes(tx, pool, after)

    return Passed(user.with_attributes(given, now_ms), also)


@dataclass(frozen=True, slots=True)
class Resumed:
    """A sign-in that waits for an app to be set up."""

    situation: Situation
    session: ChallengeSession


async def resume(world: Services, text: str, visitor: Visitor) -> Resumed:
    """The sign-in of a Session, which waits for an app to be set up and may still do so.

    Raises InvalidSession, SessionExpired, SessionUsed, UserIsDisabled, SoftwareTokenMFANotFoundException.
    """
    session = open_session(world, text)
    pool_id, client = session.pool_id, await world.directory.client(session.client_id)
    pool = await world.directory.pool(pool_id)
    pool = pool.insisting() if session.insists else pool
    user = await world.database.read(lambda tx: users.by_sub(tx, pool_id, session.sub))
    tell_audit(world, user)
    if await world.database.read(lambda tx: challenge_sessions.is_spent(tx, pool_id, session.session_id)):
        raise errors.SessionUsed
    if user is None or session.step is not Step.MFA_SETUP or Step.TOKEN_SET_UP in session.passed:
        raise errors.InvalidSession
    begun = session.flow, pool, client, user, session.passed
    chosen = session.chosen, session.history, session.opening, session.device_key
    situation = Situation(*begun, visitor, *chosen, event_id=session.event_id)
    try:
        refuse_overtaken(world, situation, session)
    except UNTOLD:
        raise errors.InvalidSession from None
    if Factor.SOFTWARE_TOKEN_MFA not in mfa.can_set_up(pool, user):
        raise errors.SoftwareTokenMFANotFoundException
    return Resumed(situation, session)


@dataclass(frozen=True, slots=True)
class GivenOut:
    """A secret to put into an app, and the Session that goes with it."""

    code: str = field(repr=False)
    session: str = field(repr=False)


def associate(world: Services, resumed: Resumed) -> GivenOut:
    """Give a secret out; only the Session that comes with it proves it."""
    code = secret_code(world.ids.token(SECRET_BYTES))
    return GivenOut(code, session_text(world, resumed.situation, Step.MFA_SETUP, {SECRET: code}))


async def verify(world: Services, resumed: Resumed, code: str, name: str) -> str:
    """Set the app up whose code this is, as the factor that the user prefers; the Session that answers MFA_SETUP.

    Raises InvalidSession, SessionUsed, EnableSoftwareTokenMFAException.
    """
    situation, session = resumed.situation, resumed.session
    if SECRET not in session.kept:
        raise errors.InvalidSession
    secret = secret_of(session.kept[SECRET])
    step = require_right_code(world, secret, code)
    pool_id, sub = situation.pool.pool_id, situation.user.sub
    sealed = sealed_for(world, situation.user, secret)

    async def work(tx: Tx) -> None:
        await use_up(tx, pool_id, session)
        held = await users.held(tx, pool_id, sub)
        if held is None or held.password_set_ms != session.password_set_ms or held.factors.has_token:
            raise errors.InvalidSession
        factors = held.factors.with_token(name).switched(Factor.SOFTWARE_TOKEN_MFA, on=True)
        preferred = factors.preferred or Factor.SOFTWARE_TOKEN_MFA
        await users.set_factors(tx, held.with_factors(replace(factors, preferred=preferred), world.now_ms()))
        await software_tokens.put(tx, pool_id, sub, sealed, step)

    await world.database.write(work)
    return session_text(world, situation.after(Step.TOKEN_SET_UP, situation.user), Step.MFA_SETUP, {})
