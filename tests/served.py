"""The server as the fixtures for other projects run it, with what only our own tests reach behind it."""

import asyncio
import json
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from cognomen import wiring
from cognomen.testing import in_process


@dataclass(frozen=True)
class Served:
    """A running server."""

    url: str
    application: wiring.Application
    loop: asyncio.AbstractEventLoop
    shared: bool = False

    def get(self, path: str, **query: Any) -> Any:
        with urllib.request.urlopen(f"{self.url}{path}?{urlencode(query)}", timeout=35) as answer:
            return json.load(answer)

    def post(self, path: str, body: Mapping[str, Any]) -> Any:
        request = urllib.request.Request(
            f"{self.url}{path}", json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=35) as answer:
            return json.load(answer)

    def messages(self, **query: Any) -> list[dict[str, Any]]:
        return self.get("/_dev/messages", **query)["messages"]

    def code_for(self, to: str, after: str = "", pool: str = "") -> str:
        """The newest code sent to an address, by this pool where one is named; waits for the first."""
        found = self.messages(to=to, after=after, pool=pool, wait=30)
        assert found, f"no message for {to}"
        return str(found[-1]["code"])

    def advance(self, seconds: int) -> None:
        assert not self.shared, "other tests read this server's clock: import server and cognito from clocked"
        self.post("/_dev/clock", {"advance": seconds})

    def run(self, work: Any) -> Any:
        """Run a coroutine in the server's own loop."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(timeout=120)


@contextmanager
def serve(**flags: Any) -> Iterator[Served]:
    """A server with these settings; dev profile and a store in memory where nothing else is said."""
    with in_process.serve(flags) as running:
        yield Served(running.url, running.application, running.loop)
