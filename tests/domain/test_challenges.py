"""The table of what comes next in a sign-in."""

from typing import Any

import pytest

from cognomen import errors
from cognomen.domain.challenges import TABLE, Situation, Step, what_comes_next
from cognomen.domain.user import UserStatus
from cognomen.flows.challenges import CHALLENGES
from domain.people import a_client, a_pool, a_user

NEVER = [one for one in UserStatus if one not in {UserStatus.CONFIRMED, UserStatus.FORCE_CHANGE_PASSWORD}]
EVERY_FLOW = ["USER_PASSWORD_AUTH", "USER_SRP_AUTH", "ADMIN_USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH"]


def situation(status: UserStatus, *passed: Step, flow: str = "USER_PASSWORD_AUTH") -> Situation:
    return Situation(flow, a_pool(), a_client(), a_user(status=status), passed)


@pytest.mark.parametrize("flow", EVERY_FLOW)
@pytest.mark.parametrize(
    ("status", "passed", "step"),
    [
        (UserStatus.CONFIRMED, (Step.PASSWORD,), Step.DONE),
        (UserStatus.FORCE_CHANGE_PASSWORD, (Step.PASSWORD,), Step.NEW_PASSWORD_REQUIRED),
        (UserStatus.CONFIRMED, (Step.PASSWORD_VERIFIER,), Step.DONE),
        (UserStatus.FORCE_CHANGE_PASSWORD, (Step.PASSWORD_VERIFIER,), Step.NEW_PASSWORD_REQUIRED),
        (UserStatus.CONFIRMED, (Step.PASSWORD, Step.NEW_PASSWORD_REQUIRED), Step.DONE),
        # an administrator set another temporary password meanwhile
        (UserStatus.FORCE_CHANGE_PASSWORD, (Step.PASSWORD, Step.NEW_PASSWORD_REQUIRED), Step.NEW_PASSWORD_REQUIRED),
    ],
)
def test_what_comes_next(status: UserStatus, passed: tuple[Step, ...], step: Step, flow: str) -> None:
    """Flow, account and what was passed decide."""
    assert what_comes_next(situation(status, *passed, flow=flow)) is step


@pytest.mark.parametrize(
    ("status", "passed"),
    [
        *((status, ()) for status in UserStatus),
        *((status, (Step.NEW_PASSWORD_REQUIRED,)) for status in UserStatus),  # the first step was skipped
        *((status, (Step.DONE,)) for status in UserStatus),
        *((status, (Step.PASSWORD,)) for status in NEVER),
        *((status, (Step.PASSWORD_VERIFIER,)) for status in NEVER),
    ],
)
def test_nothing_is_given_by_default(status: UserStatus, passed: tuple[Step, ...]) -> None:
    """CRED-18: Where no line holds the sign-in is refused: nothing was shown, a step was skipped, the account is
    not ready.
    """
    with pytest.raises(errors.NotAuthorizedException):
        what_comes_next(situation(status, *passed))


def test_a_passed_step_is_remembered_in_order() -> None:
    """The next situation has the account as the step left it, and the step behind those before it."""
    before = situation(UserStatus.FORCE_CHANGE_PASSWORD, Step.PASSWORD)
    after = before.after(Step.NEW_PASSWORD_REQUIRED, a_user())
    assert after.passed == (Step.PASSWORD, Step.NEW_PASSWORD_REQUIRED)
    assert after.user.status is UserStatus.CONFIRMED
    assert (after.flow, after.client) == (before.flow, before.client)


def test_every_step_of_the_table_can_be_put_and_judged() -> None:
    """Whatever the table asks for, the flows know how."""
    assert {row.step for row in TABLE} - {Step.DONE, Step.REFUSED} == set(CHALLENGES)


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.step)
def test_a_line_says_when_it_holds(row: Any) -> None:
    """The table is read by people too."""
    assert len(row.says.split()) >= 3
