"""SELECT_CHALLENGE, PASSWORD and PASSWORD_SRP: how a sign-in by USER_AUTH begins (reference 05, USER_AUTH rules)."""

from collections.abc import Mapping

from cognomen import errors
from cognomen.domain.challenges import Situation, Step
from cognomen.flows import passkey_sign_in, srp
from cognomen.flows.answers import Answer, Asked, Passed
from cognomen.flows.imagined import is_imagined
from cognomen.flows.lockout import find_suspect
from cognomen.flows.password_sign_in import show_password
from cognomen.flows.run_trigger import pre_authentication
from cognomen.services import Services

PASSWORDS = frozenset({Step.PASSWORD, Step.PASSWORD_SRP})  # their proof is what the trigger before is run for


async def ask_to_select(world: Services, situation: Situation) -> Asked:
    """Let the user choose; AvailableChallenges says from what. A passkey can answer at once."""
    if Step.WEB_AUTHN not in situation.available:
        return Asked({})
    try:
        return await passkey_sign_in.ask(world, situation)
    except errors.InvalidUserPoolConfigurationException:  # which keeps nobody from choosing something else
        return Asked({})


async def judge_selection(world: Services, situation: Situation, answer: Answer, kept: Mapping[str, str]) -> Passed:
    """Go on with what was chosen; where its own answer came along, that is judged at once.

    Raises MissingParameter, ChallengeNotAvailable, and what the chosen one refuses its answer with.
    """
    chosen = answer.require("ANSWER")
    if chosen not in situation.available:
        raise errors.ChallengeNotAvailable(name=chosen)
    step = Step(chosen)
    if step in AT_ONCE and answer.responses.get(AT_ONCE[step]) and (kept or step in PASSWORDS):
        return await _judged_at_once(world, situation, step, answer, kept)
    if step not in PASSWORDS:
        await announce(world, situation)
    return Passed(situation.user, opening=step)


AT_ONCE: Mapping[Step, str] = {
    Step.PASSWORD: "PASSWORD",
    Step.PASSWORD_SRP: "SRP_A",
    Step.WEB_AUTHN: "CREDENTIAL",
}


async def _judged_at_once(
    world: Services, situation: Situation, step: Step, answer: Answer, kept: Mapping[str, str]
) -> Passed:
    if step is Step.PASSWORD:
        return Passed((await judge_password(world, situation, answer, kept)).user, shown=step)
    if step is Step.PASSWORD_SRP:
        return await judge_srp(world, situation, answer, kept)
    await announce(world, situation)
    passed = await passkey_sign_in.judge(world, situation, answer, kept)
    return Passed(passed.user, passed.also, shown=step)


async def announce(world: Services, situation: Situation) -> None:
    """Ask the pool's trigger before a sign-in that begins without a password; raises what comes of it."""
    pool, client, user = situation.pool, situation.client, situation.user
    if pool.triggers:
        await pre_authentication(world, pool, client, None if is_imagined(user) else user, user.username)


async def ask_for_answer(world: Services, situation: Situation) -> Asked:  # noqa: ARG001
    """Ask for the password, or for the beginning of its proof."""
    return Asked({})


async def judge_password(world: Services, situation: Situation, answer: Answer, kept: Mapping[str, str]) -> Passed:  # noqa: ARG001
    """Compare the password; raises MissingParameter and what `show_password` raises."""
    given = {name: answer.require(name) for name in ("USERNAME", "PASSWORD")}
    world.passwords.expect_room()
    suspect = await find_suspect(world, situation.pool, given["USERNAME"])
    return Passed(await show_password(world, situation.pool, situation.client, suspect, given))


async def judge_srp(world: Services, situation: Situation, answer: Answer, kept: Mapping[str, str]) -> Passed:  # noqa: ARG001
    """Begin the proof of the password; raises MissingParameter and what `srp.challenge` raises."""
    name, srp_a = answer.require("USERNAME"), answer.require("SRP_A")
    begun = situation.pool, situation.client, situation.flow
    opening = srp.Opening(*begun, name, srp_a, answer.responses.get("DEVICE_KEY") or situation.device_key)
    return Passed(situation.user, proof=await srp.challenge(world, opening))
