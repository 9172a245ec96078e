"""Going on with a sign-in: what comes next is given or asked, and answers are judged (reference 05)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from cognomen import errors
from cognomen.domain.account_states import check_may_sign_in
from cognomen.domain.challenges import ChallengeSession, Situation, Step, what_comes_next
from cognomen.domain.user import User
from cognomen.domain.usernames import key_of
from cognomen.flows import new_password
from cognomen.flows.answers import Answer, Kind
from cognomen.flows.challenge_sessions import read_session, session_text, use_up
from cognomen.flows.tokens import Tokens, give_tokens, nothing_else
from cognomen.services import Services
from cognomen.storage import challenge_sessions, users
from cognomen.storage.database import Tx, Work

CHALLENGES: Mapping[Step, Kind] = {
    Step.NEW_PASSWORD_REQUIRED: Kind(new_password.ask, new_password.judge),
}


@dataclass(frozen=True, slots=True)
class Challenge:
    """The next thing that is asked of a user who signs in."""

    name: str
    parameters: Mapping[str, str] = field(repr=False)
    session: str = field(repr=False)


async def go_on(world: Services, situation: Situation, also: Work[None] = nothing_else) -> Tokens | Challenge:
    """Give tokens or put the next challenge, as the table says; what is `also` to be stored is, before that is seen.

    Raises NotAuthorizedException where nothing comes next.
    """
    step = what_comes_next(situation)
    if step is Step.DONE:
        return await give_tokens(world, situation, also)
    asked = await CHALLENGES[step].ask(world, situation)
    await _store(world, also, asked.also)
    return Challenge(step, asked.parameters, session_text(world, situation, step, dict(asked.kept)))


async def _store(world: Services, *works: Work[None]) -> None:
    wanted = [work for work in works if work is not nothing_else]
    if not wanted:
        return

    async def all_of_them(tx: Tx) -> None:
        for work in wanted:
            await work(tx)

    await world.database.write(all_of_them)


async def respond(world: Services, answer: Answer) -> Tokens | Challenge:
    """Judge an answer; a right one uses its session up, and the sign-in goes on.

    Raises NotSupportedYet, MissingParameter, InvalidSession, SessionExpired, SessionUsed, UserNotFoundException,
    what refuses an account that may not sign in, and what the challenge refuses a wrong answer with.
    """
    step = _built(answer.challenge)
    if not answer.session:
        raise errors.MissingParameter(name="Session")
    name = answer.require("USERNAME")
    session = read_session(world, answer.client, answer.session)
    if session.step is not step:
        raise errors.InvalidSession
    user = await _answering_user(world, answer, name, session)
    situation = Situation(session.flow, answer.pool, answer.client, user, session.passed, answer.visitor)
    _refuse_overtaken(world, situation, session)
    passed = await CHALLENGES[step].judge(world, situation, answer, session.kept)

    async def also(tx: Tx) -> None:
        await use_up(tx, answer.pool.pool_id, session)
        await passed.also(tx)

    return await go_on(world, situation.after(step, passed.user), also)


def _built(challenge: str) -> Step:
    if challenge not in CHALLENGES:
        raise errors.NotSupportedYet(member=f"ChallengeName {challenge}", reason="this challenge is not built")
    return Step(challenge)


async def _answering_user(world: Services, answer: Answer, name: str, session: ChallengeSession) -> User:
    """The user whom the answer names, who must be the one that was asked."""
    pool = answer.pool

    async def look(tx: Tx) -> tuple[User | None, bool]:
        # In this order: who sees the account as an answer left it also sees that the answer used the session.
        user = await users.by_name(tx, pool.pool_id, key_of(pool, name))
        return user, await challenge_sessions.is_spent(tx, pool.pool_id, session.session_id)

    user, spent = await world.database.read(look)
    if spent:
        raise errors.SessionUsed
    if user is None and not answer.client.hides_existence:
        raise errors.UserNotFoundException
    if user is None or user.sub != session.sub:
        raise errors.InvalidSession
    return user


def _refuse_overtaken(world: Services, situation: Situation, session: ChallengeSession) -> None:
    """Refuse where the account has changed since the challenge was put, so that it would be another one now."""
    check_may_sign_in(situation.pool.password_policy, situation.user, world.now_ms())
    same_password = situation.user.password_set_ms == session.password_set_ms
    if not same_password or what_comes_next(situation) is not session.step:
        raise errors.InvalidSession
