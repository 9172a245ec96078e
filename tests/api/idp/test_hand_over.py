"""From SignUp into a sign-in through the AWS SDK: Sessions that are handed on, and users without passwords."""

import pytest

from clocked import cognito, server  # noqa: F401 (the fixtures of this file)
from conftest import PASSWORD
from passkey import contacts, is_signed_in, keyed, listed
from second_factors import refusal_of

INCORRECT = ("NotAuthorizedException", "Incorrect username or password.")
SESSION = ("NotAuthorizedException", "Invalid session for the user.")
USED = ("NotAuthorizedException", "Invalid session for the user, session can only be used once.")
EXPIRED = ("NotAuthorizedException", "Invalid session for the user, session is expired.")


@pytest.fixture
def mailing(make_pool):
    """A pool that mails the codes of sign-ups."""
    return keyed(make_pool, AutoVerifiedAttributes=["email"])


def signed_up(pool, name, email, **password):
    given = {"ClientId": pool.pool.client_id, "Username": name, "UserAttributes": listed({"email": email})}
    return pool.cognito.sign_up(**given, **password)


def confirm(pool, name, email, session):
    code = pool.pool.code_for(email)
    named = {"ClientId": pool.pool.client_id, "Username": name, "ConfirmationCode": code}
    return pool.cognito.confirm_sign_up(**named, **({"Session": session} if session else {}))


def test_a_sign_up_without_a_password_goes_on_as_a_sign_in(mailing):
    """Three calls: sign up, confirm, tokens; later the user signs in by codes alone."""
    email = contacts()["email"]
    done = signed_up(mailing, "zoe", email)
    confirmed = confirm(mailing, "zoe", email, done["Session"])
    tokens = mailing.begin("zoe", session=confirmed["Session"])
    assert is_signed_in(tokens)
    assert refusal_of(lambda: mailing.begin("zoe", session=confirmed["Session"])) == USED
    asked = mailing.begin("zoe", PREFERRED_CHALLENGE="EMAIL_OTP")
    assert (asked["ChallengeName"], asked["AvailableChallenges"]) == ("EMAIL_OTP", ["EMAIL_OTP"])
    asked = mailing.begin("zoe", PREFERRED_CHALLENGE="PASSWORD", PASSWORD=PASSWORD)
    assert (asked["ChallengeName"], asked["AvailableChallenges"]) == ("SELECT_CHALLENGE", ["EMAIL_OTP"])
    assert refusal_of(lambda: mailing.pool.sign_in("zoe")) == INCORRECT


def test_a_hand_over_is_for_its_own_user_and_moment(mailing):
    """Sessions of SignUp and ConfirmSignUp are good for one step, for three minutes, and until the password changes."""
    email, other = contacts()["email"], contacts()["email"]
    done = signed_up(mailing, "zoe", email, Password=PASSWORD)
    others = signed_up(mailing, "eve", other, Password=PASSWORD)
    assert refusal_of(lambda: mailing.begin("zoe", session=done["Session"])) == SESSION
    assert refusal_of(lambda: confirm(mailing, "zoe", email, others["Session"])) == SESSION
    confirmed = confirm(mailing, "zoe", email, done["Session"])
    assert refusal_of(lambda: mailing.begin("eve", session=confirmed["Session"])) == SESSION
    mailing.cognito.admin_set_user_password(
        UserPoolId=mailing.pool.pool_id, Username="zoe", Password="Other-Horse-10", Permanent=True
    )
    assert refusal_of(lambda: mailing.begin("zoe", session=confirmed["Session"])) == SESSION
    confirmed = confirm(mailing, "eve", other, others["Session"])
    mailing.pool.server.advance(181)
    assert refusal_of(lambda: mailing.begin("eve", session=confirmed["Session"])) == EXPIRED


def test_only_clients_of_user_auth_hand_over(make_pool):
    """Others get no Session from SignUp, and none from ConfirmSignUp without one."""
    pool = keyed(
        make_pool, client={"ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"]}, AutoVerifiedAttributes=["email"]
    )
    email = contacts()["email"]
    assert "Session" not in signed_up(pool, "zoe", email, Password=PASSWORD)
    assert "Session" not in confirm(pool, "zoe", email, None)


def test_a_password_can_be_left_out_where_codes_sign_in(make_pool, mailing):
    """Elsewhere, and for users who have no contact, SignUp needs one."""
    nowhere = ("InvalidParameterException", "A user without a password needs an email or a phone_number to sign in.")
    assert refusal_of(lambda: mailing.cognito.sign_up(ClientId=mailing.pool.client_id, Username="zoe")) == nowhere
    strict = keyed(make_pool, ["PASSWORD", "WEB_AUTHN"])
    assert refusal_of(lambda: signed_up(strict, "zoe", contacts()["email"]))[0] == "InvalidPasswordException"
