"""What pools may say of second factors, where no operation reaches it yet or the table would be long."""

from typing import Any

import pytest

from cognomen import errors
from cognomen.domain.email_settings import check_email_configuration
from cognomen.domain.mfa_settings import check_mfa, factors_of_new_pool, mfa_config_of, settings_with_mfa
from cognomen.domain.pool_settings import settings_of_changed_pool, settings_of_new_pool

ROLE = {"SnsCallerArn": "arn:aws:iam::123456789012:role/texts"}
APPS = {"SoftwareTokenMfaConfiguration": {"Enabled": True}}


@pytest.mark.parametrize("factor", ["EMAIL_OTP", "SMS_OTP"])
def test_mfa_is_not_on_where_codes_are_first_factors(factor: str) -> None:
    """Users have either codes in place of a password, or a second factor; OPTIONAL leaves both open."""
    policies = {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", factor]}}
    with pytest.raises(errors.InvalidParameterException, match="Only PASSWORD and WEB_AUTHN"):
        check_mfa({"MfaConfiguration": "ON", "Policies": policies, **APPS})
    check_mfa({"MfaConfiguration": "OPTIONAL", "Policies": policies, **APPS})


@pytest.mark.parametrize("passkeys", [{}, {"UserVerification": "required"}, {"FactorConfiguration": "SINGLE_FACTOR"}])
def test_mfa_is_not_on_where_a_passkey_alone_signs_in(passkeys: dict[str, Any]) -> None:
    """Passkeys are first factors beside MFA that is ON only where they count as two; OPTIONAL leaves it open."""
    pool = {"Policies": {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "WEB_AUTHN"]}}}
    optional = {"MfaConfiguration": "OPTIONAL", **APPS, "WebAuthnConfiguration": passkeys}
    asked = {**optional, "MfaConfiguration": "ON"}
    with pytest.raises(errors.PasskeysBesideMfa):
        check_mfa({**pool, **asked})
    with pytest.raises(errors.PasskeysCountOnce):
        settings_with_mfa(pool, asked)
    check_mfa({**pool, **optional})
    settings_with_mfa(pool, optional)
    twice = {**passkeys, "FactorConfiguration": "MULTI_FACTOR_WITH_USER_VERIFICATION"}
    check_mfa(settings_with_mfa(pool, {**asked, "WebAuthnConfiguration": twice}))


def test_passkeys_that_count_twice_stay_beside_mfa() -> None:
    """UpdateUserPool says nothing of what passkeys count as, and keeps it."""
    twice = {"WebAuthnConfiguration": {"FactorConfiguration": "MULTI_FACTOR_WITH_USER_VERIFICATION"}}
    before = {**settings_of_new_pool({"PoolName": "p"}), **APPS, **twice, "MfaConfiguration": "ON"}
    policies = {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "WEB_AUTHN"]}}
    after = settings_of_changed_pool(before, {"UserPoolId": "us-east-1_a", "Policies": policies})
    assert mfa_config_of(after) == {"MfaConfiguration": "ON", **APPS, **twice}


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
