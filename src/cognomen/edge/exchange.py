"""One request and its answer, as an ASGI application receives and sends them (ASGI HTTP 2.4)."""

import asyncio
import logging
from collections.abc import Mapping
from typing import Any, Final, Protocol

from cognomen.edge.answer import NO_BODY, Pairs, Unsendable, head_of
from cognomen.edge.head import Head

GONE: Final = {"type": "http.disconnect"}
FAILED = (b"content-type", b"text/plain; charset=utf-8")
log = logging.getLogger(__name__)


class Wire(Protocol):
    """What an exchange asks of its connection."""

    def write(self, data: bytes) -> None:
        """Send these bytes."""

    async def drained(self) -> None:
        """Return when the peer takes what was written."""

    def wants_more(self) -> None:
        """Go on reading the body."""

    def defaults(self) -> Pairs:
        """The headers of every answer."""

    def answered(self, exchange: "Exchange") -> None:
        """The answer is complete, or can never be."""


class Exchange:
    """The application's side of one request.

    `started` is true when something of the answer is on its way, `gone` when the client will get no answer any more.
    """

    def __init__(self, wire: Wire, head: Head) -> None:
        self.head = head
        self.closes = not head.keep_alive
        self.whole = False
        self.started = False
        self.gone = False
        self.complete = False
        self._wire = wire
        self._received = b""
        self._told_end = False
        self._news: asyncio.Event | None = None
        self._begun: Mapping[str, Any] | None = None
        self._length: int | None = 0

    @property
    def waiting(self) -> int:
        """Bytes of the body that the application has not taken yet."""
        return len(self._received)

    def feed(self, data: bytes, *, whole: bool) -> None:
        """More of the body has arrived, perhaps its end."""
        self._received = self._received + data if self._received else data
        self.whole = whole
        self._tell()

    def lose(self) -> None:
        """The client is gone, or has sent what cannot be read."""
        self.gone = True
        self._tell()

    def _tell(self) -> None:
        if self._news is not None:
            self._news.set()

    async def run(self, app: Any, scope: Mapping[str, Any]) -> None:
        """Let the application answer; where it fails, 500, or the end of the connection if an answer has begun."""
        try:
            await app(scope, self.receive, self.send)
            self._refuse_silence()
        except Exception:
            log.exception("an answer failed")
            self._fail()
        finally:
            self._wire.answered(self)

    def _refuse_silence(self) -> None:
        if not (self.complete or self.gone):
            raise Unsendable("the application ended without a whole answer")

    async def receive(self) -> Mapping[str, Any]:
        """The next part of the body; the last one once, then nothing but the client's leaving."""
        while not (self.gone or self.complete or self._has_more()):
            self._news = asyncio.Event()
            self._wire.wants_more()
            await self._news.wait()
        if self.gone or self.complete:
            return GONE
        data, self._received, self._told_end = self._received, b"", self.whole
        return {"type": "http.request", "body": data, "more_body": not self.whole}

    def _has_more(self) -> bool:
        return bool(self._received) or (self.whole and not self._told_end)

    async def send(self, message: Mapping[str, Any]) -> None:
        """Take the answer's beginning, which is held back until its body is here, or a part of its body."""
        await self._wire.drained()
        if self.gone:
            return
        if message["type"] == "http.response.start":
            if self._begun is not None:
                raise Unsendable("an answer began twice")
            self._begun = message
            return
        if self._begun is None or self.complete:
            raise Unsendable("a body has no answer that it belongs to")
        self._send_body(message.get("body", b""), more=message.get("more_body", False))

    def _send_body(self, body: bytes, *, more: bool) -> None:
        parts: list[bytes] = []
        if not self.started:
            parts.append(self._start(body, more=more))
        if self._length is None:
            parts += [b"%x\r\n" % len(body), body, b"\r\n"] if body else []
            parts += [] if more else [b"0\r\n\r\n"]
        elif self.head.method != "HEAD":
            self._length -= len(body)
            if self._length < 0 or (self._length and not more):
                raise Unsendable("the body is not as long as its Content-Length")
            parts.append(body)
        self.started = True
        self.complete = not more
        self._wire.write(b"".join(parts))

    def _start(self, body: bytes, *, more: bool) -> bytes:
        """The head, once it is known how the body is sent."""
        assert self._begun is not None
        status, headers = self._begun["status"], [*self._wire.defaults(), *self._begun.get("headers", ())]
        said = dict(headers)
        self.closes = self.closes or b"close" in said.get(b"connection", b"")
        if b"content-length" in said:
            self._length = int(said[b"content-length"])
        elif status in NO_BODY:
            self._length = 0
        elif not more:
            self._length = len(body)
            headers.append((b"content-length", b"%d" % len(body)))
        elif self.head.minor:
            self._length = None
            headers.append((b"transfer-encoding", b"chunked"))
        else:  # HTTP/1.0 knows no chunks: the body ends with the connection
            raise Unsendable("a body of unknown length cannot be sent to HTTP/1.0")
        return head_of(status, headers, closes=self.closes and b"connection" not in said)

    def _fail(self) -> None:
        if self.gone or self.complete:
            return
        self.closes = True
        if self.started:
            self.gone = True
            return
        words = b"The server failed to answer.\n"
        self._begun = {"status": 500, "headers": [FAILED]}
        self._send_body(words, more=False)
