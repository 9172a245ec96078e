"""MFA of pools, and what users are asked for, through the AWS SDK."""

import pytest

from clocked import cognito, server  # noqa: F401 (the fixtures of this file)
from second_factors import (
    ADMINS_RECOVER,
    BOTH_RECOVER,
    SES,
    TEXTS,
    access_token,
    guarded,
    refusal_of,
)

SMS, TOTP, EMAIL = "SMS_MFA", "SOFTWARE_TOKEN_MFA", "EMAIL_OTP"


def config(cognito, pool_id):
    found = cognito.get_user_pool_mfa_config(UserPoolId=pool_id)
    found.pop("ResponseMetadata")
    return found


def test_a_new_pool_has_no_mfa(pool):
    """Nothing but MfaConfiguration is shown."""
    assert config(pool.cognito, pool.pool_id) == {"MfaConfiguration": "OFF"}


@pytest.mark.parametrize("mode", ["ON", "OPTIONAL"])
def test_a_pool_is_made_with_mfa_by_sms(make_pool, mode):
    """With an SmsConfiguration MFA may be on from the beginning; Describe and GetUserPoolMfaConfig show it."""
    message = "Your code: {####}"
    made = make_pool(MfaConfiguration=mode, SmsConfiguration=TEXTS, SmsAuthenticationMessage=message)
    shown = made.cognito.describe_user_pool(UserPoolId=made.pool_id)["UserPool"]
    assert (shown["MfaConfiguration"], shown["SmsConfiguration"]) == (mode, TEXTS)
    assert config(made.cognito, made.pool_id) == {
        "MfaConfiguration": mode,
        "SmsMfaConfiguration": {"SmsAuthenticationMessage": message, "SmsConfiguration": TEXTS},
    }


def test_what_is_set_is_shown(make_pool):
    """Set answers what Get answers; factors that are not named are off afterwards, and so is MFA."""
    made = make_pool(EmailConfiguration=SES, AccountRecoverySetting=BOTH_RECOVER)
    asked = {
        "MfaConfiguration": "OPTIONAL",
        "SmsMfaConfiguration": {"SmsConfiguration": {**TEXTS, "ExternalId": "x", "SnsRegion": "eu-west-1"}},
        "SoftwareTokenMfaConfiguration": {"Enabled": True},
        "EmailMfaConfiguration": {"Message": "Code {####}", "Subject": "Code"},
    }
    answer = made.cognito.set_user_pool_mfa_config(UserPoolId=made.pool_id, **asked)
    answer.pop("ResponseMetadata")
    assert answer == asked == config(made.cognito, made.pool_id)
    only = {"SoftwareTokenMfaConfiguration": {"Enabled": True}}
    made.cognito.set_user_pool_mfa_config(UserPoolId=made.pool_id, MfaConfiguration="ON", **only)
    assert config(made.cognito, made.pool_id) == {"MfaConfiguration": "ON", **only}
    made.cognito.set_user_pool_mfa_config(UserPoolId=made.pool_id)
    assert config(made.cognito, made.pool_id) == {"MfaConfiguration": "OFF"}


def test_a_factor_that_is_off_is_not_asked_for(make_pool):
    """Users keep what they have set up, and sign in without it until the pool offers it again."""
    pool = guarded(make_pool, "OPTIONAL", TOTP)
    pool.user("cy")
    pool.set_up(access_token(pool.begin("cy")))
    pool.prefer("cy", TOTP, preferred=TOTP)
    assert pool.begin("cy")["ChallengeName"] == TOTP
    pool.cognito.set_user_pool_mfa_config(UserPoolId=pool.pool.pool_id, MfaConfiguration="OFF")
    token = access_token(pool.begin("cy"))
    off = ("SoftwareTokenMFANotFoundException", "Software Token MFA has not been enabled by the userPool")
    assert refusal_of(lambda: pool.cognito.associate_software_token(AccessToken=token)) == off
    assert refusal_of(lambda: pool.cognito.verify_software_token(AccessToken=token, UserCode="123456")) == off
    pool.cognito.set_user_pool_mfa_config(
        UserPoolId=pool.pool.pool_id, MfaConfiguration="OPTIONAL", SoftwareTokenMfaConfiguration={"Enabled": True}
    )
    assert pool.begin("cy")["ChallengeName"] == TOTP


