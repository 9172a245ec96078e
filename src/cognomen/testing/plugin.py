"""The fixtures that pytest finds when cognomen is installed (docs/guides/testing.md).

Every session of pytest imports this file, so it imports nothing that costs; the server comes with the first fixture.
"""

import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from importlib import import_module
from typing import Any

import pytest

from cognomen.testing.clock import Clock
from cognomen.testing.inbox import Inbox
from cognomen.testing.pools import AppClient, UserPool
from cognomen.testing.server import UNWANTED, Cognomen
from cognomen.testing.tokens import LogIn, TokenMaker


@pytest.fixture(scope="session")
def cognomen_settings() -> Mapping[str, str]:
    """Settings of the server by dotted key, as in docs/settings.md; override this fixture to have others."""
    return {}


@pytest.fixture
def user_pool_members() -> Mapping[str, Any]:
    """Members of CreateUserPool for `user_pool`; override this fixture to have another pool."""
    return {}


@pytest.fixture
def app_client_members() -> Mapping[str, Any]:
    """Members of CreateUserPoolClient for `app_client`; override this fixture to have another client."""
    return {}


@pytest.fixture(scope="session")
def cognomen(cognomen_settings: Mapping[str, str]) -> Iterator[Cognomen]:
    """A server in this process, in memory, on a free port; from here on the environment leads SDKs to it."""
    with _not_rewritten():
        in_process = import_module("cognomen.testing.in_process")
    with ExitStack() as around:
        try:
            server: Cognomen = around.enter_context(in_process.running(cognomen_settings))
        except in_process.CANNOT_START as refused:
            pytest.fail(f"cognomen does not start with cognomen_settings: {refused}", pytrace=False)
        patch = around.enter_context(pytest.MonkeyPatch.context())
        for name in UNWANTED:
            patch.delenv(name, raising=False)
        for name, value in server.environment.items():
            patch.setenv(name, value)
        for name in ("NO_PROXY", "no_proxy"):
            patch.setenv(name, in_process.HOST, prepend=",")
        yield server


@contextmanager
def _not_rewritten() -> Iterator[None]:
    """Import without pytest's rewriting of assertions, which would take three times as long and find nothing."""
    every = list(sys.meta_path)
    sys.meta_path[:] = [finder for finder in every if type(finder).__module__ != "_pytest.assertion.rewrite"]
    try:
        yield
    finally:
        sys.meta_path[:] = every


@pytest.fixture
def user_pool(cognomen: Cognomen, user_pool_members: Mapping[str, Any], monkeypatch: pytest.MonkeyPatch) -> UserPool:
    """A pool of this test alone; AWS_COGNITO_USER_POOL_ID is its id."""
    pool = UserPool.made(cognomen, **user_pool_members)
    monkeypatch.setenv("AWS_COGNITO_USER_POOL_ID", pool.pool_id)
    return pool


@pytest.fixture
def app_client(
    user_pool: UserPool, app_client_members: Mapping[str, Any], monkeypatch: pytest.MonkeyPatch
) -> AppClient:
    """An app client of the test's pool; AWS_COGNITO_CLIENT_ID and AWS_COGNITO_APP_CLIENT_SECRET name it."""
    client = user_pool.app_client(**app_client_members)
    monkeypatch.delenv("AWS_COGNITO_APP_CLIENT_SECRET", raising=False)
    for name, value in client.environment.items():
        monkeypatch.setenv(name, value)
    return client


@pytest.fixture
def login_as(user_pool: UserPool, app_client: AppClient) -> LogIn:
    """``login_as("ann", groups=["staff"])``: tokens of a user, who is made where there is none."""
    return LogIn(user_pool, app_client)


@pytest.fixture
def token(user_pool: UserPool, app_client: AppClient) -> TokenMaker:
    """``token("ann", groups=["staff"], claims={"scope": "orders/read"})``: one token, as a backend is sent it."""
    return TokenMaker(user_pool, app_client)


@pytest.fixture
def inbox(user_pool: UserPool) -> Inbox:
    """What the test's pool sent: ``inbox.code("ann@example.com")`` waits for the code."""
    return Inbox(user_pool)


@pytest.fixture
def clock(cognomen: Cognomen) -> Iterator[Clock]:
    """The server's clock; after the test it is back in the present."""
    clock = Clock(cognomen.machinery)
    yield clock
    clock.back_to_the_present()
