"""What pools may say of second factors, where no operation reaches it yet or the table would be long."""

from typing import Any

import pytest

from cognomen import errors
from cognomen.domain.email_settings import check_email_configuration
from cognomen.domain.mfa_settings import check_mfa, factors_of_new_pool, mfa_config_of
from cognomen.domain.pool_settings import settings_of_changed_pool, settings_of_new_pool

ROLE = {"SnsCallerArn": "arn:aws:iam::123456789012:role/texts"}
APPS = {"SoftwareTokenMfaConfiguration": {"Enabled": True}}


@pytest.mark.parametrize("factor", ["EMAIL_OTP", "SMS_OTP"])
def test_mfa_is_not_on_where_codes_are_first_factors(factor: str) -> None:
    """Users have either codes in place of a password, or a second factor; OPTIONAL leaves both open."""
    policies = {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", factor]}}
    with pytest.raises(errors.InvalidParameterException, match="first factors"):
        check_mfa({"MfaConfiguration": "ON", "Policies": policies, **APPS})
    check_mfa({"MfaConfiguration": "OPTIONAL", "Policies": policies, **APPS})


def test_an_sms_configuration_offers_sms() -> None:
    """Where nobody chose otherwise by SetUserPoolMfaConfig."""
    assert factors_of_new_pool({"SmsConfiguration": ROLE}) == {"SmsMfaConfiguration": {}}
    assert factors_of_new_pool({"SmsConfiguration": ROLE, **APPS}) == {}
    assert factors_of_new_pool({}) == {}


def test_a_changed_pool_keeps_its_factors() -> None:
    """UpdateUserPool says nothing of authenticator apps: MFA may stay on with them alone."""
    before = {**settings_of_new_pool({"PoolName": "p"}), **APPS, "MfaConfiguration": "ON"}
    after = settings_of_changed_pool(before, {"UserPoolId": "us-east-1_a", "MfaConfiguration": "OPTIONAL"})
    assert mfa_config_of(after) == {"MfaConfiguration": "OPTIONAL", **APPS}


GOOD: list[dict[str, Any]] = [
    {},
    {"EmailSendingAccount": "COGNITO_DEFAULT", "From": "a@b.example"},
    {"From": "The office <a@b.example>", "ReplyToEmailAddress": '"The office" <a@b.example>'},
    {"EmailSendingAccount": "DEVELOPER", "SourceArn": "arn:aws:ses:us-east-1:123456789012:identity/a@b.example"},
]
BAD: list[dict[str, Any]] = [
    {"EmailSendingAccount": "DEVELOPER"},
    {"SourceArn": "arn:aws:sns:us-east-1:123456789012:topic"},
    {"From": "office"},
    {"From": "a@b.example, c@d.example"},
    {"ReplyToEmailAddress": "a@"},
]


@pytest.mark.parametrize("asked", GOOD)
def test_who_mail_comes_from(asked: dict[str, Any]) -> None:
    """Addresses with and without a name, and identities of SES."""
    check_email_configuration(asked)


@pytest.mark.parametrize("asked", BAD)
def test_mail_that_could_not_be_sent(asked: dict[str, Any]) -> None:
    """It is refused when it is set, not when it is sent."""
    with pytest.raises(errors.InvalidParameterException):
        check_email_configuration(asked)
