"""One connection: requests one after the other, each with the time it may take, and none that is not clear.

Made for uvicorn's server, which binds, accepts and shuts down; what it gives a protocol is described there.
"""

import asyncio
import logging
from typing import Any, Final

from uvicorn.config import Config
from uvicorn.server import ServerState

from cognomen.edge.answer import Pairs, plain
from cognomen.edge.body import Body, Chunked, Sized
from cognomen.edge.exchange import Exchange
from cognomen.edge.found import found_by
from cognomen.edge.head import LONGEST_HEAD, Head, Malformed, read_head, refuse_unfinished
from cognomen.tasks import begin

ARRIVAL_SECONDS: Final = 10.0  # for a request to arrive, and for a peer to take what it is sent
SLOWEST: Final = 65_536  # bytes a second that longer bodies must keep up
MOST_UNREAD: Final = 65_536  # bytes kept for an application, or a later request, that is not ready for them
MOST_DROPPED: Final = 32 * 1_048_576  # bytes read of a body that nobody wants, so that its sender hears the answer
LINGER_SECONDS: Final = 2.0
CONTINUE: Final = b"HTTP/1.1 100 Continue\r\n\r\n"
log = logging.getLogger(__name__)


class Connection(asyncio.Protocol):
    """A peer's connection, from its first byte to its end."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        self._app = config.loaded_app
        self._most = config.limit_concurrency
        self._patience = float(config.timeout_keep_alive)
        self._server = server_state
        self._state = app_state
        self._loop = _loop or asyncio.get_running_loop()
        self._found = found_by(self._loop)
        self._buffer = bytearray()
        self._body: Body = Sized(0)
        self._exchange: Exchange | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._writable: asyncio.Event | None = None
        self._due = 0.0  # when the peer must have done what it is waited for; of no meaning during an answer
        self._read_due = 0.0  # when it must have read what it was sent, where it does not
        self._began = 0.0
        self._arrived = 0
        self._paused = self._ending = self._continue = False

    # What the transport tells

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for the first request, unless too many are connected."""
        self._transport = transport
        peer = transport.get_extra_info("peername")
        own = transport.get_extra_info("sockname")
        self._ends = {
            "client": (peer[0], peer[1]) if isinstance(peer, tuple) else None,
            "server": (own[0], own[1]) if isinstance(own, tuple) else None,
            "scheme": "https" if transport.get_extra_info("sslcontext") else "http",
        }
        self._server.connections.add(self)  # type: ignore[arg-type]
        self._expect_request(ARRIVAL_SECONDS)
        if self._most is not None and len(self._server.connections) > self._most:
            self._refuse(Malformed(503, "too many connections"))

    def connection_lost(self, _exc: Exception | None) -> None:
        """Nobody is there any more."""
        self._server.connections.discard(self)
        self._stop_timer()
        self._ending = True
        if self._exchange is not None:
            self._exchange.lose()
        self.resume_writing()

    def data_received(self, data: bytes) -> None:
        """More bytes: of a request, or of one that nobody waits for."""
        self._buffer += data
        self._arrived += len(data)
        if self._ending:
            self._drop()
            return
        try:
            self._go_on()
        except Malformed as fault:
            self._refuse(fault)

    def pause_writing(self) -> None:
        """The peer does not read; it has a while to begin again."""
        self._writable = asyncio.Event()
        self._read_due = self._loop.time() + ARRIVAL_SECONDS
        self._ring_at(self._read_due)

    def resume_writing(self) -> None:
        """The peer reads again, or is gone."""
        if self._writable is not None:
            self._writable.set()
            self._writable = None

    def shutdown(self) -> None:
        """The server ends: finish what has been asked, take nothing more."""
        if self._exchange is None:
            self._close()
        else:
            self._exchange.closes = True

    # From bytes to requests

    def _go_on(self) -> None:
        """Serve what is complete. Raises Malformed."""
        if self._exchange is None:
            self._skip_body()
            if self._body.done and self._buffer:
                self._begin()
        else:
            self._read_body(self._exchange)

    def _skip_body(self) -> None:
        """Read the rest of a body that was answered before it had arrived, within bounds."""
        self._body.take(self._buffer)
        if not self._body.done and self._arrived > MOST_DROPPED:
            self._close()

    def _begin(self) -> None:
        head = self._take_head()
        if head is None:
            self._await_rest()
            return
        self._body = Chunked() if head.chunked else Sized(head.length)
        exchange = self._exchange = Exchange(self, head)
        self._continue = head.expects_continue
        self._read_body(exchange)
        work = exchange.run(self._app, self._scope(head))
        task = begin(self._loop, work) if self._found.is_young() else self._loop.create_task(work)
        if task is not None:
            self._server.tasks.add(task)
            task.add_done_callback(self._server.tasks.discard)

    def _take_head(self) -> Head | None:
        buffer = self._buffer
        if buffer.startswith(b"\r\n"):  # some senders end a body with a line that does not belong to it
            del buffer[:2]
        end = buffer.find(b"\r\n\r\n", 0, LONGEST_HEAD + 4)
        if end < 0:
            refuse_unfinished(buffer)
            return None
        head = read_head(bytes(buffer[: end + 2]))
        del buffer[: end + 4]
        return head

    def _scope(self, head: Head) -> dict[str, Any]:
        return {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.4"},
            "http_version": "1.1" if head.minor else "1.0",
            "method": head.method,
            "path": head.path,
            "raw_path": head.raw_path,
            "query_string": head.query,
            "root_path": "",
            "headers": head.headers,
            "state": self._state.copy(),
            "arrived": self._found.at(self._loop),
            **self._ends,
        }

    def _read_body(self, exchange: Exchange) -> None:
        if not exchange.whole:
            taken = self._body.take(self._buffer)
            if taken or self._body.done:
                self._continue = False
                exchange.feed(taken, whole=self._body.done)
            if not self._body.done:
                self._await_rest()
        if max(exchange.waiting, len(self._buffer)) > MOST_UNREAD:
            self._pause()

    # What an exchange asks for

    def write(self, data: bytes) -> None:
        """Send; nothing follows what ends the connection."""
        if not self._ending:
            self._transport.write(data)

    async def drained(self) -> None:
        """Wait for a peer that does not read."""
        if self._writable is not None:
            await self._writable.wait()

    def wants_more(self) -> None:
        """The application has taken what there was; a sender that waits to be asked is asked now."""
        if self._continue:
            self._continue = False
            self.write(CONTINUE)
        self._resume()

    def defaults(self) -> Pairs:
        """The date, which uvicorn's server keeps."""
        return self._server.default_headers

    def answered(self, exchange: Exchange) -> None:
        """Go on with the next request, or end."""
        self._exchange = None
        if self._ending:
            return
        if not exchange.complete:
            self._ending = True
            self._transport.abort()
        elif exchange.closes:
            self._close()
        else:
            self._arrived = 0
            self._expect_request(self._patience)
            self._resume()
            if self._buffer:  # later, so that others have their turn, and the stack its end
                self._loop.call_soon(self.data_received, b"")

    # Reading no faster than is needed

    def _pause(self) -> None:
        if not self._paused:
            self._paused = True
            self._transport.pause_reading()

    def _resume(self) -> None:
        if self._paused and not self._transport.is_closing():
            self._paused = False
            self._transport.resume_reading()

    # How long is waited

    def _expect_request(self, seconds: float) -> None:
        self._began = 0.0
        self._wait_until(self._loop.time() + seconds)

    def _await_rest(self) -> None:
        """A request has begun and is not whole: from its first byte on it has so long."""
        if not self._began:
            self._began = self._loop.time()
            self._wait_until(self._began + ARRIVAL_SECONDS)

    def _wait_until(self, due: float) -> None:
        self._due = due
        self._ring_at(due)

    def _ring_at(self, due: float) -> None:
        """One timer serves all waits: it is moved forward when it rings, and back only here."""
        if self._timer is None or self._timer.when() > due:
            self._stop_timer()
            self._timer = self._loop.call_at(due, self._ring)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _ring(self) -> None:
        self._timer = None
        now = self._loop.time()
        due = self._due_now(now)
        if due > now:
            self._timer = self._loop.call_at(due, self._ring)
        else:
            self._give_up()

    def _due_now(self, now: float) -> float:
        if self._writable is not None:
            return self._read_due
        if self._ending:
            return self._due
        if self._exchange is not None and (self._exchange.whole or self._paused):
            return now + ARRIVAL_SECONDS  # the application's turn: how long it takes is its own matter
        return self._began + ARRIVAL_SECONDS + self._arrived / SLOWEST if self._began else self._due

    def _give_up(self) -> None:
        if self._ending or self._writable is not None:
            self._ending = True
            self._transport.abort()
        elif self._began:
            self._refuse(Malformed(408, "the request did not arrive in time"))
        else:
            self._close()

    # The end

    def _refuse(self, fault: Malformed) -> None:
        """Say why, unless an answer has begun, and end."""
        log.info("refused: %s", fault.reason)
        if self._exchange is not None:
            begun = self._exchange.started
            self._exchange.lose()
        else:
            begun = False
        if not begun:
            self.write(plain(fault.status, fault.reason, self.defaults()))
        self._close()

    def _close(self) -> None:
        """End, and read for a moment what is still under way: closing at once could destroy the last answer."""
        self._ending = True
        self._resume()
        if (self._buffer or not self._body.done) and self._transport.can_write_eof():
            self._wait_until(self._loop.time() + LINGER_SECONDS)
            self._transport.write_eof()
            self._drop()
        else:
            self._wait_until(self._loop.time() + ARRIVAL_SECONDS)
            self._transport.close()

    def _drop(self) -> None:
        self._buffer.clear()
        if self._arrived > MOST_DROPPED:
            self._transport.abort()
