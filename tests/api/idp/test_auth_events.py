"""What users did, as pools with threat protection note it, through the AWS SDK."""

import jwt
import pytest

from conftest import PASSWORD
from proving import Exchange
from second_factors import refusal_of
from watched import AWAY, HOME, LINUX, WINDOWS, Watched, cognito, encoded, server, watch  # noqa: F401

NEW = "Other-Horse-10"
WRONG = "Wrong-Horse-9"
MAILS = {"AutoVerifiedAttributes": ["email"]}


def mailed(watched: Watched, name: str) -> str:
    address = f"{name}@{watched.pool.pool_id.replace('_', '.')}.example"
    watched.pool.sign_up(name, UserAttributes=[{"Name": "email", "Value": address}])
    return address


def test_what_a_user_does_is_noted(watch):
    """Sign-up, resend, sign-ins right and wrong, forgotten and changed passwords, the newest first."""
    watched = watch(**MAILS)
    pool, address = watched.pool, mailed(watched, "ann")
    first = pool.messages(to=address, wait=10)[-1]
    pool.cognito.resend_confirmation_code(ClientId=pool.client_id, Username="ann")
    assert refusal_of(lambda: pool.sign_in("ann"))[0] == "UserNotConfirmedException"
    code = pool.code_for(address, after=first["id"])
    pool.cognito.confirm_sign_up(ClientId=pool.client_id, Username="ann", ConfirmationCode=code)
    assert refusal_of(lambda: pool.sign_in("ann", WRONG))[0] == "NotAuthorizedException"
    token = pool.sign_in("ann")["AuthenticationResult"]["AccessToken"]
    pool.cognito.change_password(AccessToken=token, PreviousPassword=PASSWORD, ProposedPassword=NEW)
    pool.cognito.forgot_password(ClientId=pool.client_id, Username="ann")
    asked = {"ClientId": pool.client_id, "Username": "ann", "Password": PASSWORD}
    wrong = lambda: pool.cognito.confirm_forgot_password(ConfirmationCode="0000000", **asked)  # noqa: E731
    assert refusal_of(wrong)[0] == "CodeMismatchException"
    assert watched.kinds("ann") == [
        *(("SignUp", "Pass"), ("ResendCode", "Pass"), ("SignIn", "Fail"), ("SignIn", "Fail"), ("SignIn", "Pass")),
        *(("PasswordChange", "Pass"), ("ForgotPassword", "Pass"), ("PasswordChange", "Fail")),
    ]
    unconfirmed, wrong_one, right = [one for one in reversed(watched.events("ann")) if one["EventType"] == "SignIn"]
    assert wrong_one["ChallengeResponses"] == [{"ChallengeName": "Password", "ChallengeResponse": "Failure"}]
    assert unconfirmed["ChallengeResponses"] == [{"ChallengeName": "Password", "ChallengeResponse": "Success"}]
    assert right["EventRisk"]["RiskDecision"] == "NoRisk"
    assert jwt.decode(token, options={"verify_signature": False})["event_id"] == right["EventId"]


def test_a_pool_without_protection_notes_nothing(pool):
    """And refuses to be asked."""
    pool.confirmed("ann")
    pool.sign_in("ann")
    asked = lambda: pool.cognito.admin_list_user_auth_events(UserPoolId=pool.pool_id, Username="ann")  # noqa: E731
    assert refusal_of(asked)[0] == "UserPoolAddOnNotEnabledException"


def test_what_is_no_attempt_is_not_noted(watch):
    """Nobody's attempts, malformed ones, refreshes, and those during a lock."""
    watched = watch("AUDIT")
    pool = watched.pool
    pool.confirmed("ann")
    for _ in range(6):
        refusal_of(lambda: pool.sign_in("ann", WRONG))
    refusal_of(lambda: pool.sign_in("nobody"))
    refusal_of(
        lambda: pool.cognito.initiate_auth(
            ClientId=pool.client_id, AuthFlow="USER_PASSWORD_AUTH", AuthParameters={"USERNAME": "ann"}
        )
    )
    refusal_of(lambda: pool.sign_up("ann"))
    assert watched.kinds("ann") == [("SignUp", "Pass"), *[("SignIn", "Fail")] * 5]
    pool.confirmed("bea")
    refresh = pool.sign_in("bea")["AuthenticationResult"]["RefreshToken"]
    pool.cognito.initiate_auth(
        ClientId=pool.client_id, AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters={"REFRESH_TOKEN": refresh}
    )
    assert watched.kinds("bea") == [("SignUp", "Pass"), ("SignIn", "Pass")]


