"""The server as a process: when it says that it is ready, how it ends, and how it refuses to start."""

import base64
import signal
import socket
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError

import httpx2
import pytest

from cli.running import PATIENCE, run, serving

MEMORY = ("--data", ":memory:")


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that somebody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


@pytest.fixture
def production(tmp_path: Path) -> dict[str, str]:
    """The environment of a production server."""
    key = tmp_path / "master.key"
    key.touch(mode=0o600)
    key.write_bytes(base64.b64encode(bytes(32)))
    return {
        "COGNOMEN_PROFILE": "production",
        "COGNOMEN_MASTER_KEY_FILE": str(key),
        "COGNOMEN_ACCESS_KEYS__AKIDEXAMPLE": "0123456789abcdef",
    }


def test_the_ready_line_holds_all_that_a_newcomer_needs(tmp_path: Path) -> None:
    """One line: where the server is, where codes are read, how an SDK is pointed at it; and it is true."""
    with serving(*MEMORY, folder=tmp_path) as server:
        assert server.url.startswith("http://127.0.0.1:")
        assert f"inbox: {server.url}/_dev/inbox" in server.line
        assert f"AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER={server.url}" in server.line
        assert server.get("/health/ready") == (200, '{"status":"ready"}')
        assert server.get("/_dev/inbox")[0] == 200


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_server_cleanly(tmp_path: Path, number: int) -> None:
    """Exit code 0, nothing more on stdout, nothing on stderr."""
    with serving(*MEMORY, folder=tmp_path) as server:
        ended = server.end(number)
    assert (ended.code, ended.out, ended.err) == (0, "", "")


def test_a_request_under_way_is_answered_before_the_end(tmp_path: Path) -> None:
    """A signal while a call waits: the call gets its answer, then the server ends."""
    with serving(*MEMORY, folder=tmp_path) as server, server.connected() as waiting:
        waiting.sendall(b"GET /_dev/messages?to=nobody@x&wait=1 HTTP/1.1\r\nHost: localhost\r\n\r\n")
        server.get("/health/live")  # on another connection, and so after the first was read
        ended = server.end(signal.SIGTERM)
        answer = waiting.recv(65536)
    assert ended.code == 0
    assert answer.startswith(b"HTTP/1.1 200 OK")


def test_load_balancers_learn_first(tmp_path: Path) -> None:
    """OPS-01: after a SIGTERM readiness fails while everything else is served; a second one ends at once."""
    with serving(*MEMORY, folder=tmp_path, environment={"COGNOMEN_DRAIN_S": "600"}) as server:
        server.process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + PATIENCE
        while httpx2.get(f"{server.url}/health/ready").status_code == 200 and time.monotonic() < deadline:
            pass
        not_ready = httpx2.get(f"{server.url}/health/ready")
        assert (not_ready.status_code, not_ready.json()["reason"]) == (503, "stopping")
        assert server.get("/health/live")[0] == 200
        assert server.end(signal.SIGTERM).code == 0


def test_data_stays_in_the_directory(tmp_path: Path) -> None:
    """A server in dev keeps its store and its master key in ./data, for its user alone, and finds them again."""
    for _ in range(2):
        with serving(folder=tmp_path) as server:
            assert server.end(signal.SIGTERM).code == 0
    kept = tmp_path / "data"
    assert {"cognomen.db", "master.key"} <= {file.name for file in kept.iterdir()}
    assert [entry.stat().st_mode & 0o077 for entry in (kept, *kept.iterdir())] == [0] * (1 + len(list(kept.iterdir())))


def test_production_has_no_dev_pages(tmp_path: Path, production: dict[str, str]) -> None:
    """Production starts where all is safe, and neither mentions nor serves what belongs to dev."""
    with serving(folder=tmp_path, environment=production) as server:
        assert "(production) is ready" in server.line
        assert "_dev" not in server.line
        assert server.get("/health/ready")[0] == 200
        with pytest.raises(HTTPError, match="404"):
            server.get("/_dev/inbox")


