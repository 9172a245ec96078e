"""A real HTTP server on loopback that records what it is asked and plays the answers a test put in."""

import json
import threading
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

REQUEST_ID = "4c3c5a1e-7d7e-4b0a-9c7e-2f6f0a6f2a11"
TARGET = "AWSCognitoIdentityProviderService."


@dataclass(frozen=True)
class Asked:
    """One request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def operation(self) -> str:
        return self.headers.get("x-amz-target", "").removeprefix(TARGET)

    @property
    def members(self) -> dict[str, Any]:
        return json.loads(self.body)


@dataclass(frozen=True)
class Answer:
    status: int = 200
    members: Any = field(default_factory=dict)
    raw: bytes | None = None
    headers: dict[str, str] = field(default_factory=dict)
    before: threading.Event | None = None
    silent: bool = False


def refusal(name: str, message: str, status: int = 400, **more: Any) -> Answer:
    """An error as AWS words it: the type in the body and in a header with a colon at the end."""
    headers = {"x-amzn-errortype": f"{name}:", "x-amzn-errormessage": message}
    return Answer(status, {"__type": name, "message": message, **more}, headers=headers)


Play = Answer | dict[str, Any] | Callable[[Asked], "Play"]


class FakeCognito:
    def __init__(self, url: str) -> None:
        self.url = url
        self.asked: list[Asked] = []
        self.arrived = threading.Event()
        self._answers: dict[str, deque[Play]] = defaultdict(deque)
        self._lock = threading.Lock()

    def answers(self, what: str, *answers: Play) -> None:
        """Play these for an operation (or for a path), one after the other; the last one again and again."""
        self._answers[what].extend(answers)

    def operations(self) -> list[str]:
        return [each.operation for each in self.asked]

    def only(self) -> Asked:
        assert len(self.asked) == 1, self.operations()
        return self.asked[0]

    def take(self, asked: Asked) -> Answer:
        with self._lock:
            self.asked.append(asked)
            self.arrived.set()
            waiting = self._answers.get(asked.operation) or self._answers.get(asked.path) or deque()
            if not waiting:
                return refusal("UnknownOperationException", f"no answer for {asked.operation or asked.path}")
            return played(waiting.popleft() if len(waiting) > 1 else waiting[0], asked)


def played(play: Play, asked: Asked) -> Answer:
    if isinstance(play, Answer):
        return play
    return Answer(members=play) if isinstance(play, dict) else played(play(asked), asked)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    fake: FakeCognito

    def do_POST(self) -> None:
        length = int(self.headers.get("content-length") or 0)
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.play(self.fake.take(Asked(self.command, self.path, headers, self.rfile.read(length))))

    do_GET = do_POST  # noqa: N815 - the names http.server looks for

    def play(self, answer: Answer) -> None:
        if answer.before is not None:
            answer.before.wait(30)
        if answer.silent:
            self.close_connection = True
            return
        body = json.dumps(answer.members).encode() if answer.raw is None else answer.raw
        self.send_response(answer.status)
        told = {"content-type": "application/x-amz-json-1.1", "x-amzn-RequestId": REQUEST_ID, **answer.headers}
        for name, value in {**told, "content-length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is part of some tests."""


@contextmanager
def fake_cognito() -> Iterator[FakeCognito]:
    handler = type("Handler", (Handler,), {})
    with Server(("127.0.0.1", 0), handler) as server:
        fake = FakeCognito(f"http://127.0.0.1:{server.server_port}")
        handler.fake = fake
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield fake
        finally:
            server.shutdown()
            thread.join()
