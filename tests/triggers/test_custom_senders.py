"""Triggers that send a pool's messages: whatever is to be sent reaches them, its code encrypted, and nobody else."""

import html
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import pytest

from cognomen_kit import decrypt_code, raw_keys
from encryption_sdk import KEY, KEY_ARN, OF_COGNITO, decrypted
from promises.verifying import ACCESS_KEY, verifying
from triggers import handlers
from triggers.conftest import PASSWORD, Triggers, arn, key_file
from triggers.test_events import EMAIL, GOLDEN, META

EMAIL_TYPE, SMS_TYPE = "customEmailSenderRequestV1", "customSMSSenderRequestV1"
PHONE = [{"Name": "phone_number", "Value": "+12065550177"}]
SMS = {"SnsCallerArn": "arn:aws:iam::000000000000:role/sms", "ExternalId": "x"}


def senders(handler: str = "posting", *names: str) -> dict[str, Any]:
    """LambdaConfig with senders."""
    one = {"LambdaVersion": "V1_0", "LambdaArn": arn(handler)}
    return {**dict.fromkeys(names or ("CustomEmailSender", "CustomSMSSender"), one), "KMSKeyID": KEY_ARN}


def given(triggers: Triggers, source: str) -> tuple[dict[str, Any], str]:
    """The next event that a sender gets, compared with its golden file, and the code in it as AWS's SDK reads it."""
    event = handlers.posted[triggers.pool.pool_id].get(timeout=20)
    assert event["triggerSource"] == source
    code, context, algorithm = decrypted(event["request"]["code"])
    assert (context, algorithm) == ({"userpool-id": triggers.pool.pool_id}, OF_COGNITO)
    assert decrypt_code(event["request"]["code"], raw_keys({KEY_ARN: KEY}), pool_id=triggers.pool.pool_id) == code
    text = json.dumps(event).replace(triggers.pool.pool_id, "<pool>").replace(triggers.pool.client_id, "<client>")
    told = json.loads(text.replace(event["request"]["userAttributes"]["sub"], "<sub>"))
    told["request"]["code"] = "<code>"
    assert told == json.loads((GOLDEN / f"{source}.json").read_text("utf-8"))
    return event, code


@pytest.fixture
def mailing(pool_with: Callable[..., Triggers]) -> Triggers:
    """A pool whose mails and text messages are sent by a trigger."""
    return pool_with(
        {**senders(), "CustomMessage": "failing"},
        AutoVerifiedAttributes=["email"],
        MfaConfiguration="OPTIONAL",
        SmsConfiguration=SMS,
    )


def until(triggers: Triggers, is_reached: Callable[[list[int]], bool]) -> None:
    """Look until what waits in the pool's outbox, by the milliseconds to its next try, is so."""
    server, pool_id = triggers.pool.server, triggers.pool.pool_id
    world = server.application.world
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        rows = server.run(
            world.database.read(lambda tx: tx.all("select next_try_ms from outbox where pool_id = ?", (pool_id,)))
        )
        if is_reached([row[0] - world.now_ms() for row in rows]):
            return
    raise AssertionError("it is not reached")


def confirmed(triggers: Triggers) -> str:
    """Somebody who signed up and confirmed by the code that the sender got; answers an access token."""
    pool = triggers.pool
    pool.sign_up("ann", UserAttributes=EMAIL)
    _, code = given(triggers, "CustomEmailSender_SignUp")
    pool.cognito.confirm_sign_up(ClientId=pool.client_id, Username="ann", ConfirmationCode=code)
    return str(pool.sign_in("ann")["AuthenticationResult"]["AccessToken"])


def test_sign_up(mailing):
    """The codes that a sender is given work, the metadata of the call reaches it, and the inbox stays empty."""
    pool = mailing.pool
    pool.sign_up("ann", UserAttributes=EMAIL)
    given(mailing, "CustomEmailSender_SignUp")
    pool.cognito.resend_confirmation_code(ClientId=pool.client_id, Username="ann", ClientMetadata=META)
    _, code = given(mailing, "CustomEmailSender_ResendCode")
    pool.cognito.confirm_sign_up(ClientId=pool.client_id, Username="ann", ConfirmationCode=code)
    assert [one for one in pool.server.messages() if one["pool_id"] == pool.pool_id] == []


def test_the_log_shows_no_code(mailing):
    """What developers see of the run has the code encrypted."""
    mailing.pool.sign_up("ann", UserAttributes=EMAIL)
    event, code = given(mailing, "CustomEmailSender_SignUp")
    until(mailing, lambda waits: not waits)
    (run,) = mailing.runs
    assert run["event"] == event
    assert f'"{code}"' not in json.dumps(run)


