"""The ways to run a handler: webhooks are signed, AWS Lambda is invoked as its SDK does it, and calls are bounded."""

import asyncio
import base64
import hashlib
import hmac
import io
import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotoCredentials

from cognomen import errors
from cognomen.transactions import write_is_open
from cognomen.triggers.aws_lambda import LambdaTarget
from cognomen.triggers.port import NO_TRIGGERS, AnswerUnreadable, HandlerFailed, TargetUnreachable
from cognomen.triggers.python import PythonTarget
from cognomen.triggers.recording import RecordingTriggers
from cognomen.triggers.routing import Bounds, RoutingTriggers
from cognomen.triggers.sigv4 import Credentials
from cognomen.triggers.targets import Secrets, TargetUnusable, target_of, targets_of
from cognomen.triggers.webhook import WebhookTarget

ARN = "arn:aws:lambda:eu-west-1:123456789012:function:guard:live"
SECRET = b"a-secret-for-webhooks-of-tests"
NOW_MS = 1_770_000_000_000
EVENT = {"version": "1", "request": {"userAttributes": {"name": "Ånn"}}, "response": {}}
KEY = Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI", "a-session-token")


@contextmanager
def answering(answer: Callable[[Any, bytes], tuple[int, dict[str, str], bytes]]) -> Iterator[tuple[str, list[Any]]]:
    """A web service; yields its URL and the requests that it got."""
    got: list[Any] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            got.append((self.path, dict(self.headers), body))
            status, headers, content = answer(self, body)
            self.send_response(status)
            for name, value in {"content-length": str(len(content)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}", got
        finally:
            server.shutdown()


def call(target: Any, seconds: float = 5) -> Any:
    return json.loads(target.call(ARN, json.dumps(EVENT).encode(), seconds))


def webhook(url: str) -> WebhookTarget:
    return WebhookTarget(f"{url}/hooks?tenant=1", (SECRET, b"old"), lambda: NOW_MS)


def test_a_webhook_gets_a_signed_event_and_gives_it_back():
    """The signature is over the time and the body, so that an old request cannot be sent again unseen."""
    with answering(lambda _, body: (200, {}, body)) as (url, got):
        assert call(webhook(url)) == EVENT
    ((path, headers, body),) = got
    signed = f"{headers['webhook-id']}.{NOW_MS // 1000}.".encode() + body
    macs = [base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode() for key in (SECRET, b"old")]
    assert path == "/hooks?tenant=1"
    assert headers["webhook-signature"] == f"v1,{macs[0]} v1,{macs[1]}"
    assert headers["webhook-timestamp"] == str(NOW_MS // 1000)
    assert (headers["cognomen-trigger-arn"], headers["content-type"]) == (ARN, "application/json")


@pytest.mark.parametrize(
    ("status", "body", "fault", "text"),
    [
        (400, b'{"errorMessage": "Not you", "errorType": "Error"}', HandlerFailed, "Not you"),
        (500, b'{"errorMessage": "Broken"}', HandlerFailed, "Broken"),
        (500, b"<html>", TargetUnreachable, "HTTP status 500"),
        (404, b"[]", TargetUnreachable, "HTTP status 404"),
        (302, b'{"errorMessage": 7}', TargetUnreachable, "HTTP status 302"),
    ],
)
def test_what_a_webhook_fails_with(status, body, fault, text):
    """An errorMessage is the handler's own; everything else means that it was not reached. Nothing is followed."""
    with answering(lambda *_: (status, {"location": "http://127.0.0.1:9/"}, body)) as (url, got):
        with pytest.raises(fault) as raised:
            call(webhook(url))
        assert str(raised.value) == text
        assert len(got) == 1


def test_nobody_behind_the_url():
    """A port that nobody listens on is told without its address."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))  # so that nobody else can listen there
        with pytest.raises(TargetUnreachable, match=r"^ConnectionRefusedError while invoking 127\.0\.0\.1$"):
            call(webhook(f"http://127.0.0.1:{held.getsockname()[1]}"))


def test_an_answer_that_drips_is_hung_up_on():
    """The whole call has a limit, not only each read of it."""
    ended = threading.Event()

    def drip(handler: Any, _: bytes) -> Any:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n")
        while not ended.wait(0.02):
            handler.wfile.write(b" ")
        raise ConnectionAbortedError

    def quietly(handler: Any, body: bytes) -> Any:
        try:
            return drip(handler, body)
        except OSError:
            handler.wfile = io.BytesIO()
            return 200, {}, b""

    with answering(quietly) as (url, _):
        try:
            with pytest.raises(TargetUnreachable):
                call(webhook(url), 0.2)
        finally:
            ended.set()


def test_an_endless_answer_is_not_read_to_its_end():
    """6 MiB are read at most."""
    with answering(lambda *_: (200, {}, b" " * (6 * 1024 * 1024 + 1))) as (url, _), pytest.raises(AnswerUnreadable):
        call(webhook(url))


def lambda_target(url: str) -> LambdaTarget:
    return LambdaTarget(url, KEY, lambda: NOW_MS)


def test_lambda_is_invoked_as_its_sdk_does_it(monkeypatch):
    """The path holds the whole ARN, and the signature is the one that botocore makes."""
    with answering(lambda _, body: (200, {}, body)) as (url, got):
        assert call(lambda_target(url)) == EVENT
    ((path, headers, body),) = got
    assert path == f"/2015-03-31/functions/{ARN.replace(':', '%3A')}/invocations"
    assert headers["x-amz-invocation-type"] == "RequestResponse"
    assert headers["x-amz-security-token"] == KEY.session_token
    signed = {name: headers[name] for name in ("content-type", "x-amz-invocation-type")}
    request = AWSRequest("POST", url + path, headers=signed, data=body)
    request.context["timestamp"] = headers["x-amz-date"]
    signer = SigV4Auth(BotoCredentials(KEY.key_id, KEY.secret, KEY.session_token), "lambda", "eu-west-1")
    request.headers["X-Amz-Security-Token"] = KEY.session_token
    request.headers["X-Amz-Date"] = headers["x-amz-date"]
    expected = signer.signature(signer.string_to_sign(request, signer.canonical_request(request)), request)
    assert headers["authorization"].endswith(f"Signature={expected}")


@pytest.mark.parametrize(
    ("status", "headers", "body", "fault", "text"),
    [
        (200, {"x-amz-function-error": "Unhandled"}, b'{"errorMessage":"Not you"}', HandlerFailed, "Not you"),
        (200, {"x-amz-function-error": "Unhandled"}, b"", HandlerFailed, "Unhandled"),
        (403, {"x-amzn-errortype": "AccessDeniedException:http"}, b"{}", TargetUnreachable, "AccessDeniedException"),
        (502, {}, b"", TargetUnreachable, "502"),
    ],
)
def test_what_lambda_fails_with(status, headers, body, fault, text):
    """The error of the function is the handler's message; the error of the service is its name."""
    with answering(lambda *_: (status, headers, body)) as (url, _), pytest.raises(fault) as raised:
        call(lambda_target(url))
    assert str(raised.value) == text


def routing(target: Any, most: int = 1, queue: int = 0, seconds: float = 5) -> RoutingTriggers:
    return RoutingTriggers({ARN: target}, Bounds(most, queue, seconds), lambda: NOW_MS, 10)


@pytest.mark.anyio
async def test_no_more_run_than_may():
    """One runs, one waits, and the third is refused at once; the one that waits gets the place."""
    release = threading.Event()

    def wait(event: Any, _: Any) -> Any:
        release.wait(10)
        return event

    triggers = routing(PythonTarget(wait), queue=1)
    first = asyncio.ensure_future(triggers.invoke(ARN, EVENT))
    second = asyncio.ensure_future(triggers.invoke(ARN, EVENT))
    for _ in range(3):
        await asyncio.sleep(0)
    with pytest.raises(errors.TooManyRequestsException):
        await triggers.invoke(ARN, EVENT)
    release.set()
    assert [await first, await second] == [EVENT, EVENT]


@pytest.mark.anyio
async def test_a_handler_that_hangs_keeps_its_place_and_not_its_caller():
    """API-33: The caller is told in time; the place is free again when the handler ends."""
    release, ended = threading.Event(), threading.Event()

    def hang(event: Any, _: Any) -> Any:
        release.wait(10)
        ended.set()
        return event

    triggers = routing(PythonTarget(hang), seconds=0.05)
    with pytest.raises(TargetUnreachable, match="Socket timeout"):
        await triggers.invoke(ARN, EVENT)
    with pytest.raises(errors.TooManyRequestsException):
        await triggers.invoke(ARN, EVENT)
    release.set()
    await asyncio.to_thread(ended.wait, 10)
    while triggers._places._free.locked():  # noqa: ASYNC110 (its end is told by nothing else)
        await asyncio.sleep(0)
    assert await triggers.invoke(ARN, EVENT, 10) == EVENT


@pytest.mark.anyio
async def test_no_trigger_runs_while_a_write_is_open():
    """A slow handler must not hold a lock of the store."""
    token = write_is_open.set(True)
    try:
        with pytest.raises(AssertionError, match="write transaction"):
            await routing(PythonTarget(lambda event, _: event)).invoke(ARN, EVENT)
    finally:
        write_is_open.reset(token)


@pytest.mark.anyio
async def test_an_arn_that_the_settings_lost_is_told():
    """A pool may hold an ARN that is not mapped any more."""
    for triggers in (NO_TRIGGERS, routing(None)):
        with pytest.raises(TargetUnreachable, match="map arn:gone to no target"):
            await triggers.invoke("arn:gone", EVENT)
        assert not triggers.knows("arn:gone")
        triggers.forget()
        assert not triggers.recent()


@pytest.mark.anyio
async def test_the_recording_keeps_events_and_answers_as_told():
    """It is the port's implementation for tests."""
    triggers = RecordingTriggers({ARN: lambda event: {**event, "response": {"a": 1}}, "bad": lambda event: 1 // 0})
    assert (await triggers.invoke(ARN, EVENT))["response"] == {"a": 1}
    with pytest.raises(HandlerFailed, match="division"):
        await triggers.invoke("bad", EVENT)
    assert triggers.events == [EVENT, EVENT]
    assert (triggers.knows(ARN), len(triggers.recent())) == (True, 2)
    triggers.forget()
    assert triggers.events == []


EVERYTHING = Secrets((SECRET,), KEY)


@pytest.mark.parametrize(
    ("line", "secrets", "advice"),
    [
        ("ftp://example.com", EVERYTHING, "name a target such as"),
        ("python:no_such_module:handler", EVERYTHING, "put it onto PYTHONPATH"),
        ("python:triggers.handlers:no_such_function", EVERYTHING, "has no attribute"),
        ("python:triggers.handlers:release", EVERYTHING, "is no function"),
        ("python:triggers.handlers", EVERYTHING, "write python:package.module:function"),
        ("https://example.com/", Secrets(), "set trigger_calls.webhook_secret"),
        ("http://example.com/", EVERYTHING, "begin the URL with https://"),
        ("https://", EVERYTHING, "must begin with https:// and a host"),
        ("https://a:b/", EVERYTHING, "must begin with https:// and a host"),
        ("lambda:lambda.us-east-1.amazonaws.com", EVERYTHING, "must begin with https:// and a host"),
        ("lambda:https://lambda.us-east-1.amazonaws.com", Secrets((SECRET,)), "set trigger_calls.aws_access_key_id"),
    ],
)
def test_a_target_that_cannot_be_used_is_told_with_what_to_do(line, secrets, advice):
    """Nothing is found out only when somebody signs in."""
    with pytest.raises(TargetUnusable, match=advice):
        target_of(line, secrets, lambda: 0)
    assert targets_of({ARN: line}, secrets, lambda: 0)[1][0].startswith(f'[triggers] "{ARN}" = "{line}": ')


@pytest.mark.parametrize(
    "line",
    [
        "python:triggers.handlers:unchanged",
        "https://example.com/a",
        "http://localhost:1/",
        "lambda:https://example.com",
    ],
)
def test_targets_that_can_be_used(line):
    """Each kind of line is a target."""
    found, problems = targets_of({ARN: line}, EVERYTHING, lambda: 0)
    assert (list(found), problems) == ([ARN], [])


def test_secrets_do_not_print_themselves():
    """Neither the key nor the secret of webhooks stands in a repr."""
    assert SECRET.decode() not in repr(EVERYTHING)
    assert KEY.secret not in repr(EVERYTHING)
