"""GetProvisionedLimit and UpdateProvisionedLimit through the AWS SDK."""

import pytest

from cognomen.domain.quotas import CATEGORIES
from conftest import sdk_client
from served import serve


@pytest.fixture(scope="module")
def account():
    """A server of its own, since a limit holds for all pools; it allows 1,000 requests a second at most."""
    with serve(**{"quotas.requests_per_second": "1000"}) as served:
        yield sdk_client(served.url)


def named(category):
    return {"LimitClass": "API_CATEGORY", "Attributes": {"Category": category}}


def limit_of(account, category):
    return account.get_provisioned_limit(LimitDefinition=named(category))["Limit"]


@pytest.mark.parametrize("category", CATEGORIES)
def test_a_limit_is_the_default_of_aws_until_it_is_set(account, category):
    """The rate in force and the free one are AWS's, for categories that can be raised and others."""
    rate = CATEGORIES[category].default
    assert limit_of(account, category) == {
        "LimitDefinition": named(category),
        "ProvisionedLimitValue": rate,
        "FreeLimitValue": rate,
    }


def test_a_limit_is_raised_and_lowered(account):
    """What was set is in force until something else is; the free rate stays, and so do other categories."""
    for rate in (300, 1000, 120):
        updated = account.update_provisioned_limit(
            LimitDefinition=named("UserAuthentication"), RequestedLimitValue=rate
        )["Limit"]
        assert updated == limit_of(account, "UserAuthentication")
        assert (updated["ProvisionedLimitValue"], updated["FreeLimitValue"]) == (rate, 120)
    assert limit_of(account, "UserRead")["ProvisionedLimitValue"] == 120


def test_a_limit_has_a_ceiling(account):
    """Above the account's maximum it is ServiceQuotaExceededException, and nothing changes."""
    with pytest.raises(account.exceptions.ServiceQuotaExceededException, match="maximum of 1000 requests per second"):
        account.update_provisioned_limit(LimitDefinition=named("UserToken"), RequestedLimitValue=1001)
    assert limit_of(account, "UserToken")["ProvisionedLimitValue"] == 120
