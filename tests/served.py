"""Runs the server in a thread of the test process, on a free port, and reads its inbox."""

import asyncio
import json
import threading
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import uvicorn

from cognomen import settings, wiring


@dataclass(frozen=True)
class Served:
    """A running server."""

    url: str
    application: wiring.Application
    loop: asyncio.AbstractEventLoop

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

    def code_for(self, to: str, after: str = "") -> str:
        """The newest code sent to an address; waits for the first."""
        found = self.messages(to=to, wait=10, **({"after": after} if after else {}))
        assert found, f"no message for {to}"
        return str(found[-1]["code"])

    def advance(self, seconds: int) -> None:
        self.post("/_dev/clock", {"advance": seconds})

    def run(self, work: Any) -> Any:
        """Run a coroutine in the server's own loop."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(timeout=30)


@contextmanager
def serve(**flags: Any) -> Iterator[Served]:
    """A server with these settings; dev profile and a store in memory where nothing else is said."""
    chosen = settings.load({"data": ":memory:", "port": "0", "log_level": "warning", **flags}, environment={})
    sockets, url = listening()
    loop = asyncio.new_event_loop()
    ready = threading.Event()
    box: dict[str, Any] = {}

    async def main() -> None:
        application = await wiring.build(chosen.at(sockets.getsockname()[1]))
        config = uvicorn.Config(application.app, log_level="warning", access_log=False, lifespan="on")
        box.update(application=application, server=uvicorn.Server(config))
        box["server"].install_signal_handlers = lambda: None
        serving = asyncio.ensure_future(box["server"].serve(sockets=[sockets]))
        while not box["server"].started and not serving.done():  # noqa: ASYNC110 (uvicorn has no event for it)
            await asyncio.sleep(0.005)
        ready.set()
        await serving

    thread = threading.Thread(target=loop.run_until_complete, args=(main(),), daemon=True)
    thread.start()
    assert ready.wait(30), "the server did not start"
    try:
        yield Served(url, box["application"], loop)
    finally:
        box["application"].stopping.set()
        box["server"].should_exit = True
        thread.join(30)
        loop.close()


def listening() -> tuple[Any, str]:
    import socket

    sock = socket.socket(proto=socket.IPPROTO_TCP)  # asyncio sets TCP_NODELAY only where TCP is named
    sock.bind(("127.0.0.1", 0))
    sock.listen(128)
    return sock, f"http://127.0.0.1:{sock.getsockname()[1]}"
