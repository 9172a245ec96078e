"""The body of a request, taken out of what has arrived; what is taken is also the end of it or not."""

import re
from dataclasses import dataclass, field
from typing import Final, Protocol

from cognomen.edge.head import Malformed, read_fields

LONGEST_CHUNK_LINE: Final = 256  # bytes; the extensions of a chunk mean nothing here
LONGEST_TRAILERS: Final = 4_096
CHUNK_LINE = re.compile(rb"([0-9A-Fa-f]{1,12})(?:[ \t]*+;[^\x00-\x08\x0a-\x1f\x7f]*+)?")


class Body(Protocol):
    """What is still to come of a body."""

    @property
    def done(self) -> bool:
        """Whether nothing more is to come."""

    def take(self, buffer: bytearray) -> bytes:
        """Remove what belongs to the body from the buffer's beginning and answer it. Raises Malformed."""


@dataclass(slots=True)
class Sized:
    """A body whose length in bytes the head has said."""

    left: int

    @property
    def done(self) -> bool:
        """Whether nothing more is to come."""
        return not self.left

    def take(self, buffer: bytearray) -> bytes:
        """Everything there is, up to the length."""
        if not self.left:
            return b""
        taken = bytes(buffer[: self.left])
        del buffer[: self.left]
        self.left -= len(taken)
        return taken


@dataclass(slots=True)
class Chunked:
    """A body in chunks (RFC 9112 section 7.1). Trailers must be well formed, and are dropped."""

    done: bool = False
    _left: int = 0
    _between: bool = True
    _trailing: bool = False
    _taken: list[bytes] = field(default_factory=list)

    def take(self, buffer: bytearray) -> bytes:
        """What the chunks hold that have arrived, whole or in part."""
        while not self.done and self._step(buffer):
            pass
        taken = b"".join(self._taken)
        self._taken.clear()
        return taken

    def _step(self, buffer: bytearray) -> bool:
        """Do one thing, and tell whether there may be another to do."""
        if self._trailing:
            return self._end(buffer)
        if self._between:
            return self._begin_chunk(buffer)
        return self._go_on(buffer)

    def _begin_chunk(self, buffer: bytearray) -> bool:
        line = _line(buffer, LONGEST_CHUNK_LINE)
        if line is None:
            return False
        size = CHUNK_LINE.fullmatch(line)
        if size is None:
            raise Malformed(400, "a chunk does not say its size")
        self._left = int(size[1], 16)
        self._between, self._trailing = False, not self._left
        return True

    def _go_on(self, buffer: bytearray) -> bool:
        if self._left:
            taken = bytes(buffer[: self._left])
            del buffer[: self._left]
            self._left -= len(taken)
            self._taken.append(taken)
        if self._left or len(buffer) < len(b"\r\n"):
            _refuse_unlike(b"" if self._left else buffer)
            return False
        _refuse_unlike(buffer[:2])
        del buffer[:2]
        self._between = True
        return True

    def _end(self, buffer: bytearray) -> bool:
        if buffer.startswith(b"\r\n"):
            del buffer[:2]
            self.done = True
            return False
        end = buffer.find(b"\r\n\r\n", 0, LONGEST_TRAILERS)
        if end < 0:
            if len(buffer) > LONGEST_TRAILERS or buffer.count(b"\n") != buffer.count(b"\r\n"):
                raise Malformed(400, "what follows the last chunk is no trailer")
            return False
        read_fields(bytes(buffer[: end + 2]))
        del buffer[: end + 4]
        self.done = True
        return False


def _refuse_unlike(ending: bytes | bytearray) -> None:
    if not b"\r\n".startswith(bytes(ending)):
        raise Malformed(400, "a chunk is longer than its size")


def _line(buffer: bytearray, longest: int) -> bytes | None:
    """Remove a line and answer it without its end; None where it has not arrived. Raises Malformed."""
    end = buffer.find(b"\r\n", 0, longest)
    if end < 0:
        if len(buffer) >= longest or b"\n" in buffer:
            raise Malformed(400, "a chunk does not say its size")
        return None
    line = bytes(buffer[:end])
    del buffer[: end + 2]
    return line
