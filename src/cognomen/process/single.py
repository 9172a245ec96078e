"""One process that serves: the application on uvicorn, until a signal asks it to end."""

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from socket import socket
from types import FrameType

import uvicorn
from uvicorn.loops.auto import auto_loop_factory

from cognomen.edge.connection import Connection
from cognomen.process.ready import says_ready
from cognomen.process.refused import in_words
from cognomen.settings import Settings
from cognomen.settings.sections import Tls
from cognomen.wiring import Application, build

SIGNALS = (signal.SIGINT, signal.SIGTERM)
KEEP_ALIVE_SECONDS = 75  # longer than the idle time-out of the usual load balancers, which must close first
GRACE_SECONDS = 5
CONNECTIONS = 10_000
PROBE_SECONDS = 0.5


def serve(settings: Settings, listener: socket, announce: Callable[[], None], lifeline: int | None = None) -> None:
    """Serve until a signal comes or the file descriptor `lifeline` can be read.

    `announce` is called once, when a request was answered. Raises StartRefused.
    """
    with asyncio.Runner(loop_factory=auto_loop_factory()) as runner:
        runner.run(_serve(settings, listener, announce, lifeline))


async def _serve(settings: Settings, listener: socket, announce: Callable[[], None], lifeline: int | None) -> None:
    with in_words():
        application = await build(settings)
    server = _Server(application, _config(application.app, settings.tls), announce, lifeline)
    await server.serve(sockets=[listener])


def _config(app: object, tls: Tls) -> uvicorn.Config:
    return uvicorn.Config(
        app,  # type: ignore[arg-type]
        http=Connection,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        limit_concurrency=CONNECTIONS,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=GRACE_SECONDS,
        ssl_certfile=tls.certificate_file,
        ssl_keyfile=tls.key_file,
    )


class _Server(uvicorn.Server):
    """Says when it has answered, and ends with exit code 0 after a signal, where uvicorn raises the signal again."""

    def __init__(
        self, application: Application, config: uvicorn.Config, announce: Callable[[], None], lifeline: int | None
    ) -> None:
        super().__init__(config)
        self._secure = config.is_ssl
        self._stopping = application.stopping
        self._announce = announce
        self._lifeline = lifeline

    async def startup(self, sockets: list[socket] | None = None) -> None:
        """Announce the server when it listens and says itself that it is ready."""
        await super().startup(sockets)
        for listener in sockets or ():
            # nothing rings when a store answers again
            while not self.should_exit and not await says_ready(listener, secure=self._secure):  # noqa: ASYNC110
                await asyncio.sleep(PROBE_SECONDS)
        if not self.should_exit:
            self._announce()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Let waiting requests go, then stop as uvicorn does."""
        self._stopping.set()
        super().handle_exit(sig, frame)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """A second SIGINT ends without waiting for answers under way."""
        loop = asyncio.get_running_loop()
        for number in SIGNALS:
            loop.add_signal_handler(number, self.handle_exit, number, None)
        if self._lifeline is not None:
            loop.add_reader(self._lifeline, self.handle_exit, signal.SIGTERM, None)
        yield
