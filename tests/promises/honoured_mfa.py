"""Where each input member of the operations on second factors shows its effect."""

from collections.abc import Mapping

from promises import honoured_passkeys

MFA = "tests/api/idp/test_mfa.py"
CODES = "tests/api/idp/test_mfa_codes.py"
TOTP = "tests/api/idp/test_totp.py"
SETUP = "tests/api/idp/test_mfa_setup.py"
SHOWN = f"{MFA}::test_what_is_set_is_shown"
PREFERENCES = f"{MFA}::test_preferences_are_set_one_by_one"
OLDER = f"{MFA}::test_the_older_operations_switch_sms"
IN_SIGN_IN = f"{SETUP}::test_an_app_is_set_up_within_the_sign_in"
SENDER = "tests/delivery/test_deliver.py::test_a_message_has_all_that_a_courier_needs"
WORDS = f"{CODES}::test_the_words_are_the_pools"

_PREFERENCES: Mapping[str, str] = {
    "SMSMfaSettings": PREFERENCES,
    "SoftwareTokenMfaSettings": PREFERENCES,
    "EmailMfaSettings": PREFERENCES,
    **honoured_passkeys.PREFERENCES,
}
HONOURED: Mapping[str, Mapping[str, str]] = {
    "SetUserPoolMfaConfig": {
        "UserPoolId": "SetUserPoolMfaConfig.unknown-pool",
        "MfaConfiguration": SHOWN,
        "SmsMfaConfiguration.SmsAuthenticationMessage": WORDS,
        "SmsMfaConfiguration.SmsConfiguration.SnsCallerArn": "SetUserPoolMfaConfig.sms-by-no-role",
        "SmsMfaConfiguration.SmsConfiguration.ExternalId": SHOWN,
        "SmsMfaConfiguration.SmsConfiguration.SnsRegion": SHOWN,
        "SoftwareTokenMfaConfiguration": "SetUserPoolMfaConfig.only-factor-disabled",
        "EmailMfaConfiguration": WORDS,
        **honoured_passkeys.POOL_CONFIGURATION,
    },
    "GetUserPoolMfaConfig": {"UserPoolId": "GetUserPoolMfaConfig.unknown-pool"},
    "AssociateSoftwareToken": {"AccessToken": f"{TOTP}::test_an_app_is_set_up_and_asked_for", "Session": IN_SIGN_IN},
    "VerifySoftwareToken": {
        "AccessToken": f"{TOTP}::test_an_app_is_set_up_and_asked_for",
        "Session": IN_SIGN_IN,
        "UserCode": "VerifySoftwareToken.wrong-code",
        "FriendlyDeviceName": f"{TOTP}::test_an_app_is_set_up_and_asked_for",
    },
    "AdminDeleteSoftwareToken": {
        "UserPoolId": "AdminDeleteSoftwareToken.unknown-pool",
        "Username": "AdminDeleteSoftwareToken.unknown-user",
    },
    "SetUserMFAPreference": {"AccessToken": "SetUserMFAPreference.made-up-token", **_PREFERENCES},
    "AdminSetUserMFAPreference": {
        "UserPoolId": "AdminSetUserMFAPreference.unknown-pool",
        "Username": "AdminSetUserMFAPreference.unknown-user",
        **_PREFERENCES,
    },
    "SetUserSettings": {"AccessToken": "SetUserSettings.made-up-token", "MFAOptions": OLDER},
    "AdminSetUserSettings": {
        "UserPoolId": "AdminSetUserSettings.unknown-pool",
        "Username": "AdminSetUserSettings.unknown-user",
        "MFAOptions": OLDER,
    },
}
CREATE_USER_POOL: Mapping[str, str] = {
    "MfaConfiguration": f"{MFA}::test_a_pool_is_made_with_mfa_by_sms",
    "SmsAuthenticationMessage": WORDS,
    "SmsConfiguration.SnsCallerArn": "CreateUserPool.mfa-by-no-role",
    "SmsConfiguration.ExternalId": SHOWN,
    "SmsConfiguration.SnsRegion": SHOWN,
    "EmailConfiguration.EmailSendingAccount": "SetUserPoolMfaConfig.email-without-ses",
    "EmailConfiguration.SourceArn": "CreateUserPool.mail-by-no-identity",
    "EmailConfiguration.From": SENDER,
    "EmailConfiguration.ReplyToEmailAddress": SENDER,
}
