"""The head of an answer: what the application says, the date, and how long the body is."""

from collections.abc import Iterable
from http import HTTPStatus

NO_BODY = frozenset({204, 304})
LINES = {status.value: f"HTTP/1.1 {status.value} {status.phrase}\r\n".encode() for status in HTTPStatus}

Pairs = Iterable[tuple[bytes, bytes]]


class Unsendable(Exception):  # noqa: N818
    """The application said something that cannot be sent; a fault of this program."""


def head_of(status: int, headers: Pairs, *, closes: bool) -> bytes:
    """The bytes of a head; it says where the connection `closes`. Raises Unsendable where a value leaves its line."""
    lines = [LINES.get(status) or b"HTTP/1.1 %d \r\n" % status]
    lines += [b"%b: %b\r\n" % pair for pair in headers]
    if closes:
        lines.append(b"connection: close\r\n")
    lines.append(b"\r\n")
    head = b"".join(lines)
    if head.count(b"\n") != len(lines) or head.count(b"\r") != len(lines) or b"\0" in head:
        raise Unsendable("a header holds the end of a line")
    return head


def plain(status: int, words: str, defaults: Pairs) -> bytes:
    """A whole answer in plain text after which the connection ends."""
    body = f"{words}\n".encode()
    headers = [*defaults, (b"content-type", b"text/plain; charset=utf-8"), (b"content-length", b"%d" % len(body))]
    return head_of(status, headers, closes=True) + body
