"""Two servers on one store: what is done on one is asked of the other."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from conftest import PASSWORD, Pool, sdk_client
from served import Served

MEANWHILE = 1  # seconds after which a change must hold everywhere
FLOWS = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
OK = "ok"


@dataclass(frozen=True)
class Scene:
    """A pool, as it is reached by either server, with a user who may sign in; `settings` are those of both."""

    here: Pool
    there: Pool
    settings: Mapping[str, Any]

    def meanwhile(self) -> None:
        """Let a second pass, on the clocks of both."""
        for pool in (self.here, self.there):
            pool.server.advance(MEANWHILE)


def scene(servers: tuple[Served, Served], settings: Mapping[str, Any]) -> Scene:
    here, there = (sdk_client(server.url) for server in servers)
    pool_id = here.create_user_pool(PoolName="pair", UserPoolTier="PLUS")["UserPool"]["Id"]
    asked = {"UserPoolId": pool_id, "ClientName": "a", "GenerateSecret": True, "ExplicitAuthFlows": FLOWS}
    made = here.create_user_pool_client(**asked)["UserPoolClient"]
    key = (pool_id, made["ClientId"], made["ClientSecret"])
    drawn = Scene(Pool(here, servers[0], *key), Pool(there, servers[1], *key), settings)
    drawn.here.confirmed("kim")
    return drawn


def outcome(call: Callable[[], Any]) -> str:
    """`ok`, or how the refusal is called."""
    try:
        call()
    except ClientError as refused:
        return str(refused.response["Error"]["Code"])
    return OK


def sign_in(pool: Pool, name: str = "kim", password: str = PASSWORD) -> dict[str, Any]:
    return dict(pool.sign_in(name, password)["AuthenticationResult"])
