"""Runs the server in a thread of this process. Importing this imports the server."""

import asyncio
import http.client
import socket
import threading
from collections.abc import Coroutine, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from os import devnull
from pathlib import Path
from typing import Any, TypeVar

import uvicorn
from uvicorn.loops.auto import auto_loop_factory

from cognomen import settings
from cognomen.errors import Refusal
from cognomen.process.refused import StartRefused, in_words
from cognomen.process.single import uvicorn_config
from cognomen.testing.issuing import issue
from cognomen.testing.server import Asked, Cognomen, Refused
from cognomen.wiring import Application, build

T = TypeVar("T")
CANNOT_START = (settings.SettingsRefused, StartRefused)
HOST = "127.0.0.1"
PATIENCE_S = 60
DEFAULTS: Mapping[str, str] = {"data": ":memory:", "port": "0", "log_level": "warning"}


@dataclass(frozen=True)
class Served:
    """A server that answers: where, what it is made of, and the loop that it runs in."""

    url: str
    application: Application
    loop: asyncio.AbstractEventLoop
    region: str

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine in the server's own loop."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(timeout=PATIENCE_S)

    def send(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
        """One HTTP request; no proxy of the environment stands between."""
        connection = http.client.HTTPConnection(self.url.removeprefix("http://"), timeout=PATIENCE_S)
        try:
            connection.request(method, path, body or None, dict(headers))
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def issue(self, asked: Asked) -> tuple[str, str, str]:
        """Tokens by the server's own hand; raises Refused."""
        try:
            return self.run(issue(self.application.world, asked))
        except Refusal as refusal:
            raise Refused(refusal.wire_name, str(refusal), refusal.status) from refusal

    def move_clock(self, seconds: int) -> int:
        """Move the clock, and have messages that are due now be delivered."""
        self.application.clock.advance(seconds)
        self.loop.call_soon_threadsafe(self.application.world.bell.ring)
        return self.application.clock.now_ms()


@contextmanager
def running(asked: Mapping[str, Any]) -> Iterator[Cognomen]:
    """A server with these settings; raises SettingsRefused, StartRefused."""
    with serve(asked) as served:
        yield Cognomen(served.url, served.region, served)


@contextmanager
def serve(asked: Mapping[str, Any]) -> Iterator[Served]:
    """A server in a thread; dev profile and a store in memory where nothing else is said."""
    chosen = settings.load({**DEFAULTS, **asked}, environment={}, file=Path(devnull))
    with _listening() as listener:
        thread = _Thread(chosen.at(listener.getsockname()[1]), listener)
        thread.start()
        served = thread.answers.result(timeout=PATIENCE_S)
        try:
            yield served
        finally:
            served.application.stopping.set()
            thread.stop()


def _listening() -> socket.socket:
    listener = socket.socket(proto=socket.IPPROTO_TCP)  # asyncio sets TCP_NODELAY only where TCP is named
    listener.bind((HOST, 0))
    return listener


class _Thread(threading.Thread):
    """The server's thread; `answers` is done once requests are, or with what kept the server from starting."""

    def __init__(self, chosen: settings.Settings, listener: socket.socket) -> None:
        super().__init__(name="cognomen", daemon=True)
        self.answers: Future[Served] = Future()
        self._settings = chosen
        self._listener = listener
        self._server: uvicorn.Server | None = None

    def run(self) -> None:
        """Serve until `stop`."""
        try:
            with asyncio.Runner(loop_factory=auto_loop_factory()) as runner:
                runner.run(self._serve())
        except BaseException as fault:  # noqa: BLE001 - told to whoever waits
            if not self.answers.done():
                self.answers.set_exception(fault)

    def stop(self) -> None:
        """Let requests under way be answered, and end."""
        assert self._server
        self._server.should_exit = True
        self.join(PATIENCE_S)

    async def _serve(self) -> None:
        with in_words():
            application = await build(self._settings)
        url, region = f"http://{HOST}:{self._settings.port}", self._settings.region
        served = Served(url, application, asyncio.get_running_loop(), region)
        self._server = _Server(application.app, self._settings, lambda: self.answers.set_result(served))
        await self._server.serve(sockets=[self._listener])


class _Server(uvicorn.Server):
    """Tells when it listens."""

    def __init__(self, app: object, chosen: settings.Settings, tell: Any) -> None:
        super().__init__(uvicorn_config(app, chosen.tls))
        self._tell = tell

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen."""
        await super().startup(sockets)
        if not self.should_exit:
            self._tell()
