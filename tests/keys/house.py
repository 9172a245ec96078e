"""Two servers of one store and one master key file, whose clocks a test moves together, and commands beside them."""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from os import devnull
from pathlib import Path
from typing import Any

from cognomen import settings
from cognomen.admin.sealed_columns import count_by_master_key
from cognomen.flows import key_rotation
from cognomen.process import master_keys
from cognomen.settings import Settings
from cognomen.signing.master_key_file import change_master_key_file
from conftest import Pool, sdk_client
from served import Served, serve
from storage.stores import POSTGRES, PostgresServer

ISSUER = "http://id.example"
AUDIT: Mapping[str, Any] = {"audit.on": "true"}
PATIENCE = 30  # seconds; nothing waits so long unless it is broken
CLIENT: Mapping[str, Any] = {
    "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
    "AccessTokenValidity": 1,
    "IdTokenValidity": 1,
    "TokenValidityUnits": {"AccessToken": "days", "IdToken": "days"},
    "GenerateSecret": True,
}


@dataclass(frozen=True)
class House:
    """The servers, and what a command is told of their store."""

    servers: tuple[Served, ...]
    settings: Settings
    folder: Path

    @property
    def now(self) -> float:
        """Seconds, by the servers' clock."""
        return self.servers[0].application.clock.now_ms() / 1000

    def advance(self, seconds: int) -> None:
        """Move all clocks; nothing should be under way."""
        for server in self.servers:
            server.application.clock.advance(seconds)

    def pool(self) -> Pool:
        """A pool with a client that has a secret, as the first server knows it."""
        cognito = sdk_client(self.servers[0].url)
        pool_id = cognito.create_user_pool(PoolName="keys", AutoVerifiedAttributes=["email"])["UserPool"]["Id"]
        made = cognito.create_user_pool_client(UserPoolId=pool_id, ClientName="a", **CLIENT)["UserPoolClient"]
        return Pool(cognito, self.servers[0], pool_id, made["ClientId"], made["ClientSecret"])

    def rotate(self, pool: Pool, server: Served | None = None) -> None:
        """New signing keys, made by one of the servers' processes."""
        server = server or self.servers[0]
        world = server.application.world
        server.run(key_rotation.rotate(world, server.run(world.directory.pool(pool.pool_id))))

    def master_key_ids(self) -> list[str]:
        """The ids of the master keys in the file, the current one first."""
        return [line["id"] for line in map(json.loads, master_keys.shown(self.settings)) if line["for"] == "sealing"]

    def change_master_key(self) -> None:
        """A new master key, everything sealed anew, and the old one gone, as an operator does it in some days."""
        old, new = self.master_key_ids()[0], master_keys.rotate(self.settings, digests=False)
        until(lambda: all(server.application.world.sealer.head.hex().endswith(new) for server in self.servers))
        told, whole = master_keys.reseal(self.settings)
        assert whole, told
        self.age_master_keys(days=8)
        master_keys.drop(self.settings, old, at_once=False)
        until(lambda: all(old not in server.application.world.sealer.known for server in self.servers))

    def age_master_keys(self, days: int) -> None:
        """Make the file say that its keys are in use for so long already."""
        change_master_key_file(
            self.settings.master_key_path,
            lambda lines: tuple(
                replace(line, since=line.since - timedelta(days=days)) if line.since else line for line in lines
            ),
        )

    def sealed(self) -> dict[str, Any]:
        """How many values of each column are sealed under each master key."""
        server = self.servers[0]
        return server.run(count_by_master_key(server.application.world.database))


def until(holds: Callable[[], bool]) -> None:
    """Wait for what takes the servers a second."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@contextmanager
def house(
    engine: str, folder: Path, postgres: Callable[[], PostgresServer], servers: int = 2, **more: Any
) -> Iterator[House]:
    """Servers on an empty store."""
    store: dict[str, Any] = {"data": str(folder)}
    if engine == POSTGRES:
        store = {"data": None, "database": postgres().new_database("keys")}
    shared = {**store, "master_key_file": str(folder / "master.key")}
    with ExitStack() as stack:
        made = tuple(
            stack.enter_context(serve(**{"public_url": ISSUER, **AUDIT, **shared, **more})) for _ in range(servers)
        )
        yield House(made, settings.load(shared, environment={}, file=Path(devnull)), folder)
