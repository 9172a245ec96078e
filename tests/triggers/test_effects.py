"""What triggers change, and what becomes of a call when one fails: nothing is given out."""

import json

import jwt
import pytest

from conftest import PASSWORD
from triggers import handlers
from triggers.conftest import arn

EMAIL = [{"Name": "email", "Value": "ann@example.com"}]
MAILED = {"AutoVerifiedAttributes": ["email"]}
FAILURES = {
    "failing": ("UserLambdaValidationException", r"^{trigger} failed with error Not you \{{sorry\}}\.$"),
    "silent": ("InvalidLambdaResponseException", "^Unrecognizable lambda output$"),
    "unreadable": ("InvalidLambdaResponseException", "^Unrecognizable lambda output$"),
    "hanging": (
        "UnexpectedLambdaException",
        "^{trigger} invocation failed due to error Socket timeout while invoking Lambda function.$",
    ),
}


def refused(pool, name, match=None):
    return pytest.raises(getattr(pool.cognito.exceptions, name), match=match)


def failed(outcome, trigger):
    """The name of the refusal, and what its message ends with."""
    name, match = FAILURES[outcome]
    return name, match.replace("^", "").format(trigger=trigger)


def claims(token):
    return jwt.decode(token, options={"verify_signature": False})


def test_a_sign_up_can_be_confirmed_and_verified_at_once(pool_with):
    """No code is sent, the account is confirmed with a verified address, and the confirmation is told."""
    triggers = pool_with({"PreSignUp": "admitting", "PostConfirmation": "unchanged"}, **MAILED)
    done = triggers.pool.sign_up("ann", UserAttributes=EMAIL)
    assert (done["UserConfirmed"], "CodeDeliveryDetails" in done) == (True, False)
    assert triggers.sources == ["PreSignUp_SignUp", "PostConfirmation_ConfirmSignUp"]
    user = triggers.pool.cognito.admin_get_user(UserPoolId=triggers.pool.pool_id, Username="ann")
    assert {"Name": "email_verified", "Value": "true"} in user["UserAttributes"]


def test_a_handler_is_told_who_it_is_and_how_long_it_may_take(pool_with):
    """By its context, which has the time of the settings."""
    assert pool_with({"PreSignUp": "context_told"}).pool.sign_up("ann")["UserSub"]


def test_a_contact_that_is_missing_cannot_be_verified(pool_with):
    """autoVerifyPhone without a phone number refuses the sign-up."""
    pool = pool_with({"PreSignUp": "verifying"}).pool
    with refused(pool, "InvalidParameterException", "Phone number is required"):
        pool.sign_up("ann", UserAttributes=EMAIL)


def test_a_verified_address_is_an_alias_taken_from_whoever_had_it(pool_with):
    """autoVerifyEmail moves the alias, as AWS warns."""
    pool = pool_with({"PreSignUp": "admitting"}, AliasAttributes=["email"]).pool
    pool.sign_up("ann", UserAttributes=EMAIL)
    pool.sign_up("eve", UserAttributes=EMAIL)
    assert claims(pool.sign_in("ann@example.com")["AuthenticationResult"]["IdToken"])["cognito:username"] == "eve"


@pytest.mark.parametrize("outcome", FAILURES)
def test_a_sign_up_that_its_trigger_refuses_leaves_no_account(pool_with, outcome):
    """API-33: Whatever goes wrong before a sign-up, nobody is signed up."""
    pool = pool_with({"PreSignUp": outcome}, **MAILED).pool
    with refused(pool, *failed(outcome, "PreSignUp")):
        pool.sign_up("ann", UserAttributes=EMAIL)
    assert pool.cognito.list_users(UserPoolId=pool.pool_id)["Users"] == []


@pytest.mark.parametrize("outcome", FAILURES)
def test_a_message_that_cannot_be_worded_is_not_sent(pool_with, outcome):
    """The sign-up is refused and leaves no account."""
    pool = pool_with({"CustomMessage": outcome}, **MAILED).pool
    with refused(pool, *failed(outcome, "CustomMessage")):
        pool.sign_up("ann", UserAttributes=EMAIL)
    assert pool.cognito.list_users(UserPoolId=pool.pool_id)["Users"] == []


