"""Clients of the kit against a recording server, with a clock that stands still and pauses that take no time."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from cognomen_kit import AsyncCognito, Cognito, Retries
from kit.fake_cognito import FakeCognito, fake_cognito

CLIENT_ID = "1example23456789"
SECRET = "9mnopqrstuvwxyzexample0123456789"
POOL_ID = "eu-west-1_AbCdEfGhI"
NOW = 1_767_225_600.0  # Thu Jan 1 00:00:00 UTC 2026


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    """Nothing of the machine's own settings reaches a test."""
    for name in (
        "AWS_COGNITO_CLIENT_ID",
        "AWS_COGNITO_APP_CLIENT_SECRET",
        "AWS_COGNITO_USER_POOL_ID",
        "AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER",
        "AWS_REGION",
        "AWS_DEFAULT_REGION",
        "AWS_PROFILE",
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))


@pytest.fixture
def fake() -> Iterator[FakeCognito]:
    with fake_cognito() as running:
        yield running


@pytest.fixture
def pauses() -> list[float]:
    """The pauses that clients made between tries."""
    return []


@pytest.fixture
def options(fake: FakeCognito) -> dict[str, Any]:
    return {
        "client_id": CLIENT_ID,
        "client_secret": SECRET,
        "user_pool_id": POOL_ID,
        "region": "eu-west-1",
        "endpoint": fake.url,
        "clock": lambda: NOW,
        "retries": Retries(random=lambda: 0.5),
    }


@pytest.fixture
async def client(options: dict[str, Any], pauses: list[float]) -> AsyncIterator[AsyncCognito]:
    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    async with AsyncCognito(**options, sleep=sleep) as made:
        yield made


@pytest.fixture
def sync_client(options: dict[str, Any], pauses: list[float]) -> Iterator[Cognito]:
    with Cognito(**options, sleep=pauses.append) as made:
        yield made