@pytest.fixture
def everything(make_pool):
    """A pool with all factors, and a user who could use all of them."""
    pool = guarded(make_pool, "OPTIONAL", SMS, TOTP, EMAIL, AccountRecoverySetting=ADMINS_RECOVER)
    pool.user("cy", email="cy@post.example", phone_number="+15550005555")
    pool.set_up(access_token(pool.begin("cy")))
    return pool


def test_preferences_are_set_one_by_one(everything):
    """What is not named stays; one factor is preferred at most, and none that is off."""
    pool = everything
    pool.prefer("cy", SMS, preferred=SMS)
    assert pool.factors("cy") == (SMS, [SMS])
    pool.prefer("cy", TOTP)
    assert pool.factors("cy") == (SMS, [SMS, TOTP])
    pool.prefer("cy", TOTP, preferred=TOTP)
    assert pool.factors("cy") == (TOTP, [SMS, TOTP])
    pool.prefer("cy", TOTP)  # PreferredMfa false takes the preference back
    assert pool.factors("cy") == (None, [SMS, TOTP])
    pool.prefer("cy", EMAIL, preferred=EMAIL)
    pool.admin("admin_set_user_mfa_preference", "cy", EmailMfaSettings={"Enabled": False})
    assert pool.factors("cy") == (None, [SMS, TOTP])
    factors = pool.admin("admin_get_user_auth_factors", "cy")
    assert factors["UserMFASettingList"] == [SMS, TOTP]
    assert "PreferredMfaSetting" not in factors


def test_the_older_operations_switch_sms(everything):
    """SetUserSettings and AdminSetUserSettings know SMS alone; MFAOptions shows it."""
    pool = everything
    options = [{"DeliveryMedium": "SMS", "AttributeName": "phone_number"}]
    token = access_token(pool.begin("cy"))
    pool.cognito.set_user_settings(AccessToken=token, MFAOptions=options)
    assert pool.admin("admin_get_user", "cy")["MFAOptions"] == options
    assert pool.factors("cy") == (None, [SMS])
    assert pool.begin("cy")["ChallengeName"] == SMS
    pool.admin("admin_set_user_settings", "cy", MFAOptions=[])
    assert "MFAOptions" not in pool.admin("admin_get_user", "cy")
    assert access_token(pool.begin("cy"))


def test_where_mfa_is_on_nobody_turns_a_factor_off(make_pool):
    """A preference can be set, and a factor switched on, but none off."""
    pool = guarded(make_pool, "ON", SMS, TOTP, AccountRecoverySetting=ADMINS_RECOVER)
    pool.user("cy", phone_number="+15550006666")
    pool.prefer("cy", SMS, preferred=SMS)
    off = ("InvalidParameterException", "SMS_MFA cannot be turned off: the user pool requires MFA.")
    change = {"SMSMfaSettings": {"Enabled": False}}
    assert refusal_of(lambda: pool.admin("admin_set_user_mfa_preference", "cy", **change)) == off
    assert refusal_of(lambda: pool.admin("admin_set_user_settings", "cy", MFAOptions=[])) == off
    pool.admin("admin_set_user_mfa_preference", "cy", SoftwareTokenMfaSettings={"Enabled": False})  # it was not on
    assert pool.factors("cy") == (SMS, [SMS])


def test_a_deleted_user_leaves_no_app_behind(everything):
    """Somebody else of the same name has no second factor."""
    pool = everything
    pool.admin("admin_delete_user", "cy")
    pool.user("cy")
    assert pool.factors("cy") == (None, [])
    assert access_token(pool.begin("cy"))


def test_an_administrator_who_takes_away_an_app_names_somebody_with_one(make_pool):
    """AdminDeleteSoftwareToken refuses nobody, and somebody without an app; what it takes away is in test_totp."""
    made = make_pool()
    made.confirmed("ann")
    assert refusal_of(lambda: made.cognito.admin_delete_software_token(UserPoolId=made.pool_id, Username="ann")) == (
        "InvalidParameterException",
        "User has not set up software token mfa",
    )
    assert refusal_of(lambda: made.cognito.admin_delete_software_token(UserPoolId=made.pool_id, Username="nobody")) == (
        "UserNotFoundException",
        "User does not exist.",
    )
