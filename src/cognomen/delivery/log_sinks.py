"""Where the logs of pools go: the server's own log, a file, or a collector over HTTP."""

import asyncio
import json
import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import httpx2

from cognomen.delivery.port import DeliveryFailed
from cognomen.delivery.trust import trusted_authorities
from cognomen.transactions import refuse_network_in_write

PRIVATE = 0o600  # lines hold names and addresses of users
SECONDS = 10.0
Tell = Callable[[str, Mapping[str, Any]], None]


class LogSink(Protocol):
    """Takes lines, each a JSON object."""

    async def write(self, lines: Sequence[str]) -> None:
        """Return when all lines are taken; raises DeliveryFailed."""


class OwnLogSink:
    """Tells them to the server's own log: for ARNs that the settings lead nowhere else."""

    def __init__(self, arn: str, tell: Tell) -> None:
        self._arn = arn
        self._tell = tell

    async def write(self, lines: Sequence[str]) -> None:
        """Never fails."""
        for line in lines:
            self._tell(self._arn, json.loads(line))


class FileSink:
    """Appends them to a file that its owner alone reads; a rotated file is opened anew with the next lines."""

    def __init__(self, path: str) -> None:
        self._path = path

    async def write(self, lines: Sequence[str]) -> None:
        """Return when they are on the disk."""
        try:
            await asyncio.to_thread(self._append, "".join(f"{line}\n" for line in lines).encode())
        except OSError as fault:
            raise DeliveryFailed(f"the file cannot be written: {fault.strerror}") from None

    def _append(self, content: bytes) -> None:
        file = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, PRIVATE)
        with os.fdopen(file, "ab") as opened:
            opened.write(content)
            opened.flush()
            os.fsync(opened.fileno())


class HttpSink:
    """Posts them to a collector, a line each; whatever is not answered by a 2xx has failed."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._trust = trusted_authorities(None)

    async def write(self, lines: Sequence[str]) -> None:
        """Return when the collector has answered that it took them."""
        refuse_network_in_write()
        body = "".join(f"{line}\n" for line in lines).encode()
        try:
            async with asyncio.timeout(SECONDS):
                status = await self._post(body)
        except TimeoutError:
            raise DeliveryFailed(f"no answer within {SECONDS:g} s") from None
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as fault:
            raise DeliveryFailed(type(fault).__name__) from None  # its text may quote the URL and its password
        if not 200 <= status < 300:  # noqa: PLR2004
            raise DeliveryFailed(f"answered {status}")

    async def _post(self, body: bytes) -> int:
        headers = {"content-type": "application/x-ndjson", "user-agent": "cognomen"}
        options: dict[str, Any] = {"trust_env": False, "follow_redirects": False, "timeout": None}
        async with (
            httpx2.AsyncClient(verify=self._trust, **options) as client,
            client.stream("POST", self._url, headers=headers, content=body) as answer,
        ):
            return int(answer.status_code)


class LogSinks:
    """The sinks by the ARNs of the settings; for all others the server's own log."""

    def __init__(self, targets: Mapping[str, str], tell: Tell) -> None:
        self._sinks = {arn: _sink(target) for arn, target in targets.items()}
        self._tell = tell

    def of(self, arn: str) -> LogSink:
        """Where lines for this ARN go."""
        return self._sinks.get(arn) or OwnLogSink(arn, self._tell)


def _sink(target: str) -> LogSink:
    """The sink of a line of the settings, which were checked: `file:PATH`, or an address."""
    kind, _, path = target.partition(":")
    return FileSink(path) if kind == "file" else HttpSink(target)
