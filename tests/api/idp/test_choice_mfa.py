"""USER_AUTH where second factors are asked for, through the AWS SDK."""

import pytest

from authenticator import App
from clocked import cognito, server  # noqa: F401 (the fixtures of this file)
from conftest import PASSWORD
from passkey import RP_ID, contacts, is_signed_in, keyed, listed, request_options
from second_factors import SES, refusal_of
from webauthn_authenticator import PRESENT, Authenticator

ALL = ["PASSWORD_SRP", "PASSWORD", "EMAIL_OTP", "SMS_OTP"]
SESSION = ("NotAuthorizedException", "Invalid session for the user.")
APPS = {"SoftwareTokenMfaConfiguration": {"Enabled": True}}


@pytest.fixture
def pool(make_pool):
    made = keyed(make_pool)
    made.pool.confirmed("ada")
    return made


def app_for(pool, name):
    token = pool.token(name)
    app = App(pool.cognito.associate_software_token(AccessToken=token)["SecretCode"])
    pool.cognito.verify_software_token(AccessToken=token, UserCode=app.code(now_ms(pool)))
    wish = {"Enabled": True, "PreferredMfa": True}
    pool.cognito.set_user_mfa_preference(AccessToken=token, SoftwareTokenMfaSettings=wish)
    pool.pool.server.advance(90)
    return token, app


def now_ms(pool):
    return int(pool.pool.server.post("/_dev/clock", {"advance": 0})["now_ms"])


def test_users_with_mfa_begin_with_the_password(make_pool):
    """Where a user has a second factor, codes and passkeys are no first ones, and the password leads to it."""
    pool = keyed(make_pool, MfaConfiguration="OPTIONAL", **APPS)
    pool.pool.confirmed("ada", UserAttributes=listed(contacts()))
    pool.register(pool.token("ada"))
    assert pool.begin("ada")["AvailableChallenges"] == [*ALL, "WEB_AUTHN"]
    waiting = pool.asked_for_passkey("ada")
    _, app = app_for(pool, "ada")
    asked = pool.begin("ada", PREFERRED_CHALLENGE="WEB_AUTHN")
    assert (asked["ChallengeName"], asked["AvailableChallenges"]) == ("SELECT_CHALLENGE", ALL[:2])
    assert refusal_of(lambda: pool.answer(waiting, "ada", CREDENTIAL="{}")) == SESSION
    asked = pool.answer(asked, "ada", ANSWER="PASSWORD", PASSWORD=PASSWORD)
    assert asked["ChallengeName"] == "SOFTWARE_TOKEN_MFA"
    assert asked["ChallengeParameters"]["USER_ID_FOR_SRP"] == "ada"
    assert is_signed_in(pool.answer(asked, "ada", SOFTWARE_TOKEN_MFA_CODE=app.code(now_ms(pool))))


def test_a_passkey_counts_twice_where_pool_and_user_want_it(make_pool):
    """With MULTI_FACTOR_WITH_USER_VERIFICATION and WebAuthnMfaSettings it signs in alone, but must verify its user."""
    several = {"FactorConfiguration": "MULTI_FACTOR_WITH_USER_VERIFICATION"}
    pool = keyed(make_pool, ["PASSWORD", "WEB_AUTHN"], MfaConfiguration="OPTIONAL", passkeys=several, **APPS)
    pool.pool.confirmed("ada")
    first = pool.token("ada")
    lonely = refusal_of(
        lambda: pool.cognito.set_user_mfa_preference(AccessToken=first, WebAuthnMfaSettings={"Enabled": True})
    )
    assert lonely[0] == "InvalidParameterException"
    device = pool.register(first)
    token, _ = app_for(pool, "ada")
    passkeys = {"RelyingPartyId": RP_ID, **several}
    pool.cognito.set_user_pool_mfa_config(
        UserPoolId=pool.pool.pool_id, MfaConfiguration="ON", WebAuthnConfiguration=passkeys, **APPS
    )
    assert pool.begin("ada")["AvailableChallenges"] == ALL[:2]
    pool.cognito.set_user_mfa_preference(AccessToken=token, WebAuthnMfaSettings={"Enabled": True})
    asked = pool.asked_for_passkey("ada")
    assert asked["AvailableChallenges"] == [*ALL[:2], "WEB_AUTHN"]
    assert request_options(asked)["userVerification"] == "required"
    device.flags = PRESENT
    refused = ("NotAuthorizedException", "The passkey could not be verified.")
    assert refusal_of(lambda: pool.sign_in("ada", device, asked)) == refused
    device.flags = Authenticator.flags
    assert is_signed_in(pool.sign_in("ada", device, asked))
    user = {"UserPoolId": pool.pool.pool_id, "Username": "ada"}
    pool.cognito.admin_set_user_mfa_preference(**user, WebAuthnMfaSettings={"Enabled": False})
    assert pool.begin("ada")["AvailableChallenges"] == ALL[:2]


def test_a_passkey_counts_once_where_the_pool_says_nothing(pool):
    """Then users cannot want otherwise."""
    user = {"UserPoolId": pool.pool.pool_id, "Username": "ada"}
    refused = refusal_of(
        lambda: pool.cognito.admin_set_user_mfa_preference(**user, WebAuthnMfaSettings={"Enabled": True})
    )
    assert refused == ("InvalidParameterException", "The user pool does not let passkeys count as MFA.")


def test_mfa_by_mail_comes_after_the_password_in_user_auth(make_pool):
    """EMAIL_OTP as the second factor: asked for once, and it ends the sign-in."""
    pool = keyed(make_pool, ["PASSWORD"], MfaConfiguration="OPTIONAL", EmailMfaConfiguration={}, EmailConfiguration=SES)
    given = contacts()
    pool.pool.confirmed("ada", UserAttributes=listed(given))
    user = {"UserPoolId": pool.pool.pool_id, "Username": "ada"}
    wish = {"Enabled": True, "PreferredMfa": True}
    pool.cognito.admin_set_user_mfa_preference(**user, EmailMfaSettings=wish)
    asked = pool.begin("ada", PREFERRED_CHALLENGE="PASSWORD", PASSWORD=PASSWORD)
    assert (asked["ChallengeName"], "AvailableChallenges" in asked) == ("EMAIL_OTP", False)
    code = pool.pool.code_for(given["email"])
    assert is_signed_in(pool.answer(asked, "ada", EMAIL_OTP_CODE=code))
