"""Refreshing: once for everybody, the new token where there is one, the old one where there is none."""

import asyncio
import threading
from typing import Any

import pytest

from cognomen_kit import AsyncCognito, Cognito, ConfigurationMissing, SignedIn, errors
from cognomen_kit.core import CanonicalNames
from kit.fake_cognito import Answer, FakeCognito, refusal
from kit.test_secret_hash import access_token

pytestmark = pytest.mark.anyio


def tokens(**more: Any) -> dict[str, Any]:
    result = {"AccessToken": access_token("karla"), "IdToken": "i", "ExpiresIn": 3600, "TokenType": "Bearer"}
    return {"AuthenticationResult": {**result, **more}, "ChallengeParameters": {}}


async def test_ten_tasks_one_call(client: AsyncCognito, fake: FakeCognito) -> None:
    """Tasks that refresh with the same token at once share one call, so that rotation spends it once."""
    hold = threading.Event()
    fake.answers("GetTokensFromRefreshToken", Answer(200, tokens(RefreshToken="second"), before=hold))
    calls = [asyncio.create_task(client.get_tokens_from_refresh_token("first")) for _ in range(10)]
    await asyncio.to_thread(fake.arrived.wait, 30)
    hold.set()
    results = await asyncio.gather(*calls)
    assert {each.refresh_token for each in results} == {"second"}
    assert len(fake.asked) == 1


async def test_different_tokens_do_not_wait_for_each_other(client: AsyncCognito, fake: FakeCognito) -> None:
    """Only the same refresh token is shared."""
    fake.answers("GetTokensFromRefreshToken", tokens())
    await asyncio.gather(*(client.get_tokens_from_refresh_token(f"token-{number}") for number in range(5)))
    assert len(fake.asked) == 5


async def test_a_cancelled_waiter_takes_nobody_along(client: AsyncCognito, fake: FakeCognito) -> None:
    """The task that began the refresh may be cancelled: the others still get their tokens."""
    hold = threading.Event()
    fake.answers("GetTokensFromRefreshToken", Answer(200, tokens(), before=hold))
    first, second = (asyncio.create_task(client.get_tokens_from_refresh_token("token")) for _ in range(2))
    await asyncio.to_thread(fake.arrived.wait, 30)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    hold.set()
    assert (await second).username == "karla"
    assert len(fake.asked) == 1


async def test_a_failed_refresh_fails_for_all_and_is_over(client: AsyncCognito, fake: FakeCognito) -> None:
    """Everybody who waited gets the refusal; the next refresh is a new call."""
    fake.answers("GetTokensFromRefreshToken", refusal("RefreshTokenReuseException", "reused"), tokens())
    calls = [client.get_tokens_from_refresh_token("token") for _ in range(3)]
    results = await asyncio.gather(*calls, return_exceptions=True)
    assert {type(each) for each in results} == {errors.RefreshTokenReuseException}
    assert isinstance(await client.get_tokens_from_refresh_token("token"), SignedIn)
    assert len(fake.asked) == 2


def test_ten_threads_one_call(sync_client: Cognito, fake: FakeCognito) -> None:
    """Threads share one call as well."""
    hold = threading.Event()
    fake.answers("GetTokensFromRefreshToken", Answer(200, tokens(RefreshToken="second"), before=hold))
    results: list[SignedIn] = []
    everybody = threading.Barrier(11)

    def refresh() -> None:
        everybody.wait(30)
        results.append(sync_client.get_tokens_from_refresh_token("first"))

    threads = [threading.Thread(target=refresh) for _ in range(10)]
    for thread in threads:
        thread.start()
    everybody.wait(30)
    assert fake.arrived.wait(30)
    waiting = sync_client._shared
    while sum(len(future._condition._waiters) for future in list(waiting.values())) < 9:
        threading.Event().wait(0.001)
    hold.set()
    for thread in threads:
        thread.join()
    assert [each.refresh_token for each in results] == ["second"] * 10
    assert len(fake.asked) == 1


def test_a_failing_thread_fails_the_others(sync_client: Cognito, fake: FakeCognito) -> None:
    """A refusal reaches the thread that asked, and the next call starts anew."""
    fake.answers("GetTokensFromRefreshToken", refusal("NotAuthorizedException", "Invalid Refresh Token"), tokens())
    with pytest.raises(errors.NotAuthorizedException):
        sync_client.get_tokens_from_refresh_token("token")
    assert isinstance(sync_client.get_tokens_from_refresh_token("token"), SignedIn)


async def test_rotation_and_no_rotation(client: AsyncCognito, fake: FakeCognito) -> None:
    """A rotated token replaces the old one; without rotation the old one stays in the result."""
    fake.answers("GetTokensFromRefreshToken", tokens(RefreshToken="second"), tokens())
    renewed = await client.get_tokens_from_refresh_token("first")
    assert renewed.refresh_token == "second"
    assert (await client.get_tokens_from_refresh_token(renewed)).refresh_token == "second"
    assert fake.asked[1].members["RefreshToken"] == "second"


@pytest.mark.parametrize("nothing", ["", SignedIn("a", "i", 3600, "Bearer")])
async def test_no_refresh_token_at_all(client: AsyncCognito, fake: FakeCognito, nothing: Any) -> None:
    """Tokens without a refresh token cannot be refreshed, and nothing is sent."""
    with pytest.raises(ValueError, match="no refresh token"):
        await client.refresh(nothing)
    assert fake.asked == []


async def test_an_answer_without_tokens(client: AsyncCognito, fake: FakeCognito) -> None:
    """An answer that brings no tokens is not taken for success."""
    fake.answers("GetTokensFromRefreshToken", {})
    with pytest.raises(errors.CognitoUnavailable, match="lacks AccessToken"):
        await client.get_tokens_from_refresh_token("token")


async def test_machines_need_a_secret(fake: FakeCognito, options: dict[str, Any]) -> None:
    """GetClientToken without a client secret says what to set."""
    async with AsyncCognito(**{**options, "client_secret": None}) as client:
        with pytest.raises(ConfigurationMissing, match="AWS_COGNITO_APP_CLIENT_SECRET"):
            await client.get_client_token()


def test_names_are_remembered_within_bounds() -> None:
    """The memory of usernames holds the newest tokens, never the tokens themselves."""
    names = CanonicalNames(capacity=3)
    for number in range(5):
        names.remember(f"token-{number}", f"user-{number}")
    assert [names.of(f"token-{number}") for number in range(5)] == [None, None, "user-2", "user-3", "user-4"]
    assert "token-4" not in repr(vars(names))