def test_a_forgotten_password(mailing):
    """The code sets another password."""
    confirmed(mailing)
    pool = mailing.pool
    pool.cognito.forgot_password(ClientId=pool.client_id, Username="ann", ClientMetadata=META)
    _, code = given(mailing, "CustomEmailSender_ForgotPassword")
    pool.cognito.confirm_forgot_password(
        ClientId=pool.client_id, Username="ann", ConfirmationCode=code, Password="Another-Horse-9"
    )
    assert pool.sign_in("ann", "Another-Horse-9")["AuthenticationResult"]


def test_a_new_address(mailing):
    """The event names the address that the code proves."""
    token, pool = confirmed(mailing), mailing.pool
    changed = [{"Name": "email", "Value": "ann2@example.com"}]
    pool.cognito.update_user_attributes(AccessToken=token, UserAttributes=changed, ClientMetadata=META)
    given(mailing, "CustomEmailSender_UpdateUserAttribute")
    pool.cognito.get_user_attribute_verification_code(AccessToken=token, AttributeName="email", ClientMetadata=META)
    _, code = given(mailing, "CustomEmailSender_VerifyUserAttribute")
    pool.cognito.verify_user_attribute(AccessToken=token, AttributeName="email", Code=code)


@pytest.mark.parametrize("again", [False, True])
def test_an_address_that_waits_for_its_proof_is_where_the_code_goes(pool_with, again):
    """Where the old address stays until the new one is proved, the sender is told the new one, unverified."""
    waiting = {"AttributesRequireVerificationBeforeUpdate": ["email"]}
    triggers = pool_with(senders(), AutoVerifiedAttributes=["email"], UserAttributeUpdateSettings=waiting)
    token, pool = confirmed(triggers), triggers.pool
    changed = [{"Name": "email", "Value": "ann2@example.com"}]
    pool.cognito.update_user_attributes(AccessToken=token, UserAttributes=changed)
    event = handlers.posted[pool.pool_id].get(timeout=20)
    if again:
        pool.cognito.get_user_attribute_verification_code(AccessToken=token, AttributeName="email")
        event = handlers.posted[pool.pool_id].get(timeout=20)
    told = event["request"]["userAttributes"]
    assert (told["email"], told["email_verified"]) == ("ann2@example.com", "false")
    code, _, _ = decrypted(event["request"]["code"])
    pool.cognito.verify_user_attribute(AccessToken=token, AttributeName="email", Code=code)
    assert {"Name": "email", "Value": "ann2@example.com"} in pool.cognito.get_user(AccessToken=token)["UserAttributes"]


