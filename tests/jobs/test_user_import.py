"""The job that imports users: killed and going on, beside calls, and with several servers on one store."""

import signal
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from api.idp.importing import counts, described, ended, log_of, prepared, started, user
from cli.running import run, serving
from cognomen.jobs.user_import import UserImportJob
from conftest import Pool, sdk_client
from served import Served, serve
from storage.stores import PostgresServer

SUCCEEDED = "[SUCCEEDED] Line Number {} - The import succeeded."
PATIENCE = 600  # seconds, for half a million users on a busy machine


def pool_on(url: str) -> Any:
    cognito = sdk_client(url)
    pool_id = cognito.create_user_pool(PoolName="p", AutoVerifiedAttributes=["email"])["UserPool"]["Id"]
    return cognito, pool_id


def the_pool(url: str, pool_id: str) -> Any:
    """The pool as a server shows it that listens there now."""
    return Pool(sdk_client(url), Served(url, None, None), pool_id, "", None)  # type: ignore[arg-type]


def killed_when(server: Any, pool: Any, job: Mapping[str, Any], imported: int) -> int:
    """Kill -9 once so many users are in; answers how many were, by the last that was told."""
    ends = time.monotonic() + PATIENCE
    while (done := counts(described(pool, job))[0]) < imported:
        assert time.monotonic() < ends
    server.end(signal.SIGKILL)
    return int(done)


@pytest.mark.parametrize(
    ("rows", "kills"), [(6_000, 1), pytest.param(500_000, 4, marks=pytest.mark.nightly)], ids=["ci", "nightly"]
)
def test_a_job_that_is_killed_goes_on(tmp_path: Path, rows: int, kills: int) -> None:
    """API-29 (its numbers and kills; in CI 6,000 rows): nobody is lost or there twice, the log has every line."""
    flags = ("--data", "store")
    bad = {rows // 3: user("bad", email_verified="no"), rows // 2: user("long", name="n" * 16_001)}
    people = [bad.get(number) or user(f"user{number}") for number in range(rows)]
    with serving(*flags, folder=tmp_path) as server:
        _, pool_id = pool_on(server.url)
        pool = the_pool(server.url, pool_id)
        job = prepared(pool, *people)
        started(pool, job)
        known = killed_when(server, pool, job, 1)
    for number in range(1, kills):
        with serving(*flags, folder=tmp_path) as server:
            known = killed_when(server, the_pool(server.url, pool_id), job, max(known, rows * number // kills))
    with serving(*flags, folder=tmp_path) as server:
        pool = the_pool(server.url, pool_id)
        assert known <= counts(described(pool, job))[0] < rows - len(bad)
        ends = time.monotonic() + PATIENCE
        while (done := described(pool, job))["Status"] == "InProgress":
            assert time.monotonic() < ends
            time.sleep(0.05)  # a real process works beside it
        assert (done["Status"], counts(done)) == ("Succeeded", (rows - 2, 0, 2))
        lines = log_of(pool, job)
    assert len(lines) == rows
    expected = [SUCCEEDED.format(number) for number in range(2, rows + 2)]
    wrong = [line for line, right in zip(lines, expected, strict=True) if line != right]
    assert [line.partition(" - ")[0] for line in wrong] == [f"[FAILED] Line Number {number + 2}" for number in bad]
    told = run("import-job", "log", job["JobId"], "--pool", pool_id, *flags, folder=tmp_path)
    assert (told.code, told.out.splitlines()) == (0, lines)


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
def test_servers_on_one_store_import_each_line_once(
    engine: str, tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even where all of them take the turn at the same time, as they do when a clock is wrong."""

    async def always(_: object) -> bool:
        return True

    monkeypatch.setattr(UserImportJob, "_take_turn", always)
    flags = {"data": str(tmp_path / "store")}
    if engine == "postgres":
        server: PostgresServer = request.getfixturevalue("postgres")
        flags = {"data": None, "database": server.new_database("imports"), "master_key_file": str(tmp_path / "key")}
    with serve(**flags) as one, serve(**flags) as other:
        cognito, pool_id = pool_on(one.url)
        pool = Pool(cognito, one, pool_id, "", None)
        job = prepared(pool, *(user(f"user{number}") for number in range(3000)), user("user7"))
        started(pool, job)
        other.loop.call_soon_threadsafe(other.application.world.import_bell.ring)
        done = ended(pool, job)
        assert counts(done) == (3000, 1, 0)
        skipped = "[SKIPPED] Line Number 3002 - The user already exists."
        assert log_of(pool, job) == [*(SUCCEEDED.format(number) for number in range(2, 3002)), skipped]


def test_another_server_takes_over_only_what_was_left(tmp_path: Path) -> None:
    """Without the lease a server waits; when it has it, it goes on where the other one was."""
    flags = {"data": str(tmp_path / "store")}
    with serve(**flags) as one:
        cognito, pool_id = pool_on(one.url)
        pool = Pool(cognito, one, pool_id, "", None)
        job = prepared(pool, *(user(f"user{number}") for number in range(3000)))
        started(pool, job)
        while not counts(described(pool, job))[0]:
            pass
    with serve(**flags) as other:  # the first one let it go in good order
        pool = Pool(sdk_client(other.url), other, pool_id, "", None)
        assert counts(ended(pool, job)) == (3000, 0, 0)


def test_a_log_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """The command says what is missing."""
    with serving("--data", "store", folder=tmp_path) as server:
        _, pool_id = pool_on(server.url)
    told = run("import-job", "log", "import-Unknown000", "--pool", pool_id, "--data", "store", folder=tmp_path)
    assert (told.code, told.out) == (2, "")
    assert told.err == f"cognomen: there is no user import job import-Unknown000 in user pool {pool_id}\n"
