"""The categories of operations and their rates."""

from collections import Counter

import pytest

from cognomen import errors
from cognomen.domain.quotas import CATEGORIES, category_of
from cognomen.wire import idp

# Reference 13, rates.
DEFAULTS = {
    "UserAuthentication": 120, "UserCreation": 50, "UserFederation": 25, "UserAccountRecovery": 30, "UserRead": 120,
    "UserUpdate": 25, "UserToken": 120, "UserResourceRead": 50, "UserResourceUpdate": 25, "UserList": 30,
    "UserPoolRead": 15, "UserPoolUpdate": 15, "UserPoolResourceRead": 20, "UserPoolResourceUpdate": 15,
    "UserPoolClientRead": 15, "UserPoolClientUpdate": 15, "ClientAuthentication": 150, "LimitManagement": 1,
}  # fmt: skip


def test_the_defaults_are_those_of_aws() -> None:
    """Every category of AWS with its rate, and no other."""
    assert {name: category.default for name, category in CATEGORIES.items()} == DEFAULTS


def test_every_operation_has_one_category() -> None:
    """No operation of the model is without a rate, none has two, and none is made up."""
    counted = Counter(name for category in CATEGORIES.values() for name in category.operations)
    assert counted == Counter(list(idp.OPERATIONS))


@pytest.mark.parametrize(
    ("operation", "challenge", "category"),
    [
        ("InitiateAuth", None, "UserAuthentication"),
        ("RespondToAuthChallenge", None, "UserAuthentication"),
        ("RespondToAuthChallenge", "SMS_MFA", "UserAuthentication"),
        ("RespondToAuthChallenge", "NEW_PASSWORD_REQUIRED", "UserAccountRecovery"),
        ("AdminRespondToAuthChallenge", "NEW_PASSWORD_REQUIRED", "UserAccountRecovery"),
        ("SignUp", None, "UserCreation"),
        ("AdminAddUserToGroup", None, "UserUpdate"),
        ("TagResource", None, "UserPoolResourceUpdate"),
    ],
)
def test_an_operation_counts_against_its_category(operation: str, challenge: str | None, category: str) -> None:
    """A new password counts as account recovery, whichever operation brings it (reference 13)."""
    assert category_of(operation, challenge).name == category


@pytest.mark.parametrize(
    ("category", "asked", "refusal"),
    [
        ("UserRead", 119, errors.LimitBelowDefault),
        ("UserRead", -1, errors.LimitBelowDefault),
        ("UserRead", 1001, errors.ServiceQuotaExceededException),
        ("UserUpdate", 26, errors.LimitNotAdjustable),
        ("LimitManagement", 1, errors.LimitNotAdjustable),
        ("UserRead", 120, None),
        ("UserRead", 1000, None),
        ("UserFederation", 26, None),
    ],
)
def test_only_some_rates_can_be_raised(category: str, asked: int, refusal: type[errors.Refusal] | None) -> None:
    """From the default to the account's maximum, both included, and only where AWS calls the rate adjustable."""
    if refusal is None:
        CATEGORIES[category].require_possible(asked, 1000)
        return
    with pytest.raises(refusal):
        CATEGORIES[category].require_possible(asked, 1000)
