"""Signing in and refreshing through the AWS SDK, and what tells whether a sign-in is over."""

from collections.abc import Callable
from typing import Any

import jwt
import pytest
from botocore.exceptions import ClientError

from conftest import Pool

DAY = 86_400
ROTATING = {"ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"], "RefreshTokenRotation": {"Feature": "ENABLED"}}


def rotating(grace: int = 0, **more: Any) -> dict[str, Any]:
    return {**ROTATING, "RefreshTokenRotation": {"Feature": "ENABLED", "RetryGracePeriodSeconds": grace}, **more}


def signed_in(pool: Pool, name: str = "ann") -> dict[str, Any]:
    pool.confirmed(name)
    return dict(pool.sign_in(name)["AuthenticationResult"])


def get_tokens(pool: Pool, token: str, **more: Any) -> dict[str, Any]:
    asked = {"ClientId": pool.client_id, "RefreshToken": token, **more}
    return dict(pool.cognito.get_tokens_from_refresh_token(**asked)["AuthenticationResult"])


def initiate(pool: Pool, token: str, **more: str) -> dict[str, Any]:
    parameters = {"REFRESH_TOKEN": token, **more}
    return dict(
        pool.cognito.initiate_auth(ClientId=pool.client_id, AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters=parameters)[
            "AuthenticationResult"
        ]
    )


def claims_of(token: str) -> dict[str, Any]:
    return dict(jwt.decode(token, options={"verify_signature": False}))


def refused(call: Callable[[], Any]) -> str:
    """The wording of a refusal, behind its name."""
    with pytest.raises(ClientError) as raised:
        call()
    error = raised.value.response["Error"]
    return f"{error['Code']}: {error['Message']}"


REVOKED = "NotAuthorizedException: Refresh Token has been revoked"
INVALID = "NotAuthorizedException: Invalid Refresh Token"
ENDED = "NotAuthorizedException: Access Token has been revoked"
REUSED = "RefreshTokenReuseException: Refresh token reuse detected"


def is_over(pool: Pool, tokens: dict[str, Any]) -> bool:
    """Whether nothing of a sign-in works any more: no token says so and another one not."""
    told = {
        refused(lambda: get_tokens(pool, tokens["RefreshToken"])),
        refused(lambda: pool.cognito.get_user(AccessToken=tokens["AccessToken"])),
    }
    return told == {REVOKED, ENDED}


def goes_on(pool: Pool, tokens: dict[str, Any]) -> bool:
    return bool(
        get_tokens(pool, tokens["RefreshToken"])["IdToken"]
        and pool.cognito.get_user(AccessToken=tokens["AccessToken"])["Username"]
    )
