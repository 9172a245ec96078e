"""The audit log is kept in order beside the server."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import structlog

from cognomen.domain.audit import OK, Actor, Note
from cognomen.flows.audit import AuditedDatabase, Recorder
from cognomen.flows.audit_reading import Span, heads, verify
from cognomen.jobs.audit import EVERY_SECONDS, PAUSE_SECONDS, AuditJob, alarm_of
from cognomen.services import Services
from cognomen.storage import counters
from delivery.post_world import MovedClock, new_world

pytestmark = pytest.mark.anyio

DAY_S = 86_400


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock()


@pytest.fixture
async def world(clock: MovedClock) -> AsyncIterator[Services]:
    made = await new_world(clock)
    yield made
    await made.database.close()


class Bench:
    """A job with the log lines that it writes."""

    def __init__(self, world: Services, keep_days: int = 400) -> None:
        captured = structlog.testing.LogCapture()
        self.lines = captured.entries
        self.world = world
        log: Any = structlog.wrap_logger(None, processors=[captured])
        self.recorder = Recorder(world.database, world.sealer, world.now_ms, alarm_of(log))
        self.job = AuditJob(world, self.recorder, log, keep_days)

    def note(self, name: str) -> Note:
        return Note(f"id-{name}", self.world.now_ms(), "cognito-idp:CreateGroup", Actor("nobody"), result=OK)

    def told(self, event: str) -> list[Any]:
        return [line for line in self.lines if line["event"] == event]

    async def rows(self, table: str) -> int:
        row = await self.world.database.read(lambda tx: tx.one(f"select count(*) from {table}"))
        assert row is not None
        return int(row[0])


async def test_heads_go_to_the_log_lines(world: Services) -> None:
    """OPS-05: whenever the log has grown, the next turn tells its head, and so does the end of the server."""
    bench = Bench(world)
    assert await bench.job.work() == EVERY_SECONDS
    assert bench.told("audit head") == []
    await bench.recorder.keep(bench.note("a"))
    await bench.job.work()
    await bench.job.work()
    await bench.recorder.keep(bench.note("b"))
    await bench.job.finish()
    anchors = [line["anchor"] for line in bench.told("audit head")]
    assert len(anchors) == 2
    assert anchors[-1] == str((await heads(world.database))[0])


async def test_what_never_ended_is_recorded(world: Services, clock: MovedClock) -> None:
    """A call that a killed process left under way has its record a quarter of an hour later, and a warning says so."""
    bench = Bench(world)
    await AuditedDatabase(world.database, bench.note("a")).write(lambda tx: counters.bump(tx, "inbox"))
    clock.advance(899)
    await bench.job.work()
    assert (await bench.rows("audit_pending"), bench.told("calls that never ended are in the audit log")) == (1, [])
    clock.advance(1)
    await bench.job.work()
    assert await bench.rows("audit_pending") == 0
    assert [line["calls"] for line in bench.told("calls that never ended are in the audit log")] == [1]


async def test_records_go_when_their_time_is_over(world: Services, clock: MovedClock) -> None:
    """Records are kept for the days that the settings ask for; what is left still holds, and goes on."""
    bench = Bench(world, keep_days=10)
    for day in range(3):
        await bench.recorder.keep(bench.note(str(day)))
        clock.advance(DAY_S)
    clock.advance(7 * DAY_S + 1)
    assert await bench.job.work() == PAUSE_SECONDS
    assert await bench.job.work() == EVERY_SECONDS
    assert await bench.rows("audit_records") == 2
    await bench.recorder.keep(bench.note("later"))
    report = await verify(world.database, world.sealer, Span())
    assert (report.records, report.faults) == (3, [])


async def test_what_is_wrong_is_logged(world: Services) -> None:
    """OPS-04: whoever runs the server reads why nothing is changed any more."""
    bench = Bench(world)
    await world.database.write(lambda tx: tx.run("alter table audit_records rename to gone"))
    with pytest.raises(Exception, match="The audit log cannot be written"):
        await bench.recorder.keep(bench.note("a"))
    [line] = bench.told("the audit log cannot be written")
    assert line["why"] == "NoSuchTable: no such table: audit_records"