def test_answers_do_not_name_the_server_software(tmp_path: Path) -> None:
    """There is no Server header to look vulnerabilities up by."""
    with serving(*MEMORY, folder=tmp_path) as server, server.connected() as connection:
        connection.sendall(b"GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        head = connection.recv(65536).lower()
    assert b"200 ok" in head
    assert b"\r\nserver:" not in head


def test_a_remote_address_warns(tmp_path: Path) -> None:
    """--unsafe-allow-remote serves on every address, says so on stderr, and the ready line can still be opened."""
    with serving(*MEMORY, "--host", "0.0.0.0", "--unsafe-allow-remote", folder=tmp_path) as server:
        assert server.url.startswith("http://127.0.0.1:")
        assert server.get("/health/ready")[0] == 200
        ended = server.end(signal.SIGTERM)
    assert ended.err.startswith("warning: the dev profile listens on 0.0.0.0, where other machines may reach it")


REFUSALS = {
    ("--host", "0.0.0.0"): "dev listens on loopback only and host is 0.0.0.0: set host to 127.0.0.1, or give",
    ("--host", "no-such-name.invalid", "--unsafe-allow-remote"): "cannot listen on no-such-name.invalid: the name does",
    ("--host", "203.0.113.1", "--unsafe-allow-remote"): "of 203.0.113.1: this machine has no such address: choose",
    ("--port", "many"): "--port on the command line must be a whole number from 0 to 65535, not 'many'",
    ("--config", "missing.toml"): "the settings file missing.toml cannot be read: No such file or directory",
    ("--data", "file/data"): "cannot keep data in file/data: Not a directory; choose another directory with --data",
    ("--data", "/proc/data"): "cannot keep data in /proc/data: ",
    ("--data", ":memory:", "--workers", "2"): "data = :memory: belongs to one process and workers is 2: set workers",
    ("--database", "postgresql://127.0.0.1:1/x"): "PostgreSQL cannot be reached",
    ("--data", "a", "--database", "postgresql://h/d"): "--data on the command line and --database on the command line",
    ("--profile", "production", "--config", "almost.toml"): "production verifies signatures and knows no access key",
    ("--data", "wrong-key"): "master key file wrong-key/master.key holds 3 bytes; a master key has 32",
    ("--data", "newer"): "The database has schema version 9999",
}


@pytest.fixture
def refusing_folder(tmp_path: Path) -> Path:
    """A folder with everything that the refusals need."""
    (tmp_path / "file").touch()
    key = tmp_path / "good.key"
    key.touch(mode=0o600)
    key.write_bytes(base64.b64encode(bytes(32)))
    (tmp_path / "almost.toml").write_text('master_key_file = "good.key"', encoding="utf-8")
    wrong = tmp_path / "wrong-key"
    wrong.mkdir()
    (wrong / "master.key").touch(mode=0o600)
    (wrong / "master.key").write_text("AAAA", encoding="utf-8")
    newer = tmp_path / "newer"
    newer.mkdir()
    with sqlite3.connect(newer / "cognomen.db") as store:
        store.execute("create table schema_version (name text primary key, version integer, compatible integer)")
        store.execute("insert into schema_version values ('schema', 9999, 9999)")
    store.close()
    return tmp_path


@pytest.mark.parametrize(("flags", "message"), REFUSALS.items())
def test_a_bad_start_is_one_line_and_exit_code_2(refusing_folder: Path, flags: tuple[str, ...], message: str) -> None:
    """Whatever keeps the server from starting is said in one line on stderr, without a traceback."""
    ended = run("serve", "--port", "0", *flags, folder=refusing_folder)
    assert (ended.code, ended.out) == (2, "")
    [line] = ended.err.splitlines()
    assert line.startswith("cognomen: ")
    assert message in line


def test_a_taken_port_is_one_line(tmp_path: Path, taken: int) -> None:
    """It says which port is taken and how to choose another."""
    ended = run("serve", *MEMORY, "--port", str(taken), folder=tmp_path)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == (
        f"cognomen: cannot listen on port {taken} of 127.0.0.1: it is taken: stop what uses it,"
        " or choose another with --port (0 takes a free one)\n"
    )
