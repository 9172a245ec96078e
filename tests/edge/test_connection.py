"""What stands between a stranger's bytes and the application, over real sockets (HTTP-03, HTTP-04, HTTP-05)."""

import asyncio
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
import uvicorn

from cognomen.edge import connection, found
from cognomen.edge.connection import Connection
from cognomen.edge.head import LONGEST_HEAD

OK = b"HTTP/1.1 200 OK"
GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
CUT = (BrokenPipeError, ConnectionResetError)
MOST = 8  # connections of the server under test
LARGE = 8 * 1_048_576


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Answers with the length of the body, or as the path says."""
    await ANSWERS.get(scope["path"], length)(scope, receive, send)


async def length(scope: Any, receive: Any, send: Any) -> None:
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        size, more = size + len(message["body"]), message["more_body"]
    await early(scope, receive, send, b"%08d" % size)


async def early(_scope: Any, _receive: Any, send: Any, body: bytes = b"00000000") -> None:
    """Before the body is there."""
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"8")]})
    await send({"type": "http.response.body", "body": body})


async def last(_scope: Any, _receive: Any, send: Any) -> None:
    """And end the connection."""
    await send({"type": "http.response.start", "status": 400, "headers": [(b"connection", b"close")]})
    await send({"type": "http.response.body", "body": b"no more"})


async def chunks(_scope: Any, _receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    for part in (b"one", b"", b"two"):
        await send({"type": "http.response.body", "body": part, "more_body": True})
    await send({"type": "http.response.body"})


async def large(_scope: Any, _receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"a" * LARGE})


async def empty(_scope: Any, _receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body"})


async def split(_scope: Any, _receive: Any, send: Any) -> None:
    """A header that would be two."""
    await send({"type": "http.response.start", "status": 200, "headers": [(b"x-a", b"b\r\nset-cookie: c=d")]})
    await send({"type": "http.response.body"})


async def silent(_scope: Any, _receive: Any, _send: Any) -> None:
    """A fault of the program."""


async def short(_scope: Any, _receive: Any, send: Any) -> None:
    """Another one, in the middle of an answer."""
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"8")]})
    await send({"type": "http.response.body", "body": b"four", "more_body": True})
    message = "nothing more comes"
    raise RuntimeError(message)


async def held(scope: Any, receive: Any, send: Any) -> None:
    """Only when the test lets it go."""
    await asyncio.to_thread(LET_GO.wait, 10)
    await early(scope, receive, send)


LET_GO = threading.Event()
ANSWERS = {
    "/early": early,
    "/last": last,
    "/chunks": chunks,
    "/large": large,
    "/empty": empty,
    "/split": split,
    "/silent": silent,
    "/short": short,
    "/held": held,
}


@pytest.fixture
def server() -> Iterator[uvicorn.Server]:
    LET_GO.clear()
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        app, http=Connection, ws="none", lifespan="off", log_config=None, limit_concurrency=MOST, timeout_keep_alive=60
    )
    server = uvicorn.Server(config)
    server.address = listener.getsockname()  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    yield server
    server.should_exit = True
    LET_GO.set()
    thread.join(10)
    assert not thread.is_alive()


@pytest.fixture
def address(server: uvicorn.Server) -> tuple[str, int]:
    return server.address  # type: ignore[attr-defined, no-any-return]


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Patience that a test can wait for, and long enough for a request that is sent at once on a busy machine."""
    monkeypatch.setattr(connection, "ARRIVAL_SECONDS", 1.0)
    monkeypatch.setattr(connection, "LINGER_SECONDS", 0.2)


def until_closed(connection: socket.socket) -> bytes:
    """Everything that comes until the server closes."""
    received = b""
    while chunk := connection.recv(65536):
        received += chunk
    return received


def exchange(address: tuple[str, int], sent: bytes) -> bytes:
    """What comes back for these bytes until the server closes; it is asked to, after the last answer."""
    with socket.create_connection(address, timeout=10) as connection:
        connection.sendall(sent)
        return until_closed(connection)


