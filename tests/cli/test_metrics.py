"""The figures for Prometheus, asked for as Prometheus does."""

import re
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from cli.running import PATIENCE, Server, run, serving


@contextmanager
def kept_port() -> Iterator[int]:
    """A port that the system gives to nobody meanwhile; who asks for it by its number may listen on it."""
    with socket.socket() as kept:
        kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        kept.bind(("127.0.0.1", 0))
        yield kept.getsockname()[1]


def sign_up(server: Server) -> None:
    """Refused: there is no such client. The canary is in every member that a caller chooses."""
    body = b'{"ClientId": "canary", "Username": "canary", "Password": "canary"}'
    head = {
        "X-Amz-Target": "AWSCognitoIdentityProviderService.SignUp",
        "Content-Type": "application/x-amz-json-1.1",
        "User-Agent": "canary",
    }
    assert httpx2.post(f"{server.url}/?canary", content=body, headers=head, timeout=PATIENCE).status_code == 400


@pytest.mark.parametrize("store", [("--data", ":memory:"), ("--workers", "2")], ids=["one process", "two processes"])
def test_requests_are_counted(tmp_path: Path, store: tuple[str, ...]) -> None:
    """By operation and outcome, over all processes; OPS-16: nothing that a caller chose is in the figures."""
    with kept_port() as port:
        environment = {"COGNOMEN_METRICS__PORT": str(port)}
        with serving(*store, folder=tmp_path, environment=environment) as server:
            for _ in range(20):
                sign_up(server)
            assert httpx2.get(f"{server.url}/canary", timeout=PATIENCE).status_code == 404
            text = figures(port, 21)
            assert httpx2.get(f"http://127.0.0.1:{port}/", timeout=PATIENCE).status_code == 404
    refused = 'cognomen_requests_total{operation="SignUp",outcome="ResourceNotFoundException"} 20.0'
    assert refused in text
    assert re.search(r'cognomen_requests_total\{operation="page",outcome="404"\} 1\.0', text)
    assert 'cognomen_request_seconds_count{operation="SignUp"} 20.0' in text
    assert "canary" not in text


def figures(port: int, requests: int) -> str:
    """What Prometheus reads once so many requests are timed: each is counted when its answer has gone out."""
    deadline = time.monotonic() + PATIENCE
    while True:
        text = httpx2.get(f"http://127.0.0.1:{port}/metrics", timeout=PATIENCE).text
        counted = re.findall(r"^cognomen_request_seconds_count\{.*\} (\S+)$", text, re.MULTILINE)
        if sum(map(float, counted)) >= requests:
            return text
        assert time.monotonic() < deadline, text


def test_no_port_no_figures(tmp_path: Path) -> None:
    """The port of the clients never has them."""
    with serving("--data", ":memory:", folder=tmp_path) as server:
        assert httpx2.get(f"{server.url}/metrics").status_code == 404


def test_a_taken_port_is_said(tmp_path: Path) -> None:
    """As for the port of the clients."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = run("serve", "--port", "0", folder=tmp_path, environment={"COGNOMEN_METRICS__PORT": str(port)})
    assert ended.code != 0
    assert f"cannot listen on port {port}" in ended.err