def test_pages_hold_every_event_once(watch):
    """The newest first; a token belongs to one user's list."""
    watched = watch("AUDIT")
    pool = watched.pool
    pool.confirmed("ann")
    for _ in range(4):
        pool.sign_in("ann")
    whole = [one["EventId"] for one in watched.events("ann")]
    assert len(whole) == 5
    assert watched.events("ann")[-1]["EventType"] == "SignUp"
    seen, token = [], {}
    while True:
        found = pool.cognito.admin_list_user_auth_events(UserPoolId=pool.pool_id, Username="ann", MaxResults=2, **token)
        seen += [one["EventId"] for one in found["AuthEvents"]]
        if "NextToken" not in found:
            break
        token = {"NextToken": found["NextToken"]}
    assert seen == whole
    pool.confirmed("bea")
    assert refusal_of(lambda: watched.events("bea", **token))[0] == "InvalidParameterException"


def test_a_proof_is_one_event(watch):
    """An SRP sign-in is in progress until it is answered, whether right or wrong."""
    watched = watch("AUDIT")
    watched.pool.confirmed("ann")
    exchange = Exchange(watched.pool, "ann")
    assert watched.kinds("ann")[1:] == [("SignIn", "InProgress")]
    refusal_of(lambda: exchange.answer(WRONG))
    assert watched.kinds("ann")[1:] == [("SignIn", "Fail")]
    Exchange(watched.pool, "ann").answer()
    assert watched.kinds("ann")[1:] == [("SignIn", "Fail"), ("SignIn", "Pass")]
    passwords = [one["ChallengeResponses"] for one in reversed(watched.events("ann"))][1:]
    assert [one[0]["ChallengeResponse"] for one in passwords] == ["Failure", "Success"]


def test_challenges_belong_to_their_sign_in(watch):
    """A temporary password and the one that takes its place are one event."""
    watched = watch("AUDIT")
    pool = watched.pool
    pool.cognito.admin_create_user(
        UserPoolId=pool.pool_id, Username="ann", TemporaryPassword=NEW, MessageAction="SUPPRESS"
    )
    asked = watched.from_place("ann", password=NEW)
    assert watched.kinds("ann") == [("SignIn", "InProgress")]
    assert refusal_of(lambda: watched.answer(asked, "ann", NEW_PASSWORD="short"))[0] == "InvalidPasswordException"
    assert watched.kinds("ann") == [("SignIn", "Fail")]
    token = watched.answer(asked, "ann", NEW_PASSWORD=PASSWORD)["AuthenticationResult"]["IdToken"]
    [event] = watched.events("ann")
    assert (event["EventResponse"], len(event["ChallengeResponses"])) == ("Pass", 1)
    assert jwt.decode(token, options={"verify_signature": False})["event_id"] == event["EventId"]


