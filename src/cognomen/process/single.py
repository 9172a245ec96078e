"""One process that serves: the application on uvicorn, until a signal asks it to end."""

import asyncio
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from socket import socket
from types import FrameType

import uvicorn
from uvicorn.loops.auto import auto_loop_factory

from cognomen.clock import Clock
from cognomen.edge.connection import Connection
from cognomen.process.garbage import leave_out_what_stays
from cognomen.process.metrics_port import exposed
from cognomen.process.ready import says_ready
from cognomen.process.refused import in_words
from cognomen.settings import Settings
from cognomen.settings.sections import Tls
from cognomen.wiring import Application, build

SIGNALS = (signal.SIGINT, signal.SIGTERM)
KEEP_ALIVE_SECONDS = 75  # longer than the idle time-out of the usual load balancers, which must close first
GRACE_SECONDS = 20  # for answers under way; a sign-in whose triggers are slow takes longest
END_SECONDS = 10  # for messages that are being sent, and for the store
CONNECTIONS = 10_000
PROBE_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Doors:
    """Bound sockets: where clients come, and where Prometheus asks."""

    clients: socket
    metrics: socket | None = None


@dataclass(frozen=True, slots=True)
class Family:
    """What a worker has from its parent: a file descriptor that can be read when that is gone, and the common clock."""

    lifeline: int | None = None
    clock: Clock = field(default_factory=Clock)


def serve(settings: Settings, doors: Doors, announce: Callable[[], None], family: Family | None = None) -> None:
    """Serve until a signal comes or the parent is gone.

    `announce` is called once, when a request was answered. Raises StartRefused.
    """
    with asyncio.Runner(loop_factory=auto_loop_factory()) as runner:
        runner.run(_serve(settings, doors, announce, family or Family()))


async def _serve(settings: Settings, doors: Doors, announce: Callable[[], None], family: Family) -> None:
    with in_words():
        application = await build(settings, clock=family.clock)
    if settings.seed and (application.planted.something or settings.workers == 1):
        # not on stdout, whose one line says that the server is ready
        print(f"seed {settings.seed}: {application.planted}", file=sys.stderr, flush=True)
    server = _Server(settings, application, announce, family.lifeline)
    with exposed(doors.metrics, application.registry) if doors.metrics else nullcontext():
        await server.serve(sockets=[doors.clients])


def uvicorn_config(app: object, tls: Tls) -> uvicorn.Config:
    """How uvicorn serves an application of ours: our own edge, and none of its own logs and headers."""
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
        self, settings: Settings, application: Application, announce: Callable[[], None], lifeline: int | None
    ) -> None:
        super().__init__(uvicorn_config(application.app, settings.tls))
        self._drain_seconds = settings.drain_s
        self._stopping = application.stopping
        self._announce = announce
        self._lifeline = lifeline

    async def startup(self, sockets: list[socket] | None = None) -> None:
        """Announce the server when it listens and says itself that it is ready."""
        await super().startup(sockets)
        for listener in sockets or ():
            # nothing rings when a store answers again
            while not self.should_exit and not await says_ready(listener, secure=self.config.is_ssl):  # noqa: ASYNC110
                await asyncio.sleep(PROBE_SECONDS)
        if not self.should_exit:
            leave_out_what_stays()
            self._announce()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Let waiting requests go and stop; after a first SIGTERM only when load balancers had time to notice."""
        first = not self._stopping.is_set()
        self._stopping.set()
        if first and sig == signal.SIGTERM and self._drain_seconds:
            asyncio.get_running_loop().call_later(self._drain_seconds, super().handle_exit, sig, frame)
        elif first or not self._is_repeated(sig):
            super().handle_exit(sig, frame)

    def _is_repeated(self, sig: int) -> bool:
        """Whether a signal tells a worker nothing new: it hears of one end from its parent and from its whole group.

        Only SIGINT cuts its waiting for load balancers short, and nothing cuts answers under way short.
        """
        return self._lifeline is not None and (sig == signal.SIGTERM or self.should_exit)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """A second SIGINT ends without waiting for answers under way."""
        loop = asyncio.get_running_loop()
        for number in SIGNALS:
            loop.add_signal_handler(number, self.handle_exit, number, None)
        if self._lifeline is not None:
            loop.add_reader(self._lifeline, self.handle_exit, signal.SIGINT, None)
        yield
