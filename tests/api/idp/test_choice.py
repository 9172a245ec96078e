"""USER_AUTH through the AWS SDK: choosing how to sign in, codes as first factors, and the way in from a sign-up."""

import json
import uuid

import pytest

from conftest import PASSWORD
from passkey import CHOOSING, contacts, is_signed_in, keyed, listed
from proving import SrpClient
from second_factors import refusal_of
from stopped import cognito, server  # noqa: F401 (the fixtures of this file)
from webauthn_authenticator import Authenticator

ALL = ["PASSWORD_SRP", "PASSWORD", "EMAIL_OTP", "SMS_OTP"]
INCORRECT = ("NotAuthorizedException", "Incorrect username or password.")
WRONG_CODE = ("CodeMismatchException", "Invalid code or auth state for the user.")
SESSION = ("NotAuthorizedException", "Invalid session for the user.")
USED = ("NotAuthorizedException", "Invalid session for the user, session can only be used once.")
EXPIRED = ("NotAuthorizedException", "Invalid session for the user, session is expired.")
APPS = {"SoftwareTokenMfaConfiguration": {"Enabled": True}}


@pytest.fixture
def pool(make_pool):
    return keyed(make_pool)


@pytest.fixture
def ada(pool):
    """The contacts of a confirmed user with a password."""
    given = contacts()
    pool.pool.confirmed("ada", UserAttributes=listed(given))
    return given


def test_the_name_alone_leads_to_a_choice(pool, ada):
    """SELECT_CHALLENGE lists what the pool allows and the user has."""
    asked = pool.begin("ada")
    assert (asked["ChallengeName"], asked["AvailableChallenges"]) == ("SELECT_CHALLENGE", ALL)
    assert asked["ChallengeParameters"] == {}
    assert "AuthenticationResult" not in asked
    assert pool.begin("ada", admin=True)["AvailableChallenges"] == ALL


def test_the_pool_and_the_user_say_what_there_is(make_pool):
    """Without contacts no codes; without WEB_AUTHN no passkeys; what is preferred and not there leads to the choice."""
    pool = keyed(make_pool, ["PASSWORD", "EMAIL_OTP"])
    pool.pool.confirmed("bare")
    asked = pool.begin("bare", PREFERRED_CHALLENGE="EMAIL_OTP")
    assert (asked["ChallengeName"], asked["AvailableChallenges"]) == ("SELECT_CHALLENGE", ["PASSWORD_SRP", "PASSWORD"])
    pool.pool.confirmed("ada", UserAttributes=listed(contacts()))
    assert pool.begin("ada", PREFERRED_CHALLENGE="SMS_OTP")["AvailableChallenges"] == ALL[:3]


@pytest.mark.parametrize("admin", [False, True])
def test_the_password_at_once_in_an_answer_or_by_choice(pool, ada, admin):
    """PASSWORD with PREFERRED_CHALLENGE, as a challenge of its own, and with the selection: each signs in."""
    at_once = pool.begin("ada", admin=admin, PREFERRED_CHALLENGE="PASSWORD", PASSWORD=PASSWORD)
    assert is_signed_in(at_once)
    assert "AvailableChallenges" not in at_once
    asked = pool.begin("ada", admin=admin, PREFERRED_CHALLENGE="PASSWORD")
    assert (asked["ChallengeName"], asked["AvailableChallenges"]) == ("PASSWORD", ALL)
    assert refusal_of(lambda: pool.answer(asked, "ada", admin=admin, PASSWORD="Wrong-Horse-1")) == INCORRECT
    assert is_signed_in(pool.answer(asked, "ada", admin=admin, PASSWORD=PASSWORD))
    assert refusal_of(lambda: pool.answer(asked, "ada", admin=admin, PASSWORD=PASSWORD)) == USED
    selected = pool.begin("ada", admin=admin)
    wrong = refusal_of(lambda: pool.answer(selected, "ada", admin=admin, ANSWER="PASSWORD", PASSWORD="Wrong-Horse-1"))
    assert wrong == INCORRECT
    assert is_signed_in(pool.answer(selected, "ada", admin=admin, ANSWER="PASSWORD", PASSWORD=PASSWORD))
    chosen = pool.answer(pool.begin("ada"), "ada", ANSWER="PASSWORD")
    assert chosen["ChallengeName"] == "PASSWORD"
    assert is_signed_in(pool.answer(chosen, "ada", PASSWORD=PASSWORD))


