"""GetTokensFromRefreshToken, RevokeToken, GlobalSignOut and AdminUserGlobalSignOut through the AWS SDK."""

import json
import sqlite3
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conftest import Pool, sdk_client, secret_hash
from refreshing import (
    DAY,
    ENDED,
    INVALID,
    REVOKED,
    claims_of,
    get_tokens,
    goes_on,
    initiate,
    is_over,
    refused,
    rotating,
    signed_in,
)
from served import serve
from stopped import cognito, server  # noqa: F401 (the fixtures of this file)

# GetTokensFromRefreshToken


def test_without_rotation_there_are_new_tokens_and_the_old_refresh_token(pool: Pool) -> None:
    """New ID and access tokens, no RefreshToken in the answer, and the old one stays good (reference 07)."""
    first = signed_in(pool)
    for _ in range(2):
        second = get_tokens(pool, first["RefreshToken"])
        assert second.keys() == {"AccessToken", "ExpiresIn", "IdToken", "TokenType"}
        assert (second["ExpiresIn"], second["TokenType"]) == (3600, "Bearer")
        assert pool.cognito.get_user(AccessToken=second["AccessToken"])["Username"] == "ann"


def test_origin_and_time_are_kept_and_the_rest_is_new(make_pool: Callable[..., Pool]) -> None:
    """auth_time, origin_jti and sub stay over refreshes and rotations; iat, exp and jti are new (reference 07)."""
    pool = make_pool(client=rotating())
    first = signed_in(pool)
    pool.server.advance(600)
    second = get_tokens(pool, first["RefreshToken"])
    pool.server.advance(600)
    third = get_tokens(pool, second["RefreshToken"])
    for name in ("AccessToken", "IdToken"):
        before, *after = (claims_of(tokens[name]) for tokens in (first, second, third))
        for later in after:
            assert all(before[kept] == later[kept] for kept in ("auth_time", "origin_jti", "sub", "iss"))
            assert before["jti"] != later["jti"]
            assert later["exp"] - later["iat"] == before["exp"] - before["iat"]
        assert [claims["iat"] - before["iat"] >= 600 * at for at, claims in enumerate(after, 1)] == [True, True]


def test_a_secret_is_given_as_it_is(make_pool: Callable[..., Pool]) -> None:
    """ClientSecret holds the secret itself, no hash; without it or with another one the call is refused."""
    pool = make_pool(secret=True)
    token = signed_in(pool)["RefreshToken"]
    assert get_tokens(pool, token, ClientSecret=pool.secret)["IdToken"]
    wrong = f"NotAuthorizedException: Unable to verify secret for client {pool.client_id}"
    for given in ({}, {"ClientSecret": "a" * 52}, {"ClientSecret": pool.secret.swapcase()}):  # type: ignore[union-attr]
        assert refused(lambda given=given: get_tokens(pool, token, **given)) == wrong


def test_groups_and_attributes_are_those_of_now(pool: Pool) -> None:
    """A refresh tells what became of the user since the sign-in."""
    token = signed_in(pool)["RefreshToken"]
    pool.cognito.create_group(UserPoolId=pool.pool_id, GroupName="staff")
    pool.cognito.admin_add_user_to_group(UserPoolId=pool.pool_id, Username="ann", GroupName="staff")
    assert claims_of(get_tokens(pool, token)["AccessToken"])["cognito:groups"] == ["staff"]


def test_it_needs_no_flow(make_pool: Callable[..., Pool]) -> None:
    """A client that does not allow REFRESH_TOKEN_AUTH gets tokens by this operation alone."""
    pool = make_pool(client={"ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"]})
    token = signed_in(pool)["RefreshToken"]
    assert get_tokens(pool, token)["IdToken"]
    told = refused(lambda: initiate(pool, token))
    assert told == "InvalidParameterException: Auth flow not enabled for this client"


def spoilt(token: str) -> list[str]:
    """The token with one character of each part changed, and cut and lengthened."""
    changed = []
    for at, part in enumerate(token.split(".")):
        parts = token.split(".")
        parts[at] = part[:5] + ("A" if part[5] != "A" else "B") + part[6:]
        changed.append(".".join(parts))
    return [*changed, token[:-1], f"{token}A", token.rpartition(".")[0], "made-up", "e30.e30.e30"]


