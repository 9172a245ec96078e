"""Logs of pools: every line is delivered, again where a destination fails, and given up after a day."""

import json
import stat
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import structlog
from structlog.testing import LogCapture

from cognomen.delivery.log_sinks import LogSinks
from cognomen.domain.pool_logs import PoolLog, document
from cognomen.jobs.pool_logs import BATCH, EVERY_SECONDS, LEASE_MS, PoolLogsJob
from cognomen.services import Services
from cognomen.storage import pool_logs
from delivery.post_world import MovedClock, new_world
from delivery.receiver import receiving

pytestmark = pytest.mark.anyio

GROUP = "arn:aws:logs:us-east-1:123456789012:log-group:pools"
STREAM = "arn:aws:firehose:us-east-1:123456789012:deliverystream/events"
DAY = 86_400


@dataclass
class Logged:
    """One process with lines that wait, and its own log."""

    world: Services
    clock: MovedClock
    own: LogCapture = field(default_factory=LogCapture)

    def job(self, targets: Mapping[str, str] | None = None) -> PoolLogsJob:
        log: Any = structlog.wrap_logger(None, processors=[self.own])
        sinks = LogSinks(targets or {}, lambda arn, line: log.info("pool log", destination=arn, line=line))
        return PoolLogsJob(self.world, sinks, log)

    async def put(self, *details: str, to: str = GROUP) -> None:
        for said in details:
            self.clock.ms += 1  # lines of one millisecond are in no order
            now_ms = self.clock.ms
            line = document("userNotification", "p_1", now_ms, {"details": said})
            entry = PoolLog("p_1", self.world.ids.ordered(now_ms), to, line, now_ms)
            await self.world.database.write(lambda tx, entry=entry: pool_logs.put(tx, entry))

    async def waiting(self) -> int:
        row = await self.world.database.read(lambda tx: tx.one("select count(*) from pool_logs"))
        assert row is not None
        return int(row[0])


@pytest.fixture
async def logged(tmp_path: Path) -> AsyncIterator[Logged]:
    clock = MovedClock()
    world = await new_world(clock, str(tmp_path / "store.db"))
    yield Logged(world, clock)
    await world.database.close()


def told(text: str | bytes) -> list[str]:
    return [json.loads(line)["message"]["details"] for line in text.splitlines()]


async def test_lines_are_appended_to_a_private_file(logged: Logged, tmp_path: Path) -> None:
    """Each a JSON object, oldest first; a file that was moved away is begun anew."""
    file = tmp_path / "logs.jsonl"
    job = logged.job({GROUP: f"file:{file}"})
    await logged.put("one", "two")
    assert await job.work() == EVERY_SECONDS
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    await logged.put("three é")
    await job.work()
    assert told(file.read_text()) == ["one", "two", "three é"]
    file.rename(tmp_path / "logs.1")
    await logged.put("four")
    await job.work()
    assert told(file.read_text()) == ["four"]
    assert await logged.waiting() == 0


async def test_lines_are_posted_to_a_collector(logged: Logged) -> None:
    """Many in one call, as lines of JSON; each destination gets its own."""
    async with receiving() as collector, receiving() as other:
        await logged.put("one", "two")
        await logged.put("three", to=STREAM)
        await logged.job({GROUP: collector.url, STREAM: other.url}).work()
        [(headers, body)] = collector.calls
        assert headers["content-type"] == "application/x-ndjson"
        assert (told(body), told(other.calls[0][1])) == (["one", "two"], ["three"])
    assert await logged.waiting() == 0


async def test_what_no_setting_names_is_told_in_the_servers_own_log(logged: Logged) -> None:
    """So that nothing that a pool wants logged is thrown away."""
    await logged.put("one")
    await logged.job().work()
    [entry] = logged.own.entries
    assert (entry["event"], entry["destination"]) == ("pool log", GROUP)
    assert entry["line"]["message"] == {"details": "one"}


@pytest.mark.parametrize("status", [302, 400, 500])
async def test_what_fails_is_tried_again(logged: Logged, status: int) -> None:
    """Later and later, in order; what else is due goes out meanwhile, and the reason is logged without the address."""
    async with receiving(status, status) as collector:
        job = logged.job({GROUP: collector.url.replace("//", "//user:secret@")})
        await logged.put("one", "two")
        await logged.put("three", to=STREAM)
        await job.work()
        await job.work()
        assert len(collector.calls) == 1
        assert await logged.waiting() == 2
        for seconds, calls in ((5, 2), (5, 2), (25, 3)):
            logged.clock.advance(seconds)
            await job.work()
            assert len(collector.calls) == calls
    assert told(collector.calls[-1][1]) == ["one", "two"]
    assert await logged.waiting() == 0
    waits = [entry for entry in logged.own.entries if entry["event"] == "pool logs wait"]
    assert [entry["reason"] for entry in waits] == [f"answered {status}"] * 2
    assert "secret" not in str(logged.own.entries)


async def test_what_cannot_be_delivered_for_a_day_is_dropped(logged: Logged, tmp_path: Path) -> None:
    """And that is told, with how many lines there were; younger lines go on waiting."""
    job = logged.job({GROUP: f"file:{tmp_path}/missing/logs.jsonl"})
    await logged.put("one")
    await job.work()
    logged.clock.advance(DAY)
    await logged.put("two")
    await job.work()
    assert await logged.waiting() == 1
    last = logged.own.entries[-1]
    assert (last["lines"], last["dropped"]) == (1, 1)
    assert last["reason"] == "the file cannot be written: No such file or directory"


async def test_a_process_that_dies_loses_no_line(logged: Logged, tmp_path: Path) -> None:
    """Lines that it leased are delivered by another one when the lease ends, not earlier."""
    file = tmp_path / "logs.jsonl"
    job = logged.job({GROUP: f"file:{file}"})
    await logged.put("one")
    now_ms = logged.clock.ms
    await logged.world.database.write(lambda tx: pool_logs.lease(tx, now_ms, now_ms + LEASE_MS, BATCH))
    await job.work()
    assert not file.exists()
    logged.clock.advance(LEASE_MS / 1000)
    await job.work()
    assert told(file.read_text()) == ["one"]


async def test_a_full_batch_is_followed_at_once(logged: Logged, tmp_path: Path) -> None:
    """However much waits, it goes out in order."""
    file = tmp_path / "logs.jsonl"
    job = logged.job({GROUP: f"file:{file}"})
    said = [str(number) for number in range(BATCH + 1)]
    await logged.put(*said)
    assert await job.work() == 0
    assert await job.work() == EVERY_SECONDS
    assert told(file.read_text()) == said


async def test_where_nothing_waits_nothing_is_written(logged: Logged, monkeypatch: pytest.MonkeyPatch) -> None:
    """Most pools log nothing: the job must not take the store's lock to find that out."""

    async def write(*_: Any) -> None:
        pytest.fail("a write")

    monkeypatch.setattr(logged.world.database, "write", write)
    assert await logged.job().work() == EVERY_SECONDS
