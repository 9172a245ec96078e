"""A person in front of amazon-cognito-identity-js, who does one step after another."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from conftest import Pool
from sdk.nodejs import NODE, surroundings


@dataclass(frozen=True)
class IdentityUser:
    """The library's CognitoUser, in a process of its own."""

    process: subprocess.Popen[str]

    def does(self, method: str, *given: Any) -> tuple[str, Any]:
        """Call a method; the callback that the library called, and what it was given."""
        assert self.process.stdin
        assert self.process.stdout
        print(json.dumps([method, *given]), file=self.process.stdin, flush=True)
        line = self.process.stdout.readline()
        assert line, f"{method} was not answered"
        ((callback, told),) = json.loads(line).items()
        return callback, told


@contextmanager
def identity_user(pool: Pool, username: str, flow: str = "USER_SRP_AUTH") -> Iterator[IdentityUser]:
    """Ends with the process."""
    asked = {"endpoint": pool.server.url, "poolId": pool.pool_id, "clientId": pool.client_id}
    given = json.dumps({**asked, "username": username, "flow": flow})
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(["node", str(NODE / "identity-steps.mjs"), given], env=surroundings(), **pipes) as process:
        try:
            yield IdentityUser(process)
        finally:
            process.kill()
