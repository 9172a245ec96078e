"""Each challenge has its type, its facts and the one method that answers it."""

import json
from dataclasses import dataclass
from typing import Any

import pytest

from cognomen_kit import (
    AsyncCognito,
    Cognito,
    Custom,
    EmailCode,
    MfaSetup,
    NewPassword,
    Passkey,
    SelectChallenge,
    SelectMfa,
    SignedIn,
    SmsCode,
    Totp,
    TotpSetup,
    UnknownChallenge,
    errors,
    secret_hash,
)
from kit.conftest import CLIENT_ID, SECRET
from kit.fake_cognito import FakeCognito, refusal
from kit.srp_server import SrpServer
from kit.test_sign_in import ALIAS, NAME, PASSWORD, POOL_NAME, SESSION
from kit.test_three_functions import SIGNED_IN

pytestmark = pytest.mark.anyio

MAILED = {
    "CODE_DELIVERY_DELIVERY_MEDIUM": "EMAIL",
    "CODE_DELIVERY_DESTINATION": "k***@d***",
    "USER_ID_FOR_SRP": NAME,
}
CREDENTIAL = {"id": "abc", "type": "public-key", "response": {"signature": "xyz"}}
REQUEST_OPTIONS = {"challenge": "Y2hhbGxlbmdl", "rpId": "deno.example"}
NEW_PASSWORD = {
    "USER_ID_FOR_SRP": NAME,
    "requiredAttributes": '["userAttributes.name"]',
    "userAttributes": '{"email":"karla@deno.example","email_verified":"true"}',
}


@dataclass(frozen=True)
class Row:
    """A challenge, its parameters, its type, how it is answered, and the responses that go out."""

    name: str
    parameters: dict[str, str]
    kind: type
    given: tuple[Any, ...]
    responses: dict[str, str]


TABLE = [
    Row("NEW_PASSWORD_REQUIRED", NEW_PASSWORD, NewPassword, ("New-Pass-1",), {"NEW_PASSWORD": "New-Pass-1"}),
    Row(
        "NEW_PASSWORD_REQUIRED",
        NEW_PASSWORD,
        NewPassword,
        ("New-Pass-1", {"name": "Karla"}),
        {"NEW_PASSWORD": "New-Pass-1", "userAttributes.name": "Karla"},
    ),
    Row(
        "SOFTWARE_TOKEN_MFA",
        {"FRIENDLY_DEVICE_NAME": "phone", "USER_ID_FOR_SRP": NAME},
        Totp,
        ("123456",),
        {"SOFTWARE_TOKEN_MFA_CODE": "123456"},
    ),
    Row("SMS_MFA", MAILED, SmsCode, ("123456",), {"SMS_MFA_CODE": "123456"}),
    Row("SMS_OTP", MAILED, SmsCode, ("123456",), {"SMS_OTP_CODE": "123456"}),
    Row("EMAIL_OTP", MAILED, EmailCode, ("12345678",), {"EMAIL_OTP_CODE": "12345678"}),
    Row(
        "SELECT_MFA_TYPE",
        {"MFAS_CAN_CHOOSE": '["SMS_MFA","SOFTWARE_TOKEN_MFA"]', "USER_ID_FOR_SRP": NAME},
        SelectMfa,
        ("SMS_MFA",),
        {"ANSWER": "SMS_MFA"},
    ),
    Row(
        "MFA_SETUP",
        {"MFAS_CAN_SETUP": '["SMS_MFA","EMAIL_OTP"]', "USER_ID_FOR_SRP": NAME},
        MfaSetup,
        ("EMAIL_OTP", "k@d.example"),
        {"email": "k@d.example"},
    ),
    Row(
        "MFA_SETUP",
        {"MFAS_CAN_SETUP": '["SMS_MFA","EMAIL_OTP"]', "USER_ID_FOR_SRP": NAME},
        MfaSetup,
        ("SMS_MFA", "+4930123456"),
        {"phone_number": "+4930123456"},
    ),
    Row(
        "WEB_AUTHN",
        {"CREDENTIAL_REQUEST_OPTIONS": json.dumps(REQUEST_OPTIONS), "USERNAME": NAME},
        Passkey,
        (CREDENTIAL,),
        {"CREDENTIAL": json.dumps(CREDENTIAL)},
    ),
    Row("SELECT_CHALLENGE", {"USERNAME": NAME}, SelectChallenge, ("EMAIL_OTP",), {"ANSWER": "EMAIL_OTP"}),
    Row(
        "SELECT_CHALLENGE",
        {"USERNAME": NAME},
        SelectChallenge,
        ("PASSWORD", PASSWORD),
        {"ANSWER": "PASSWORD", "PASSWORD": PASSWORD},
    ),
    Row("CUSTOM_CHALLENGE", {"USERNAME": NAME, "riddle": "?"}, Custom, ("42",), {"ANSWER": "42"}),
    Row("BRAND_NEW", {"USERNAME": NAME, "hint": "?"}, UnknownChallenge, ({"SHAPE": "round"},), {"SHAPE": "round"}),
]


