"""A client's connection that knows three ends of a call: done, refused, and nobody knows."""

import http.client
import json
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

HEADERS = {
    "Content-Type": "application/x-amz-json-1.1",
    "X-Amz-Date": "20260101T000000Z",
    # dev takes any signature that is well formed
    "Authorization": "AWS4-HMAC-SHA256 Credential=FAULTS/20260101/us-east-1/cognito-idp/aws4_request,"
    " SignedHeaders=host;x-amz-date, Signature=0",
}
TARGET = "AWSCognitoIdentityProviderService."
TIMEOUT = 15.0  # seconds: three times what any wait of the server is promised to be
GONE = (OSError, http.client.HTTPException)
UNSENT = -1
Call = tuple[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Reply:
    """What became of a call; the status is 0 where no answer came, and UNSENT where nobody was there to ask."""

    status: int
    document: Mapping[str, Any] = field(default_factory=dict)

    @property
    def done(self) -> bool:
        """It is acknowledged."""
        return self.status == HTTPStatus.OK

    @property
    def doubtful(self) -> bool:
        """It may have been done or not: no answer, or a fault of the server."""
        return self.status == 0 or self.status >= HTTPStatus.INTERNAL_SERVER_ERROR

    @property
    def refused(self) -> bool:
        """It was certainly not done."""
        return not (self.done or self.doubtful)

    @property
    def error(self) -> str:
        """The name of the refusal or fault; empty where there is none."""
        return str(self.document.get("__type", ""))


class Line:
    """One connection to a time, to one of several servers: the next one where one fails."""

    def __init__(self, urls: Sequence[str], timeout: float = TIMEOUT) -> None:
        self._places = [urlsplit(url).netloc for url in urls]
        self._timeout = timeout
        self._connection: http.client.HTTPConnection | None = None
        self._asked_at = 0.0
        self._refused = False
        self.longest_s = 0.0
        self.faults: dict[str, int] = {}  # how often which fault of the server was answered

    def call(self, operation: str, **members: Any) -> Reply:
        """Ask and wait for what becomes of it."""
        self.send(operation, members)
        return self.receive()

    def send(self, operation: str, members: Mapping[str, Any]) -> None:
        """Ask."""
        self._asked_at = time.monotonic()
        self._refused = False
        body = json.dumps(members).encode()
        try:
            self._connected().request("POST", "/", body, {**HEADERS, "X-Amz-Target": TARGET + operation})
        except ConnectionRefusedError:
            self.close()
            self._refused = True
        except GONE:
            self.close()

    def receive(self) -> Reply:
        """What became of what was asked last."""
        reply = self._received()
        self.longest_s = max(self.longest_s, time.monotonic() - self._asked_at)
        if reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            self.faults[reply.error] = self.faults.get(reply.error, 0) + 1
        return reply

    def close(self) -> None:
        """Hang up; the next call is for the next server."""
        if self._connection is not None:
            with suppress(OSError):
                self._connection.close()
            self._connection = None
            self._places.append(self._places.pop(0))

    def _connected(self) -> http.client.HTTPConnection:
        if self._connection is None:
            self._connection = http.client.HTTPConnection(self._places[0], timeout=self._timeout)
        return self._connection

    def _received(self) -> Reply:
        if self._connection is None:
            return Reply(UNSENT if self._refused else 0)
        try:
            answer = self._connection.getresponse()
            content = answer.read()
            if answer.will_close:
                self.close()
            return Reply(answer.status, json.loads(content or b"{}"))
        except (*GONE, ValueError):
            self.close()
            return Reply(0)


def at_once(lines: Sequence[Line], calls: Sequence[Call]) -> list[Reply]:
    """Ask by several connections before any answer is read."""
    for line, (operation, members) in zip(lines, calls, strict=True):
        line.send(operation, members)
    return [line.receive() for line in lines]
