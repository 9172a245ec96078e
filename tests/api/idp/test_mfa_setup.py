"""MFA_SETUP through the AWS SDK: pools in which nobody signs in without a second factor."""

import pytest

from authenticator import App
from clocked import cognito, server  # noqa: F401 (the fixtures of this file)
from conftest import PASSWORD
from second_factors import (
    ADMINS_RECOVER,
    BOTH_RECOVER,
    NOT_GOOD,
    access_token,
    guarded,
    listed,
    refusal_of,
)

SMS, TOTP, EMAIL = "SMS_MFA", "SOFTWARE_TOKEN_MFA", "EMAIL_OTP"
NO_GOOD = ("NotAuthorizedException", NOT_GOOD)
SPENT = ("NotAuthorizedException", "Invalid session for the user, session can only be used once.")


@pytest.fixture
def strict(make_pool):
    return guarded(make_pool, "ON", TOTP)


def test_an_app_is_set_up_within_the_sign_in(strict):
    """Associate, verify, answer: each Session leads to the next step, the last one to tokens; then the app is asked."""
    strict.user("bo")
    asked = strict.begin("bo")
    assert asked["ChallengeName"] == "MFA_SETUP"
    assert asked["ChallengeParameters"] == {"MFAS_CAN_SETUP": '["SOFTWARE_TOKEN_MFA"]'}
    app, proved = strict.set_up_in_sign_in(asked, "phone")
    done = strict.answer(proved, "bo")
    assert done["ChallengeParameters"] == {}
    assert access_token(done)
    assert strict.factors("bo") == (TOTP, [TOTP])
    strict.next_step()
    asked = strict.begin("bo")
    assert asked["ChallengeName"] == TOTP
    assert asked["ChallengeParameters"] == {"FRIENDLY_DEVICE_NAME": "phone", "USER_ID_FOR_SRP": "bo"}
    assert access_token(strict.totp(asked, "bo", app.code(strict.now_ms())))


