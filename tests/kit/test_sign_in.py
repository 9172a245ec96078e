"""Every flow from its first call to tokens, against a server that really checks SRP proofs."""

from typing import Any

import pytest

from cognomen_kit import (
    AsyncCognito,
    Cognito,
    RememberedDevice,
    SelectChallenge,
    SignedIn,
    UserAuth,
    errors,
    secret_hash,
)
from kit.conftest import CLIENT_ID, POOL_ID, SECRET
from kit.fake_cognito import Asked, FakeCognito, refusal
from kit.srp_server import SrpServer
from kit.test_signature import KEYS
from kit.test_srp import longest_block
from kit.test_three_functions import SIGNED_IN

pytestmark = pytest.mark.anyio

ALIAS, NAME, PASSWORD = "karla@deno.example", "karla", "Träum3r-✓ pass"
POOL_NAME = POOL_ID.partition("_")[2]
SESSION = "AYABeC1-a-session-of-twenty-or-more"


def serve_srp(fake: FakeCognito, password: str = PASSWORD, **more: Any) -> None:
    user = SrpServer.of_password(POOL_NAME, NAME, password)
    fake.answers("InitiateAuth", lambda asked: user.challenge(asked.members["AuthParameters"]["SRP_A"], **more))
    fake.answers("RespondToAuthChallenge", lambda asked: user.judge(asked, SIGNED_IN))


async def test_srp(client: AsyncCognito, fake: FakeCognito) -> None:
    """SRP signs in under an alias; the proof, USERNAME and SECRET_HASH use the name the service returned."""
    serve_srp(fake)
    assert isinstance(await client.sign_in(ALIAS, PASSWORD), SignedIn)
    begun, proved = fake.asked
    assert begun.members["AuthFlow"] == "USER_SRP_AUTH"
    assert begun.members["AuthParameters"].keys() == {"USERNAME", "SRP_A", "SECRET_HASH"}
    assert begun.members["AuthParameters"]["SECRET_HASH"] == secret_hash(ALIAS, CLIENT_ID, SECRET)
    assert proved.members["ChallengeName"] == "PASSWORD_VERIFIER"
    responses = proved.members["ChallengeResponses"]
    assert (responses["USERNAME"], responses["TIMESTAMP"]) == (NAME, "Thu Jan 1 00:00:00 UTC 2026")
    assert responses["SECRET_HASH"] == secret_hash(NAME, CLIENT_ID, SECRET)
    assert "Session" not in proved.members
    assert PASSWORD.encode() not in begun.body + proved.body


def test_srp_without_a_loop(sync_client: Cognito, fake: FakeCognito) -> None:
    """The synchronous client speaks SRP as well."""
    serve_srp(fake)
    assert isinstance(sync_client.sign_in(ALIAS, PASSWORD), SignedIn)


async def test_srp_with_a_wrong_password(client: AsyncCognito, fake: FakeCognito) -> None:
    """A wrong password makes a wrong proof, which the server refuses."""
    serve_srp(fake, "another password")
    with pytest.raises(errors.NotAuthorizedException, match="Incorrect username or password"):
        await client.sign_in(ALIAS, PASSWORD)


async def test_srp_hands_a_session_back(client: AsyncCognito, fake: FakeCognito) -> None:
    """Where PASSWORD_VERIFIER comes with a session, the proof goes back with it."""
    serve_srp(fake, Session=SESSION)
    await client.sign_in(NAME, PASSWORD)
    assert fake.asked[1].members["Session"] == SESSION


@pytest.mark.parametrize("broken", [{"SRP_B": "0"}, {"SALT": "xyz"}, {"SECRET_BLOCK": None}])
async def test_srp_numbers_that_are_none(client: AsyncCognito, fake: FakeCognito, broken: dict[str, Any]) -> None:
    """Numbers that break the protocol end the sign-in before anything is proved."""
    user = SrpServer.of_password(POOL_NAME, NAME, PASSWORD)

    def challenge(asked: Asked) -> dict[str, Any]:
        told = user.challenge(asked.members["AuthParameters"]["SRP_A"])
        parameters = {**told["ChallengeParameters"], **broken}
        return {**told, "ChallengeParameters": {key: each for key, each in parameters.items() if each is not None}}

    fake.answers("InitiateAuth", challenge)
    with pytest.raises((errors.CognitoUnavailable, ValueError)):
        await client.sign_in(NAME, PASSWORD)
    assert fake.operations() == ["InitiateAuth"]