def get(path: str, *headers: str, method: str = "GET") -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: x", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n"


def closing(path: str, *headers: str, method: str = "GET") -> bytes:
    return get(path, "Connection: close", *headers, method=method)


def head(size: int, path: str = "/", *headers: str) -> bytes:
    """A request's head of about this many bytes."""
    start = get(path, *headers, "X-Filler: ", method="POST")[:-4]
    return start + b"a" * (size - len(start)) + b"\r\n\r\n"


def test_a_head_within_the_limit_and_a_long_body_pass(address: tuple[str, int]) -> None:
    """The limit is the head's alone: what follows it in the same packets does not count."""
    body = b"b" * 500_000
    with socket.create_connection(address, timeout=10) as connection:
        for _ in range(3):
            connection.sendall(head(LONGEST_HEAD - 1000, "/", f"Content-Length: {len(body)}") + body)
            answer = connection.recv(65536)
            while not answer.endswith(b"00500000"):
                answer += connection.recv(65536)
            assert answer.startswith(OK)


@pytest.mark.parametrize("complete", [True, False])
@pytest.mark.parametrize("size", [LONGEST_HEAD + 2000, 1_000_000])
def test_a_head_that_is_too_large_is_refused(address: tuple[str, int], size: int, *, complete: bool) -> None:
    """HTTP-05: 431 and the end of the connection, whether the head is complete or not."""
    assert exchange(address, head(size)[: None if complete else -4]).startswith(b"HTTP/1.1 431 ")


def test_an_endless_head_is_refused(address: tuple[str, int]) -> None:
    """A head that never ends is cut soon after the limit, not collected."""
    with socket.create_connection(address, timeout=10) as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nX-Endless: ")
        with pytest.raises(CUT):
            drip(connection, b"a" * 65536)


@pytest.mark.usefixtures("hurried")
@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (b"", b""),
        (b"POST / HTTP/1.1\r\nHost:", b"HTTP/1.1 408 "),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc", b"HTTP/1.1 408 "),
        (b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nabc", b"HTTP/1.1 408 "),
    ],
    ids=["silent", "half a head", "half a body", "half a chunk"],
)
def test_a_request_that_does_not_arrive_is_cut(address: tuple[str, int], sent: bytes, said: bytes) -> None:
    """HTTP-04: 408 and the end of the connection; without a word to who has not said one."""
    assert exchange(address, sent)[:13] == said


@pytest.mark.usefixtures("hurried")
@pytest.mark.parametrize("begun", [b"POST / HTTP/1.1\r\nX-Drip: ", get("/", "Content-Length: 999999", method="POST")])
def test_a_dripping_request_does_not_move_the_deadline(address: tuple[str, int], begun: bytes) -> None:
    """HTTP-04: one byte now and then keeps nothing open."""
    with socket.create_connection(address, timeout=10) as connection:
        connection.sendall(begun)
        with pytest.raises(CUT):
            drip(connection, b"a")


