"""The seed's three functions with the AWS SDK for JavaScript, and tokens checked by aws-jwt-verify."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from conftest import PASSWORD, Pool, sdk_client
from sdk.nodejs import NEEDS_NODE, node
from served import serve

pytestmark = NEEDS_NODE


@pytest.fixture
def seed(make_pool: Callable[..., Pool]) -> Callable[..., Any]:
    """Runs one step of the seed in its own process, configured by the environment as the seed is."""
    pool = make_pool(secret=True, AutoVerifiedAttributes=["email"])

    def step(name: str, **given: str) -> Any:
        return node(
            "seed.mjs",
            name,
            json.dumps(given),
            AWS_COGNITO_CLIENT_ID=pool.client_id,
            AWS_COGNITO_APP_CLIENT_SECRET=str(pool.secret),
            AWS_REGION="us-east-1",
            AWS_ACCESS_KEY_ID="AKIDEXAMPLE",
            AWS_SECRET_ACCESS_KEY="secret",
            AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER=pool.server.url,
        )

    step.pool = pool  # type: ignore[attr-defined]
    return step


def test_the_seed_runs_unmodified(seed: Any) -> None:
    """Sign up, confirm, sign in: each answer has the shape that the seed prints."""
    email = "kim@domain.example"
    signed_up = seed("signUp", email=email, password=PASSWORD)
    assert signed_up["answer"]["CodeDeliveryDetails"] == {
        "AttributeName": "email",
        "DeliveryMedium": "EMAIL",
        "Destination": "k***@d***",
    }
    assert signed_up["answer"]["UserConfirmed"] is False
    assert signed_up["answer"]["UserSub"]
    code = seed.pool.code_for(email)
    assert seed("confirm", email=email, code=code) == {"status": 200, "answer": {}}
    answer = seed("signIn", email=email, password=PASSWORD)["answer"]
    assert answer["ChallengeParameters"] == {}
    assert answer["AuthenticationResult"].keys() == {"AccessToken", "ExpiresIn", "IdToken", "RefreshToken", "TokenType"}


def test_the_sdk_names_refusals_as_on_aws(seed: Any) -> None:
    """A wrong password is NotAuthorizedException with AWS's words."""
    seed.pool.confirmed("lee@domain.example")
    refused = seed("signIn", email="lee@domain.example", password="Wrong-Horse-9")
    expected = {"error": "NotAuthorizedException", "message": "Incorrect username or password.", "status": 400}
    assert refused == expected


@pytest.mark.parametrize("mode", ["self", "aws"])
def test_tokens_verify_with_aws_jwt_verify(mode: str) -> None:
    """CognitoJwtVerifier takes tokens of the issuer `aws`, JwtVerifier those of `self`; a forged one nobody."""
    with serve(issuer=mode) as server:
        cognito = sdk_client(server.url)
        pool_id = cognito.create_user_pool(PoolName="v")["UserPool"]["Id"]
        flows = ["ALLOW_USER_PASSWORD_AUTH"]
        made = cognito.create_user_pool_client(UserPoolId=pool_id, ClientName="a", ExplicitAuthFlows=flows)
        pool = Pool(cognito, server, pool_id, made["UserPoolClient"]["ClientId"], None)
        pool.confirmed("ann")
        result = pool.sign_in("ann")["AuthenticationResult"]
        forged = result["AccessToken"][:-8] + "AAAAAAAA"
        asked = {
            "mode": mode,
            "poolId": pool_id,
            "clientId": pool.client_id,
            "issuer": f"{server.url}/{pool_id}",
            "jwks": server.get(f"/{pool_id}/.well-known/jwks.json"),
        }
        good = {"id": result["IdToken"], "access": result["AccessToken"]}
        assert node("verify.mjs", json.dumps({**asked, "tokens": good})) == {"id": "id", "access": "access"}
        bad = node("verify.mjs", json.dumps({**asked, "tokens": {"access": forged}}))
        assert bad == {"access": "JwtInvalidSignatureError"}