def test_forged_and_foreign_tokens_bring_nothing(make_pool: Callable[..., Pool]) -> None:
    """Changed, cut and made-up tokens, ID and access tokens, those of another client or pool: one refusal for all."""
    pool, other = make_pool(), make_pool()
    tokens = signed_in(pool)
    second = pool.cognito.create_user_pool_client(
        UserPoolId=pool.pool_id, ClientName="second", ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"]
    )["UserPoolClient"]["ClientId"]
    foreign = Pool(pool.cognito, pool.server, pool.pool_id, second, None)
    bad = [*spoilt(tokens["RefreshToken"]), tokens["IdToken"], tokens["AccessToken"], signed_in(other)["RefreshToken"]]
    assert len(set(bad)) == 13
    for token in [*bad, foreign.sign_in("ann")["AuthenticationResult"]["RefreshToken"]]:
        for ask in (get_tokens, initiate):
            assert refused(lambda ask=ask, token=token: ask(pool, token)) == INVALID
    assert goes_on(pool, tokens)


def test_a_refresh_token_ends_with_its_days(make_pool: Callable[..., Pool]) -> None:
    """It is good to its last second and expired from then on."""
    pool = make_pool(client={"RefreshTokenValidity": 1})
    token = signed_in(pool)["RefreshToken"]
    pool.server.advance(DAY - 5)
    assert get_tokens(pool, token)["IdToken"]
    pool.server.advance(5)
    assert refused(lambda: get_tokens(pool, token)) == "NotAuthorizedException: Refresh Token has expired"


def test_deleted_users_and_clients_get_no_tokens(make_pool: Callable[..., Pool]) -> None:
    """Refresh tokens go with their user, and with the client (TOK-10)."""
    pool = make_pool()
    gone, left = signed_in(pool)["RefreshToken"], signed_in(pool, "bob")
    pool.cognito.admin_delete_user(UserPoolId=pool.pool_id, Username="ann")
    assert refused(lambda: get_tokens(pool, gone)) == INVALID
    assert goes_on(pool, left)
    pool.cognito.delete_user_pool_client(UserPoolId=pool.pool_id, ClientId=pool.client_id)
    told = f"ResourceNotFoundException: User pool client {pool.client_id} does not exist."
    assert refused(lambda: get_tokens(pool, left["RefreshToken"])) == told
    assert refused(lambda: pool.cognito.get_user(AccessToken=left["AccessToken"])) == told


# RevokeToken


def revoke(pool: Pool, token: str, **more: Any) -> int:
    done = pool.cognito.revoke_token(**{"ClientId": pool.client_id, "Token": token, **more})
    return int(done["ResponseMetadata"]["HTTPStatusCode"])


def test_a_revoked_sign_in_is_over_and_others_go_on(pool: Pool) -> None:
    """The refresh token and its access tokens stop working at once, those of an earlier refresh too; no other's do."""
    ended, left = signed_in(pool), pool.sign_in("ann")["AuthenticationResult"]
    refreshed = get_tokens(pool, ended["RefreshToken"])
    assert revoke(pool, ended["RefreshToken"]) == 200
    assert is_over(pool, ended)
    assert refused(lambda: pool.cognito.get_user(AccessToken=refreshed["AccessToken"])) == ENDED
    assert refused(lambda: initiate(pool, ended["RefreshToken"])) == REVOKED
    assert goes_on(pool, left)


@pytest.mark.parametrize("which", ["RefreshToken", "new"])
def test_any_token_of_a_rotated_sign_in_ends_it(make_pool: Callable[..., Pool], which: str) -> None:
    """The token in force, and also one that was replaced: whoever revokes it wants the sign-in to end."""
    pool = make_pool(client=rotating())
    first = signed_in(pool)
    second = get_tokens(pool, first["RefreshToken"])
    assert revoke(pool, {**first, "new": second["RefreshToken"]}[which]) == 200
    assert is_over(pool, second)