async def test_srp_needs_the_pool(fake: FakeCognito, options: dict[str, Any]) -> None:
    """Without the pool id no proof can be made, and the refusal names the setting before anything is sent."""
    async with AsyncCognito(**{**options, "user_pool_id": None}) as client:
        with pytest.raises(ValueError, match="AWS_COGNITO_USER_POOL_ID"):
            await client.sign_in(NAME, PASSWORD)
    assert fake.asked == []


async def test_administrators_flow(fake: FakeCognito, options: dict[str, Any]) -> None:
    """ADMIN_USER_PASSWORD_AUTH is a signed call that names the pool, and so are the answers to its challenges."""
    fake.answers("AdminInitiateAuth", {"ChallengeName": "SMS_MFA", "Session": SESSION, "ChallengeParameters": {}})
    fake.answers("AdminRespondToAuthChallenge", SIGNED_IN)
    async with AsyncCognito(**options, credentials=KEYS) as client:
        step = await client.sign_in(NAME, PASSWORD, flow="ADMIN_USER_PASSWORD_AUTH")
        assert not isinstance(step, SignedIn)
        assert isinstance(await step.answer("123456"), SignedIn)  # type: ignore[call-arg, arg-type]
    for asked in fake.asked:
        assert asked.members["UserPoolId"] == POOL_ID
        assert asked.headers["authorization"].startswith("AWS4-HMAC-SHA256 ")
    assert fake.asked[0].members["AuthParameters"]["PASSWORD"] == PASSWORD


@pytest.mark.parametrize(
    ("flow", "password", "parameters"),
    [
        ("USER_AUTH", None, {}),
        (UserAuth(), None, {}),
        (UserAuth("EMAIL_OTP"), None, {"PREFERRED_CHALLENGE": "EMAIL_OTP"}),
        (UserAuth("WEB_AUTHN"), None, {"PREFERRED_CHALLENGE": "WEB_AUTHN"}),
        (UserAuth("PASSWORD"), PASSWORD, {"PREFERRED_CHALLENGE": "PASSWORD", "PASSWORD": PASSWORD}),
        ("CUSTOM_AUTH", None, {}),
    ],
)
async def test_what_a_flow_sends_first(
    client: AsyncCognito, fake: FakeCognito, flow: Any, password: str | None, parameters: dict[str, str]
) -> None:
    """The choice and custom flows send what the person has chosen so far, and nothing more."""
    fake.answers("InitiateAuth", SIGNED_IN)
    await client.sign_in(NAME, password, flow=flow)
    sent = fake.only().members
    assert sent["AuthFlow"] == ("CUSTOM_AUTH" if flow == "CUSTOM_AUTH" else "USER_AUTH")
    assert sent["AuthParameters"] == {
        "USERNAME": NAME,
        "SECRET_HASH": secret_hash(NAME, CLIENT_ID, SECRET),
        **parameters,
    }


async def test_a_confirmation_signs_in(client: AsyncCognito, fake: FakeCognito) -> None:
    """The session of ConfirmSignUp is handed over to the choice flow."""
    fake.answers("ConfirmSignUp", {"Session": SESSION})
    fake.answers("InitiateAuth", SIGNED_IN)
    confirmed = await client.confirm_sign_up(NAME, "123456")
    await client.sign_in(NAME, flow=UserAuth(session=confirmed.session))
    assert fake.asked[1].members["Session"] == SESSION
    assert SESSION not in repr(UserAuth(session=SESSION))


@pytest.mark.parametrize("flow", ["USER_AUTH", UserAuth("PASSWORD_SRP")])
async def test_choice_flow_prefers_srp(client: AsyncCognito, fake: FakeCognito, flow: Any) -> None:
    """The choice flow with a password proves it by SRP and hands the session back."""
    serve_srp(fake, Session=SESSION)
    assert isinstance(await client.sign_in(NAME, PASSWORD, flow=flow), SignedIn)
    assert fake.asked[0].members["AuthParameters"]["PREFERRED_CHALLENGE"] == "PASSWORD_SRP"
    assert fake.asked[1].members["Session"] == SESSION


async def test_choice_flow_may_not_get_its_choice(client: AsyncCognito, fake: FakeCognito) -> None:
    """A preferred factor that the account lacks ends in the list of those it has."""
    fake.answers(
        "InitiateAuth",
        {"ChallengeName": "SELECT_CHALLENGE", "Session": SESSION, "AvailableChallenges": ["EMAIL_OTP", "WEB_AUTHN"]},
    )
    step = await client.sign_in(NAME, PASSWORD, flow="USER_AUTH")
    assert isinstance(step, SelectChallenge)
    assert step.choices == ("EMAIL_OTP", "WEB_AUTHN")