def challenge(name: str, parameters: dict[str, str], **more: Any) -> dict[str, Any]:
    return {"ChallengeName": name, "ChallengeParameters": parameters, "Session": SESSION, **more}


async def begin(client: AsyncCognito, fake: FakeCognito, answer: dict[str, Any]) -> Any:
    fake.answers("InitiateAuth", answer)
    return await client.sign_in(ALIAS, PASSWORD, flow="USER_PASSWORD_AUTH")


def expected(name: str, responses: dict[str, str], session: str = SESSION) -> dict[str, Any]:
    named = {"USERNAME": NAME, "SECRET_HASH": secret_hash(NAME, CLIENT_ID, SECRET)}
    return {
        "ClientId": CLIENT_ID,
        "ChallengeName": name,
        "Session": session,
        "ChallengeResponses": {**named, **responses},
    }


@pytest.mark.parametrize("row", TABLE)
async def test_each_challenge(client: AsyncCognito, fake: FakeCognito, row: Row) -> None:
    """A challenge becomes its type; its answer goes out under the name and hash the service wants."""
    fake.answers("RespondToAuthChallenge", SIGNED_IN)
    step = await begin(client, fake, challenge(row.name, row.parameters))
    assert type(step) is row.kind
    assert isinstance(await step.answer(*row.given), SignedIn)
    assert fake.asked[-1].members == expected(row.name, row.responses)


@pytest.mark.parametrize("row", TABLE)
def test_each_challenge_without_a_loop(sync_client: Cognito, fake: FakeCognito, row: Row) -> None:
    """The same types answer without await on the synchronous client."""
    fake.answers("InitiateAuth", challenge(row.name, row.parameters))
    fake.answers("RespondToAuthChallenge", SIGNED_IN)
    step: Any = sync_client.sign_in(ALIAS, PASSWORD, flow="USER_PASSWORD_AUTH")
    assert type(step) is row.kind
    assert isinstance(step.answer(*row.given), SignedIn)
    assert fake.asked[-1].members == expected(row.name, row.responses)


async def test_facts_of_challenges(client: AsyncCognito, fake: FakeCognito) -> None:
    """What a page needs to show stands on the challenge."""
    fake.answers(
        "InitiateAuth",
        challenge("NEW_PASSWORD_REQUIRED", NEW_PASSWORD),
        challenge("EMAIL_OTP", MAILED),
        challenge("SOFTWARE_TOKEN_MFA", {"FRIENDLY_DEVICE_NAME": "phone"}),
        challenge("SELECT_MFA_TYPE", {"MFAS_CAN_CHOOSE": '["SMS_MFA","EMAIL_OTP"]'}),
        challenge("WEB_AUTHN", {"CREDENTIAL_REQUEST_OPTIONS": json.dumps(REQUEST_OPTIONS)}),
        challenge("SELECT_CHALLENGE", {}, AvailableChallenges=["PASSWORD", "WEB_AUTHN"]),
        challenge("CUSTOM_CHALLENGE", {"USERNAME": NAME, "riddle": "What walks on four legs?"}),
    )
    steps: list[Any] = [await client.sign_in(NAME, flow="USER_AUTH") for _ in range(7)]
    new_password, mailed, totp, mfa, passkey, choice, custom = steps
    assert new_password.required_attributes == ("name",)
    assert new_password.user_attributes == {"email": "karla@deno.example", "email_verified": "true"}
    assert mailed.destination == "k***@d***"
    assert totp.friendly_device_name == "phone"
    assert mfa.choices == ("SMS_MFA", "EMAIL_OTP")
    assert passkey.request_options == REQUEST_OPTIONS
    assert choice.choices == ("PASSWORD", "WEB_AUTHN")
    assert custom.public_parameters == {"riddle": "What walks on four legs?"}


async def test_a_chain(client: AsyncCognito, fake: FakeCognito) -> None:
    """One challenge leads to the next, each with the session of the answer before."""
    select = challenge(
        "SELECT_MFA_TYPE", {"MFAS_CAN_CHOOSE": '["SMS_MFA","EMAIL_OTP"]'}, Session="session-number-two-......"
    )
    mailed = challenge("EMAIL_OTP", MAILED, Session="session-number-three-....")
    fake.answers("RespondToAuthChallenge", select, mailed, SIGNED_IN)
    step = await begin(client, fake, challenge("NEW_PASSWORD_REQUIRED", NEW_PASSWORD))
    step = await step.answer("New-Pass-1")
    step = await step.answer("EMAIL_OTP")
    assert isinstance(await step.answer("12345678"), SignedIn)
    sessions = [asked.members["Session"] for asked in fake.asked[1:]]
    assert sessions == [SESSION, "session-number-two-......", "session-number-three-...."]


