"""HTTP over httptools with what it lacks: a limit on a request's head, and on the time a request may take to arrive."""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

HEAD_BYTES = 65_536
ARRIVAL_SECONDS = 30
ENDING = b"connection: close\r\ncontent-length: 0\r\n\r\n"
TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\n" + ENDING
TOO_SLOW = b"HTTP/1.1 408 Request Timeout\r\n" + ENDING


class HeadTooLarge(Exception):  # noqa: N818
    """Stops the parser; the refusal is already on its way."""


class BoundedHttp(HttpToolsProtocol):
    """Refuses heads over 64 KiB (431, RFC 6585) and requests that take longer than 30 seconds to arrive (408)."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._in_head = True
        self._head_bytes = 0
        self._deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A connection that never says anything has its deadline, too."""
        super().connection_made(transport)  # type: ignore[arg-type]
        self._await_request()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is awaited any more."""
        self._end_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Refuse a head that is too large before it is complete."""
        if self._in_head:
            self._head_bytes += len(data)
        self._await_request()
        super().data_received(data)
        if self._in_head and self._head_bytes > HEAD_BYTES:
            self._refuse(TOO_LARGE)

    def on_headers_complete(self) -> None:
        """Refuse a head that is too large and came at once, before anybody reads it."""
        if len(self.url) + sum(len(name) + len(value) for name, value in self.headers) > HEAD_BYTES:
            self._refuse(TOO_LARGE)
            raise HeadTooLarge
        self._in_head, self._head_bytes = False, 0
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """The request is here; how long its answer takes is not counted."""
        self._in_head = True
        self._end_waiting()
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        """Say nothing more where the connection is already being closed."""
        if not self.transport.is_closing():
            super().send_400_response(msg)

    def _await_request(self) -> None:
        if self._deadline is None:
            self._deadline = self.loop.call_later(ARRIVAL_SECONDS, self._refuse, TOO_SLOW)

    def _end_waiting(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _refuse(self, answer: bytes) -> None:
        self._end_waiting()
        if self.transport.is_closing():
            return
        if not self._is_answering():
            self.transport.write(answer)
        self.transport.close()

    def _is_answering(self) -> bool:
        """Whether an answer is half written: then the connection can only be closed."""
        cycle: RequestResponseCycle | None = self.cycle
        if cycle is None:
            return False
        return not cycle.response_complete if self._in_head else cycle.response_started