def test_an_invitation_by_mail_and_by_phone(mailing):
    """Temporary passwords are escaped as HTML before they are encrypted, as on AWS."""
    pool = mailing.pool
    pool.cognito.admin_create_user(
        UserPoolId=pool.pool_id,
        Username="bob",
        TemporaryPassword="Tom&<Jerry>-9",
        UserAttributes=[{"Name": "email", "Value": "bob@example.com"}, *PHONE],
        DesiredDeliveryMediums=["EMAIL"],
    )
    _, code = given(mailing, "CustomEmailSender_AdminCreateUser")
    assert code == "Tom&amp;&lt;Jerry&gt;-9"
    assert pool.sign_in("bob", html.unescape(code))["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
    pool.cognito.admin_create_user(
        UserPoolId=pool.pool_id, Username="bob", MessageAction="RESEND", DesiredDeliveryMediums=["SMS"]
    )
    _, code = given(mailing, "CustomSMSSender_AdminCreateUser")
    assert pool.sign_in("bob", html.unescape(code))["ChallengeName"] == "NEW_PASSWORD_REQUIRED"


def test_a_second_factor(mailing):
    """The code that was sent answers the challenge."""
    confirmed(mailing)
    pool = mailing.pool
    names = {"UserPoolId": pool.pool_id, "Username": "ann"}
    pool.cognito.admin_update_user_attributes(
        **names, UserAttributes=[*PHONE, {"Name": "phone_number_verified", "Value": "true"}]
    )
    pool.cognito.admin_set_user_mfa_preference(**names, SMSMfaSettings={"Enabled": True, "PreferredMfa": True})
    asked = pool.sign_in("ann")
    _, code = given(mailing, "CustomSMSSender_Authentication")
    answered = pool.cognito.respond_to_auth_challenge(
        ClientId=pool.client_id,
        ChallengeName="SMS_MFA",
        Session=asked["Session"],
        ChallengeResponses={"USERNAME": "ann", "SMS_MFA_CODE": code},
    )
    assert answered["AuthenticationResult"]


def test_text_messages_of_every_kind(pool_with):
    """A pool that verifies phone numbers has all its codes sent by the other trigger."""
    triggers = pool_with(senders(), AutoVerifiedAttributes=["phone_number"], SmsConfiguration=SMS)
    pool = triggers.pool
    pool.sign_up("ann", UserAttributes=PHONE)
    given(triggers, "CustomSMSSender_SignUp")
    pool.cognito.resend_confirmation_code(ClientId=pool.client_id, Username="ann")
    _, code = given(triggers, "CustomSMSSender_ResendCode")
    pool.cognito.confirm_sign_up(ClientId=pool.client_id, Username="ann", ConfirmationCode=code)
    token = pool.sign_in("ann")["AuthenticationResult"]["AccessToken"]
    pool.cognito.forgot_password(ClientId=pool.client_id, Username="ann")
    given(triggers, "CustomSMSSender_ForgotPassword")
    changed = [{"Name": "phone_number", "Value": "+12065550178"}]
    pool.cognito.update_user_attributes(AccessToken=token, UserAttributes=changed)
    given(triggers, "CustomSMSSender_UpdateUserAttribute")
    pool.cognito.get_user_attribute_verification_code(AccessToken=token, AttributeName="phone_number")
    given(triggers, "CustomSMSSender_VerifyUserAttribute")


def test_a_code_that_a_sign_in_begins_with(pool_with):
    """EMAIL_OTP, as the first factor."""
    policy = {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"]}}
    client = {"ExplicitAuthFlows": ["ALLOW_USER_AUTH", "ALLOW_USER_PASSWORD_AUTH"]}
    triggers = pool_with(senders(), client=client, AutoVerifiedAttributes=["email"], Policies=policy)
    confirmed(triggers)
    pool = triggers.pool
    asked = pool.cognito.initiate_auth(
        ClientId=pool.client_id,
        AuthFlow="USER_AUTH",
        AuthParameters={"USERNAME": "ann", "PREFERRED_CHALLENGE": "EMAIL_OTP"},
        ClientMetadata=META,
    )
    _, code = given(triggers, "CustomEmailSender_Authentication")
    answered = pool.cognito.respond_to_auth_challenge(
        ClientId=pool.client_id,
        ChallengeName="EMAIL_OTP",
        Session=asked["Session"],
        ChallengeResponses={"USERNAME": "ann", "EMAIL_OTP_CODE": code},
    )
    assert answered["AuthenticationResult"]


def test_one_medium_may_have_a_sender_and_the_other_a_courier(pool_with):
    """Without a sender of its own, a medium stays with the couriers."""
    triggers = pool_with(senders("posting", "CustomSMSSender"), AutoVerifiedAttributes=["email"])
    triggers.pool.sign_up("ann", UserAttributes=EMAIL)
    assert triggers.pool.code_for("ann@example.com")
    assert triggers.events == []


def test_nobody_waits_for_a_sender(pool_with):
    """SignUp is answered while the sender still works; it may take longer than triggers that callers wait for."""
    triggers = pool_with(senders("posting_when_told"), AutoVerifiedAttributes=["email"])
    triggers.pool.sign_up("ann", UserAttributes=EMAIL)
    gate = handlers.gates[triggers.pool.pool_id]
    assert gate.begun.get(timeout=20) > 30_000  # milliseconds left; the server gives others twenty seconds
    assert triggers.events == []
    gate.opened.set()
    given(triggers, "CustomEmailSender_SignUp")


def test_a_sender_that_fails_is_asked_again(pool_with):
    """The sign-up is answered all the same, and the message is not lost."""
    triggers = pool_with(senders("posting_at_last"), AutoVerifiedAttributes=["email"])
    triggers.pool.sign_up("ann", UserAttributes=EMAIL)
    until(triggers, lambda waits: len(waits) == 1 and 0 < waits[0] <= 5_000)
    triggers.pool.server.advance(6)
    until(triggers, lambda waits: not waits)
    first, again = (run["event"]["request"] for run in triggers.runs)
    assert decrypted(first["code"]) == decrypted(again["code"])
    assert first["code"] != again["code"]
    assert first["userAttributes"] == again["userAttributes"]
    assert [run["error"] is None for run in triggers.runs] == [False, True]


@pytest.mark.parametrize("handler", ["posting", "posting_unreadably"])
def test_the_answer_of_a_sender_does_not_matter(pool_with, handler):
    """Whatever it answers, it has sent the message and is not asked again."""
    triggers = pool_with(senders(handler), AutoVerifiedAttributes=["email"])
    pool = triggers.pool
    pool.sign_up("ann", UserAttributes=EMAIL)
    given(triggers, "CustomEmailSender_SignUp")
    pool.cognito.resend_confirmation_code(ClientId=pool.client_id, Username="ann", ClientMetadata=META)
    given(triggers, "CustomEmailSender_ResendCode")
    until(triggers, lambda waits: not waits)
    assert len(triggers.runs) == 2


def test_names_that_nobody_has_run_no_sender(pool_with):
    """Where existence is hidden, a code for nobody is asked for and no trigger hears of it."""
    triggers = pool_with(senders(), client={"PreventUserExistenceErrors": "ENABLED"}, AutoVerifiedAttributes=["email"])
    pool = triggers.pool
    details = pool.cognito.forgot_password(ClientId=pool.client_id, Username="nobody")["CodeDeliveryDetails"]
    assert details["DeliveryMedium"] == "EMAIL"
    pool.sign_up("ann", UserAttributes=EMAIL)
    event, _ = given(triggers, "CustomEmailSender_SignUp")
    until(triggers, lambda waits: not waits)
    assert triggers.events == [event]


def test_the_configuration_is_shown_and_taken_away(mailing):
    """Describe shows what was set; an update without senders gives the messages back to the couriers."""
    pool = mailing.pool
    config = pool.cognito.describe_user_pool(UserPoolId=pool.pool_id)["UserPool"]["LambdaConfig"]
    assert config == {**senders(), "CustomMessage": arn("failing")}
    pool.cognito.update_user_pool(UserPoolId=pool.pool_id, AutoVerifiedAttributes=["email"], SmsConfiguration=SMS)
    pool.sign_up("ann", UserAttributes=EMAIL)
    assert pool.code_for("ann@example.com")
    assert mailing.events == []


@pytest.mark.parametrize(
    ("config", "match"),
    [
        ({**senders(), "KMSKeyID": f"{KEY_ARN}0"}, r"no key for .*50\. Add it to its settings: \[kms_keys\] "),
        ({"KMSKeyID": f"{KEY_ARN}0"}, "this server has no key for"),
        ({name: value for name, value in senders().items() if name != "KMSKeyID"}, "KMSKeyID is required"),
        (senders("no_such_handler", "CustomSMSSender"), "CustomSMSSender: this server maps .* to no target"),
    ],
)
def test_what_cannot_be_called_or_encrypted_for_is_refused(mailing, config, match):
    """When it is set, on a new pool and on one that is there, with words that say what to put into the settings."""
    pool = mailing.pool
    for call, names in (
        (pool.cognito.create_user_pool, {"PoolName": "other"}),
        (pool.cognito.update_user_pool, {"UserPoolId": pool.pool_id}),
    ):
        with pytest.raises(pool.cognito.exceptions.InvalidParameterException, match=match):
            call(**names, LambdaConfig=config)


def test_no_courier_is_needed(tmp_path: Path) -> None:
    """In production, where nothing carries mail, a pool with a sender mails its codes and another pool cannot."""
    chosen = {
        "triggers": {arn("posting"): "python:triggers.handlers:posting"},
        "kms_keys": {KEY_ARN: key_file(tmp_path)},
    }
    with verifying(tmp_path, data=str(tmp_path), public_url="https://id.example", **chosen) as served:
        cognito = boto3.client(
            "cognito-idp",
            endpoint_url=served.url,
            region_name="us-east-1",
            aws_access_key_id=ACCESS_KEY[0],
            aws_secret_access_key=ACCESS_KEY[1],
        )
        for config in ({}, senders("posting", "CustomEmailSender")):
            pool = cognito.create_user_pool(PoolName="p", AutoVerifiedAttributes=["email"], LambdaConfig=config)
            pool_id = pool["UserPool"]["Id"]
            client = cognito.create_user_pool_client(UserPoolId=pool_id, ClientName="app")["UserPoolClient"]
            asked = {"ClientId": client["ClientId"], "Username": "ann", "Password": PASSWORD, "UserAttributes": EMAIL}
            if config:
                cognito.sign_up(**asked)
            else:
                with pytest.raises(cognito.exceptions.CodeDeliveryFailureException):
                    cognito.sign_up(**asked)
        event = handlers.posted[pool_id].get(timeout=20)
        digits, _, _ = decrypted(event["request"]["code"])
        cognito.confirm_sign_up(ClientId=client["ClientId"], Username="ann", ConfirmationCode=digits)
        assert served.application.world.triggers.recent() == ()