def test_revoking_nothing_is_no_fault(make_pool: Callable[..., Pool]) -> None:
    """Tokens that are revoked already, expired, changed, made up, or of another pool: 200, and nothing happens."""
    pool, other = make_pool(), make_pool()
    tokens, foreign = signed_in(pool), signed_in(other)
    for token in [*spoilt(tokens["RefreshToken"])[:-1], foreign["RefreshToken"]]:
        assert revoke(pool, token) == 200
    assert goes_on(pool, tokens)
    assert goes_on(other, foreign)
    assert [revoke(pool, tokens["RefreshToken"]) for _ in range(2)] == [200, 200]
    pool.server.advance(31 * DAY)
    assert revoke(pool, tokens["RefreshToken"]) == 200


def test_only_the_own_client_revokes(make_pool: Callable[..., Pool]) -> None:
    """Another client of the pool, a wrong secret, none, or an unknown client: UnauthorizedException, no effect."""
    pool = make_pool(secret=True)
    tokens = signed_in(pool)
    other = pool.cognito.create_user_pool_client(UserPoolId=pool.pool_id, ClientName="o")["UserPoolClient"]["ClientId"]
    token, own = tokens["RefreshToken"], {"ClientSecret": pool.secret}
    told = f"UnauthorizedException: The token was not issued to client {other}."
    assert refused(lambda: revoke(pool, token, ClientId=other)) == told
    for wrong in ({}, {"ClientSecret": "a" * 52}, {**own, "ClientId": "unknown"}):
        assert refused(lambda wrong=wrong: revoke(pool, token, **wrong)).startswith("UnauthorizedException: ")
    assert get_tokens(pool, token, **own)["IdToken"]
    assert revoke(pool, token, **own) == 200
    assert refused(lambda: get_tokens(pool, token, **own)) == REVOKED


@pytest.mark.parametrize("name", ["AccessToken", "IdToken"])
def test_only_refresh_tokens_are_revoked(pool: Pool, name: str) -> None:
    """An access or ID token is of a type that cannot be revoked, and the sign-in goes on."""
    tokens = signed_in(pool)
    assert refused(lambda: revoke(pool, tokens[name])).startswith("UnsupportedTokenTypeException: ")
    assert goes_on(pool, tokens)


def test_a_client_without_revocation_cannot_revoke(make_pool: Callable[..., Pool]) -> None:
    """EnableTokenRevocation=false: UnsupportedOperationException, no origin_jti and jti in the tokens."""
    pool = make_pool(client={"EnableTokenRevocation": False})
    tokens = signed_in(pool)
    assert refused(lambda: revoke(pool, tokens["RefreshToken"])).startswith("UnsupportedOperationException: ")
    for name in ("AccessToken", "IdToken"):
        assert {"origin_jti", "jti"} & claims_of(tokens[name]).keys() == set()
    assert goes_on(pool, tokens)


def test_linked_sessions_are_nothing_to_an_api_sign_in(pool: Pool) -> None:
    """LINKED ends the single sign-on session that a sign-in came through; an API sign-in came through none."""
    ended, left = signed_in(pool), pool.sign_in("ann")["AuthenticationResult"]
    assert revoke(pool, ended["RefreshToken"], RevokeAssociatedSessions="LINKED") == 200
    assert is_over(pool, ended)
    assert goes_on(pool, left)


def test_a_revocation_is_in_the_store_before_its_answer(tmp_path: Path) -> None:
    """Who opens the store when the answer has come finds the revocation in it (TOK-09)."""
    with serve(data=str(tmp_path)) as server, sqlite3.connect(tmp_path / "cognomen.db") as store:
        cognito = sdk_client(server.url)
        pool_id = cognito.create_user_pool(PoolName="p")["UserPool"]["Id"]
        flows = ["ALLOW_USER_PASSWORD_AUTH"]
        made = cognito.create_user_pool_client(UserPoolId=pool_id, ClientName="c", ExplicitAuthFlows=flows)
        pool = Pool(cognito, server, pool_id, made["UserPoolClient"]["ClientId"], None)
        tokens = signed_in(pool)
        count = "select count(*) from token_sessions where revoked_ms is not null"
        for token, revoked in (("made-up", 0), (tokens["RefreshToken"], 1)):
            revoke(pool, token)
            assert store.execute(count).fetchone() == (revoked,)


