"""SECRET_HASH for every kind of username in every call that takes it, as a strict service checks it."""

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest

from cognomen_kit import AsyncCognito, SignedIn, UsernameNeeded, errors
from kit.conftest import CLIENT_ID, SECRET
from kit.fake_cognito import Answer, Asked, FakeCognito, refusal

pytestmark = pytest.mark.anyio

SUB = "a4b87418-a0f1-70ca-48e7-f4ec9c6dff0f"

# What the person types, and the canonical username of the account.
NAMES = {
    "username": ("karla", "karla"),
    "email-alias": ("karla@deno.example", "karla"),
    "email-as-username": ("karla@deno.example", SUB),
    "phone": ("+4930123456", SUB),
}


def hash_of(username: str) -> str:
    return base64.b64encode(
        hmac.new(SECRET.encode(), (username + CLIENT_ID).encode(), hashlib.sha256).digest()
    ).decode()


def access_token(username: str) -> str:
    claims = base64.urlsafe_b64encode(json.dumps({"username": username}).encode()).rstrip(b"=").decode()
    return f"eyJhbGciOiJSUzI1NiJ9.{claims}.c2ln"


class StrictService:
    """Refuses every hash that was not made with exactly the username beside it, and a refresh without the real one."""

    def __init__(self, fake: FakeCognito, canonical: str) -> None:
        self.canonical = canonical
        for operation in (
            "SignUp",
            "ConfirmSignUp",
            "ResendConfirmationCode",
            "ForgotPassword",
            "ConfirmForgotPassword",
        ):
            fake.answers(operation, self.plain)
        fake.answers("InitiateAuth", self.initiate)
        fake.answers("RespondToAuthChallenge", self.respond)

    def plain(self, asked: Asked) -> Answer | dict[str, Any]:
        members = asked.members
        if members.get("SecretHash") != hash_of(members["Username"]):
            return refusal("NotAuthorizedException", f"Unable to verify secret hash for client {CLIENT_ID}")
        return {"UserConfirmed": False, "UserSub": SUB}

    def initiate(self, asked: Asked) -> Answer | dict[str, Any]:
        parameters = asked.members["AuthParameters"]
        if asked.members["AuthFlow"] == "REFRESH_TOKEN_AUTH":
            return self.refreshed(parameters)
        if parameters.get("SECRET_HASH") != hash_of(parameters["USERNAME"]):
            return refusal("NotAuthorizedException", f"Unable to verify secret hash for client {CLIENT_ID}")
        challenge = {"CODE_DELIVERY_DESTINATION": "k***@d***", "USER_ID_FOR_SRP": self.canonical}
        return {"ChallengeName": "EMAIL_OTP", "Session": "s" * 20, "ChallengeParameters": challenge}

    def refreshed(self, parameters: dict[str, str]) -> Answer | dict[str, Any]:
        if parameters.get("SECRET_HASH") != hash_of(self.canonical):
            return refusal("NotAuthorizedException", f"SecretHash does not match for the client: {CLIENT_ID}")
        return self.tokens()

    def respond(self, asked: Asked) -> Answer | dict[str, Any]:
        responses = asked.members["ChallengeResponses"]
        if responses["USERNAME"] != self.canonical or responses["SECRET_HASH"] != hash_of(self.canonical):
            return refusal("NotAuthorizedException", f"Unable to verify secret hash for client {CLIENT_ID}")
        return self.tokens(RefreshToken="refresh-token")

    def tokens(self, **more: str) -> dict[str, Any]:
        result = {"AccessToken": access_token(self.canonical), "IdToken": "i", "ExpiresIn": 3600, "TokenType": "Bearer"}
        return {"AuthenticationResult": {**result, **more}, "ChallengeParameters": {}}


@pytest.fixture(params=NAMES.values(), ids=NAMES.keys())
def names(request: Any) -> tuple[str, str]:
    return request.param


async def signed_in(client: AsyncCognito, typed: str) -> SignedIn:
    step: Any = await client.sign_in(typed, "Pass-Word-1", flow="USER_PASSWORD_AUTH")
    tokens = await step.answer("12345678")
    assert isinstance(tokens, SignedIn)
    return tokens


async def test_calls_with_a_username(client: AsyncCognito, fake: FakeCognito, names: tuple[str, str]) -> None:
    """KIT-01: Sign-up, confirm, resend, forgot and confirm-forgot hash what they send as username."""
    typed, canonical = names
    StrictService(fake, canonical)
    await client.sign_up(typed, "Pass-Word-1")
    await client.confirm_sign_up(typed, "123456")
    await client.resend_confirmation_code(typed)
    await client.forgot_password(typed)
    await client.confirm_forgot_password(typed, "123456", "New-Pass-1")
    assert len(fake.asked) == 5


async def test_challenge_and_refresh(client: AsyncCognito, fake: FakeCognito, names: tuple[str, str]) -> None:
    """KIT-01: A challenge is answered, and tokens are refreshed, under the canonical username, whatever was typed."""
    typed, canonical = names
    StrictService(fake, canonical)
    tokens = await signed_in(client, typed)
    assert tokens.username == canonical
    renewed = await client.refresh(tokens)
    assert (renewed.username, renewed.refresh_token) == (canonical, "refresh-token")
    assert (await client.refresh(renewed)).username == canonical


async def test_a_bare_refresh_token(client: AsyncCognito, fake: FakeCognito, names: tuple[str, str]) -> None:
    """The client remembers whose a refresh token is that it has seen."""
    typed, canonical = names
    StrictService(fake, canonical)
    tokens = await signed_in(client, typed)
    assert tokens.refresh_token is not None
    assert (await client.refresh(tokens.refresh_token)).username == canonical


async def test_in_another_process(fake: FakeCognito, options: dict[str, Any], names: tuple[str, str]) -> None:
    """A client that never saw the token asks for the username, and works with it."""
    StrictService(fake, names[1])
    async with AsyncCognito(**options) as elsewhere:
        with pytest.raises(UsernameNeeded, match="get_tokens_from_refresh_token"):
            await elsewhere.refresh("refresh-token")
        assert fake.asked == []
        assert (await elsewhere.refresh("refresh-token", username=names[1])).username == names[1]


async def test_the_wrong_name_is_named(client: AsyncCognito, fake: FakeCognito) -> None:
    """A refresh with the alias fails as on AWS, and the error says which username was hashed."""
    StrictService(fake, "karla")
    with pytest.raises(errors.NotAuthorizedException, match=r"made with username 'karla@deno\.example'"):
        await client.refresh("refresh-token", username="karla@deno.example")


async def test_without_a_secret_no_name_is_needed(fake: FakeCognito, options: dict[str, Any]) -> None:
    """An app client without a secret refreshes with nothing but the token."""
    fake.answers("InitiateAuth", StrictService(fake, "karla").tokens())
    async with AsyncCognito(**{**options, "client_secret": None}) as client:
        fake._answers["InitiateAuth"].popleft()
        assert (await client.refresh("refresh-token")).username == "karla"
    assert fake.only().members["AuthParameters"] == {"REFRESH_TOKEN": "refresh-token"}
