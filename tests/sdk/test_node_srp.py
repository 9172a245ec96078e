"""SRP sign-in with the JavaScript clients that browsers use: amazon-cognito-identity-js and aws-amplify, unmodified."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from conftest import PASSWORD, Pool, sdk_client
from sdk.nodejs import NEEDS_NODE, node
from served import Served, serve

pytestmark = NEEDS_NODE
NEW_PASSWORD = "Other-Horse-10"
FLOWS = ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
INCORRECT = {"name": "NotAuthorizedException", "message": "Incorrect username or password."}


@pytest.fixture(scope="module")
def own_server() -> Iterator[Served]:
    """Its clock is not moved: browsers compare tokens with their own."""
    with serve() as served:
        yield served


@pytest.fixture
def people(own_server: Served) -> Callable[..., Pool]:
    """A pool whose client signs in by SRP alone."""

    def make(client: Mapping[str, Any] | None = None, **pool: Any) -> Pool:
        cognito = sdk_client(own_server.url)
        pool_id = cognito.create_user_pool(PoolName="web", **pool)["UserPool"]["Id"]
        asked = {"ExplicitAuthFlows": FLOWS, **(client or {})}
        made = cognito.create_user_pool_client(UserPoolId=pool_id, ClientName="web", **asked)["UserPoolClient"]
        return Pool(cognito, own_server, pool_id, made["ClientId"], None)

    return make


def run(script: str, pool: Pool, username: str, password: str = PASSWORD) -> Any:
    asked = {
        "endpoint": pool.server.url,
        "poolId": pool.pool_id,
        "clientId": pool.client_id,
        "username": username,
        "password": password,
        "newPassword": NEW_PASSWORD,
    }
    return node(script, json.dumps(asked))


def invited(pool: Pool, name: str) -> None:
    email = {"Name": "email", "Value": f"{name}@example.com"}
    asked = {"UserPoolId": pool.pool_id, "Username": name, "TemporaryPassword": PASSWORD, "UserAttributes": [email]}
    pool.cognito.admin_create_user(**asked, MessageAction="SUPPRESS")


# amazon-cognito-identity-js


@pytest.mark.parametrize("pool_settings", [{}, {"UsernameAttributes": ["email"]}])
def test_identity_js_signs_in_refreshes_and_signs_out(
    people: Callable[..., Pool], pool_settings: dict[str, Any]
) -> None:
    """Its day ends with a refresh token that is of no use; in an e-mail pool the user is called by the sub."""
    pool = people(**pool_settings)
    sub = pool.confirmed("kim@example.com" if pool_settings else "kim")["UserSub"]
    name = "kim@example.com" if pool_settings else "kim"
    signed_in, refreshed, attributes, after = run("identity.mjs", pool, name)
    assert signed_in["signedIn"] is True
    assert signed_in["username"] == (sub if pool_settings else "kim")
    assert signed_in["claims"]["sub"] == attributes["attributes"]["sub"] == sub
    assert refreshed == {"refreshed": True}
    assert after["afterSignOut"] == {"name": "NotAuthorizedException", "message": "Refresh Token has been revoked"}


@pytest.mark.parametrize("hides", ["ENABLED", "LEGACY"])
def test_identity_js_is_refused(people: Callable[..., Pool], hides: str) -> None:
    """A wrong password, and an unknown user told or not told; an unconfirmed one is told at once."""
    pool = people({"PreventUserExistenceErrors": hides})
    pool.confirmed("kim")
    pool.sign_up("lee")
    unknown = {"name": "UserNotFoundException", "message": "User does not exist."}
    assert run("identity.mjs", pool, "kim", "Wrong-Horse-9") == [{"refused": INCORRECT}]
    assert run("identity.mjs", pool, "nobody") == [{"refused": INCORRECT if hides == "ENABLED" else unknown}]
    unconfirmed = {"name": "UserNotConfirmedException", "message": "User is not confirmed."}
    assert run("identity.mjs", pool, "lee") == [{"refused": unconfirmed}]


def test_identity_js_chooses_a_new_password(people: Callable[..., Pool]) -> None:
    """NEW_PASSWORD_REQUIRED follows the proof, and the new password is proven the next time."""
    pool = people()
    invited(pool, "kim")
    asked, signed_in, *_ = run("identity.mjs", pool, "kim")
    assert asked["newPasswordRequired"]["attributes"]["email"] == "kim@example.com"
    assert signed_in["signedIn"] is True
    assert run("identity.mjs", pool, "kim") == [{"refused": INCORRECT}]
    assert run("identity.mjs", pool, "kim", NEW_PASSWORD)[0]["signedIn"] is True


# aws-amplify


@pytest.mark.parametrize("rotation", [False, True])
def test_amplify_signs_in_and_refreshes(people: Callable[..., Pool], rotation: bool) -> None:
    """USER_SRP_AUTH, and a refresh by GetTokensFromRefreshToken, also where that brings another refresh token."""
    rotating = {"ExplicitAuthFlows": FLOWS[:1], "RefreshTokenRotation": {"Feature": "ENABLED"}}
    pool = people(rotating if rotation else None)
    sub = pool.confirmed("kim", UserAttributes=[{"Name": "email", "Value": "kim@example.com"}])["UserSub"]
    told = run("amplify.mjs", pool, "kim")
    assert "refused" not in told
    assert told["steps"] == ["DONE"]
    assert told["user"]["userId"] == told["claims"]["sub"] == sub
    assert told["attributes"]["email"] == "kim@example.com"
    assert told["refreshed"] is True
    assert told["calls"][:2] == ["InitiateAuth", "RespondToAuthChallenge"]
    assert "GetTokensFromRefreshToken" in told["calls"]
    assert told["afterSignOut"] == "UserUnAuthenticatedException"


def test_amplify_is_refused(people: Callable[..., Pool]) -> None:
    """A wrong password, and an unknown user whom the client hides."""
    pool = people({"PreventUserExistenceErrors": "ENABLED"})
    pool.confirmed("kim")
    for name in ("kim", "nobody"):
        told = run("amplify.mjs", pool, name, "Wrong-Horse-9")
        assert told["refused"] == INCORRECT
        assert told["calls"] == ["InitiateAuth", "RespondToAuthChallenge"]


def test_amplify_chooses_a_new_password(people: Callable[..., Pool]) -> None:
    """It asks for a new password after the proof of the temporary one."""
    pool = people()
    invited(pool, "kim")
    told = run("amplify.mjs", pool, "kim")
    assert told["steps"] == ["CONFIRM_SIGN_IN_WITH_NEW_PASSWORD_REQUIRED", "DONE"]
    assert told["user"]["username"] == "kim"
