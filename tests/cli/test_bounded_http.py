"""The limits that stand between a stranger's bytes and the application."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
import uvicorn

from cognomen.process import bounded_http
from cognomen.process.bounded_http import HEAD_BYTES, BoundedHttp

OK = b"HTTP/1.1 200 OK"
CUT = (BrokenPipeError, ConnectionResetError)


async def echo(scope: Any, receive: Any, send: Any) -> None:
    """Answers with the length of the body, or before it is there where the path says so."""
    length, more = 0, scope["path"] != "/early"
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        length, more = length + len(message["body"]), message["more_body"]
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"8")]})
    await send({"type": "http.response.body", "body": b"%08d" % length})


@pytest.fixture
def address() -> Iterator[tuple[str, int]]:
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(echo, http=BoundedHttp, ws="none", lifespan="off", log_config=None))
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    yield listener.getsockname()
    server.should_exit = True
    thread.join(10)


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Patience that a test can wait for."""
    monkeypatch.setattr(bounded_http, "ARRIVAL_SECONDS", 0.2)


def until_closed(connection: socket.socket) -> bytes:
    """Everything that comes until the server closes."""
    received = b""
    while chunk := connection.recv(65536):
        received += chunk
    return received


def head(size: int, path: str = "/", *headers: str) -> bytes:
    """A request's head of about this many bytes."""
    lines = [f"POST {path} HTTP/1.1", "Host: x", *headers, "X-Filler: "]
    start = "\r\n".join(lines).encode()
    return start + b"a" * (size - len(start)) + b"\r\n\r\n"


def test_a_head_within_the_limit_and_a_long_body_pass(address: tuple[str, int]) -> None:
    """The limit is the head's alone: what follows it in the same packets does not count."""
    body = b"b" * 500_000
    with socket.create_connection(address, timeout=10) as connection:
        for _ in range(3):
            connection.sendall(head(HEAD_BYTES - 1000, "/", f"Content-Length: {len(body)}") + body)
            answer = connection.recv(65536)
            while not answer.endswith(b"00500000"):
                answer += connection.recv(65536)
            assert answer.startswith(OK)


@pytest.mark.parametrize("size", [HEAD_BYTES + 2000, 1_000_000])
def test_a_head_that_is_too_large_is_refused(address: tuple[str, int], size: int) -> None:
    """431 and the end of the connection, whether the head is complete or not."""
    with socket.create_connection(address, timeout=10) as connection:
        connection.sendall(head(HEAD_BYTES + 2000)[:-4] if size > 500_000 else head(size))
        assert until_closed(connection).startswith(b"HTTP/1.1 431 ")


def test_an_endless_head_is_refused(address: tuple[str, int]) -> None:
    """A head that never ends is cut soon after the limit, not collected."""
    with socket.create_connection(address, timeout=10) as connection:
        connection.settimeout(0.05)
        connection.sendall(b"POST / HTTP/1.1\r\nX-Endless: ")
        with pytest.raises(CUT):
            drip(connection, b"a" * 65536)


@pytest.mark.usefixtures("hurried")
@pytest.mark.parametrize(
    "sent",
    [b"", b"POST / HTTP/1.1\r\nHost:", b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc"],
    ids=["silent", "half a head", "half a body"],
)
def test_a_request_that_does_not_arrive_is_cut(address: tuple[str, int], sent: bytes) -> None:
    """408 and the end of the connection, however many bytes are still dripping in."""
    with socket.create_connection(address, timeout=10) as connection:
        connection.sendall(sent)
        assert until_closed(connection).startswith(b"HTTP/1.1 408 ")


@pytest.mark.usefixtures("hurried")
def test_a_dripping_head_does_not_move_the_deadline(address: tuple[str, int]) -> None:
    """One byte now and then keeps nothing open."""
    with socket.create_connection(address, timeout=0.05) as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nX-Drip: ")
        with pytest.raises(CUT):
            drip(connection, b"a")


def drip(connection: socket.socket, drop: bytes) -> None:
    """Send and send until the connection breaks, between two drops as long as the connection's time-out."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        connection.sendall(drop)
        with suppress(TimeoutError):
            connection.recv(1)


@pytest.mark.usefixtures("hurried")
def test_an_answer_under_way_is_not_followed_by_a_refusal(address: tuple[str, int]) -> None:
    """Where the answer went out before its request was complete, the connection is closed without a word."""
    with socket.create_connection(address, timeout=10) as connection:
        connection.sendall(b"POST /early HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc")
        answer = until_closed(connection)
    assert answer.startswith(OK)
    assert b"408" not in answer


@pytest.mark.usefixtures("hurried")
def test_an_idle_connection_waits_for_its_next_request(address: tuple[str, int]) -> None:
    """Between two requests the deadline of a request does not run."""
    with socket.create_connection(address, timeout=0.5) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert connection.recv(65536).startswith(OK)
        with pytest.raises(TimeoutError):
            connection.recv(1)
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert connection.recv(65536).startswith(OK)


@pytest.mark.parametrize(
    "sent",
    [
        b"nonsense\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nabc",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
        b"POST / HTTP/1.1\r\nHost : x\r\n\r\n",
    ],
    ids=["no HTTP", "two framings", "two lengths", "space before the colon"],
)
def test_ambiguous_framing_is_refused(address: tuple[str, int], sent: bytes) -> None:
    """400 and the end of the connection (RFC 9112 6.3): nothing is smuggled behind a request."""
    with socket.create_connection(address, timeout=10) as connection:
        connection.sendall(sent + b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        answer = until_closed(connection)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert OK not in answer
