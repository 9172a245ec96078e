"""One raw connection to a server in a process of its own, and how long answers take on it."""

import json
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from time import perf_counter_ns
from typing import Any

from asgi import JSON, SIGNED
from refusals.service import PREFIX

LARGEST = 1 << 16  # bytes of an answer; every one here is smaller and comes in one piece or two


@dataclass(frozen=True)
class Timed:
    """An answer, and the milliseconds from its request to its first byte."""

    ms: float
    status: int
    document: Any


class Wire:
    """Sends whole requests, one after the other."""

    def __init__(self, connection: socket.socket) -> None:
        self._socket = connection
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, operation: str, members: Mapping[str, Any]) -> Timed:
        body = json.dumps(members).encode()
        head = (
            f"POST / HTTP/1.1\r\nHost: {self._socket.getpeername()[0]}:{self._socket.getpeername()[1]}\r\n"
            f"Content-Type: {JSON}\r\nX-Amz-Target: {PREFIX}.{operation}\r\nAuthorization: {SIGNED}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        request = head.encode() + body
        began = perf_counter_ns()
        self._socket.sendall(request)
        answer = self._socket.recv(LARGEST)
        took = perf_counter_ns() - began
        while len(answer) < whole(answer):
            answer += self._socket.recv(LARGEST)
        said = answer.partition(b"\r\n\r\n")[2]
        return Timed(took / 1e6, int(answer.split(b" ", 2)[1]), json.loads(said or b"{}"))

    def done(self, operation: str, members: Mapping[str, Any]) -> Any:
        """The answer to a call that must succeed."""
        answer = self.ask(operation, members)
        assert answer.status == 200, (operation, answer)
        return answer.document


def whole(answer: bytes) -> int:
    """How long the answer is that begins so."""
    head, end, _ = answer.partition(b"\r\n\r\n")
    if not end:
        return LARGEST
    lengths = [line.split(b":")[1] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    assert lengths, "an answer without a length"
    return len(head) + len(end) + int(lengths[0])
