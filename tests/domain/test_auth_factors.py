"""With what a user could begin to sign in."""

import pytest

from cognomen.domain.auth_factors import configured_factors
from domain.people import a_pool, a_user

ALL = ["PASSWORD", "EMAIL_OTP", "SMS_OTP", "WEB_AUTHN"]
PROVED = {"email": "a@d", "email_verified": "true", "phone_number": "+1", "phone_number_verified": "true"}


@pytest.mark.parametrize(
    ("allowed", "user", "factors"),
    [
        (None, a_user(attributes=PROVED), ["PASSWORD"]),
        ([], a_user(), ["PASSWORD"]),
        (ALL, a_user(attributes=PROVED), ["PASSWORD", "EMAIL_OTP", "SMS_OTP"]),
        (ALL, a_user(attributes={**PROVED, "email_verified": "false"}), ["PASSWORD", "SMS_OTP"]),
        (ALL, a_user(attributes={"phone_number": "+1"}), ["PASSWORD"]),
        (ALL, a_user(attributes=PROVED, password=None), ["EMAIL_OTP", "SMS_OTP"]),
        (["EMAIL_OTP"], a_user(attributes=PROVED), ["EMAIL_OTP"]),
        (["PASSWORD"], a_user(password=None), []),
    ],
)
def test_a_factor_is_allowed_by_the_pool_and_there_for_the_user(allowed, user, factors):
    """A password that is set, and contacts that are verified, as far as the pool begins with them."""
    pool = a_pool(Policies={"SignInPolicy": {"AllowedFirstAuthFactors": allowed} if allowed is not None else {}})
    assert configured_factors(pool, user) == factors