def test_the_password_is_proven_without_being_sent(pool, ada):
    """PASSWORD_SRP with PREFERRED_CHALLENGE, as a challenge of its own, and with the selection."""
    client = SrpClient(pool.pool.pool_id)
    begun = pool.begin("ada", PREFERRED_CHALLENGE="PASSWORD_SRP", SRP_A=client.srp_a)
    assert (begun["ChallengeName"], begun["AvailableChallenges"]) == ("PASSWORD_VERIFIER", ALL)
    assert is_signed_in(prove(pool, client, begun))
    asked = pool.begin("ada", PREFERRED_CHALLENGE="PASSWORD_SRP")
    assert asked["ChallengeName"] == "PASSWORD_SRP"
    begun = pool.answer(asked, "ada", SRP_A=client.srp_a)
    assert begun["ChallengeName"] == "PASSWORD_VERIFIER"
    assert refusal_of(lambda: prove(pool, client, begun, "Wrong-Horse-1")) == INCORRECT
    assert is_signed_in(prove(pool, client, begun))
    assert refusal_of(lambda: pool.answer(asked, "ada", SRP_A=client.srp_a)) == USED
    begun = pool.answer(pool.begin("ada"), "ada", ANSWER="PASSWORD_SRP", SRP_A=client.srp_a)
    assert begun["ChallengeName"] == "PASSWORD_VERIFIER"
    assert is_signed_in(prove(pool, client, begun))


def prove(pool, client, begun, password=PASSWORD):
    return pool.answer(begun, "ada", **without_name(client.proof(begun["ChallengeParameters"], password, "")))


def without_name(proof):
    return {name: value for name, value in proof.items() if name != "USERNAME"}


CODES = [("EMAIL_OTP", "email", "EMAIL"), ("SMS_OTP", "phone_number", "SMS")]


@pytest.mark.parametrize(("name", "contact", "medium"), CODES)
def test_a_code_is_a_first_factor(pool, ada, name, contact, medium):
    """It is sent at once where it is preferred or chosen, signs in once, and verifies the contact."""
    asked = pool.begin("ada", PREFERRED_CHALLENGE=name)
    assert (asked["ChallengeName"], asked["AvailableChallenges"]) == (name, ALL)
    masked = "a***@p***" if contact == "email" else f"+*******{ada[contact][-4:]}"
    expected = {"CODE_DELIVERY_DELIVERY_MEDIUM": medium, "CODE_DELIVERY_DESTINATION": masked}
    assert asked["ChallengeParameters"] == expected
    code = pool.pool.code_for(ada[contact])
    message = pool.pool.messages(to=ada[contact])[-1]
    assert message["kind"] == "Authentication"
    assert refusal_of(lambda: pool.answer(asked, "ada", **{f"{name}_CODE": "000000x"})) == WRONG_CODE
    done = pool.answer(asked, "ada", **{f"{name}_CODE": code})
    assert is_signed_in(done)
    seen = pool.cognito.get_user(AccessToken=done["AuthenticationResult"]["AccessToken"])["UserAttributes"]
    assert {"Name": f"{contact}_verified", "Value": "true"} in seen
    assert refusal_of(lambda: pool.answer(asked, "ada", **{f"{name}_CODE": code})) == USED
    chosen = pool.answer(pool.begin("ada"), "ada", ANSWER=name)
    assert chosen["ChallengeName"] == name
    code = pool.pool.code_for(ada[contact], after=message["id"])
    assert is_signed_in(pool.answer(chosen, "ada", **{f"{name}_CODE": code}))