async def test_custom_flow_after_srp(client: AsyncCognito, fake: FakeCognito) -> None:
    """CUSTOM_AUTH with a password proves it by SRP before the triggers ask."""
    serve_srp(fake)
    await client.sign_in(NAME, PASSWORD, flow="CUSTOM_AUTH")
    assert fake.asked[0].members["AuthParameters"]["CHALLENGE_NAME"] == "SRP_A"
    assert fake.asked[1].members["ChallengeName"] == "PASSWORD_VERIFIER"


@pytest.mark.parametrize("flow", ["USER_SRP_AUTH", "USER_PASSWORD_AUTH", "ADMIN_USER_PASSWORD_AUTH"])
async def test_some_flows_need_a_password(client: AsyncCognito, fake: FakeCognito, flow: Any) -> None:
    """A flow that cannot work without a password says so before anything is sent."""
    with pytest.raises(TypeError, match="needs a password"):
        await client.sign_in(NAME, flow=flow)
    assert fake.asked == []


DEVICE = RememberedDevice("eu-west-1_a1b2c3d4-0000-0000-0000-000000000000", "-v7w9UcY6", "device-secret")


def serve_device(fake: FakeCognito) -> None:
    device = SrpServer.of_password(DEVICE.device_group_key, DEVICE.device_key, DEVICE.device_secret)

    def verifier(asked: Asked) -> dict[str, Any]:
        told = device.challenge(asked.members["ChallengeResponses"]["SRP_A"], "DEVICE_PASSWORD_VERIFIER")
        told["ChallengeParameters"].pop("USER_ID_FOR_SRP")
        return {**told, "Session": "second-session-of-the-device"}

    fake.answers("InitiateAuth", {"ChallengeName": "DEVICE_SRP_AUTH", "Session": SESSION, "ChallengeParameters": {}})
    fake.answers("RespondToAuthChallenge", verifier, lambda asked: device.judge(asked, SIGNED_IN))


async def test_a_remembered_device_asks_nobody(client: AsyncCognito, fake: FakeCognito) -> None:
    """A device proves itself with its own secret: no second factor is asked for."""
    serve_device(fake)
    step = await client.sign_in(NAME, PASSWORD, flow="USER_PASSWORD_AUTH", device=DEVICE)
    assert isinstance(step, SignedIn)
    begun, srp, proof = (asked.members for asked in fake.asked)
    assert begun["AuthParameters"]["DEVICE_KEY"] == DEVICE.device_key
    assert (srp["ChallengeName"], srp["Session"]) == ("DEVICE_SRP_AUTH", SESSION)
    assert (proof["ChallengeName"], proof["Session"]) == ("DEVICE_PASSWORD_VERIFIER", "second-session-of-the-device")
    for responses in (srp["ChallengeResponses"], proof["ChallengeResponses"]):
        assert (responses["USERNAME"], responses["DEVICE_KEY"]) == (NAME, DEVICE.device_key)


async def test_a_forgotten_device_is_let_go(client: AsyncCognito, fake: FakeCognito) -> None:
    """A device that the service has forgotten does not keep its owner out."""
    fake.answers("InitiateAuth", refusal("ResourceNotFoundException", "Device does not exist."), SIGNED_IN)
    await client.sign_in(NAME, PASSWORD, flow="USER_PASSWORD_AUTH", device=DEVICE)
    assert ["DEVICE_KEY" in asked.members["AuthParameters"] for asked in fake.asked] == [True, False]


async def test_other_missing_things_are_no_forgotten_device(client: AsyncCognito, fake: FakeCognito) -> None:
    """An app client that does not exist is an error, device or not."""
    fake.answers("InitiateAuth", refusal("ResourceNotFoundException", f"User pool client {CLIENT_ID} does not exist."))
    with pytest.raises(errors.ResourceNotFoundException):
        await client.sign_in(NAME, PASSWORD, flow="USER_PASSWORD_AUTH", device=DEVICE)
    assert len(fake.asked) == 1


def test_a_whole_srp_sign_in_leaves_the_loop_alone(fake: FakeCognito, options: dict[str, Any]) -> None:
    """From the first connection to the tokens no step burns 5 ms of the loop's thread at a stretch."""
    serve_srp(fake)

    async def work() -> None:
        async with AsyncCognito(**options) as client:
            assert isinstance(await client.sign_in(NAME, PASSWORD), SignedIn)

    assert longest_block(work) < 0.005
