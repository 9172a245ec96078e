"""An even load of requests, each of which is sent once: nothing is tried again, so that every failure shows."""

import asyncio
import json
from collections import Counter, deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count, cycle
from typing import Any

PREFIX = "AWSCognitoIdentityProviderService."
PATIENCE_S = 30
KEPT = 4
AT_ONCE = 50  # at most under way: a machine that cannot do so much is asked for less, and turns nobody away
PASSWORD = "Correct-Horse-9"
MIX = ("GetUser", "sign-in", "GetUser", "refresh", "GetUser", "SignUp", "GetUser", "sign-in", "GetUser", "refresh")
Pair = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Refused(Exception):
    """Nobody listens; nothing was sent."""


@dataclass
class Crowd:
    """Who asks what: one user who signs in, refreshes and looks itself up, and strangers who sign up."""

    client_id: str
    username: str
    access_token: str
    refresh_token: str
    word: str = "stranger"
    signed_up: list[str] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=count)
    _kinds: Iterator[str] = field(default_factory=lambda: cycle(MIX))

    def next_request(self) -> tuple[str, Mapping[str, Any]]:
        kind = next(self._kinds)
        if kind == "GetUser":
            return kind, {"AccessToken": self.access_token}
        if kind == "SignUp":
            asked = {"Username": f"{self.word}{next(self._numbers)}", "Password": PASSWORD}
            return kind, {"ClientId": self.client_id, **asked}
        if kind == "refresh":
            return self._auth("REFRESH_TOKEN_AUTH", REFRESH_TOKEN=self.refresh_token)
        return self._auth("USER_PASSWORD_AUTH", USERNAME=self.username, PASSWORD=PASSWORD)

    def _auth(self, flow: str, **parameters: str) -> tuple[str, Mapping[str, Any]]:
        return "InitiateAuth", {"ClientId": self.client_id, "AuthFlow": flow, "AuthParameters": parameters}


@dataclass
class Load:
    """Requests to one port of this machine: every other one on a connection of its own, the others on kept ones.

    Kept connections take turns, so that none is silent for so long that the server may close it in the very moment in
    which it is used; one that was closed is not used, as every client sees to.
    """

    port: int
    crowd: Crowd
    outcomes: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    refused: int = 0
    longest_s: float = 0.0
    _kept: deque[Pair] = field(default_factory=deque)
    _keeps: Iterator[bool] = field(default_factory=lambda: cycle((True, False)))
    _under_way: set[asyncio.Task[None]] = field(default_factory=set)

    async def run(self, a_second: float, until: asyncio.Event) -> None:
        """So many requests a second, while not too many are under way, until the event; return when all is answered."""
        loop = asyncio.get_running_loop()
        due = loop.time()
        while not until.is_set():
            if len(self._under_way) < AT_ONCE:
                self._start()
            due += 1 / a_second
            await asyncio.sleep(max(0.0, due - loop.time()))
        await asyncio.gather(*self._under_way)
        for _, writer in self._kept:
            writer.close()

    async def answered(self, count: int) -> None:
        """Return when so many requests have been answered, or one has failed."""
        while len(self.failures) + self.refused == 0 and self.outcomes.total() < count:  # noqa: ASYNC110
            await asyncio.sleep(0.05)

    def _start(self) -> None:
        task = asyncio.create_task(self._one())
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _one(self) -> None:
        operation, members = self.crowd.next_request()
        began = asyncio.get_running_loop().time()
        try:
            async with asyncio.timeout(PATIENCE_S):
                status, body = await self.send(operation, members)
        except Refused:
            self.refused += 1
            return
        except (OSError, asyncio.IncompleteReadError, TimeoutError) as fault:
            self.failures.append(f"{operation}: {fault!r}")
            return
        self.longest_s = max(self.longest_s, asyncio.get_running_loop().time() - began)
        self.outcomes[f"{operation} {status}"] += 1
        if status != 200:
            self.failures.append(f"{operation}: {status} {body[:200]!r}")
        elif operation == "SignUp":
            self.crowd.signed_up.append(members["Username"])

    async def send(self, operation: str, members: Mapping[str, Any]) -> tuple[int, bytes]:
        """One request, on a kept connection or on a new one. Raises Refused."""
        keep = next(self._keeps)
        reader, writer = (self._kept_one() if keep else None) or await self._connect()
        try:
            writer.write(_request(operation, json.dumps(members).encode()))
            status, body, stays = await _answer(reader)
        except BaseException:
            writer.close()
            raise
        if stays and keep and len(self._kept) < KEPT:
            self._kept.append((reader, writer))
        else:
            writer.close()
        return status, body

    def _kept_one(self) -> Pair | None:
        while self._kept:
            reader, writer = self._kept.popleft()
            if not reader.at_eof():
                return reader, writer
            writer.close()
        return None

    async def _connect(self) -> Pair:
        try:
            return await asyncio.open_connection("127.0.0.1", self.port)
        except OSError as fault:
            raise Refused from fault


def _request(operation: str, body: bytes) -> bytes:
    head = (
        f"POST / HTTP/1.1\r\nHost: id.example\r\nContent-Type: application/x-amz-json-1.1\r\n"
        f"X-Amz-Target: {PREFIX}{operation}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bytes, bool]:
    """The status, the body, and whether the connection may be used again."""
    lines = (await reader.readuntil(b"\r\n\r\n")).lower().split(b"\r\n")
    headers = dict(line.split(b": ", 1) for line in lines[1:] if line)
    body = await reader.readexactly(int(headers[b"content-length"]))
    return int(lines[0].split()[1]), body, headers.get(b"connection") != b"close"
