"""A disk that is full, and one that fails now and then."""

import json
import shutil
import subprocess
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from faults.conftest import QUIET, Kept, Report, integrity
from faults.disks import fill, free, small_disk
from faults.line import Line
from faults.load import Load
from faults.processes import Cognomen, cognomen
from storage.stores import FILE

ONE_IN_FIFTY = 0.02
POINTS = {
    "pwrite": ("posix/io/rw/pwrite",),
    "fdatasync": ("posix/io/sync/fdatasync",),
    "both": ("posix/io/rw/pwrite", "posix/io/sync/fdatasync"),
}
OPERATIONS = [
    ("both", 300),
    *(pytest.param(what, 2_000, marks=pytest.mark.faults) for what in POINTS),
    *(pytest.param(what, 10_000, marks=pytest.mark.nightly) for what in POINTS),
]


def test_a_full_disk_costs_nothing_that_was_acknowledged(tmp_path: Path, report: Report) -> None:
    """STO-02: while the disk is full, writes get a clean InternalErrorException, reads go on and readiness says why;
    once there is room they go on by themselves, and all that was acknowledged is there."""
    with (
        small_disk(tmp_path / "disk", mib=16) as disk,
        cognomen(tmp_path, "--data", str(disk), *QUIET) as server,
        Load([server.url]) as load,
    ):
        load.begin()
        load.await_acknowledged(100)
        fill(disk, leave=100_000)
        load.await_doubtful(300)
        load.end()
        _serves_what_it_can(server, load)
        assert _readiness(server) == (503, {"status": "not ready", "reason": "disk full"})
        free(disk)
        load.begin()
        load.await_acknowledged(100)
        load.end()
        assert _readiness(server) == (200, {"status": "ready"})
        load.verify(everything=True)
        report("disk full: sqlite", 1, load.tally, f"{load.tally.faults['InternalErrorException']} clean errors")
        assert load.tally.clean, load.tally
        assert set(load.tally.faults) == {"InternalErrorException"}
        assert integrity(disk / "cognomen.db") == []
        _log_is_brief(server.log)


def _serves_what_it_can(server: Cognomen, load: Load) -> None:
    line = Line([server.url])
    assert line.call("ListUsers", UserPoolId=load.ground.pool_id).document["Users"]
    refused = line.call("CreateUserPool", PoolName="one more")
    line.close()
    assert (refused.status, refused.error) == (500, "InternalErrorException")
    assert str(refused.document["message"]).startswith("Request id: ")


def _readiness(server: Cognomen) -> tuple[int, dict[str, str]]:
    try:
        with urllib.request.urlopen(f"{server.url}/health/ready") as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, json.load(refused)


def _log_is_brief(log: str) -> None:
    """It says once that the disk is full and how much is free, once that it is over, and shows no stack."""
    failed = [line for line in log.splitlines() if "the store failed" in line]
    assert len(failed) == 1
    assert "free_bytes=" in failed[0]
    assert "the disk of the store is full" in failed[0]
    assert log.count("the store takes writes again") == 1
    assert "Traceback" not in log


@pytest.mark.parametrize(("what", "operations"), OPERATIONS)
def test_writes_that_fail_lose_nothing_that_was_acknowledged(
    keep: Callable[[str], Kept], report: Report, what: str, operations: int
) -> None:
    """STO-03: while one of fifty writes to the disk fails, callers are told, nothing that was acknowledged is lost,
    also over a kill, and afterwards everything works without a restart."""
    if not shutil.which("fiu-run"):
        pytest.skip("NOT TESTED: failing writes, for libfiu (fiu-utils) is not installed")
    kept = keep(FILE)
    control = str(kept.folder / "fiu")
    with (
        cognomen(kept.folder, *kept.flags, before=["fiu-run", "-x", "-f", control]) as server,
        Load([server.url]) as load,
    ):
        _tell(control, server, [f"enable_random name={point},probability={ONE_IN_FIFTY}" for point in POINTS[what]])
        load.begin()
        load.await_acknowledged(operations)
        load.end()
        _tell(control, server, [f"disable name={point}" for point in POINTS[what]])
        failed = sum(load.tally.faults.values())
        _goes_on(load)
        server.kill()
        server.start()
        load.verify(everything=True)
        report(f"one of 50 calls of {what} fails: sqlite", failed, load.tally)
        assert failed
        assert set(load.tally.faults) == {"InternalErrorException"}
        assert load.tally.clean, load.tally
        assert kept.complaints() == []


def _tell(control: str, server: Cognomen, commands: list[str]) -> None:
    for command in commands:
        subprocess.run(["fiu-ctrl", "-f", control, "-c", command, str(server.process.pid)], check=True, timeout=30)


def _goes_on(load: Load) -> None:
    """No fault is left behind in the server that had them."""
    load.verify(everything=True)
    before = dict(load.tally.faults)
    load.begin()
    load.await_acknowledged(100)
    load.end()
    load.verify()
    assert load.tally.faults == before
