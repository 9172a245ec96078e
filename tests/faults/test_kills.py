"""`kill -9` while many write."""

import os
import signal
from collections.abc import Callable
from random import Random
from statistics import median

import pytest

from faults.conftest import Kept, Report
from faults.load import Load
from faults.processes import Cognomen, cognomen
from faults.sizes import sizes
from storage.stores import FILE, POSTGRES

RESTART_SECONDS = 3.0
SERVERS = [(FILE, 1), (FILE, 2), (POSTGRES, 1)]


@pytest.mark.parametrize("kills", sizes(17, 50, 1000))
@pytest.mark.parametrize(("engine", "workers"), SERVERS)
def test_what_was_acknowledged_outlives_a_kill(
    keep: Callable[[str], Kept], report: Report, engine: str, workers: int, kills: int
) -> None:
    """STO-01: of no kill is an acknowledged write lost or a code or token spent twice; the store is whole, and the
    server is back within three seconds."""
    kept, chance = keep(engine), Random(kills)
    flags = (*kept.flags, "--workers", str(workers))
    with cognomen(kept.folder, *flags, environment=kept.environment) as server, Load([server.url]) as load:
        for _ in range(kills):
            _kill_under_load(server, load, chance)
            load.verify()
            assert kept.complaints() == []
        load.verify(everything=True)
        restarts = server.starts[1:]
        remark = f"restart: median {median(restarts):.2f} s, longest {max(restarts):.2f} s"
        report(f"server killed: {engine}, {workers} worker(s)", kills, load.tally, remark)
        assert load.tally.clean, load.tally
        slow = 2 * server.starts[0]  # where even a first start, on an empty store, takes its time
        assert median(restarts) <= max(RESTART_SECONDS, slow)


def _kill_under_load(server: Cognomen, load: Load, chance: Random) -> None:
    load.begin()
    load.await_acknowledged(chance.randint(10, 120))
    server.kill()
    load.end()
    server.start()


@pytest.mark.parametrize("kills", sizes(1, 10, 100))
def test_workers_end_with_their_parent(keep: Callable[[str], Kept], report: Report, kills: int) -> None:
    """STO-01, for the parent of two workers alone: the port is free for the next start at once, nothing is lost."""
    kept = keep(FILE)
    with cognomen(kept.folder, *kept.flags, "--workers", "2") as server, Load([server.url]) as load:
        for _ in range(kills):
            load.begin()
            load.await_acknowledged(100)
            os.kill(server.process.pid, signal.SIGKILL)
            server.forget()
            server.start()
            load.await_acknowledged(20)
            load.end()
            load.verify()
        remark = f"restart: median {median(server.starts[1:]):.2f} s"
        report("parent of the workers killed: sqlite-file", kills, load.tally, remark)
        assert load.tally.clean, load.tally
        assert kept.complaints() == []
