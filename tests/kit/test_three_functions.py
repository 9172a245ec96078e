"""Sign up, confirm, sign in: what goes over the wire and what comes back."""

import asyncio
import threading
from typing import Any

import pytest

from cognomen_kit import AsyncCognito, CodeDeliveryDetails, Cognito, Context, SignedIn, SignedUp, secret_hash
from kit.conftest import CLIENT_ID, SECRET
from kit.fake_cognito import FakeCognito, refusal

pytestmark = pytest.mark.anyio

DELIVERED = {"AttributeName": "email", "DeliveryMedium": "EMAIL", "Destination": "k***@d***"}
NEW_ACCOUNT = {
    "UserConfirmed": False,
    "UserSub": "a4b87418-a0f1-70ca-48e7-f4ec9c6dff0f",
    "CodeDeliveryDetails": DELIVERED,
}
TOKENS = {
    "AccessToken": "header.eyJ1c2VybmFtZSI6Imthcmxhcy1zdWIifQ.signature",
    "IdToken": "id.token.here",
    "RefreshToken": "refresh-token",
    "ExpiresIn": 3600,
    "TokenType": "Bearer",
}
SIGNED_IN = {"AuthenticationResult": TOKENS, "ChallengeParameters": {}}


async def test_sign_up_on_the_wire(client: AsyncCognito, fake: FakeCognito) -> None:
    """SignUp goes out as AWS JSON 1.1 with the secret hash of exactly this username."""
    fake.answers("SignUp", NEW_ACCOUNT)
    done = await client.sign_up("karla@deno.example", "Pass-Word-1", {"email": "karla@deno.example"})
    asked = fake.only()
    assert (asked.method, asked.path, asked.operation) == ("POST", "/", "SignUp")
    assert asked.headers["content-type"] == "application/x-amz-json-1.1"
    assert "authorization" not in asked.headers
    assert asked.members == {
        "ClientId": CLIENT_ID,
        "SecretHash": secret_hash("karla@deno.example", CLIENT_ID, SECRET),
        "Username": "karla@deno.example",
        "Password": "Pass-Word-1",
        "UserAttributes": [{"Name": "email", "Value": "karla@deno.example"}],
    }
    details = CodeDeliveryDetails("k***@d***", "EMAIL", "email")
    assert done == SignedUp(False, NEW_ACCOUNT["UserSub"], details)


async def test_confirm_on_the_wire(client: AsyncCognito, fake: FakeCognito) -> None:
    """ConfirmSignUp sends the code and hands back the session for a sign-in without another code."""
    fake.answers("ConfirmSignUp", {"Session": "AYABeC1-a-session-of-twenty-or-more"})
    done = await client.confirm_sign_up("karla", "123456")
    assert done.session == "AYABeC1-a-session-of-twenty-or-more"
    assert fake.only().members == {
        "ClientId": CLIENT_ID,
        "SecretHash": secret_hash("karla", CLIENT_ID, SECRET),
        "Username": "karla",
        "ConfirmationCode": "123456",
    }


async def test_sign_in_on_the_wire(client: AsyncCognito, fake: FakeCognito) -> None:
    """A password sign-in carries SECRET_HASH among its parameters and ends in tokens and the canonical name."""
    fake.answers("InitiateAuth", SIGNED_IN)
    tokens = await client.sign_in("karla@deno.example", "Pass-Word-1", flow="USER_PASSWORD_AUTH")
    assert fake.only().members == {
        "AuthFlow": "USER_PASSWORD_AUTH",
        "ClientId": CLIENT_ID,
        "AuthParameters": {
            "USERNAME": "karla@deno.example",
            "PASSWORD": "Pass-Word-1",
            "SECRET_HASH": secret_hash("karla@deno.example", CLIENT_ID, SECRET),
        },
    }
    assert isinstance(tokens, SignedIn)
    assert (tokens.access_token, tokens.expires_in) == (TOKENS["AccessToken"], 3600)
    assert tokens.username == "karlas-sub"


