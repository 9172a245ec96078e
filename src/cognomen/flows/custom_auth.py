"""CUSTOM_AUTH: three triggers say what is asked, judge the answers, and decide when there are tokens (reference 08)."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import msgspec

from cognomen import errors
from cognomen.domain import trigger_answers as read
from cognomen.domain.challenges import CUSTOM_AUTH, Result, Situation, Step
from cognomen.domain.pool import UserPool
from cognomen.domain.trigger_events import Invocation
from cognomen.domain.trigger_names import Trigger
from cognomen.domain.trigger_settings import CHALLENGES
from cognomen.domain.user import User, UserStatus
from cognomen.flows.answers import Answer, Asked, Passed
from cognomen.flows.imagined import imagined_user, is_imagined
from cognomen.flows.run_trigger import AUTHENTICATION, of_whom, run
from cognomen.services import Services

SRP_A = (Result("SRP_A", passed=True),)  # the history of a sign-in that begins with a proof of the password
PROVEN = (*SRP_A, Result(Step.PASSWORD_VERIFIER, passed=True))
DECISION = ("challengeName", "issueTokens", "failAuthentication")
CHALLENGE = ("publicChallengeParameters", "privateChallengeParameters", "challengeMetadata")


def require_triggers(pool: UserPool) -> None:
    """Refuse where the pool lacks one of the three; raises CustomAuthNotConfigured."""
    if not all(trigger in pool.triggers for trigger in CHALLENGES):
        raise errors.CustomAuthNotConfigured


def nobody(world: Services, pool: UserPool, name: str) -> User:
    """Whom the triggers are asked about where the client must not tell that there is no such user."""
    return replace(imagined_user(world, pool, name), username=name, status=UserStatus.CONFIRMED)


def after_proof(situation: Situation) -> Situation:
    """The sign-in once the password is proven; of CUSTOM_AUTH that is what its triggers know of it."""
    return replace(situation, history=PROVEN) if situation.flow == CUSTOM_AUTH else situation


async def decide(world: Services, situation: Situation) -> tuple[Situation, Step]:
    """Ask the trigger what comes next: a challenge of its own, the proof of the password at the start, or tokens.

    Raises NotAuthorizedException where it ends the sign-in, and for users who do not exist in place of tokens.
    """
    asked = {**_whom(situation), "session": _session(situation)}
    response = await _run(world, situation, Trigger.DEFINE_AUTH_CHALLENGE, asked, dict.fromkeys(DECISION))
    if read.flag(response, "failAuthentication"):
        raise errors.NotAuthorizedException
    if read.flag(response, "issueTokens"):
        if _is_nobody(situation):
            raise errors.NotAuthorizedException
        return situation.after(Step.ISSUED, situation.user), Step.DONE
    name = read.text(response, "challengeName")
    if name == Step.CUSTOM_CHALLENGE:
        return situation, Step.CUSTOM_CHALLENGE
    if name == Step.PASSWORD_VERIFIER and situation.history == SRP_A:
        return situation, Step.PASSWORD_VERIFIER
    raise errors.InvalidLambdaResponseException


async def ask(world: Services, situation: Situation) -> Asked:
    """Have the trigger make a challenge: what the client sees of it, and what stays in the session."""
    asked = {**_whom(situation), "challengeName": Step.CUSTOM_CHALLENGE.value, "session": _session(situation)}
    response = await _run(world, situation, Trigger.CREATE_AUTH_CHALLENGE, asked, dict.fromkeys(CHALLENGE))
    public = read.table_of_texts(response, "publicChallengeParameters")
    private = read.table_of_texts(response, "privateChallengeParameters")
    metadata = read.text(response, "challengeMetadata")
    kept = {"private": msgspec.json.encode(private).decode()}
    if metadata is not None:
        kept["metadata"] = metadata
    return Asked({"USERNAME": situation.user.username, **public}, kept)


async def judge(world: Services, situation: Situation, answer: Answer, kept: Mapping[str, str]) -> Passed:
    """Have the trigger judge the answer; a wrong one goes on to what decides. Raises MissingParameter."""
    asked = {
        **_whom(situation),
        "privateChallengeParameters": msgspec.json.decode(kept["private"], type=dict[str, str]),
        "challengeAnswer": answer.require("ANSWER"),
    }
    response = await _run(world, situation, Trigger.VERIFY_AUTH_CHALLENGE, asked, {"answerCorrect": None})
    result = Result(Step.CUSTOM_CHALLENGE, read.flag(response, "answerCorrect"), kept.get("metadata"))
    return Passed(situation.user, result=result)


async def _run(
    world: Services, situation: Situation, trigger: Trigger, asked: Mapping[str, Any], response: Mapping[str, Any]
) -> read.Response:
    invocation = Invocation(trigger, AUTHENTICATION, situation.user.username, asked, response)
    return await run(world, situation.pool, invocation)


def _is_nobody(situation: Situation) -> bool:
    return is_imagined(situation.user)


def _whom(situation: Situation) -> dict[str, Any]:
    return of_whom(situation.client, None if _is_nobody(situation) else situation.user)


def _session(situation: Situation) -> list[dict[str, Any]]:
    return [
        {
            "challengeName": str(one.name),
            "challengeResult": one.passed,
            **({} if one.metadata is None else {"challengeMetadata": one.metadata}),
        }
        for one in situation.history
    ]