# Signing out everywhere


@pytest.mark.parametrize("revocation", [True, False])
@pytest.mark.parametrize("by_admin", [True, False])
def test_a_sign_out_ends_all_of_a_user_and_none_of_others(
    make_pool: Callable[..., Pool], by_admin: bool, revocation: bool
) -> None:
    """API-21: All sign-ins of the user, whatever their client and even without origin_jti, and nobody else's."""
    pool = make_pool(client={"EnableTokenRevocation": revocation})
    mine, other = [signed_in(pool), pool.sign_in("ann")["AuthenticationResult"]], signed_in(pool, "bob")
    if by_admin:
        pool.cognito.admin_user_global_sign_out(UserPoolId=pool.pool_id, Username="ann")
    else:
        pool.cognito.global_sign_out(AccessToken=mine[0]["AccessToken"])
    assert all(is_over(pool, tokens) for tokens in mine)
    assert goes_on(pool, other)
    assert goes_on(pool, pool.sign_in("ann")["AuthenticationResult"])  # in the same second


def test_who_is_signed_out_cannot_do_so_again(pool: Pool) -> None:
    """The access token that signed its user out is of no use afterwards; an administrator may repeat it."""
    tokens = signed_in(pool)
    pool.cognito.global_sign_out(AccessToken=tokens["AccessToken"])
    assert refused(lambda: pool.cognito.global_sign_out(AccessToken=tokens["AccessToken"])) == ENDED
    for _ in range(2):
        pool.cognito.admin_user_global_sign_out(UserPoolId=pool.pool_id, Username="ann")


def test_an_alias_names_whom_to_sign_out(make_pool: Callable[..., Pool]) -> None:
    """AdminUserGlobalSignOut finds users as other operations do; nobody is UserNotFoundException."""
    pool = make_pool(UsernameAttributes=["email"])
    tokens = signed_in(pool, "sue@d.example")
    nobody = {"UserPoolId": pool.pool_id, "Username": "tom@d.example"}
    told = refused(lambda: pool.cognito.admin_user_global_sign_out(**nobody))
    assert told == "UserNotFoundException: User does not exist."
    pool.cognito.admin_user_global_sign_out(UserPoolId=pool.pool_id, Username="sue@d.example")
    assert is_over(pool, tokens)


def test_after_a_sign_out_no_operation_of_users_works(pool: Pool) -> None:
    """API-21: A revoked access token opens nothing: every operation that it would authorise says so (TRUST API-03)."""
    token = signed_in(pool)["AccessToken"]
    pool.cognito.admin_user_global_sign_out(UserPoolId=pool.pool_id, Username="ann")
    for operation in ("GetUser", "GlobalSignOut", "ListUserSessions"):
        body = json.dumps({"AccessToken": token}).encode()
        headers = {
            "X-Amz-Target": f"AWSCognitoIdentityProviderService.{operation}",
            "Content-Type": "application/x-amz-json-1.1",
        }
        with pytest.raises(urllib.error.HTTPError) as raised:
            urllib.request.urlopen(urllib.request.Request(pool.server.url, body, headers), timeout=10)
        assert json.load(raised.value)["message"] == "Access Token has been revoked"


def test_a_hash_is_checked_before_the_user(make_pool: Callable[..., Pool]) -> None:
    """REFRESH_TOKEN_AUTH proves the client by SECRET_HASH of the user's own name, as before."""
    pool = make_pool(secret=True)
    token = signed_in(pool)["RefreshToken"]
    right = secret_hash(str(pool.secret), "ann", pool.client_id)
    assert initiate(pool, token, SECRET_HASH=right)["IdToken"]
    wrong = secret_hash(str(pool.secret), "bob", pool.client_id)
    told = refused(lambda: initiate(pool, token, SECRET_HASH=wrong))
    assert told == f"NotAuthorizedException: SecretHash does not match for the client: {pool.client_id}"