def test_the_same_calls_without_a_loop(sync_client: Cognito, fake: FakeCognito) -> None:
    """The synchronous client sends the same and returns the same."""
    fake.answers("SignUp", NEW_ACCOUNT)
    fake.answers("ConfirmSignUp", {})
    fake.answers("InitiateAuth", SIGNED_IN)
    assert sync_client.sign_up("karla", "Pass-Word-1").user_sub == NEW_ACCOUNT["UserSub"]
    sync_client.confirm_sign_up("karla", "123456")
    assert isinstance(sync_client.sign_in("karla", "Pass-Word-1", flow="USER_PASSWORD_AUTH"), SignedIn)
    assert fake.operations() == ["SignUp", "ConfirmSignUp", "InitiateAuth"]


async def test_context_travels(client: AsyncCognito, fake: FakeCognito) -> None:
    """Metadata for triggers, the person's address and analytics stand in the members AWS has for them."""
    fake.answers("SignUp", NEW_ACCOUNT)
    context = Context({"plan": "pro"}, ip_address="203.0.113.9", encoded_data="abc", analytics_endpoint_id="e1")
    await client.sign_up("karla", "Pass-Word-1", validation_data={"captcha": "x"}, context=context)
    members = fake.only().members
    assert members["ClientMetadata"] == {"plan": "pro"}
    assert members["UserContextData"] == {"IpAddress": "203.0.113.9", "EncodedData": "abc"}
    assert members["AnalyticsMetadata"] == {"AnalyticsEndpointId": "e1"}
    assert members["ValidationData"] == [{"Name": "captcha", "Value": "x"}]


async def test_an_app_client_without_secret_sends_no_hash(fake: FakeCognito, options: dict[str, Any]) -> None:
    """No secret, no SECRET_HASH: AWS refuses one that nobody asked for."""
    fake.answers("SignUp", NEW_ACCOUNT)
    fake.answers("InitiateAuth", SIGNED_IN)
    async with AsyncCognito(**{**options, "client_secret": None}) as client:
        await client.sign_up("karla", "Pass-Word-1")
        await client.sign_in("karla", "Pass-Word-1", flow="USER_PASSWORD_AUTH")
    assert "SecretHash" not in fake.asked[0].members
    assert "SECRET_HASH" not in fake.asked[1].members["AuthParameters"]


async def test_secrets_do_not_show(client: AsyncCognito, fake: FakeCognito) -> None:
    """No repr of a client's parts or of a result holds a secret, a password or a token."""
    fake.answers("InitiateAuth", SIGNED_IN)
    tokens = await client.sign_in("karla", "Pass-Word-1", flow="USER_PASSWORD_AUTH")
    shown = f"{client!r} {client.app!r} {client.surroundings!r} {tokens!r}"
    for secret in (SECRET, "Pass-Word-1", TOKENS["AccessToken"], TOKENS["IdToken"], TOKENS["RefreshToken"]):
        assert secret not in shown


async def test_many_at_once(client: AsyncCognito, fake: FakeCognito) -> None:
    """One client serves many tasks at the same time."""
    fake.answers("SignUp", NEW_ACCOUNT)
    await asyncio.gather(*(client.sign_up(f"user-{number}", "Pass-Word-1") for number in range(40)))
    assert len({asked.members["Username"] for asked in fake.asked}) == 40


def test_one_client_in_several_loops(fake: FakeCognito, options: dict[str, Any]) -> None:
    """A client made at import time works in every event loop that comes and goes."""
    fake.answers("SignUp", NEW_ACCOUNT)
    client = AsyncCognito(**options)

    async def once() -> None:
        await client.sign_up("karla", "Pass-Word-1")
        await client.close()

    asyncio.run(once())
    asyncio.run(once())
    assert fake.operations() == ["SignUp", "SignUp"]


def test_threads_share_a_client(sync_client: Cognito, fake: FakeCognito) -> None:
    """The synchronous client is safe to share between threads."""
    fake.answers("SignUp", NEW_ACCOUNT)
    threads = [threading.Thread(target=sync_client.sign_up, args=(f"user-{number}",)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({asked.members["Username"] for asked in fake.asked}) == 12


async def test_refusals_are_raised(client: AsyncCognito, fake: FakeCognito) -> None:
    """What AWS refuses is raised under AWS's name, not returned."""
    fake.answers(
        "ConfirmSignUp", refusal("CodeMismatchException", "Invalid verification code provided, please try again.")
    )
    with pytest.raises(Exception, match="Invalid verification code") as caught:
        await client.confirm_sign_up("karla", "000000")
    assert type(caught.value).__name__ == "CodeMismatchException"
