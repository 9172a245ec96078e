"""One POST over HTTP/1.1: no redirect is followed, no proxy asked, and no longer answer read than an event can be."""

import http.client
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from cognomen.triggers.port import TIMED_OUT, AnswerUnreadable, TargetUnreachable

LONGEST_ANSWER = 6 * 1024 * 1024  # bytes; what AWS Lambda answers at most


@dataclass(frozen=True, slots=True)
class Posted:
    """The answer to a POST; the names of the headers are small."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


def post(url: str, path: str, headers: Mapping[str, str], body: bytes, seconds: float) -> Posted:
    """Send it to the host of the URL; the whole takes about `seconds`. Raises TargetUnreachable, AnswerUnreadable."""
    connection = _connection(url, seconds)
    try:
        connection.connect()
        with _hung_up_after(connection.sock, seconds) as late:
            connection.request("POST", path, body, dict(headers))
            answer = connection.getresponse()
            content = answer.read(LONGEST_ANSWER + 1)
    except (OSError, http.client.HTTPException, ValueError) as fault:
        raise TargetUnreachable(f"{type(fault).__name__} while invoking {urlsplit(url).hostname}") from fault
    finally:
        connection.close()
    if late.is_set():
        raise TargetUnreachable(TIMED_OUT)
    if len(content) > LONGEST_ANSWER:
        raise AnswerUnreadable("the answer is too long")
    return Posted(answer.status, {name.lower(): value for name, value in answer.getheaders()}, content)


def _connection(url: str, seconds: float) -> http.client.HTTPConnection:
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme == "https":
        return http.client.HTTPSConnection(host, parts.port, timeout=seconds, context=ssl.create_default_context())
    return http.client.HTTPConnection(host, parts.port, timeout=seconds)


@contextmanager
def _hung_up_after(sock: socket.socket, seconds: float) -> Iterator[threading.Event]:
    """End a call whose answer drips, and say so: the socket's own limit begins anew with every byte."""
    late = threading.Event()

    def hang_up() -> None:
        late.set()
        with suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, hang_up)
    timer.daemon = True
    timer.start()
    try:
        yield late
    finally:
        timer.cancel()
