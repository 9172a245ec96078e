"""From a sign-up straight into a sign-in: the code of ConfirmSignUp is the first factor of USER_AUTH (reference 05).

SignUp gives a Session out, ConfirmSignUp takes it and gives another one, and with that the first sign-in begins.
"""

from dataclasses import dataclass

from cognomen import errors
from cognomen.domain.account_states import check_may_sign_in
from cognomen.domain.app_client import AppClient
from cognomen.domain.challenges import USER_AUTH, ChallengeSession, Situation, Step
from cognomen.domain.pool import UserPool
from cognomen.domain.user import User
from cognomen.flows.challenge_sessions import read_session, session_text, use_up
from cognomen.services import Services
from cognomen.storage import challenge_sessions
from cognomen.storage.database import Tx, Work

ALLOWED_BY = "ALLOW_USER_AUTH"


@dataclass(frozen=True, slots=True)
class Resumed:
    """A sign-in that goes on where the sign-up ended, and what is `also` stored with its next step."""

    situation: Situation
    also: Work[None]


def session_of_sign_up(world: Services, pool: UserPool, client: AppClient, user: User) -> str | None:
    """The Session of SignUp; None where the client does not sign in by USER_AUTH."""
    return _session(world, pool, client, user, Step.SIGN_UP)


def session_of_confirmation(world: Services, pool: UserPool, client: AppClient, user: User) -> str | None:
    """The Session of ConfirmSignUp."""
    return _session(world, pool, client, user, Step.SIGN_UP_CONFIRMED)


def _session(world: Services, pool: UserPool, client: AppClient, user: User, step: Step) -> str | None:
    if ALLOWED_BY not in client.flows:
        return None
    return session_text(world, Situation(USER_AUTH, pool, client, user, ()), step, {})


def require_session_of_sign_up(world: Services, client: AppClient, text: str, user: User) -> None:
    """Refuse a Session that SignUp did not give out for this user; raises InvalidSession, SessionExpired."""
    _read(world, client, text, user, Step.SIGN_UP)


async def resume(world: Services, situation: Situation, text: str) -> Resumed:
    """The sign-in of a Session of ConfirmSignUp, which is good once.

    Raises InvalidSession, SessionExpired, SessionUsed, and what refuses an account that may not sign in.
    """
    user, pool_id = situation.user, situation.pool.pool_id
    session = _read(world, situation.client, text, user, Step.SIGN_UP_CONFIRMED)
    if await world.database.read(lambda tx: challenge_sessions.is_spent(tx, pool_id, session.session_id)):
        raise errors.SessionUsed
    check_may_sign_in(situation.pool.password_policy, user, world.now_ms())

    async def also(tx: Tx) -> None:
        await use_up(tx, pool_id, session)

    return Resumed(situation.after(Step.SIGN_UP_CONFIRMED, user), also)


def _read(world: Services, client: AppClient, text: str, user: User, step: Step) -> ChallengeSession:
    session = read_session(world, client, text)
    same_password = session.password_set_ms == user.password_set_ms
    if session.step is not step or session.sub != user.sub or not same_password:
        raise errors.InvalidSession
    return session
