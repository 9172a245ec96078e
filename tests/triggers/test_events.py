"""Every event, key by key against the golden file of its triggerSource."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conftest import PASSWORD
from triggers.conftest import Triggers, arn

GOLDEN = Path(__file__).parent / "golden"
META = {"channel": "web"}
EMAIL = [{"Name": "email", "Value": "ann@example.com"}]
ROLE = "arn:aws:iam::000000000000:role/staff"
EVERY = [
    *("PreSignUp", "PostConfirmation", "PreAuthentication", "PostAuthentication", "PreTokenGeneration"),
    "CustomMessage",
]


def golden(triggers: Triggers, source: str, suffix: str = "") -> None:
    """The newest event of a source is what its golden file says."""
    wanted = json.loads((GOLDEN / f"{source}{suffix}.json").read_text("utf-8"))
    event = triggers.event(source)
    sub = event["request"]["userAttributes"].get("sub")
    text = json.dumps(event).replace(triggers.pool.pool_id, "<pool>").replace(triggers.pool.client_id, "<client>")
    assert json.loads(text.replace(sub, "<sub>") if sub else text) == wanted


@pytest.fixture
def triggers(pool_with: Callable[..., Triggers]) -> Triggers:
    return pool_with(dict.fromkeys(EVERY, "unchanged"), AutoVerifiedAttributes=["email"])


@pytest.fixture
def ann(triggers: Triggers) -> Triggers:
    """A confirmed user in a group."""
    pool = triggers.pool
    pool.sign_up("ann", UserAttributes=EMAIL)
    confirm(triggers)
    pool.cognito.create_group(UserPoolId=pool.pool_id, GroupName="staff", RoleArn=ROLE)
    pool.cognito.admin_add_user_to_group(UserPoolId=pool.pool_id, Username="ann", GroupName="staff")
    return triggers


def code(triggers: Triggers, kind: str, to: str = "ann@example.com") -> str:
    return triggers.pool.messages(to=to, kind=kind, wait=30)[-1]["code"]


def confirm(triggers: Triggers, **more: Any) -> None:
    digits = code(triggers, "SignUp")
    triggers.pool.cognito.confirm_sign_up(
        ClientId=triggers.pool.client_id, Username="ann", ConfirmationCode=digits, **more
    )


def test_signing_up_and_confirming(triggers):
    """SignUp asks before and words its message; the confirmation is told after it."""
    pool = triggers.pool
    pool.sign_up("ann", UserAttributes=EMAIL, ClientMetadata=META, ValidationData=[{"Name": "invited", "Value": "yes"}])
    assert triggers.sources == ["PreSignUp_SignUp", "CustomMessage_SignUp"]
    pool.cognito.resend_confirmation_code(ClientId=pool.client_id, Username="ann", ClientMetadata=META)
    pool.cognito.confirm_sign_up(
        ClientId=pool.client_id,
        Username="ann",
        ConfirmationCode=code(triggers, "ResendCode"),
        ClientMetadata=META,
    )
    assert triggers.sources[2:] == ["CustomMessage_ResendCode", "PostConfirmation_ConfirmSignUp"]
    for source in triggers.sources:
        golden(triggers, source)


def test_signing_in_and_refreshing(ann):
    """ClientMetadata of a sign-in reaches the trigger before it alone; that of a refresh reaches the one for tokens."""
    pool = ann.pool
    before = len(ann.sources)
    tokens = pool.cognito.initiate_auth(
        ClientId=pool.client_id,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "ann", "PASSWORD": PASSWORD},
        ClientMetadata=META,
    )["AuthenticationResult"]
    pool.cognito.get_tokens_from_refresh_token(
        ClientId=pool.client_id, RefreshToken=tokens["RefreshToken"], ClientMetadata=META
    )
    sources = ["PreAuthentication", "PostAuthentication", "TokenGeneration"]
    expected = [*(f"{source}_Authentication" for source in sources), "TokenGeneration_RefreshTokens"]
    assert ann.sources[before:] == expected
    for source in expected:
        golden(ann, source)


def test_a_refresh_by_initiate_auth_tells_no_metadata(ann):
    """ClientMetadata of InitiateAuth does not reach the trigger for tokens."""
    pool = ann.pool
    token = pool.sign_in("ann")["AuthenticationResult"]["RefreshToken"]
    pool.cognito.initiate_auth(
        ClientId=pool.client_id,
        AuthFlow="REFRESH_TOKEN_AUTH",
        AuthParameters={"REFRESH_TOKEN": token},
        ClientMetadata=META,
    )
    assert "clientMetadata" not in ann.event("TokenGeneration_RefreshTokens")["request"]


def test_a_first_password_and_an_invitation(ann):
    """An administrator's call names no client; the first sign-in with a new password says so."""
    pool = ann.pool
    pool.cognito.admin_create_user(
        UserPoolId=pool.pool_id,
        Username="bob",
        UserAttributes=[{"Name": "email", "Value": "bob@example.com"}],
        DesiredDeliveryMediums=["EMAIL"],
        ClientMetadata=META,
        ValidationData=[{"Name": "invited", "Value": "yes"}],
    )
    golden(ann, "PreSignUp_AdminCreateUser")
    golden(ann, "CustomMessage_AdminCreateUser")
    pool.cognito.admin_set_user_password(UserPoolId=pool.pool_id, Username="ann", Password="Temporary-Pass-1")
    asked = pool.sign_in("ann", "Temporary-Pass-1")
    pool.cognito.respond_to_auth_challenge(
        ClientId=pool.client_id,
        ChallengeName="NEW_PASSWORD_REQUIRED",
        Session=asked["Session"],
        ChallengeResponses={"USERNAME": "ann", "NEW_PASSWORD": PASSWORD},
        ClientMetadata=META,
    )
    golden(ann, "TokenGeneration_NewPasswordChallenge")
    assert ann.event("PostAuthentication_Authentication")["request"]["clientMetadata"] == META


