"""The categories of operations and their rates."""

from collections import Counter

import pytest

from cognomen import errors
from cognomen.domain.quotas import CATEGORIES, UNLIMITED, category_of, has_answers_apart
from cognomen.wire import identity, idp

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


# Reference 13 and AWS's table for identity pools.
OF_IDENTITY_POOLS = {
    "GetId": 25, "GetOpenIdToken": 200, "GetCredentialsForIdentity": 200, "GetOpenIdTokenForDeveloperIdentity": 50,
    "ListIdentities": 5, "DeleteIdentities": 10, "TagResource": 5, "UntagResource": 5, "ListTagsForResource": 10,
}  # fmt: skip


def test_every_operation_of_user_pools_has_one_category() -> None:
    """No operation of the model is without a rate, none has two, and none is made up."""
    counted = Counter(name for category in CATEGORIES.values() for name in category.operations)
    assert counted == Counter(list(idp.OPERATIONS))
    assert len(counted) == 141


def test_every_operation_has_a_rate_or_is_outside() -> None:
    """Of the 164 operations of the models, those that nothing counts are listed, and nothing else is."""
    modelled = {(one.service, one.name) for one in (*idp.OPERATIONS.values(), *identity.OPERATIONS.values())}
    assert len(modelled) == 164
    assert {key for key in modelled if category_of(*key) is None} == UNLIMITED


def test_an_operation_of_identity_pools_has_a_rate_of_its_own() -> None:
    """Where both services have an operation of one name, they do not share a rate."""
    found = {name: category_of("cognito-identity", name) for name in OF_IDENTITY_POOLS}
    assert {name: category.default for name, category in found.items() if category} == OF_IDENTITY_POOLS
    assert len({category.name for category in found.values() if category}) == len(OF_IDENTITY_POOLS)


def test_the_settings_and_an_administrator_change_a_rate() -> None:
    """The settings take the place of AWS's default; what was provisioned counts where it is more."""
    category = CATEGORIES["UserRead"]
    assert category.in_force({}, {}) == 120
    assert category.in_force({"UserRead": 7}, {"UserToken": 300}) == 7
    assert category.in_force({}, {"UserRead": 300}) == 300
    assert category.in_force({"UserRead": 500}, {"UserRead": 300}) == 500
    assert category.at({"UserRead": 7}).default == 7
    assert category.at({"UserToken": 7}) == category


# Reference 13: categories in which one operation on one pool is slow, and what categories do to one user.
SLOW_ON_ONE_POOL = {"UserPoolResourceRead", "UserPoolResourceUpdate", "UserPoolClientRead", "UserPoolClientUpdate"}
READING = {"UserAuthentication", "UserRead", "UserResourceRead"}
WRITING = {"UserCreation", "UserAccountRecovery", "UserUpdate", "UserResourceUpdate"}


def test_some_categories_have_rates_of_one_pool_or_one_user() -> None:
    """Configuration is slow on one pool; profiles are read and written slowly for one user."""
    assert {name for name, category in CATEGORIES.items() if category.per_pool} == SLOW_ON_ONE_POOL
    for does, names in (("read", READING), ("write", WRITING)):
        assert {name for name, category in CATEGORIES.items() if category.per_user == does} == names


@pytest.mark.parametrize(
    ("operation", "challenge", "category"),
    [
        ("InitiateAuth", None, "UserAuthentication"),
        ("GetTokensFromRefreshToken", None, "UserAuthentication"),
        ("RevokeToken", None, "UserToken"),
        ("GetClientToken", None, "ClientAuthentication"),
        ("UpdateProvisionedLimit", None, "LimitManagement"),
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
    found = category_of("cognito-idp", operation, challenge)
    assert found is not None
    assert found.name == category
    answers = {"RespondToAuthChallenge", "AdminRespondToAuthChallenge"}
    assert has_answers_apart(found, operation) is (operation in answers and category == "UserAuthentication")


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
