"""SELECT_MFA_TYPE: which of several second factors to go on with (reference 05)."""

import json
from collections.abc import Mapping

from cognomen import errors
from cognomen.domain import mfa
from cognomen.domain.challenges import Situation, Step
from cognomen.flows.answers import Answer, Asked, Passed
from cognomen.services import Services

SPELLED = {"EMAIL_MFA": "EMAIL_OTP"}  # AWS's guide of the operation calls it so


async def ask(world: Services, situation: Situation) -> Asked:  # noqa: ARG001
    """Tell the factors that there are to choose from."""
    names = [factor.value for factor in mfa.choices(situation.pool, situation.user)]
    return Asked({"MFAS_CAN_CHOOSE": json.dumps(names, separators=(",", ":"))})


async def judge(world: Services, situation: Situation, answer: Answer, kept: Mapping[str, str]) -> Passed:  # noqa: ARG001
    """Go on with one of them; raises MissingParameter, FactorNotAmongChoices."""
    given = answer.require("ANSWER")
    name = SPELLED.get(given, given)
    if name not in mfa.choices(situation.pool, situation.user):
        raise errors.FactorNotAmongChoices(factor=given)
    return Passed(situation.user, chosen=Step(name))