def drip(connection: socket.socket, drop: bytes) -> None:
    """Send and send until the connection breaks, with a pause between two drops in which an answer may come."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        connection.settimeout(10)
        connection.sendall(drop)
        connection.settimeout(0.05)
        with suppress(TimeoutError):
            connection.recv(1)


@pytest.mark.usefixtures("hurried")
def test_a_peer_that_does_not_read_is_cut(server: uvicorn.Server, address: tuple[str, int]) -> None:
    """HTTP-04: an answer that nobody takes does not stay in memory."""
    with socket.create_connection(address, timeout=10) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.sendall(get("/large"))
        deadline = time.monotonic() + 10
        while not server.server_state.connections and time.monotonic() < deadline:
            time.sleep(0.01)  # until it is there,
        while server.server_state.connections and time.monotonic() < deadline:
            time.sleep(0.01)  # and gone
        assert not server.server_state.connections


def test_a_slow_reader_gets_everything(address: tuple[str, int]) -> None:
    """Who reads at all is waited for."""
    assert exchange(address, closing("/large")).endswith(b"\r\n\r\n" + b"a" * LARGE)


@pytest.mark.usefixtures("hurried")
def test_an_answer_under_way_is_not_followed_by_a_refusal(address: tuple[str, int]) -> None:
    """Where the answer went out before its request was complete, no refusal follows it."""
    sent = b"POST /early HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\nConnection: close\r\n\r\nabc"
    answer = exchange(address, sent)
    assert answer.startswith(OK)
    assert b"408" not in answer


@pytest.mark.usefixtures("hurried")
def test_an_idle_connection_waits_for_its_next_request(address: tuple[str, int]) -> None:
    """Between two requests the deadline of a request does not run."""
    with socket.create_connection(address, timeout=10) as connection:
        connection.sendall(GET)
        assert connection.recv(65536).startswith(OK)
        connection.settimeout(1.5)
        with pytest.raises(TimeoutError):
            connection.recv(1)
        connection.settimeout(10)
        connection.sendall(GET)
        assert connection.recv(65536).startswith(OK)


@pytest.mark.parametrize(
    "sent",
    [
        b"nonsense\r\n\r\n",
        get("/", "Content-Length: 3", "Transfer-Encoding: chunked", method="POST") + b"abc",
        get("/", "Content-Length: 3", "Content-Length: 4", method="POST") + b"abcd",
        b"POST / HTTP/1.1\r\nHost : x\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nX-A: b\r\n c\r\n\r\n",
        b"POST / HTTP/1.1\nHost: x\n\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nX-A: b\0c\r\n\r\n",
        get("/", "Transfer-Encoding: chunked", method="POST") + b"3\r\nabcd\r\n0\r\n\r\n",
    ],
    ids=["no HTTP", "two framings", "two lengths", "space", "folding", "bare LF", "two hosts", "NUL", "long chunk"],
)
def test_ambiguous_framing_is_refused(address: tuple[str, int], sent: bytes) -> None:
    """HTTP-03: 400 and the end of the connection (RFC 9112 6.3): nothing is smuggled behind a request."""
    answer = exchange(address, sent + GET)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert answer.count(b"HTTP/1.1 ") == 1


@pytest.mark.parametrize("young_s", [10.0, 0.0])  # whether requests are begun at once, or as tasks
def test_requests_in_one_packet_are_answered_in_order(
    address: tuple[str, int], monkeypatch: pytest.MonkeyPatch, young_s: float
) -> None:
    """Pipelining (RFC 9112 section 9.3.2), bodies and all, and a line end too many between two of them."""
    monkeypatch.setattr(found, "YOUNG_SECONDS", young_s)
    one = get("/", "Content-Length: 5", method="POST") + b"hello"
    two = get("/", "Transfer-Encoding: chunked", method="POST") + b"3\r\nabc\r\n0\r\n\r\n"
    many = sys.getrecursionlimit()  # none stands on the shoulders of those before
    answer = exchange(address, one + b"\r\n" + two + GET * many + closing("/"))
    bodies = [part[:8] for part in answer.split(b"\r\n\r\n")[1:]]
    assert bodies == [b"00000005", b"00000003"] + [b"00000000"] * (many + 1)


def test_a_body_that_nobody_read_is_not_the_next_request(address: tuple[str, int]) -> None:
    """What an early answer left of its body is passed over."""
    sent = get("/early", "Content-Length: 200000", method="POST") + b"GET " * 50_000 + closing("/")
    assert exchange(address, sent).count(OK) == 2


def test_the_last_answer_is_heard_by_who_is_still_sending(address: tuple[str, int]) -> None:
    """The server reads on for a moment, since closing would destroy what it said."""
    answer = exchange(address, get("/last", "Content-Length: 9000000", method="POST") + b"a" * 9_000_000)
    assert answer.startswith(b"HTTP/1.1 400 Bad Request")
    assert answer.endswith(b"no more")


def test_who_waits_to_be_asked_is_asked(address: tuple[str, int]) -> None:
    """Expect: 100-continue (RFC 9110 section 10.1.1) is answered when the body is wanted, and only then."""
    asking = get("/", "Content-Length: 3", "Expect: 100-continue", "Connection: close", method="POST")
    with socket.create_connection(address, timeout=10) as connection:
        connection.sendall(asking)
        assert connection.recv(65536) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(b"abc")
        assert until_closed(connection).endswith(b"00000003")
    assert b"100 Continue" not in exchange(address, asking.replace(b"POST / ", b"POST /early "))


def test_answers_without_a_length_come_in_chunks(address: tuple[str, int]) -> None:
    """Empty parts are no end; HTTP/1.0, which knows no chunks, gets an error that says so to the log."""
    answer = exchange(address, closing("/chunks"))
    assert answer.endswith(b"\r\n\r\n3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n")
    assert exchange(address, b"GET / HTTP/1.0\r\n\r\n").endswith(b"00000000")
    assert exchange(address, b"GET /chunks HTTP/1.0\r\n\r\n").startswith(b"HTTP/1.1 500 ")


@pytest.mark.parametrize(("path", "method"), [("/", "HEAD"), ("/empty", "GET")])
def test_answers_without_a_body(address: tuple[str, int], path: str, method: str) -> None:
    """HEAD says how long the body would be and sends none; 204 has none."""
    answer = exchange(address, get(path, method=method) + closing(path, method=method))
    assert answer.count(b"HTTP/1.1 20") == 2
    assert answer.endswith(b"\r\n\r\n")


@pytest.mark.parametrize("path", ["/split", "/silent"])
def test_a_failing_application_is_answered_for(address: tuple[str, int], path: str) -> None:
    """HTTP-09: 500, and no header that the application did not mean."""
    answer = exchange(address, get(path))
    assert answer.startswith(b"HTTP/1.1 500 ")
    assert b"set-cookie" not in answer


def test_half_an_answer_is_not_made_whole(address: tuple[str, int]) -> None:
    """The client must see that something is missing."""
    with suppress(ConnectionResetError):
        assert not exchange(address, get("/short")).endswith(b"HTTP/1.1 500 ")


def test_one_connection_too_many_is_refused(address: tuple[str, int]) -> None:
    """503 at once, and room again when another one leaves."""
    idle = [socket.create_connection(address, timeout=10) for _ in range(MOST)]
    for each in idle:
        each.sendall(GET)
        assert each.recv(65536).startswith(OK)
    assert exchange(address, b"").startswith(b"HTTP/1.1 503 ")
    idle.pop().close()
    answer, deadline = b"", time.monotonic() + 10
    while not answer.startswith(OK) and time.monotonic() < deadline:
        with suppress(*CUT):  # who comes too early may be reset before having heard why
            answer = exchange(address, closing("/"))
    assert answer.startswith(OK)
    for each in idle:
        each.close()


def test_what_is_under_way_when_the_server_ends_is_finished(server: uvicorn.Server, address: tuple[str, int]) -> None:
    """OPS: the answer comes, and with it the end of the connection; idle ones end at once."""
    with (
        socket.create_connection(address, timeout=10) as busy,
        socket.create_connection(address, timeout=10) as idle,
    ):
        idle.sendall(GET)
        assert idle.recv(65536).startswith(OK)
        busy.sendall(get("/held") + GET)
        while not server.server_state.tasks:
            time.sleep(0.01)  # until it is under way
        server.should_exit = True
        assert until_closed(idle) == b""
        LET_GO.set()
        answer = until_closed(busy)
    assert answer.count(OK) == 1
    assert b"connection: close" in answer
