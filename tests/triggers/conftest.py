"""A dev server that maps an ARN to each handler of handlers.py, and pools whose triggers are told by handler."""

import base64
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from conftest import PASSWORD, Pool, sdk_client
from encryption_sdk import KEY, KEY_ARN
from served import Served, serve
from triggers import handlers

ARN = "arn:aws:lambda:us-east-1:123456789012:function:{}"
SOON_S = 0.5
NAMES = [name for name, value in vars(handlers).items() if callable(value) and value.__module__ == handlers.__name__]


def arn(name: str) -> str:
    return ARN.format(name)


def key_file(folder: Path, key: bytes = KEY) -> str:
    """A file with the key that the server encrypts codes under."""
    file = folder / "code.key"
    file.write_bytes(base64.b64encode(key) + b"\n")
    file.chmod(0o600)
    return str(file)


def give_up_soon(triggers: Any, hanging: str) -> None:
    """Do not wait for this handler; the others have as long as the settings say, on however slow a machine."""
    invoke = triggers.invoke

    async def bounded(arn: str, event: Any, seconds: float | None = None) -> Any:
        return await invoke(arn, event, SOON_S if arn == hanging else seconds)

    triggers.invoke = bounded


@pytest.fixture(scope="session")
def triggered(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One server for all tests of triggers; what hangs is given up quickly, and nothing else is."""
    keys = {KEY_ARN: key_file(tmp_path_factory.mktemp("keys"))}
    mapped = {arn(name): f"python:triggers.handlers:{name}" for name in NAMES}
    with serve(triggers=mapped, kms_keys=keys, **{"trigger_calls.timeout_s": "20"}) as served:
        give_up_soon(served.application.world.triggers, arn("hanging"))
        yield served
        handlers.release.set()


@dataclass(frozen=True)
class Triggers:
    """A pool with triggers, and what they were asked."""

    pool: Pool

    @property
    def runs(self) -> list[dict[str, Any]]:
        found = self.pool.server.get("/_dev/triggers")["triggers"]
        return [run for run in found if run["event"]["userPoolId"] == self.pool.pool_id]

    @property
    def events(self) -> list[dict[str, Any]]:
        return [run["event"] for run in self.runs]

    @property
    def sources(self) -> list[str]:
        return [event["triggerSource"] for event in self.events]

    def event(self, source: str) -> dict[str, Any]:
        """The newest event of this source."""
        return [event for event in self.events if event["triggerSource"] == source][-1]


def pools_on(server: Served) -> Callable[..., Triggers]:
    """Makes pools with these triggers by member of LambdaConfig, each the name of a handler."""
    cognito = sdk_client(server.url)

    def make(triggers: dict[str, Any], client: dict[str, Any] | None = None, **pool: Any) -> Triggers:
        config = {name: arn(value) if str(value) in NAMES else value for name, value in triggers.items()}
        made = cognito.create_user_pool(PoolName="test", LambdaConfig=config, **pool)["UserPool"]["Id"]
        flows = ["USER_PASSWORD_AUTH", "ADMIN_USER_PASSWORD_AUTH", "USER_SRP_AUTH", "CUSTOM_AUTH", "REFRESH_TOKEN_AUTH"]
        asked = {"ExplicitAuthFlows": [f"ALLOW_{flow}" for flow in flows], **(client or {})}
        app = cognito.create_user_pool_client(UserPoolId=made, ClientName="app", **asked)["UserPoolClient"]
        return Triggers(Pool(cognito, server, made, app["ClientId"], app.get("ClientSecret")))

    return make


@pytest.fixture
def pool_with(triggered: Served) -> Callable[..., Triggers]:
    """Pools on the one server."""
    return pools_on(triggered)


__all__ = ["PASSWORD"]
