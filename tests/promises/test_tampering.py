"""What was changed after it was signed is refused: 200 requests with one other byte each (API-02)."""

import json
import random
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest

from promises.caller import Caller, Signature
from promises.store import everything
from promises.verifying import ACCESS_KEY, verifying
from served import Served

MUTATIONS = 200
SIGNED_HEADERS = ("Host", "Content-Type", "X-Amz-Date", "X-Amz-Target", "Authorization")
OPERATION = ("cognito-idp", "CreateUserPool")
BODY = json.dumps({"PoolName": "tampered with", "UserPoolTags": {"team": "identity"}}).encode()
QUERY = "colour=blue&size=10"


@dataclass(frozen=True)
class Request:
    """A signed request whose parts can be changed one byte at a time."""

    query: str
    headers: dict[str, str]
    body: bytes

    def wire(self) -> bytes:
        lines = [f"POST /?{self.query} HTTP/1.1", *(f"{name}: {value}" for name, value in self.headers.items())]
        head = [*lines, f"Content-Length: {len(self.body)}", "Connection: close", "", ""]
        return "\r\n".join(head).encode("latin-1") + self.body


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with verifying(tmp_path_factory.mktemp("tampering")) as served, Caller(served.url) as caller:
        made = caller.call(OPERATION, {"PoolName": "first"}, Signature(*ACCESS_KEY))
        assert made.status == 200, made
        yield served


def signed(server: Served, query: str = "") -> Request:
    """A request that works, its query included in the signature."""
    with Caller(server.url) as caller:
        headers = caller.headers(OPERATION, BODY, Signature(*ACCESS_KEY), query)
    return Request(query, {"Host": urlsplit(server.url).netloc, **headers}, BODY)


def status_of(server: Served, request: bytes) -> int:
    parts = urlsplit(server.url)
    with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=10) as connection:
        connection.sendall(request)
        answer = b""
        while chunk := connection.recv(65536):
            answer += chunk
    return int(answer.split(b" ", 2)[1])


def test_the_unchanged_request_works(server: Served) -> None:
    """Signed and sent as it is, with and without a query: done. So what follows is refused for the change."""
    assert status_of(server, signed(server).wire()) == 200
    assert status_of(server, signed(server, QUERY).wire()) == 200


@pytest.mark.parametrize("part", ["body", "query", *SIGNED_HEADERS])
def test_one_changed_byte_is_refused(server: Served, part: str) -> None:
    """API-02: body, query or a signed header with one other byte: refused with 4xx, and nothing is written."""
    dice = random.Random(part)
    before = everything(server)
    for _ in range(MUTATIONS // 5):
        request = changed(signed(server, QUERY), part, dice)
        assert 400 <= status_of(server, request.wire()) < 500, request
    assert everything(server) == before


def changed(request: Request, part: str, dice: random.Random) -> Request:
    """The request with one byte of one part replaced by another printable one."""
    if part == "body":
        return Request(request.query, request.headers, _other(request.body.decode(), dice).encode())
    if part == "query":
        return Request(_other(request.query, dice), request.headers, request.body)
    return Request(request.query, {**request.headers, part: _other(request.headers[part], dice)}, request.body)


def _other(text: str, dice: random.Random) -> str:
    at = dice.randrange(len(text))
    instead = dice.choice([letter for letter in "abcdefghijklmnopqrstuvwxyz0123456789-=&;" if letter != text[at]])
    return text[:at] + instead + text[at + 1 :]


@pytest.mark.parametrize(
    ("name", "value"),
    [("X-Amz-Content-Sha256", "UNSIGNED-PAYLOAD"), ("X-Amz-Security-Token", "made-up"), ("X-Amz-Anything", "1")],
)
def test_an_added_header_that_ought_to_be_signed_is_refused(server: Served, name: str, value: str) -> None:
    """API-02: an X-Amz header that the signature does not cover could have been added on the way."""
    request = signed(server)
    before = everything(server)
    assert status_of(server, Request("", {**request.headers, name: value}, BODY).wire()) == 400
    assert everything(server) == before


@pytest.mark.parametrize("header", ["Host", "X-Amz-Date", "X-Amz-Target"])
def test_a_header_left_out_of_the_signature_is_refused(server: Served, header: str) -> None:
    """API-02: a signature that claims to cover less than it must is refused, though nothing was changed."""
    request = signed(server)
    claimed = request.headers["Authorization"].replace(f";{header.lower()}", "").replace(f"{header.lower()};", "")
    assert claimed != request.headers["Authorization"]
    assert status_of(server, Request("", {**request.headers, "Authorization": claimed}, BODY).wire()) == 400
