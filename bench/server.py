"""A server in a process of its own, spoken to over one raw connection; its CPU is read from the system's accounts."""

import http.client
import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

STORES = {"--data", "--database", "--config"}  # flags that name a store
TARGET = "AWSCognitoIdentityProviderService."
HEADERS = {
    "Content-Type": "application/x-amz-json-1.1",
    "X-Amz-Date": "20260101T000000Z",
    "Authorization": "AWS4-HMAC-SHA256 Credential=BENCH/20260101/us-east-1/cognito-idp/aws4_request,"
    " SignedHeaders=host;x-amz-date, Signature=0",
}


@dataclass(frozen=True)
class Cost:
    """Milliseconds of one call: the server's CPU, and the time the caller waited."""

    cpu_ms: float
    wall_ms: float


@dataclass
class Server:
    """A running server under measurement."""

    process: subprocess.Popen[str]
    port: int
    first_answer_s: float

    def __post_init__(self) -> None:
        self.connect()

    def connect(self) -> None:
        """Open the connection; once more, where it was idle for longer than a server keeps it."""
        self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def call(self, operation: str, **body: Any) -> Any:
        """One request in one segment, as load generators send it, so that only the server's work is counted."""
        content = json.dumps(body).encode()
        own = {"Host": f"127.0.0.1:{self.port}", "X-Amz-Target": TARGET + operation, "Content-Length": len(content)}
        head = "".join(f"{name}: {value}\r\n" for name, value in {**HEADERS, **own}.items())
        self.socket.sendall(f"POST / HTTP/1.1\r\n{head}\r\n".encode() + content)
        answer = http.client.HTTPResponse(self.socket, method="POST")
        answer.begin()
        said = answer.read()
        if answer.status != HTTPStatus.OK:
            message = f"{operation}: {answer.status} {said.decode()}"
            raise RuntimeError(message)
        return json.loads(said) if said else {}

    def cpu_s(self) -> float:
        """CPU seconds of all its threads; the ticks of /proc/PID/stat are too coarse for cheap calls."""
        threads = Path(f"/proc/{self.process.pid}/task").iterdir()
        return sum(int((thread / "schedstat").read_text().split()[0]) for thread in threads) / 1e9

    def memory_mb(self) -> float:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0]) / 1024

    def cost(self, calls: int, one: Callable[[int], object]) -> Cost:
        """Run one call so often, after a tenth of that to warm up."""
        for number in range(calls // 10):
            one(number)
        cpu, wall = self.cpu_s(), time.perf_counter()
        for number in range(calls):
            one(number)
        return Cost((self.cpu_s() - cpu) * 1000 / calls, (time.perf_counter() - wall) * 1000 / calls)


@contextmanager
def serving(*flags: str, **environment: str) -> Iterator[Server]:
    """This checkout's server with these flags, on a free port, with a store on disk that is thrown away."""
    with TemporaryDirectory() as folder:
        store = () if STORES.intersection(flags) else ("--data", folder)
        command = [sys.executable, "-m", "cognomen", "serve", "--port", "0", *store, *flags]
        surroundings = {**os.environ, "COGNOMEN_LOG_LEVEL": "warning", **environment}
        began = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=surroundings)
        assert process.stdout is not None
        ready = re.search(r"http://127\.0\.0\.1:(\d+)", process.stdout.readline())
        if ready is None:
            message = "the server did not start"
            raise RuntimeError(message)
        try:
            yield Server(process, int(ready[1]), time.perf_counter() - began)
        finally:
            process.terminate()
            process.wait(30)