@pytest.mark.parametrize("outcome", FAILURES)
@pytest.mark.parametrize("trigger", ["PreAuthentication", "PostAuthentication", "PreTokenGeneration"])
def test_a_sign_in_whose_trigger_fails_gives_no_tokens(pool_with, trigger, outcome):
    """API-33: Neither before nor after the password; and no session is left that a refresh token could be of."""
    pool = pool_with({trigger: outcome, "PreSignUp": "admitting"}).pool
    pool.sign_up("ann")
    name, match = failed(outcome, trigger)
    with refused(pool, name, match):
        pool.sign_in("ann")
    rows = pool.server.run(
        pool.server.application.world.database.read(
            lambda tx: tx.one("select count(*) from token_sessions where pool_id = ?", (pool.pool_id,))
        )
    )
    assert tuple(rows) == (0,)


@pytest.mark.parametrize("outcome", FAILURES)
def test_a_confirmation_stays_when_what_is_told_of_it_fails(pool_with, outcome):
    """The caller sees the failure, and the account is confirmed all the same, as on AWS."""
    pool = pool_with({"PostConfirmation": outcome}, **MAILED).pool
    pool.sign_up("ann", UserAttributes=EMAIL)
    name, match = failed(outcome, "PostConfirmation")
    with refused(pool, name, match):
        pool.cognito.admin_confirm_sign_up(UserPoolId=pool.pool_id, Username="ann")
    user = pool.cognito.admin_get_user(UserPoolId=pool.pool_id, Username="ann")
    assert user["UserStatus"] == "CONFIRMED"


@pytest.mark.parametrize("trigger", ["PreSignUp", "CustomMessage"])
def test_members_of_the_wrong_type_are_refused(pool_with, trigger):
    """A number is no flag and no text."""
    pool = pool_with({trigger: "nonsense"}, **MAILED).pool
    with refused(pool, "InvalidLambdaResponseException", "Unrecognizable lambda output"):
        pool.sign_up("ann", UserAttributes=EMAIL)


@pytest.mark.parametrize(
    ("operation", "more", "match"),
    [
        ("admin_disable_user", {}, "User is disabled."),
        ("admin_delete_user", {}, "Incorrect username or password."),
        ("admin_set_user_password", {"Password": "Another-Horse-9", "Permanent": True}, "Incorrect username"),
    ],
)
def test_what_happens_while_a_trigger_runs_counts(pool_with, operation, more, match):
    """Nobody signs in to an account that was closed, or got another password, in those seconds."""
    pool = pool_with({"PreSignUp": "admitting", "PostAuthentication": "meanwhile"}).pool
    pool.sign_up("ann")
    names = {"UserPoolId": pool.pool_id, "Username": "ann"}
    handlers.during[pool.pool_id] = lambda: getattr(pool.cognito, operation)(**names, **more)
    with refused(pool, "NotAuthorizedException", match):
        pool.sign_in("ann")


def test_a_sign_out_while_a_refresh_is_asked_for_counts(pool_with):
    """A refresh whose sign-in ended meanwhile brings nothing."""
    pool = pool_with({"PreSignUp": "admitting", "PreTokenGeneration": "meanwhile"}).pool
    pool.sign_up("ann")
    token = pool.sign_in("ann")["AuthenticationResult"]["RefreshToken"]
    names = {"UserPoolId": pool.pool_id, "Username": "ann"}
    handlers.during[pool.pool_id] = lambda: pool.cognito.admin_user_global_sign_out(**names)
    with refused(pool, "NotAuthorizedException", "Refresh Token has been revoked"):
        pool.cognito.get_tokens_from_refresh_token(ClientId=pool.client_id, RefreshToken=token)


