"""What is repeated, what is not, and how long the pauses are."""

import asyncio
import socket
import threading
import time
from typing import Any

import pytest

from cognomen_kit import AsyncCognito, Cognito, CognitoError, CognitoUnavailable, Retries, errors
from kit.fake_cognito import Answer, FakeCognito, refusal

pytestmark = pytest.mark.anyio

USER = {"Username": "karla", "UserAttributes": []}
NEW_ACCOUNT = {"UserConfirmed": True, "UserSub": "a"}
TOO_MANY = refusal("TooManyRequestsException", "Too many requests")


@pytest.mark.parametrize(
    "failure",
    [
        TOO_MANY,
        refusal("ThrottlingException", "Rate exceeded"),
        refusal("InternalErrorException", "oops", 500),
        Answer(502, raw=b"bad gateway"),
        Answer(503, raw=b"slow down"),
        Answer(504, raw=b"gateway timeout"),
    ],
)
async def test_passing_trouble_is_repeated(
    client: AsyncCognito, fake: FakeCognito, pauses: list[float], failure: Answer
) -> None:
    """Throttling and failures of the service are tried again after a pause."""
    fake.answers("SignUp", failure, NEW_ACCOUNT)
    assert (await client.sign_up("karla", "Pass-Word-1")).user_confirmed
    assert fake.operations() == ["SignUp", "SignUp"]
    assert pauses == [0.1]


@pytest.mark.parametrize(
    "failure",
    [
        refusal("NotAuthorizedException", "Incorrect username or password."),
        refusal("LimitExceededException", "Attempt limit exceeded, please try after some time."),
        refusal("InvalidParameterException", "no"),
        refusal("TooManyFailedAttemptsException", "no"),
        Answer(403, raw=b"blocked"),
    ],
)
async def test_answers_are_not_repeated(
    client: AsyncCognito, fake: FakeCognito, pauses: list[float], failure: Answer
) -> None:
    """A refusal is an answer: asking again would only count as another attempt."""
    fake.answers("SignUp", failure)
    with pytest.raises(CognitoError):
        await client.sign_up("karla", "Pass-Word-1")
    assert (fake.operations(), pauses) == (["SignUp"], [])


async def test_the_last_try_is_the_third(client: AsyncCognito, fake: FakeCognito, pauses: list[float]) -> None:
    """After three tries the last error is raised; the ceiling of the pause doubles each time."""
    fake.answers("SignUp", TOO_MANY)
    with pytest.raises(errors.TooManyRequestsException):
        await client.sign_up("karla", "Pass-Word-1")
    assert (len(fake.asked), pauses) == (3, [0.1, 0.2])


def test_threads_retry_alike(sync_client: Cognito, fake: FakeCognito, pauses: list[float]) -> None:
    """The synchronous client keeps the same rules."""
    fake.answers("GetUser", TOO_MANY, Answer(503, raw=b""), USER)
    assert sync_client.get_user("a.b.c").username == "karla"
    assert pauses == [0.1, 0.2]


@pytest.mark.parametrize("attempt", range(1, 12))
def test_pauses_are_random_below_a_ceiling(attempt: int) -> None:
    """KIT-04: Full jitter: anything from nothing to the ceiling, which stops growing at five seconds."""
    ceiling = min(5.0, 0.2 * 2 ** (attempt - 1))
    assert Retries(random=lambda: 0.0).pause(attempt) == 0
    assert Retries(random=lambda: 1.0).pause(attempt) == pytest.approx(ceiling)
    assert 0 <= Retries().pause(attempt) <= ceiling


async def test_a_lost_answer_is_asked_for_again_only_where_harmless(
    client: AsyncCognito, fake: FakeCognito, pauses: list[float]
) -> None:
    """KIT-04: GetUser may be asked twice; a ConfirmSignUp whose answer was lost may have spent its code."""
    fake.answers("GetUser", Answer(silent=True), USER)
    assert (await client.get_user("a.b.c")).username == "karla"
    fake.answers("ConfirmSignUp", Answer(silent=True), {})
    with pytest.raises(CognitoUnavailable) as caught:
        await client.confirm_sign_up("karla", "123456")
    assert fake.operations() == ["GetUser", "GetUser", "ConfirmSignUp"]
    assert (caught.value.status, caught.value.unsent) == (None, False)


async def test_nobody_listens(pauses: list[float]) -> None:
    """A refused connection is tried three times for every operation, then it is CognitoUnavailable."""
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        endpoint = f"http://127.0.0.1:{reserved.getsockname()[1]}"

        async def sleep(seconds: float) -> None:
            pauses.append(seconds)

        async with AsyncCognito(client_id="c", endpoint=endpoint, sleep=sleep) as client:
            with pytest.raises(CognitoUnavailable) as caught:
                await client.sign_up("karla", "Pass-Word-1")
    assert (len(pauses), caught.value.unsent, caught.value.operation) == (2, True, "SignUp")


async def test_a_hung_server_ends_in_time(fake: FakeCognito) -> None:
    """A server that never answers costs the read timeout, not forever."""
    never = threading.Event()
    fake.answers("SignUp", Answer(before=never))
    try:
        async with AsyncCognito(client_id="c", endpoint=fake.url, read_seconds=0.2) as client:
            began = time.monotonic()
            with pytest.raises(CognitoUnavailable, match="ReadTimeout"):
                await client.sign_up("karla", "Pass-Word-1")
            assert time.monotonic() - began < 5
        assert await asyncio.to_thread(fake.arrived.wait, 30)
    finally:
        never.set()
    assert fake.operations() == ["SignUp"]


async def test_default_timeouts() -> None:
    """Three seconds to connect, ten to wait for an answer."""
    async with AsyncCognito(client_id="c", endpoint="http://127.0.0.1:1") as client:
        opened = await client._connections._opening()
        assert (opened.timeout.connect, opened.timeout.read) == (3.0, 10.0)


async def test_cancelling_works(client: AsyncCognito, fake: FakeCognito) -> None:
    """A cancelled call ends at once, and the client goes on working."""
    hold = threading.Event()
    fake.answers("SignUp", Answer(before=hold), NEW_ACCOUNT)
    call = asyncio.create_task(client.sign_up("karla", "Pass-Word-1"))
    await asyncio.to_thread(fake.arrived.wait, 30)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    hold.set()
    assert (await client.sign_up("karla", "Pass-Word-1")).user_confirmed


async def test_cancelling_a_pause_works(fake: FakeCognito, options: dict[str, Any]) -> None:
    """A call that waits before its next try can be cancelled too."""
    fake.answers("SignUp", TOO_MANY)
    waiting = asyncio.Event()

    async def sleep(_: float) -> None:
        waiting.set()
        await asyncio.Event().wait()

    async with AsyncCognito(**options, sleep=sleep) as client:
        call = asyncio.create_task(client.sign_up("karla", "Pass-Word-1"))
        await waiting.wait()
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
