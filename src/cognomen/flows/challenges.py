"""Going on with a sign-in: what comes next is given or asked, and answers are judged (reference 05)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from cognomen import errors
from cognomen.domain.challenges import (
    CUSTOM_AUTH,
    USER_AUTH,
    ChallengeSession,
    Situation,
    Step,
    first_factor_shown,
    what_comes_next,
)
from cognomen.domain.user import User
from cognomen.domain.usernames import key_of
from cognomen.flows import (
    custom_auth,
    device_sign_in,
    first_factors,
    mfa_codes,
    mfa_setup,
    new_password,
    passkey_sign_in,
    select_mfa,
    srp,
    totp,
)
from cognomen.flows.accounts import tell_audit
from cognomen.flows.answers import Answer, Kind
from cognomen.flows.challenge_sessions import read_session, refuse_overtaken, session_text, use_up
from cognomen.flows.imagined import imagined_chooser
from cognomen.flows.run_trigger import post_authentication
from cognomen.flows.tokens import Tokens, give_tokens, nothing_else
from cognomen.services import Services
from cognomen.storage import challenge_sessions, users
from cognomen.storage.database import Tx, Work

LONGEST_SESSION = 2048  # characters that an answer can bring back
CHALLENGES: Mapping[Step, Kind] = {
    Step.NEW_PASSWORD_REQUIRED: Kind(new_password.ask, new_password.judge),
    Step.SMS_MFA: Kind(mfa_codes.ask_by_sms, mfa_codes.judge_by_sms),
    Step.EMAIL_OTP: Kind(mfa_codes.ask_by_email, mfa_codes.judge_by_email),
    Step.SOFTWARE_TOKEN_MFA: Kind(totp.ask, totp.judge),
    Step.SELECT_CHALLENGE: Kind(first_factors.ask_to_select, first_factors.judge_selection),
    Step.PASSWORD: Kind(first_factors.ask_for_answer, first_factors.judge_password),
    Step.PASSWORD_SRP: Kind(first_factors.ask_for_answer, first_factors.judge_srp),
    Step.SMS_OTP: Kind(mfa_codes.ask_by_sms_first, mfa_codes.judge_by_sms_first),
    Step.WEB_AUTHN: Kind(passkey_sign_in.ask, passkey_sign_in.judge),
    Step.SELECT_MFA_TYPE: Kind(select_mfa.ask, select_mfa.judge),
    Step.MFA_SETUP: Kind(mfa_setup.ask, mfa_setup.judge),
    Step.DEVICE_SRP_AUTH: Kind(device_sign_in.ask_to_begin, device_sign_in.judge_beginning),
    Step.DEVICE_PASSWORD_VERIFIER: Kind(device_sign_in.ask_for_proof, device_sign_in.judge_proof),
    Step.CUSTOM_CHALLENGE: Kind(custom_auth.ask, custom_auth.judge),
}


@dataclass(frozen=True, slots=True)
class Challenge:
    """The next thing that is asked of a user who signs in."""

    name: str
    parameters: Mapping[str, str] = field(repr=False)
    session: str | None = field(repr=False)
    available: tuple[str, ...] = ()  # AvailableChallenges, as long as a sign-in by USER_AUTH can begin with others


async def go_on(world: Services, situation: Situation, also: Work[None] = nothing_else) -> Tokens | Challenge:
    """Give tokens or put the next challenge, as the table says; what is `also` to be stored is, before that is seen.

    Raises NotAuthorizedException where nothing comes next, DeviceDoesNotExist, SignInBlocked.
    """
    if world.watch and (first_factor_shown(situation) or situation.flow == CUSTOM_AUTH):
        world.watch.respond()
    situation = await device_sign_in.recognise(world, situation)
    step = what_comes_next(situation)
    if step is Step.CUSTOM_CHALLENGE:
        situation, step = await custom_auth.decide(world, situation)
        return await put_decided(world, situation, step, also)
    return await put(world, situation, step, also)


async def put_decided(
    world: Services, situation: Situation, step: Step, also: Work[None] = nothing_else
) -> Tokens | Challenge:
    """Put what a trigger decided; where that is tokens, a remembered device is to be proven before them."""
    if step is Step.DONE:
        situation = await device_sign_in.recognise(world, situation)
        step = what_comes_next(situation)
    return await put(world, situation, step, also)


async def put(world: Services, situation: Situation, step: Step, also: Work[None] = nothing_else) -> Tokens | Challenge:
    """Give tokens or put this challenge; raises SessionTooLong where a trigger wants more kept than it can hold."""
    if step is Step.DONE:
        if situation.pool.triggers:
            await post_authentication(world, situation)
        return await give_tokens(world, situation, also)
    if world.watch:
        situation = replace(situation, event_id=world.watch.event_id)
    asked = await CHALLENGES[step].ask(world, situation)
    await _store(world, also, asked.also)
    if asked.sends:
        world.bell.ring()
    session = session_text(world, situation, step, dict(asked.kept))
    if len(session) > LONGEST_SESSION:
        raise errors.SessionTooLong
    return Challenge(step, asked.parameters, session, situation.available)


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
    if answer.challenge == Step.PASSWORD_VERIFIER:  # what goes with it is sealed in its SECRET_BLOCK
        proven = await srp.prove(world, answer)
        return await go_on(world, custom_auth.after_proof(proven.situation), proven.also)
    step = _built(answer.challenge)
    if not answer.session:
        raise errors.MissingParameter(name="Session")
    name = answer.require("USERNAME")
    session = read_session(world, answer.client, answer.session)
    if session.step is not step:
        raise errors.InvalidSession
    user = await _answering_user(world, answer, name, session)
    begun = session.flow, answer.pool, answer.client, user, session.passed
    chosen = session.chosen, session.history, session.opening, session.device_key
    situation = await device_sign_in.recognise(world, Situation(*begun, answer.visitor, *chosen))
    refuse_overtaken(world, situation, session)
    device_key = device_sign_in.named_by(answer, situation)
    passed = await CHALLENGES[step].judge(world, situation, answer, session.kept)
    situation = replace(situation, device_key=device_key, heard=passed.heard)

    async def also(tx: Tx) -> None:
        await use_up(tx, answer.pool.pool_id, session)
        await passed.also(tx)

    if passed.result:  # used up whatever the trigger decides now, so that no answer can be guessed again
        await world.database.write(also)
        return await go_on(world, replace(situation, history=(*situation.history, passed.result)))
    if passed.proof:
        await world.database.write(also)
        return Challenge(Step.PASSWORD_VERIFIER, passed.proof, session=None, available=situation.available)
    after = situation.after(step, passed.user, passed.chosen)
    if passed.shown:
        after = after.after(passed.shown, passed.user)
    return await go_on(world, replace(after, opening=passed.opening or after.opening), also)


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
    tell_audit(world, user)
    if spent:
        raise errors.SessionUsed
    if user is None and not answer.client.hides_existence:
        raise errors.UserNotFoundException
    if user is None and session.flow == USER_AUTH:
        user = imagined_chooser(world, pool, name)
    if user is None and session.step is Step.CUSTOM_CHALLENGE:
        user = custom_auth.nobody(world, pool, name)
    if user is None or user.sub != session.sub:
        raise errors.InvalidSession
    return user
