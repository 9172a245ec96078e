"""A real server in a thread of the test process, real AWS SDK clients, and pools made through them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import boto3
import pytest
from botocore.config import Config
from hypothesis import HealthCheck, settings

from promises.network import loopback_only
from served import Served, serve
from storage.stores import PostgresServer, postgres_server

PASSWORD = "Correct-Horse-9"


def pytest_configure(config: pytest.Config) -> None:
    """Generated inputs are the same in each `make test`, so that a change is judged by what it changes; else fresh.

    How fast an example is made and tried says nothing on a machine that does other things as well.
    """
    same = "not nightly" in config.option.markexpr
    settings.register_profile(
        "house",
        deadline=None,
        derandomize=same,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    settings.load_profile("house")


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """What was not tried for want of a program is told at the end, each reason once."""
    skipped = [report.longrepr for report in terminalreporter.stats.get("skipped", ()) if report.longrepr]
    for reason in sorted({str(where[-1]).removeprefix("Skipped: ") for where in skipped}):
        terminalreporter.write_line(f"NOT TESTED: {reason}", yellow=True)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session", autouse=True)
def offline() -> Iterator[None]:
    """No test touches a network but loopback."""
    with loopback_only():
        yield


@pytest.fixture(scope="session")
def postgres(testrun_uid: str) -> Iterator[PostgresServer]:
    """One real PostgreSQL for all tests: whoever asks for it takes databases of their own."""
    with postgres_server(testrun_uid) as started:
        yield started


@pytest.fixture(scope="session")
def server() -> Iterator[Served]:
    """A dev server with an embedded store; tests share it and keep apart by making their own pools."""
    with serve() as served:
        yield replace(served, shared=True)


@pytest.fixture(scope="session")
def cognito(server: Served) -> Any:
    return sdk_client(server.url)


def sdk_client(url: str, service: str = "cognito-idp", **more: Any) -> Any:
    """The unmodified AWS SDK, pointed at a server by endpoint URL alone."""
    keys = {"aws_access_key_id": "AKIDEXAMPLE", "aws_secret_access_key": "wJalrXUtnFEMI", **more}
    config = Config(retries={"max_attempts": 0}, connect_timeout=5, read_timeout=20)
    return boto3.client(service, endpoint_url=url, region_name="us-east-1", config=config, **keys)


@dataclass(frozen=True)
class Pool:
    """A pool with one client, as most tests need it."""

    cognito: Any
    server: Served
    pool_id: str
    client_id: str
    secret: str | None

    def sign_up(self, username: str, **more: Any) -> Any:
        asked = {"Password": PASSWORD, **more}
        return self.cognito.sign_up(ClientId=self.client_id, Username=username, **self.hash(username), **asked)

    def confirmed(self, username: str, **more: Any) -> Any:
        done = self.sign_up(username, **more)
        self.cognito.admin_confirm_sign_up(UserPoolId=self.pool_id, Username=username)
        return done

    def sign_in(self, username: str, password: str = PASSWORD) -> Any:
        parameters = {"USERNAME": username, "PASSWORD": password}
        if self.secret:
            parameters["SECRET_HASH"] = self.hash(username)["SecretHash"]
        return self.cognito.initiate_auth(
            ClientId=self.client_id, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=parameters
        )

    def messages(self, **query: Any) -> list[dict[str, Any]]:
        """What this pool sent: other tests on the same server write to the same addresses."""
        return self.server.messages(pool=self.pool_id, **query)

    def code_for(self, to: str, after: str = "") -> str:
        """The newest code that this pool sent to an address; waits for the first."""
        return self.server.code_for(to, after, self.pool_id)

    def hash(self, username: str) -> dict[str, str]:
        return {"SecretHash": secret_hash(self.secret, username, self.client_id)} if self.secret else {}


def secret_hash(secret: str, username: str, client_id: str) -> str:
    """The published formula, written here a second time so that the server's own is not its own judge."""
    import base64
    import hashlib
    import hmac

    mac = hmac.new(secret.encode(), f"{username}{client_id}".encode(), hashlib.sha256)
    return base64.b64encode(mac.digest()).decode()


@pytest.fixture
def make_pool(cognito: Any, server: Served) -> Callable[..., Pool]:
    """Makes a pool and a client; `client` holds members of CreateUserPoolClient, the rest are the pool's."""

    def make(*, secret: bool = False, client: dict[str, Any] | None = None, **pool: Any) -> Pool:
        pool_id = cognito.create_user_pool(PoolName="test", **pool)["UserPool"]["Id"]
        asked = {
            "ExplicitAuthFlows": [
                "ALLOW_USER_PASSWORD_AUTH",
                "ALLOW_REFRESH_TOKEN_AUTH",
                "ALLOW_ADMIN_USER_PASSWORD_AUTH",
            ],
            "GenerateSecret": secret,
            **(client or {}),
        }
        made = cognito.create_user_pool_client(UserPoolId=pool_id, ClientName="app", **asked)["UserPoolClient"]
        return Pool(cognito, server, pool_id, made["ClientId"], made.get("ClientSecret"))

    return make


@pytest.fixture
def pool(make_pool: Callable[..., Pool]) -> Pool:
    """A pool that mails codes, with a client without a secret."""
    return make_pool(AutoVerifiedAttributes=["email"])