def test_a_failed_refresh_leaves_the_rotating_token_in_force(pool_with):
    """A client that rotates its tokens loses none of them to a trigger that fails."""
    rotation = {"Feature": "ENABLED", "RetryGracePeriodSeconds": 0}
    flows = ["ALLOW_USER_PASSWORD_AUTH"]
    triggers = pool_with(
        {"PreSignUp": "admitting"}, client={"RefreshTokenRotation": rotation, "ExplicitAuthFlows": flows}
    )
    pool = triggers.pool
    pool.sign_up("ann")
    token = pool.sign_in("ann")["AuthenticationResult"]["RefreshToken"]
    asked = {"ClientId": pool.client_id, "RefreshToken": token}
    config = {"PreSignUp": arn("admitting"), "PreTokenGeneration": arn("failing")}
    pool.cognito.update_user_pool(UserPoolId=pool.pool_id, LambdaConfig=config)
    with refused(pool, "UserLambdaValidationException", "PreTokenGeneration failed with error"):
        pool.cognito.get_tokens_from_refresh_token(**asked)
    pool.cognito.update_user_pool(UserPoolId=pool.pool_id)
    assert pool.cognito.get_tokens_from_refresh_token(**asked)["AuthenticationResult"]["AccessToken"]


def test_claims_and_groups_of_version_1(pool_with):
    """The ID token gains, changes and loses claims; groups change in both; what says who it is of stays."""
    pool = pool_with({"PreSignUp": "admitting", "PreTokenGeneration": "claims_v1"}).pool
    sub = pool.sign_up("ann", UserAttributes=[*EMAIL, {"Name": "phone_number", "Value": "+12065550100"}])["UserSub"]
    tokens = pool.sign_in("ann")["AuthenticationResult"]
    of_id, of_access = claims(tokens["IdToken"]), claims(tokens["AccessToken"])
    assert (of_id["plan"], of_id["email"], of_id["sub"]) == ("gold", "x@example.com", sub)
    assert (of_id["cognito:username"], of_id["aud"]) == ("ann", pool.client_id)
    assert "phone_number" not in of_id
    assert of_id["iss"] == of_access["iss"]
    assert of_id["cognito:groups"] == of_access["cognito:groups"] == ["staff", "gods"]
    assert of_id["cognito:roles"] == [of_id["cognito:preferred_role"]] == ["arn:aws:iam::000000000000:role/staff"]
    assert "plan" not in of_access


def test_claims_and_scopes_of_version_2(pool_with):
    """Both tokens change, claims may be JSON, and scopes come and go: the access token does what its scopes allow."""
    config = {"PreTokenGenerationConfig": {"LambdaVersion": "V2_0", "LambdaArn": arn("claims_v2")}}
    pool = pool_with({"PreSignUp": "admitting", **config}).pool
    pool.sign_up("ann", UserAttributes=EMAIL)
    tokens = pool.sign_in("ann")["AuthenticationResult"]
    of_id, of_access = claims(tokens["IdToken"]), claims(tokens["AccessToken"])
    assert of_id["cart"] == {"items": [1, 2]}
    assert "email" not in of_id
    assert (of_access["tenant"], of_access["client_id"], of_access["scope"]) == (7, pool.client_id, "orders/read")
    assert "aud" not in of_access
    with refused(pool, "NotAuthorizedException", "required scopes"):
        pool.cognito.get_user(AccessToken=tokens["AccessToken"])


def test_messages_go_out_in_the_words_of_the_trigger(pool_with):
    """Subject and body are the trigger's, with the code in place; an invitation has the name, too."""
    triggers = pool_with({"CustomMessage": "words"}, **MAILED)
    pool = triggers.pool
    pool.sign_up("ann", UserAttributes=[{"Name": "email", "Value": "worded@example.com"}])
    (message,) = pool.server.messages(to="worded@example.com", wait=10)
    assert message["subject"] == "Hello from CustomMessage_SignUp"
    assert f"use {message['code']} now" in message["body"]
    pool.cognito.admin_create_user(
        UserPoolId=pool.pool_id,
        Username="ivy",
        UserAttributes=[
            {"Name": "email", "Value": "ivy@example.com"},
            {"Name": "phone_number", "Value": "+12065550123"},
        ],
        DesiredDeliveryMediums=["EMAIL", "SMS"],
    )
    (mail,) = pool.server.messages(to="ivy@example.com", wait=10)
    (text,) = pool.server.messages(to="+12065550123", wait=10)
    assert mail["body"].split() == ["ivy", "use", mail["code"], "now"]
    assert text["body"] == f"ivy use {text['code']} now"