def test_guesses_of_first_codes_lock_and_codes_are_counted(pool, ada):
    """CRED-04: Five wrong ones lock; twenty codes an hour are sent to one user at most."""
    asked = pool.begin("ada", PREFERRED_CHALLENGE="EMAIL_OTP")
    code = pool.pool.code_for(ada["email"])
    for _ in range(5):
        assert refusal_of(lambda: pool.answer(asked, "ada", EMAIL_OTP_CODE="000000x")) == WRONG_CODE
    locked = ("NotAuthorizedException", "Password attempts exceeded")
    assert refusal_of(lambda: pool.answer(asked, "ada", EMAIL_OTP_CODE=code)) == locked
    for _ in range(19):
        pool.begin("ada", PREFERRED_CHALLENGE="EMAIL_OTP")
    refused = refusal_of(lambda: pool.begin("ada", PREFERRED_CHALLENGE="SMS_OTP"))
    assert refused == ("TooManyRequestsException", "Too many codes were asked for; try again later.")
    pool.pool.server.advance(3601)
    assert pool.begin("ada", PREFERRED_CHALLENGE="SMS_OTP")["ChallengeName"] == "SMS_OTP"


def test_a_session_ends_with_time_and_with_the_account_as_it_was(pool, ada):
    """Three minutes; and not after another password, another address, or for a disabled or deleted user."""
    other = pool.cognito
    user = {"UserPoolId": pool.pool.pool_id, "Username": "ada"}

    def asked():
        before = pool.pool.messages(to=ada["email"])
        begun = pool.begin("ada", PREFERRED_CHALLENGE="EMAIL_OTP")
        return begun, pool.pool.code_for(ada["email"], after=before[-1]["id"] if before else "")

    begun, code = asked()
    other.admin_set_user_password(**user, Password="Other-Horse-10", Permanent=True)
    assert refusal_of(lambda: pool.answer(begun, "ada", EMAIL_OTP_CODE=code)) == SESSION
    begun, code = asked()
    pool.pool.server.advance(181)
    assert refusal_of(lambda: pool.answer(begun, "ada", EMAIL_OTP_CODE=code)) == EXPIRED
    begun, code = asked()
    other.admin_disable_user(**user)
    disabled = ("NotAuthorizedException", "User is disabled.")
    assert refusal_of(lambda: pool.answer(begun, "ada", EMAIL_OTP_CODE=code)) == disabled
    assert refusal_of(lambda: pool.begin("ada")) == disabled
    other.admin_enable_user(**user)
    other.admin_update_user_attributes(**user, UserAttributes=listed({"email": contacts()["email"]}))
    assert refusal_of(lambda: pool.answer(begun, "ada", EMAIL_OTP_CODE=code)) == SESSION
    other.admin_delete_user(**user)
    assert refusal_of(lambda: pool.answer(begun, "ada", EMAIL_OTP_CODE=code))[0] == "UserNotFoundException"
    assert refusal_of(lambda: pool.begin("ada")) == ("UserNotFoundException", "User does not exist.")


def test_sessions_belong_to_one_user_one_step_and_one_client(pool, ada):
    """Another user's, another challenge's and another client's session are refused alike."""
    pool.pool.confirmed("eve", UserAttributes=listed(contacts()))
    eves = pool.begin("eve")
    assert refusal_of(lambda: pool.answer(eves, "ada", ANSWER="PASSWORD", PASSWORD=PASSWORD)) == SESSION
    asked = pool.begin("ada")
    other_step = {**asked, "ChallengeName": "PASSWORD"}
    assert refusal_of(lambda: pool.answer(other_step, "ada", PASSWORD=PASSWORD)) == SESSION
    second = pool.cognito.create_user_pool_client(UserPoolId=pool.pool.pool_id, ClientName="two", **CHOOSING)
    answer = {"USERNAME": "ada", "ANSWER": "PASSWORD", "PASSWORD": PASSWORD}
    of_other_client = refusal_of(
        lambda: pool.cognito.respond_to_auth_challenge(
            ClientId=second["UserPoolClient"]["ClientId"],
            ChallengeName="SELECT_CHALLENGE",
            Session=asked["Session"],
            ChallengeResponses=answer,
        )
    )
    assert of_other_client == SESSION
    assert is_signed_in(pool.answer(asked, "ada", ANSWER="PASSWORD", PASSWORD=PASSWORD))