def test_a_new_password_comes_first(strict):
    """NEW_PASSWORD_REQUIRED, then MFA_SETUP, then tokens."""
    strict.admin("admin_create_user", "bo", TemporaryPassword=PASSWORD, MessageAction="SUPPRESS")
    asked = strict.begin("bo")
    assert asked["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
    asked = strict.answer(asked, "bo", NEW_PASSWORD="Other-Horse-10")
    assert asked["ChallengeName"] == "MFA_SETUP"
    _, proved = strict.set_up_in_sign_in(asked)
    assert access_token(strict.answer(proved, "bo"))


def test_no_step_can_be_skipped(strict):
    """Nothing but the Session of a proof answers, and a proof needs the Session that came with the secret."""
    strict.user("bo")
    asked = strict.begin("bo")
    assert refusal_of(lambda: strict.answer(asked, "bo")) == NO_GOOD
    given = strict.cognito.associate_software_token(Session=asked["Session"])
    assert refusal_of(lambda: strict.answer({**asked, "Session": given["Session"]}, "bo")) == NO_GOOD
    app = App(given["SecretCode"])

    def verify(session, code):
        return strict.cognito.verify_software_token(Session=session, UserCode=code)

    code = app.code(strict.now_ms())
    assert refusal_of(lambda: verify(asked["Session"], code)) == NO_GOOD
    mismatch = ("EnableSoftwareTokenMFAException", "Code mismatch and fail enable Software Token MFA")
    assert refusal_of(lambda: verify(given["Session"], app.wrong_code(strict.now_ms()))) == mismatch
    done = verify(given["Session"], code)
    assert refusal_of(lambda: verify(given["Session"], app.code(strict.now_ms(), 1))) == SPENT
    assert refusal_of(lambda: strict.answer({**asked, "Session": given["Session"]}, "bo")) == SPENT
    assert refusal_of(lambda: strict.answer(asked, "bo")) == NO_GOOD  # another step is due by now
    assert refusal_of(lambda: strict.cognito.associate_software_token(Session=asked["Session"])) == NO_GOOD
    assert refusal_of(lambda: strict.cognito.associate_software_token(Session=done["Session"])) == NO_GOOD
    proved = {**asked, "Session": done["Session"]}
    assert refusal_of(lambda: strict.totp({**proved, "ChallengeName": TOTP}, "bo", code)) == NO_GOOD
    assert access_token(strict.answer(proved, "bo"))
    assert refusal_of(lambda: strict.answer(proved, "bo")) == SPENT


def test_two_sign_ins_set_up_one_app(strict):
    """Of two that were begun with nothing the first proof counts; the other has to show a code of it."""
    strict.user("bo")
    first, second = strict.begin("bo"), strict.begin("bo")
    _, proved = strict.set_up_in_sign_in(first)
    assert refusal_of(lambda: strict.cognito.associate_software_token(Session=second["Session"])) == NO_GOOD
    assert access_token(strict.answer(proved, "bo"))


def test_another_factor_is_not_a_way_to_set_up_an_app(make_pool):
    """Who has to show a factor cannot set up a new one with the password alone (TRUST API-16)."""
    pool = guarded(make_pool, "ON", TOTP, SMS, AccountRecoverySetting=ADMINS_RECOVER)
    pool.user("bo", phone_number="+15550002222")
    asked = pool.begin("bo")
    assert asked["ChallengeName"] == SMS
    assert refusal_of(lambda: pool.cognito.associate_software_token(Session=asked["Session"])) == NO_GOOD


def test_whoever_has_a_contact_gets_a_code(make_pool):
    """MFA ON with SMS: a phone number is enough, verified or not."""
    pool = guarded(make_pool, "ON", SMS, AccountRecoverySetting=BOTH_RECOVER)
    pool.user("bo", phone_number="+15550003333")
    asked = pool.begin("bo")
    assert asked["ChallengeName"] == SMS
    assert access_token(pool.answer(asked, "bo", SMS_MFA_CODE=pool.code_sent("+15550003333")))


def test_an_address_can_be_given_within_the_sign_in(make_pool):
    """Who has no contact may give an e-mail address: a code goes there, and only then there are tokens."""
    pool = guarded(make_pool, "ON", TOTP, EMAIL, AccountRecoverySetting=ADMINS_RECOVER)
    pool.user("bo")
    asked = pool.begin("bo")
    assert listed(asked, "MFAS_CAN_SETUP") == [TOTP, EMAIL]
    assert refusal_of(lambda: pool.answer(asked, "bo", email="nonsense"))[0] == "InvalidParameterException"
    assert refusal_of(lambda: pool.answer(asked, "bo", phone_number="+15550004444")) == NO_GOOD
    code_asked = pool.answer(asked, "bo", email="bo-in-setup@post.example")
    assert code_asked["ChallengeName"] == EMAIL
    assert code_asked["ChallengeParameters"]["CODE_DELIVERY_DESTINATION"] == "b***@p***"
    done = pool.answer(code_asked, "bo", EMAIL_OTP_CODE=pool.code_sent("bo-in-setup@post.example"))
    shown = pool.cognito.get_user(AccessToken=access_token(done))["UserAttributes"]
    assert {"Name": "email_verified", "Value": "true"} in shown


def test_an_address_is_not_taken_where_it_recovers_the_password(make_pool):
    """Where lost passwords are recovered by e-mail first, no code for signing in goes there."""
    pool = guarded(make_pool, "ON", TOTP, EMAIL, AccountRecoverySetting=BOTH_RECOVER)
    pool.user("bo")
    asked = pool.begin("bo")
    assert listed(asked, "MFAS_CAN_SETUP") == [TOTP]
    refused = refusal_of(lambda: pool.answer(asked, "bo", email="bo@post.example"))
    assert refused == ("MFAMethodNotFoundException", "The user cannot choose EMAIL_OTP.")


def test_who_can_neither_show_nor_set_up_anything_is_refused(make_pool):
    """MFA ON with SMS alone, and the user has no number."""
    pool = guarded(make_pool, "ON", SMS, AccountRecoverySetting=BOTH_RECOVER)
    pool.user("bo", email="bo-without-number@post.example")
    text = "The user pool requires a second factor, and the user has none that can be used or set up."
    assert refusal_of(lambda: pool.begin("bo")) == ("InvalidUserPoolConfigurationException", text)


def test_an_app_that_was_proved_counts_without_being_switched_on(strict):
    """MFA ON: an app is asked for although the user has no preference."""
    strict.cognito.set_user_pool_mfa_config(
        UserPoolId=strict.pool.pool_id,
        MfaConfiguration="OPTIONAL",
        SoftwareTokenMfaConfiguration={"Enabled": True},
    )
    strict.user("bo")
    app = strict.set_up(access_token(strict.begin("bo")))
    strict.cognito.set_user_pool_mfa_config(
        UserPoolId=strict.pool.pool_id, MfaConfiguration="ON", SoftwareTokenMfaConfiguration={"Enabled": True}
    )
    assert strict.factors("bo") == (None, [])
    asked = strict.begin("bo")
    assert access_token(strict.totp(asked, "bo", app.code(strict.now_ms())))


def test_a_session_to_set_up_expires(strict):
    """Three minutes for each step."""
    strict.user("bo")
    asked = strict.begin("bo")
    strict.pool.server.advance(181)
    expired = ("NotAuthorizedException", "Invalid session for the user, session is expired.")
    assert refusal_of(lambda: strict.cognito.associate_software_token(Session=asked["Session"])) == expired