def test_a_server_tells_where_its_users_are(watch):
    """ContextData: the address, the browser of its headers or of its fingerprint, and the time zone."""
    watched = watch("AUDIT")
    watched.pool.confirmed("ann")
    watched.from_place("ann", agent=LINUX)
    assert watched.events("ann")[0]["EventContextData"] == {"IpAddress": HOME, "DeviceName": "Firefox 130, Linux"}
    begin = {"UserPoolId": watched.pool.pool_id, "ClientId": watched.pool.client_id}
    parameters = {"USERNAME": "ann", "PASSWORD": PASSWORD}
    context = {"IpAddress": AWAY, "ServerName": "app", "ServerPath": "/", "HttpHeaders": []}
    sign_in = lambda **more: watched.cognito.admin_initiate_auth(  # noqa: E731
        **begin, AuthFlow="ADMIN_USER_PASSWORD_AUTH", AuthParameters=parameters, **more
    )
    sign_in(ContextData={**context, "EncodedData": encoded(WINDOWS)})
    told = {"IpAddress": AWAY, "DeviceName": "Chrome 125, Windows 10", "Timezone": "-07:00"}
    assert watched.events("ann")[0]["EventContextData"] == told
    sign_in()
    assert watched.events("ann")[0]["EventContextData"] == {}
    nowhere = refusal_of(lambda: sign_in(ContextData={**context, "IpAddress": "nowhere"}))
    assert nowhere == ("InvalidParameterException", "IpAddress is not an IPv4 or IPv6 address.")


@pytest.mark.parametrize("believed", [True, False])
def test_an_app_tells_where_its_users_are(watch, believed):
    """UserContextData: the fingerprint of every app, the address of clients that have a secret and asked for that."""
    client = {"EnablePropagateAdditionalUserContextData": believed}
    watched = watch("AUDIT", secret=True, client=client)
    pool = watched.pool
    place = {"IpAddress": AWAY, "EncodedData": encoded(WINDOWS)}
    pool.confirmed("ann", UserContextData=place)
    pool.cognito.initiate_auth(
        ClientId=pool.client_id,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "ann", "PASSWORD": PASSWORD, **watched.hash("ann")},
        UserContextData=place,
    )
    address = AWAY if believed else "127.0.0.1"
    told = {"IpAddress": address, "DeviceName": "Chrome 125, Windows 10", "Timezone": "-07:00"}
    assert [one["EventContextData"] for one in watched.events("ann")] == [told, told]


def test_feedback_is_shown(watch):
    """An administrator says what an event was; the last word counts."""
    watched = watch("AUDIT")
    watched.pool.confirmed("ann")
    [event] = watched.events("ann")
    assert "EventFeedback" not in event
    for value in ("Invalid", "Valid"):
        watched.say("ann", event, value)
        said = watched.events("ann")[0]["EventFeedback"]
        assert (said["FeedbackValue"], said["Provider"]) == (value, "Admin")
    unknown = {"EventId": "0190a0a0-0000-7000-8000-000000000000"}
    assert refusal_of(lambda: watched.say("ann", unknown, "Valid"))[0] == "InvalidParameterException"


def test_events_go_with_their_user(watch):
    """A user of the same name has none of them."""
    watched = watch("AUDIT")
    watched.pool.confirmed("ann")
    watched.cognito.admin_delete_user(UserPoolId=watched.pool.pool_id, Username="ann")
    watched.pool.confirmed("ann")
    assert watched.kinds("ann") == [("SignUp", "Pass")]


def test_who_names_nobody_is_refused_as_ever(watch):
    """Without a name, with an answer to nothing, or with the session of somebody else, nothing is noted."""
    watched = watch()
    pool = watched.pool
    pool.confirmed("ann")
    begin = {"ClientId": pool.client_id, "AuthFlow": "USER_PASSWORD_AUTH"}
    nameless = lambda: pool.cognito.initiate_auth(**begin, AuthParameters={"PASSWORD": PASSWORD})  # noqa: E731
    assert refusal_of(nameless)[0] == "InvalidParameterException"
    temporary = {"TemporaryPassword": NEW, "MessageAction": "SUPPRESS"}
    pool.cognito.admin_create_user(UserPoolId=pool.pool_id, Username="bea", **temporary)
    asked = watched.from_place("bea", password=NEW)
    for session in (asked["Session"], "no session at all, but long"):
        stolen = {**asked, "Session": session}
        assert refusal_of(lambda: watched.answer(stolen, "ann", NEW_PASSWORD=PASSWORD))[0] == "NotAuthorizedException"  # noqa: B023
    assert watched.kinds("ann") == [("SignUp", "Pass")]
    assert watched.kinds("bea") == [("SignIn", "InProgress")]
