"""Several processes behind one port."""

import os
import re
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import httpx2
import pytest

from cli.running import PATIENCE, Server, run, serving


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A server of two workers."""
    with serving("--workers", "2", folder=tmp_path) as served:
        wait_for(lambda: len(workers_of(served)) == 2)
        yield served


def workers_of(server: Server) -> set[int]:
    """The processes that serve; the children of multiprocessing's own tracker are none."""
    children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children")
    if not children.exists():
        pytest.skip("the children of a process are read from /proc")
    return {int(child) for child in children.read_text().split() if b"spawn_main" in command_line(int(child))}


def command_line(process: int) -> bytes:
    with suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{process}/cmdline").read_bytes()
    return b""


def catches_sigterm(process: int) -> bool:
    """Whether a process serves already, and so ends in its own way."""
    caught = re.search(r"^SigCgt:\s*(\w+)$", Path(f"/proc/{process}/status").read_text(), re.MULTILINE)
    return bool(caught and int(caught[1], 16) >> (signal.SIGTERM - 1) & 1)


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        os.sched_yield()


def test_a_dead_worker_is_replaced(server: Server) -> None:
    """When one worker is killed the port goes on answering, and soon there are two again."""
    killed = min(workers_of(server))
    os.kill(killed, signal.SIGKILL)
    assert server.get("/health/ready")[0] == 200
    wait_for(lambda: len(workers_of(server) - {killed}) == 2)
    assert server.get("/health/ready")[0] == 200
    ended = server.end(signal.SIGTERM)
    assert (ended.code, ended.out) == (0, "")
    assert ended.err == f"worker {killed} ended (exit code -9); another one starts\n"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_all_of_them(server: Server, number: int) -> None:
    """The parent passes the signal on, waits for its workers and ends with exit code 0."""
    workers = workers_of(server)
    ended = server.end(number)
    assert (ended.code, ended.out, ended.err) == (0, "", "")
    assert [command_line(worker) for worker in workers] == [b"", b""]


@pytest.mark.parametrize("first", [signal.SIGTERM, signal.SIGINT])
def test_a_second_signal_does_not_wait(tmp_path: Path, first: int) -> None:
    """OPS-01, of several workers: all of them drain, though their whole group is signalled; a second signal ends it."""
    drains = {"COGNOMEN_DRAIN_S": "600"}
    with serving("--workers", "2", folder=tmp_path, environment=drains) as server:
        wait_for(lambda: len(workers_of(server)) == 2)
        workers = workers_of(server)
        wait_for(lambda: all(map(catches_sigterm, workers)))
        if first == signal.SIGTERM:
            for process in (*workers, server.process.pid):
                os.kill(process, signal.SIGTERM)
            wait_for(lambda: httpx2.get(f"{server.url}/health/ready").status_code == 503)
            assert server.get("/health/live")[0] == 200
            assert workers_of(server) == workers
        ended = server.end(signal.SIGINT if first == signal.SIGINT else signal.SIGTERM)
        assert (ended.code, ended.out, ended.err) == (0, "", "")


def test_workers_do_not_outlive_their_parent(server: Server) -> None:
    """When the parent is killed, the workers end by themselves and the port is free."""
    workers = workers_of(server)
    server.process.kill()
    wait_for(lambda: not any(command_line(worker) for worker in workers))


def test_a_store_that_cannot_be_used_is_one_line(tmp_path: Path) -> None:
    """What keeps the first worker from starting is said once, by the parent, and no second worker is tried."""
    (tmp_path / "data").mkdir()
    with sqlite3.connect(tmp_path / "data" / "cognomen.db") as store:
        store.execute("create table schema_version (name text primary key, version integer, compatible integer)")
        store.execute("insert into schema_version values ('schema', 9999, 9999)")
    store.close()
    ended = run("serve", "--port", "0", "--workers", "2", folder=tmp_path)
    assert (ended.code, ended.out) == (2, "")
    [line] = ended.err.splitlines()
    assert line.startswith("cognomen: the first worker did not start: The database has schema version 9999")
