"""Far more to do than a server can: what it refuses, how, and that it is over when it is over.

How much of its work still gets done is measured by `bench/overload.py`, on a machine that does nothing else.
"""

import http.client
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any, Self

import pytest

from faults.conftest import QUIET, Kept
from faults.line import Line, Reply
from faults.load import FLOWS, done
from faults.processes import Cognomen, cognomen
from storage.stores import FILE, POSTGRES

CALLERS = 40
CALLS = 2
USERS = 10
MANY = 400  # reads take a good deal longer than they may wait
LONGEST_WAIT_MS = "30"
NAMES = ("name", "given_name", "family_name", "middle_name", "nickname", "preferred_username", "profile", "website")
LONG = [{"Name": name, "Value": "x" * 2000} for name in NAMES]
PASSWORD = "Steady-Horse-0"
# One hash at a time, of 20 ms or more, for which a handful may wait: forty callers are far too many.
ENVIRONMENT = {
    "COGNOMEN_PASSWORDS__MEMORY_KIB": "19456",
    "COGNOMEN_PASSWORDS__TIME_COST": "2",
    "COGNOMEN_PASSWORDS__THREADS": "1",
    "COGNOMEN_PASSWORDS__QUEUE": "4",
    "COGNOMEN_LIMITS__LONGEST_WAIT_MS": "2000",
}
ONE_HASH_MB = 19
ROOM_MB = 60  # for forty connections and what Python keeps; hundreds of calls at once would take far more
NORMAL_AGAIN_SECONDS = 5.0


@pytest.mark.parametrize("engine", [FILE, pytest.param(POSTGRES, marks=pytest.mark.faults)])
def test_what_is_too_much_is_refused_and_nothing_else_suffers(keep: Callable[[str], Kept], engine: str) -> None:
    """Some sign-ins succeed, the others get TooManyRequestsException, nobody a fault or silence; probes are answered,
    memory is bounded, and right afterwards everybody can sign in."""
    kept = keep(engine)
    with cognomen(kept.folder, *kept.flags, environment={**kept.environment, **ENVIRONMENT}) as server:
        client_id = _client_with_a_user(server)
        before = server.memory_mb()
        with _Probes(server) as probes, ThreadPoolExecutor(CALLERS) as crowd:
            replies = [one for some in crowd.map(partial(_calls, server, client_id), range(CALLERS)) for one in some]
            during = server.memory_mb()
        _soon_normal_again(server, client_id)
    assert {(one.status, one.error) for one in replies} == {(200, ""), (400, "TooManyRequestsException")}
    assert probes.statuses == {200}
    assert during - before < ONE_HASH_MB + ROOM_MB


def _client_with_a_user(server: Cognomen) -> str:
    line = Line([server.url])
    pool_id = _pool_of_users(line)
    made = done(line, "CreateUserPoolClient", UserPoolId=pool_id, ClientName="a", ExplicitAuthFlows=FLOWS)
    line.close()
    client_id: str = made["UserPoolClient"]["ClientId"]
    return client_id


def _pool_of_users(line: Line, **more: Any) -> str:
    pool_id: str = done(line, "CreateUserPool", PoolName="crowded")["UserPool"]["Id"]
    for number in range(USERS):
        named = {"UserPoolId": pool_id, "Username": f"ann{number}"}
        done(line, "AdminCreateUser", **named, MessageAction="SUPPRESS", TemporaryPassword=PASSWORD, **more)
    return pool_id


def _calls(server: Cognomen, client_id: str, number: int) -> list[Reply]:
    line = Line([server.url], timeout=60)
    replies = [_sign_in(line, client_id, number) for _ in range(CALLS)]
    line.close()
    return replies


def _sign_in(line: Line, client_id: str, number: int) -> Reply:
    login = {"USERNAME": f"ann{number % USERS}", "PASSWORD": PASSWORD}
    return line.call("InitiateAuth", ClientId=client_id, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=login)


def _soon_normal_again(server: Cognomen, client_id: str) -> None:
    line, began = Line([server.url]), time.monotonic()
    while not all(_sign_in(line, client_id, number).done for number in range(5)):
        assert time.monotonic() - began < NORMAL_AGAIN_SECONDS
    line.close()


class _Probes:
    """Asks for the server's health, again and again, until the block ends."""

    def __init__(self, server: Cognomen) -> None:
        self._port = server.port
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._ask)
        self.statuses: set[int] = set()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _ask(self) -> None:
        while not self._over.wait(0.05):
            connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
            connection.request("GET", "/health/ready")
            self.statuses.add(connection.getresponse().status)
            connection.close()


def test_a_server_that_falls_behind_turns_away_what_has_waited(tmp_path: Path) -> None:
    """What was read and has not had its turn in time is refused before anything is done for it, whatever it asks."""
    with cognomen(tmp_path, "--data", str(tmp_path), *QUIET) as server, closing(Line([server.url])) as patient:
        pool_id = _pool_of_users(patient, UserAttributes=LONG)
        server.stop()
        server.environment = {"COGNOMEN_LIMITS__LONGEST_WAIT_MS": LONGEST_WAIT_MS}
        server.start()
        lines = [Line([server.url]) for _ in range(MANY)]
        for line in lines:
            line.call("ListUsers", UserPoolId=pool_id)  # all are connected, whatever they are told
        warned = server.log.count("requests are turned away")
        server.process.send_signal(signal.SIGSTOP)  # so that it finds all of them at once
        for line in lines:
            line.send("ListUsers", {"UserPoolId": pool_id})
        server.process.send_signal(signal.SIGCONT)
        seen = {(reply.status, reply.error) for reply in (line.receive() for line in lines)}
        for line in lines:
            line.close()
        assert seen == {(200, ""), (400, "TooManyRequestsException")}
        assert server.log.count("requests are turned away") - warned <= 1
        assert "requests are turned away" in server.log