@pytest.mark.parametrize(
    ("handler", "match"),
    [
        ("words_without_code", r"emailMessage must contain \{####\}"),
        ("words_without_end", "emailMessage must have at most 20000 characters"),
        ("subject_without_end", "emailSubject must have 1 to 140 characters"),
    ],
)
def test_words_that_cannot_be_sent_are_refused(pool_with, handler, match):
    """A message without its code, or longer than AWS takes, is a fault of the trigger."""
    pool = pool_with({"CustomMessage": handler}, **MAILED).pool
    with refused(pool, "InvalidLambdaResponseException", match):
        pool.sign_up("ann", UserAttributes=EMAIL)


def test_an_arn_that_nothing_is_mapped_to_is_refused_when_it_is_set(pool_with, triggered):
    """The refusal says what to put into the settings; neither a new pool nor a changed one takes it."""
    pool = pool_with({}).pool
    unknown = arn("nowhere")
    with refused(pool, "InvalidParameterException", r'\[triggers\] "arn:aws:lambda.*nowhere" = "python:'):
        pool.cognito.create_user_pool(PoolName="test", LambdaConfig={"PreSignUp": unknown})
    with refused(pool, "InvalidParameterException", "LambdaConfig.PostConfirmation: this server maps"):
        pool.cognito.update_user_pool(UserPoolId=pool.pool_id, LambdaConfig={"PostConfirmation": unknown})


def test_the_two_members_for_tokens_are_one(pool_with):
    """Describe shows both, and two ARNs are refused."""
    pool = pool_with({"PreTokenGeneration": "unchanged"}).pool
    shown = pool.cognito.describe_user_pool(UserPoolId=pool.pool_id)["UserPool"]["LambdaConfig"]
    assert shown["PreTokenGenerationConfig"] == {"LambdaVersion": "V1_0", "LambdaArn": arn("unchanged")}
    both = {
        "PreTokenGeneration": arn("unchanged"),
        "PreTokenGenerationConfig": {"LambdaVersion": "V2_0", "LambdaArn": arn("claims_v2")},
    }
    with refused(pool, "InvalidParameterException", "must be the same ARN"):
        pool.cognito.create_user_pool(PoolName="test", LambdaConfig=both)


def test_triggers_that_are_not_built_are_refused(pool_with):
    """Nothing is stored and then ignored."""
    pool = pool_with({}).pool
    config = {"InboundFederation": {"LambdaVersion": "V1_0", "LambdaArn": arn("unchanged")}}
    with refused(pool, "InvalidParameterException", "LambdaConfig.InboundFederation is not supported"):
        pool.cognito.create_user_pool(PoolName="test", LambdaConfig=config)


def test_the_log_is_emptied_by_a_reset():
    """Events of one test are not seen by the next; errors are told beside the events."""
    from conftest import sdk_client
    from served import serve

    with serve(triggers={arn("failing"): "python:triggers.handlers:failing"}) as served:
        cognito = sdk_client(served.url)
        pool_id = cognito.create_user_pool(PoolName="test", LambdaConfig={"PreSignUp": arn("failing")})["UserPool"][
            "Id"
        ]
        with pytest.raises(cognito.exceptions.UserLambdaValidationException):
            cognito.admin_create_user(UserPoolId=pool_id, Username="ann", MessageAction="SUPPRESS")
        (run,) = served.get("/_dev/triggers")["triggers"]
        assert run["error"] == "HandlerFailed: Not you {sorry}"
        assert (run["arn"], run["answer"]) == (arn("failing"), None)
        assert json.dumps(run["event"])
        served.post("/_dev/reset", {})
        assert served.get("/_dev/triggers")["triggers"] == []


__all__ = ["PASSWORD"]