async def test_a_wrong_code_may_be_corrected(client: AsyncCognito, fake: FakeCognito) -> None:
    """After CodeMismatchException the same challenge takes another code on the same session."""
    fake.answers(
        "RespondToAuthChallenge", refusal("CodeMismatchException", "Invalid code received for user"), SIGNED_IN
    )
    step = await begin(client, fake, challenge("SOFTWARE_TOKEN_MFA", {"USER_ID_FOR_SRP": NAME}))
    with pytest.raises(errors.CodeMismatchException):
        await step.answer("000000")
    assert isinstance(await step.answer("123456"), SignedIn)
    assert {asked.members["Session"] for asked in fake.asked[1:]} == {SESSION}


async def test_an_authenticator_app_is_set_up(client: AsyncCognito, fake: FakeCognito) -> None:
    """MFA_SETUP: associate, show the secret, verify a code, and go on with the session of the verification."""
    fake.answers("AssociateSoftwareToken", {"SecretCode": "JBSWY3DPEHPK3PXP", "Session": "session-of-the-association"})
    fake.answers("VerifySoftwareToken", {"Status": "SUCCESS", "Session": "session-of-the-verification"})
    fake.answers("RespondToAuthChallenge", SIGNED_IN)
    parameters = {"MFAS_CAN_SETUP": '["SOFTWARE_TOKEN_MFA"]', "USER_ID_FOR_SRP": NAME}
    step = await begin(client, fake, challenge("MFA_SETUP", parameters))
    assert step.choices == ("SOFTWARE_TOKEN_MFA",)
    setup = await step.answer("SOFTWARE_TOKEN_MFA")
    assert isinstance(setup, TotpSetup)
    assert setup.secret_code == "JBSWY3DPEHPK3PXP"
    assert setup.otpauth_uri("Deno & Co") == (
        "otpauth://totp/Deno%20%26%20Co:karla?secret=JBSWY3DPEHPK3PXP&issuer=Deno%20%26%20Co"
    )
    assert "JBSWY3DPEHPK3PXP" not in repr(setup)
    assert isinstance(await setup.answer("123456", "phone"), SignedIn)
    _, associated, verified, responded = (asked.members for asked in fake.asked)
    assert associated == {"Session": SESSION}
    assert verified == {
        "Session": "session-of-the-association",
        "UserCode": "123456",
        "FriendlyDeviceName": "phone",
    }
    assert responded == expected("MFA_SETUP", {}, "session-of-the-verification")


async def test_a_verification_that_says_no(client: AsyncCognito, fake: FakeCognito) -> None:
    """VerifySoftwareToken answering ERROR is an error here, and nothing more is sent."""
    fake.answers("AssociateSoftwareToken", {"SecretCode": "JBSWY3DPEHPK3PXP", "Session": SESSION})
    fake.answers("VerifySoftwareToken", {"Status": "ERROR"})
    step = await begin(client, fake, challenge("MFA_SETUP", {"USER_ID_FOR_SRP": NAME}))
    setup = await step.answer("SOFTWARE_TOKEN_MFA")
    with pytest.raises(errors.EnableSoftwareTokenMFAException):
        await setup.answer("123456")
    assert fake.operations()[-1] == "VerifySoftwareToken"


async def test_choosing_srp(client: AsyncCognito, fake: FakeCognito) -> None:
    """SELECT_CHALLENGE answered with PASSWORD_SRP runs the whole proof."""
    user = SrpServer.of_password(POOL_NAME, NAME, PASSWORD)
    fake.answers(
        "RespondToAuthChallenge",
        lambda asked: user.challenge(asked.members["ChallengeResponses"]["SRP_A"], Session="session-after-the-choice"),
        lambda asked: user.judge(asked, SIGNED_IN),
    )
    step = await begin(client, fake, challenge("SELECT_CHALLENGE", {"USERNAME": NAME}))
    assert isinstance(await step.answer("PASSWORD_SRP", PASSWORD), SignedIn)
    chosen, proved = fake.asked[1].members, fake.asked[2].members
    assert (chosen["ChallengeResponses"]["ANSWER"], chosen["Session"]) == ("PASSWORD_SRP", SESSION)
    assert (proved["ChallengeName"], proved["Session"]) == ("PASSWORD_VERIFIER", "session-after-the-choice")
    assert PASSWORD.encode() not in fake.asked[1].body + fake.asked[2].body


async def test_a_challenge_keeps_its_secrets(client: AsyncCognito, fake: FakeCognito) -> None:
    """No repr of a challenge holds its session or its parameters."""
    step = await begin(client, fake, challenge("NEW_PASSWORD_REQUIRED", NEW_PASSWORD))
    for secret in (SESSION, 'karla@deno.example"', SECRET):
        assert secret not in repr(step)
