"""Rotation of refresh tokens through the AWS SDK (reference 07, rotation)."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from botocore.exceptions import ClientError

from conftest import Pool
from refreshing import DAY, REUSED, get_tokens, initiate, is_over, refused, rotating, signed_in
from stopped import cognito, server  # noqa: F401 (the fixtures of this file)


def test_a_rotation_brings_a_new_token_and_ends_the_old_one(make_pool: Callable[..., Pool]) -> None:
    """Each refresh brings the next refresh token; an older one is reuse, and the newest goes on (measured on AWS)."""
    pool = make_pool(client=rotating())
    chain = [signed_in(pool)["RefreshToken"]]
    for _ in range(3):
        chain.append(get_tokens(pool, chain[-1])["RefreshToken"])
    assert len(set(chain)) == 4
    for old in chain[:-1]:
        assert refused(lambda old=old: get_tokens(pool, old)) == REUSED
    assert get_tokens(pool, chain[-1])["RefreshToken"]


def test_the_grace_is_exact(make_pool: Callable[..., Pool]) -> None:
    """A replaced token can be tried again for RetryGracePeriodSeconds and not a moment longer (TOK-08)."""
    pool = make_pool(client=rotating(60))
    first = signed_in(pool)["RefreshToken"]
    get_tokens(pool, first)
    pool.server.advance(55)
    newest = get_tokens(pool, first)["RefreshToken"]
    pool.server.advance(5)
    assert refused(lambda: get_tokens(pool, first)) == REUSED
    assert get_tokens(pool, newest)["RefreshToken"]


def test_of_two_tries_within_the_grace_the_later_ones_token_works(make_pool: Callable[..., Pool]) -> None:
    """A retry brings another refresh token; the one of the first try is reuse from then on (measured on AWS)."""
    pool = make_pool(client=rotating(60))
    token = signed_in(pool)["RefreshToken"]
    earlier, later = (get_tokens(pool, token)["RefreshToken"] for _ in range(2))
    assert earlier != later
    assert refused(lambda: get_tokens(pool, earlier)) == REUSED
    assert get_tokens(pool, later)["RefreshToken"]


def test_a_new_token_lives_no_longer_than_the_first_one(make_pool: Callable[..., Pool]) -> None:
    """The chain ends when the first token would have (TOK-08)."""
    pool = make_pool(client=rotating(RefreshTokenValidity=1))
    token = signed_in(pool)["RefreshToken"]
    pool.server.advance(DAY // 2)
    token = get_tokens(pool, token)["RefreshToken"]
    pool.server.advance(DAY // 2 - 5)
    token = get_tokens(pool, token)["RefreshToken"]
    pool.server.advance(5)
    assert refused(lambda: get_tokens(pool, token)) == "NotAuthorizedException: Refresh Token has expired"


def test_fifty_refreshes_at_once_leave_one_token(make_pool: Callable[..., Pool]) -> None:
    """Of 50 requests in one moment one brings tokens, 49 are reuse, and the new token works (TOK-05)."""
    pool = make_pool(client=rotating())
    token = signed_in(pool)["RefreshToken"]

    def ask(_: int) -> str:
        try:
            return str(get_tokens(pool, token)["RefreshToken"])
        except ClientError as error:
            return str(error.response["Error"]["Code"])

    with ThreadPoolExecutor(50) as threads:
        found = list(threads.map(ask, range(50)))
    (new,) = (one for one in found if "." in one)
    assert found.count("RefreshTokenReuseException") == 49
    assert get_tokens(pool, new)["RefreshToken"]


@pytest.mark.parametrize("flows", [["ALLOW_USER_PASSWORD_AUTH"], ["USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH"]])
def test_a_client_that_rotates_has_no_refresh_flow(make_pool: Callable[..., Pool], flows: list[str]) -> None:
    """REFRESH_TOKEN_AUTH, which brings no refresh token, is refused to such a client, and leaves its token good."""
    pool = make_pool(client=rotating(ExplicitAuthFlows=flows))
    token = signed_in(pool)["RefreshToken"]
    told = "InvalidParameterException: Auth flow not enabled for this client"
    assert refused(lambda: initiate(pool, token)) == told
    asked = {"AuthFlow": "REFRESH_TOKEN_AUTH", "AuthParameters": {"REFRESH_TOKEN": token}}
    admin = {"UserPoolId": pool.pool_id, "ClientId": pool.client_id, **asked}
    assert refused(lambda: pool.cognito.admin_initiate_auth(**admin)) == told
    assert get_tokens(pool, token)["RefreshToken"]


def test_a_strict_pool_ends_the_sign_in_of_a_reused_token(make_pool: Callable[..., Pool]) -> None:
    """By its tag a pool is stricter than AWS: who reuses a token ends all tokens of its sign-in (TOK-07)."""
    pool = make_pool(client=rotating(), UserPoolTags={"cognomen:mode": "strict"})
    first = signed_in(pool)
    second = get_tokens(pool, first["RefreshToken"])
    assert refused(lambda: get_tokens(pool, first["RefreshToken"])) == REUSED
    assert is_over(pool, second)