def test_a_forgotten_password(ann):
    """The code goes out in the trigger's words, and the new password is told."""
    pool = ann.pool
    pool.cognito.forgot_password(ClientId=pool.client_id, Username="ann", ClientMetadata=META)
    golden(ann, "CustomMessage_ForgotPassword")
    pool.cognito.confirm_forgot_password(
        ClientId=pool.client_id,
        Username="ann",
        ConfirmationCode=code(ann, "ForgotPassword"),
        Password="Another-Horse-9",
        ClientMetadata=META,
    )
    golden(ann, "PostConfirmation_ConfirmForgotPassword")


def test_a_new_address(ann):
    """A change and a request for another code are worded, each by its own name."""
    pool = ann.pool
    token = pool.sign_in("ann")["AuthenticationResult"]["AccessToken"]
    changed = [{"Name": "email", "Value": "ann2@example.com"}]
    pool.cognito.update_user_attributes(AccessToken=token, UserAttributes=changed, ClientMetadata=META)
    golden(ann, "CustomMessage_UpdateUserAttribute")
    pool.cognito.get_user_attribute_verification_code(AccessToken=token, AttributeName="email", ClientMetadata=META)
    golden(ann, "CustomMessage_VerifyUserAttribute")


@pytest.mark.parametrize("version", ["2", "3"])
def test_token_events_of_later_versions_have_scopes(pool_with, version):
    """V2_0 and V3_0 change the version, the scopes and the member that is to be filled in."""
    config = {"PreTokenGenerationConfig": {"LambdaVersion": f"V{version}_0", "LambdaArn": arn("unchanged")}}
    triggers = pool_with({**config, "PreSignUp": "admitting"})
    pool = triggers.pool
    pool.sign_up("ann", UserAttributes=EMAIL)
    pool.cognito.create_group(UserPoolId=pool.pool_id, GroupName="staff", RoleArn=ROLE)
    pool.cognito.admin_add_user_to_group(UserPoolId=pool.pool_id, Username="ann", GroupName="staff")
    pool.sign_in("ann")
    golden(triggers, "TokenGeneration_Authentication", f"_V{version}")