def test_a_temporary_password_is_all_that_an_invited_user_has(pool):
    """Whatever is preferred: the password first, and then another one."""
    invited = {"UserPoolId": pool.pool.pool_id, "Username": "ivy", "UserAttributes": listed(contacts())}
    pool.cognito.admin_create_user(**invited, TemporaryPassword=PASSWORD, MessageAction="SUPPRESS")
    asked = pool.begin("ivy", PREFERRED_CHALLENGE="EMAIL_OTP")
    assert (asked["ChallengeName"], asked["AvailableChallenges"]) == ("SELECT_CHALLENGE", ALL[:2])
    asked = pool.answer(asked, "ivy", ANSWER="PASSWORD", PASSWORD=PASSWORD)
    assert asked["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
    assert "AvailableChallenges" not in asked
    assert is_signed_in(pool.answer(asked, "ivy", NEW_PASSWORD="Other-Horse-10"))


def test_an_extra_answer_changes_nothing(pool, ada):
    """What belongs to another challenge is not looked at."""
    asked = pool.begin("ada")
    done = pool.answer(asked, "ada", ANSWER="PASSWORD", PASSWORD=PASSWORD, CREDENTIAL="{", EMAIL_OTP_CODE="1")
    assert is_signed_in(done)


def test_a_passkey_whose_relying_party_is_gone_does_not_bar_the_way(make_pool):
    """The choice is still put, without options; choosing the passkey is refused as a fault of the configuration."""
    pool = keyed(make_pool, passkeys=None)
    pool.pool.confirmed("ada")
    domain = f"p{uuid.uuid4().hex[:12]}"
    named = {"UserPoolId": pool.pool.pool_id, "Domain": domain}
    pool.cognito.create_user_pool_domain(**named)
    host = f"{domain}.auth.us-east-1.amazoncognito.com"
    pool.register(pool.token("ada"), Authenticator(rp_id=host, origin=f"https://{host}"))
    pool.cognito.delete_user_pool_domain(**named)
    asked = pool.begin("ada")
    assert (asked["ChallengeName"], asked["ChallengeParameters"]) == ("SELECT_CHALLENGE", {})
    answers = ({"CREDENTIAL": "{}"}, {})
    for answer in answers:
        refused = refusal_of(lambda: pool.answer(asked, "ada", ANSWER="WEB_AUTHN", **answer))  # noqa: B023
        assert refused[0] == "InvalidUserPoolConfigurationException"
    assert is_signed_in(pool.answer(asked, "ada", ANSWER="PASSWORD", PASSWORD=PASSWORD))


def test_the_options_are_json_text(pool, ada):
    """CREDENTIAL_REQUEST_OPTIONS is one string, as parseRequestOptionsFromJSON needs it once it is parsed."""
    pool.register(pool.token("ada"))
    text = pool.asked_for_passkey("ada")["ChallengeParameters"]["CREDENTIAL_REQUEST_OPTIONS"]
    assert json.loads(text)["rpId"] == "localhost"


def test_an_administrator_makes_users_without_passwords(pool):
    """Where codes are first factors nobody needs one: the user is confirmed, and a code signs in."""
    given = contacts()
    made = pool.cognito.admin_create_user(
        UserPoolId=pool.pool.pool_id, Username="kim", UserAttributes=listed({"email": given["email"]})
    )
    assert made["User"]["UserStatus"] == "CONFIRMED"
    asked = pool.begin("kim")
    assert asked["AvailableChallenges"] == ["EMAIL_OTP"]
    asked = pool.answer(asked, "kim", ANSWER="EMAIL_OTP")
    assert is_signed_in(pool.answer(asked, "kim", EMAIL_OTP_CODE=pool.pool.code_for(given["email"])))
