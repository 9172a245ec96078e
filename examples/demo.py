"""Sign a user up, confirm the account, sign in: the three functions of a backend, through cognomen-kit.

    python examples/demo.py http://127.0.0.1:9229

The pool and its app client are made first, as an administrator does it once; the code is read from the server's
inbox, where its owner would read a mail. Everything else is what a backend does in production, against AWS as well.
"""

import asyncio
import json
import sys
from dataclasses import dataclass
from typing import Any

import httpx2

from cognomen_kit import AsyncCognito, Credentials, SignedIn
from cognomen_kit.trust import TrustedPool
from cognomen_kit.verifier import AsyncTokenVerifier

EMAIL = "kate@demo.example"
PASSWORD = "Correct-Horse-9"
REGION = "us-east-1"
ADMINISTRATOR = Credentials("AKIDEXAMPLE", "any-secret-will-do-in-dev")  # the dev profile takes any
SHOWN = 24  # characters of a token


@dataclass(frozen=True)
class AppClient:
    """What a backend is configured with."""

    endpoint: str
    user_pool_id: str
    client_id: str
    client_secret: str


async def make_app_client(endpoint: str) -> AppClient:
    """An administrator's work: a pool whose users confirm their e-mail, and a client with a secret."""
    async with AsyncCognito(endpoint=endpoint, region=REGION, credentials=ADMINISTRATOR) as cognito:
        pool = await cognito.call("CreateUserPool", {"PoolName": "demo", "AutoVerifiedAttributes": ["email"]})
        pool_id = pool["UserPool"]["Id"]
        client = await cognito.call(
            "CreateUserPoolClient",
            {
                "UserPoolId": pool_id,
                "ClientName": "backend",
                "GenerateSecret": True,
                "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
            },
        )
    made = client["UserPoolClient"]
    return AppClient(endpoint, pool_id, made["ClientId"], made["ClientSecret"])


async def read_code(endpoint: str) -> str:
    """The code that was sent; in production its owner reads it in a mail."""
    async with httpx2.AsyncClient(base_url=endpoint, timeout=30) as http:
        answer = await http.get("/_dev/messages", params={"to": EMAIL, "wait": 10})
    return str(answer.json()["messages"][-1]["code"])


async def sign_up(cognito: AsyncCognito) -> dict[str, Any]:
    """Step 1: the account is made, and a code goes out."""
    done = await cognito.sign_up(EMAIL, PASSWORD, {"email": EMAIL})
    delivery = done.code_delivery_details
    assert delivery, "a pool that verifies e-mail sends a code"
    return {
        "CodeDeliveryDetails": {
            "AttributeName": delivery.attribute_name,
            "DeliveryMedium": delivery.delivery_medium,
            "Destination": delivery.destination,
        },
        "UserConfirmed": done.user_confirmed,
        "UserSub": done.user_sub,
    }


async def confirm(cognito: AsyncCognito, code: str) -> dict[str, Any]:
    """Step 2: the owner of the address proves it with the code."""
    await cognito.confirm_sign_up(EMAIL, code)
    return {}


async def sign_in(cognito: AsyncCognito) -> SignedIn:
    """Step 3: the password gives tokens, for this pool asks for nothing more."""
    outcome = await cognito.sign_in(EMAIL, PASSWORD, flow="USER_PASSWORD_AUTH")
    assert isinstance(outcome, SignedIn), outcome
    return outcome


def shown(tokens: SignedIn) -> dict[str, Any]:
    """The answer as it crossed the wire, its tokens shortened."""
    result = {
        "AccessToken": f"{tokens.access_token[:SHOWN]}...",
        "ExpiresIn": tokens.expires_in,
        "IdToken": f"{tokens.id_token[:SHOWN]}...",
        "RefreshToken": f"{(tokens.refresh_token or '')[:SHOWN]}...",
        "TokenType": tokens.token_type,
    }
    return {"AuthenticationResult": result, "ChallengeParameters": {}}


async def status(app: AppClient) -> dict[str, Any]:
    """What an administrator sees."""
    async with AsyncCognito(
        endpoint=app.endpoint, region=REGION, user_pool_id=app.user_pool_id, credentials=ADMINISTRATOR
    ) as cognito:
        user = await cognito.admin_get_user(EMAIL)
    return {"UserStatus": user.user_status, "Enabled": user.enabled}


async def verified_claims(app: AppClient, tokens: SignedIn) -> dict[str, Any]:
    """What both tokens say, after their signatures, issuer, client, use and times were verified."""
    async with AsyncTokenVerifier(TrustedPool.of(app.user_pool_id, app.client_id, endpoint=app.endpoint)) as verifier:
        return {
            "IdToken": dict((await verifier.verify_id(tokens.id_token)).all),
            "AccessToken": dict((await verifier.verify_access(tokens.access_token)).all),
        }


def show(title: str, data: object) -> None:
    """Print one answer."""
    print(f"{title}\n{json.dumps(data, indent=2)}\n", flush=True)


async def main(endpoint: str) -> None:
    """The three steps, then what is to be seen of them."""
    app = await make_app_client(endpoint)
    async with AsyncCognito(
        endpoint=endpoint, region=REGION, client_id=app.client_id, client_secret=app.client_secret
    ) as cognito:
        show("1. Sign up", await sign_up(cognito))
        show("2. Confirm the account", await confirm(cognito, await read_code(endpoint)))
        tokens = await sign_in(cognito)
        show("3. Sign in", shown(tokens))
    show("The account, as an administrator sees it", await status(app))
    show("The verified claims", await verified_claims(app, tokens))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