def test_custom_challenges(pool_with):
    """The three triggers of CUSTOM_AUTH know what was before; metadata of the first call does not reach them."""
    triggers = custom(pool_with)
    pool = triggers.pool
    asked = pool.cognito.initiate_auth(
        ClientId=pool.client_id, AuthFlow="CUSTOM_AUTH", AuthParameters={"USERNAME": "ann"}, ClientMetadata=META
    )
    assert all("clientMetadata" not in event["request"] for event in triggers.events[-2:])
    pool.cognito.respond_to_auth_challenge(
        ClientId=pool.client_id,
        ChallengeName="CUSTOM_CHALLENGE",
        Session=asked["Session"],
        ChallengeResponses={"USERNAME": "ann", "ANSWER": "1"},
        ClientMetadata=META,
    )
    for source in ("VerifyAuthChallengeResponse", "DefineAuthChallenge", "CreateAuthChallenge"):
        golden(triggers, f"{source}_Authentication")


def custom(pool_with: Callable[..., Triggers], **more: Any) -> Triggers:
    names = {"DefineAuthChallenge": "define", "CreateAuthChallenge": "create", "VerifyAuthChallengeResponse": "verify"}
    triggers = pool_with({**names, "PreSignUp": "admitting"}, **more)
    triggers.pool.sign_up("ann", UserAttributes=EMAIL)
    return triggers


def test_users_of_another_directory(pool_with):
    """A migration knows the typed name and the password, which the log does not show."""
    triggers = pool_with({"UserMigration": "migrate"})
    pool = triggers.pool
    pool.cognito.forgot_password(ClientId=pool.client_id, Username="olga", ClientMetadata=META)
    golden(triggers, "UserMigration_ForgotPassword")
    triggers = pool_with({"UserMigration": "migrate"})
    pool = triggers.pool
    pool.cognito.initiate_auth(
        ClientId=pool.client_id,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "olga", "PASSWORD": PASSWORD},
        ClientMetadata=META,
    )
    golden(triggers, "UserMigration_Authentication")


def test_clients_that_hide_existence_ask_about_nobody(pool_with):
    """Where a client must not tell who exists, the triggers of a sign-in are told of names that nobody has."""
    triggers = pool_with({"PreAuthentication": "unchanged"}, client={"PreventUserExistenceErrors": "ENABLED"})
    with pytest.raises(triggers.pool.cognito.exceptions.NotAuthorizedException, match="Incorrect username or password"):
        triggers.pool.sign_in("nobody")
    (event,) = triggers.events
    assert event["userName"] == "nobody"
    assert event["request"] == {"userAttributes": {}, "userNotFound": True, "validationData": None}


def test_a_second_factor(pool_with):
    """A code that is asked for while somebody signs in is worded, too."""
    role = "arn:aws:iam::000000000000:role/sms"
    triggers = pool_with(
        {"PreSignUp": "admitting", "CustomMessage": "unchanged"},
        MfaConfiguration="OPTIONAL",
        SmsConfiguration={"SnsCallerArn": role, "ExternalId": "x"},
    )
    pool = triggers.pool
    phone = [{"Name": "phone_number", "Value": "+12065550177"}, {"Name": "phone_number_verified", "Value": "true"}]
    pool.sign_up("ann", UserAttributes=EMAIL)
    names = {"UserPoolId": pool.pool_id, "Username": "ann"}
    pool.cognito.admin_update_user_attributes(**names, UserAttributes=phone)
    pool.cognito.admin_set_user_mfa_preference(**names, SMSMfaSettings={"Enabled": True, "PreferredMfa": True})
    assert pool.sign_in("ann")["ChallengeName"] == "SMS_MFA"
    golden(triggers, "CustomMessage_Authentication")


def test_every_golden_file_is_compared():
    """No golden file is forgotten."""
    text = "".join(file.read_text("utf-8") for file in Path(__file__).parent.glob("test_*.py"))
    for file in GOLDEN.glob("*.json"):
        name = file.stem.partition("_V")[0] if "TokenGeneration" in file.stem else file.stem
        assert name in text or name.partition("_")[0] in text
