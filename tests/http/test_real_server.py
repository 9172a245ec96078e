"""The application behind its real HTTP server, as clients on the network see it."""

import json
import socket

import httpx2
import pytest

from asgi import SIGNED
from cognomen.http.incoming import MIB

JSON = "application/x-amz-json-1.1"


@pytest.fixture
def client(server):
    with httpx2.Client(base_url=server.url, timeout=20) as client:
        yield client


def call(client, operation, body=b"{}", **headers):
    target = f"AWSCognitoIdentityProviderService.{operation}"
    return client.post("/", content=body, headers={"X-Amz-Target": target, "Content-Type": JSON, **headers})


def test_an_answer_over_the_network_has_the_heads_of_aws(client):
    """The server adds a date, and names neither itself nor its version."""
    reply = call(client, "SignUp", b'{"ClientId": "nobody", "Username": "a", "Password": "b"}')
    assert (reply.status_code, reply.json()["__type"]) == (400, "ResourceNotFoundException")
    assert reply.headers["content-type"] == JSON
    assert reply.headers["x-amzn-errortype"] == "ResourceNotFoundException:"
    assert reply.headers["date"].endswith("GMT")


def test_one_connection_serves_many_calls(client):
    """Refusals of every kind leave the connection as it was."""
    streams = set()
    for body in (
        b"{",
        b"[" * 100_000,
        b"",
        b'{"ClientId": "nobody", "Username": "a", "Password": "b"}',
        b"x" * 200_000,
    ):
        for operation in ("SignUp", "Nothing", "CreateUserPool"):
            reply = call(client, operation, body)
            assert reply.status_code == 400
            streams.add(reply.extensions["network_stream"])
    assert len(streams) == 1


@pytest.mark.parametrize("size", [MIB + 1, 3 * MIB, 20 * MIB])
def test_a_body_over_the_limit_is_answered_and_the_connection_ends(client, size):
    """The client hears why, even while it is still sending; nothing of it is kept."""
    reply = call(client, "SignUp", b"x" * size)
    assert (reply.status_code, reply.json()["__type"]) == (400, "SerializationException")
    assert reply.headers["connection"] == "close"


def test_a_chunked_body_over_the_limit_is_answered(client):
    """A body that does not tell its length is cut off where the limit is."""
    reply = call(client, "SignUp", iter([b"x" * 65_536] * 64))
    assert (reply.status_code, reply.json()["__type"]) == (400, "SerializationException")


def test_a_body_at_the_limit_is_taken(client):
    """The limit is the last length that is served."""
    body = b'{"ClientId": "nobody", "Username": "a", "Password": "b"}'
    reply = call(client, "SignUp", body + b" " * (MIB - len(body)))
    assert reply.json()["__type"] == "ResourceNotFoundException"


def test_an_answer_without_a_body_has_no_body(client):
    """Zero bytes, and the connection goes on."""
    pool = call(client, "CreateUserPool", b'{"PoolName": "p"}', Authorization=SIGNED).json()["UserPool"]["Id"]
    reply = call(client, "DeleteUserPool", json.dumps({"UserPoolId": pool}).encode(), Authorization=SIGNED)
    assert (reply.status_code, reply.content, reply.headers["content-length"]) == (200, b"", "0")


def test_head_and_options_have_no_body(client):
    """Methods without a body in the answer send none."""
    for reply in (client.head("/"), client.options("/")):
        assert (reply.status_code, reply.content) == (200, b"")


def raw(server, data: bytes) -> bytes:
    """Send bytes as they are; everything that comes back until the server closes or falls silent."""
    host, _, port = server.url.removeprefix("http://").partition(":")
    received = b""
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)
        while chunk := connection.recv(65_536):
            received += chunk
    return received


HEAD = b"POST / HTTP/1.1\r\nHost: x\r\nX-Amz-Target: AWSCognitoIdentityProviderService.SignUp\r\n"
TYPE = b"Content-Type: application/x-amz-json-1.1\r\n"
FRAMES = {
    "a length and chunks": HEAD + TYPE + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "two lengths": HEAD + TYPE + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{} ",
    "a length with a sign": HEAD + TYPE + b"Content-Length: +2\r\n\r\n{}",
    "a space before the colon": HEAD + b"Content-Type : x\r\nContent-Length: 2\r\n\r\n{}",
    "no HTTP at all": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "an unknown version": b"POST / HTTP/9.9\r\nHost: x\r\n\r\n",
}


@pytest.mark.parametrize("data", FRAMES.values(), ids=FRAMES)
def test_a_request_that_can_be_read_in_two_ways_is_refused(server, data):
    """400, or 505 for another version, and the end of the connection: nothing is smuggled behind it."""
    received = raw(server, data + b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n")
    assert received.startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 505 "))
    assert received.lower().count(b"\r\ncontent-length:") == 1
    assert b"live" not in received


def test_a_code_reaches_the_inbox_while_a_reader_waits(server, pool):
    """The main use of the long poll: ask first, sign up, and get the code."""
    pool.sign_up("ana", UserAttributes=[{"Name": "email", "Value": "ana.waits@example.com"}])
    with httpx2.Client(base_url=server.url, timeout=40) as client:
        asked = {"to": "ana.waits@example.com", "kind": "SignUp", "wait": "20"}
        (message,) = client.get("/_dev/messages", params=asked).json()["messages"]
    assert message["code"].isdigit()
    assert message["code"] in message["body"]
    assert (message["pool_id"], message["username"]) == (pool.pool_id, "ana")
