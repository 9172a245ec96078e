"""Which path and method leads where, and the life of the application."""

import io
import json
from dataclasses import replace

import pytest

from asgi import Browser
from cognomen.http.app import Options, make_app
from cognomen.http.lifespan import Lifespan
from cognomen.http.log_lines import make_logger
from cognomen.http.sigv4 import AnyWellFormedSignature

pytestmark = pytest.mark.anyio

PLACES = [
    ("GET", "/", 200),
    ("HEAD", "/", 200),
    ("PUT", "/", 405),
    ("DELETE", "/", 405),
    ("TRACE", "/", 405),
    ("GET", "/health/live", 200),
    ("POST", "/health/live", 405),
    ("GET", "/health/ready", 200),
    ("GET", "/health", 404),
    ("GET", "/health/live/", 404),
    ("GET", "/nothing", 404),
    ("POST", "/nothing", 404),
    ("POST", "//", 404),
    ("GET", "/../etc/passwd", 404),
    ("OPTIONS", "/nothing", 404),
    ("POST", "/us-east-1_abcdefghi/.well-known/jwks.json", 405),
    ("GET", "/_dev", 404),
    ("GET", "/_dev/", 404),
    ("GET", "/_dev/nothing", 404),
    ("GET", "/_dev/inbox", 200),
    ("GET", "/_dev/clock", 405),
    ("GET", "/_dev/reset", 405),
    ("POST", "/_dev/messages", 405),
]


@pytest.mark.parametrize(("method", "path", "status"), PLACES, ids=[f"{m} {p}" for m, p, _ in PLACES])
async def test_every_path_and_method_has_its_status(browser, method, path, status):
    """HTTP-06: 405 where the path is known, 404 where it is not, and never a redirection that repeats the Host."""
    reply = await browser.send(method, path)
    assert (reply.status, "location" in reply.headers) == (status, False)


async def test_the_front_page_tells_what_this_is(browser):
    """Somebody who opens the address in a browser learns how to point an SDK at it."""
    reply = await browser.get("/", {"Host": "evil.example"})
    assert reply.headers["content-type"] == "text/plain; charset=utf-8"
    assert b"AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER=http://127.0.0.1:9229\n" in reply.body
    assert b"/_dev/inbox" in reply.body
    assert b"evil" not in reply.body


DEV_PATHS = ["/_dev/messages", "/_dev/inbox", "/_dev/inbox.js", "/_dev/inbox.css", "/_dev/clock", "/_dev/reset"]


def production(application, **more):
    """The same world behind an application that has no /_dev."""
    options = Options(make_logger("error", "json", io.StringIO()), **more)
    return Browser(make_app(application.world, AnyWellFormedSignature("123456789012"), options))


@pytest.mark.parametrize("path", DEV_PATHS)
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS", "DELETE"])
async def test_production_has_no_dev_pages(application, method, path):
    """The paths do not exist there, whatever the method; the front page does not speak of them."""
    browser = production(application)
    assert (await browser.send(method, path, chunks=[b"{}"])).status == 404
    assert b"_dev" not in (await browser.get("/")).body


async def test_a_page_that_fails_answers_500_with_the_request_id(application):
    """The reader gets an id, the log the stack; nothing of the fault is told."""
    log = io.StringIO()
    world = replace(application.world, directory=None)
    app = make_app(world, AnyWellFormedSignature("1"), Options(make_logger("info", "json", log)))
    reply = await Browser(app).get("/us-east-1_abcdefghi/.well-known/jwks.json")
    assert (reply.status, list(reply.json)) == (500, ["message"])
    request_id = reply.json["message"].removeprefix("Request id: ")
    entries = [json.loads(line) for line in log.getvalue().splitlines()]
    assert [entry["request_id"] for entry in entries] == [request_id, request_id]
    assert "AttributeError" in entries[0]["exception"]
    assert entries[1]["status"] == 500


async def test_a_page_takes_no_endless_body(browser):
    """What is sent to a page is small."""
    reply = await browser.send("POST", "/_dev/clock", {"Content-Length": "70000"}, [b"x" * 70_000])
    assert reply.status == 413


async def test_there_are_no_websockets(application):
    """A WebSocket is closed at once."""
    sent = []

    async def receive():
        return {"type": "websocket.connect"}

    async def send(message):
        sent.append(message["type"])

    scope = {"type": "websocket", "path": "/", "query_string": b"", "headers": []}
    await application.app(scope, receive, send)
    assert sent == ["websocket.close"]


async def live(application, lifespan):
    """Take an application from its start to its end; what it told the server."""
    log = io.StringIO()
    options = Options(make_logger("info", "json", log), lifespan=lifespan)
    app = make_app(application.world, AnyWellFormedSignature("1"), options)
    told = []
    heard = iter(["lifespan.startup", "lifespan.shutdown"])

    async def receive():
        return {"type": next(heard)}

    async def send(message):
        told.append(message)

    await app({"type": "lifespan"}, receive, send)
    return [message["type"].removeprefix("lifespan.") for message in told], log.getvalue()


async def test_hooks_run_at_start_and_at_the_end(application):
    """In order, and before the server is told."""
    ran = []

    def hook(name, fault=None):
        async def run():
            ran.append(name)
            if fault:
                raise fault

        return run

    lifespan = Lifespan(start=(hook("a"), hook("b")), stop=(hook("c", OSError("stuck")), hook("d")))
    told, log = await live(application, lifespan)
    assert told == ["startup.complete", "shutdown.complete"]
    assert ran == ["a", "b", "c", "d"]
    assert "stuck" in log


async def test_a_start_that_fails_keeps_the_server_from_serving(application):
    """The server is told that there is nothing to serve, and the log says why."""

    async def fail():
        raise OSError("no disk")

    told, log = await live(application, Lifespan(start=(fail,)))
    assert told == ["startup.failed"]
    assert "no disk" in log
