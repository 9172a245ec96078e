"""The audit log in a store, on both engines: written by several processes; what is done to its rows is found."""

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from cognomen import errors
from cognomen.domain.audit import OK, UNFINISHED, Actor, Note
from cognomen.flows.audit import AuditedDatabase, Recorder, forget_before, noted
from cognomen.flows.audit_reading import Span, heads, records, verify
from cognomen.signing.sealing import AesGcmSealer, MasterKeys
from cognomen.storage import audit, user_pools
from cognomen.storage.database import Database, StorageFailed, Tx
from storage.samples import DAY, NOW, POOL, a_pool

pytestmark = pytest.mark.anyio

SEALER = AesGcmSealer(MasterKeys((bytes(32),)))
MINUTE = 60_000
ALL = Span()


def recorder_on(database: Database, now_ms: int = NOW) -> Recorder:
    return Recorder(database, SEALER, lambda: now_ms)


def a_note(name: str = "a", at_ms: int = NOW) -> Note:
    return Note(f"id-{name}", at_ms, "cognito-idp:CreateGroup", Actor("access_key", "AKID"), pool_id=POOL, result=OK)


async def told(database: Database, span: Span = ALL) -> list[dict[str, Any]]:
    return [json.loads(body) async for body in records(database, span, lambda _: True)]


async def ids(database: Database) -> list[str]:
    return [one["id"] for one in await told(database) if one["operation"] != "audit:BeginChain"]


async def found(database: Database, sealer: AesGcmSealer = SEALER, **more: Any) -> list[str]:
    return (await verify(database, sealer, Span(), **more)).faults


async def rows(database: Database, table: str) -> int:
    row = await database.read(lambda tx: tx.one(f"select count(*) from {table}"))
    assert row
    return int(row[0])


# Writing


async def test_many_at_once_are_one_chain(database: Database) -> None:
    """Records that come in the same moment are each written once, in chains that hold; each process has its own."""
    first, second = recorder_on(database), recorder_on(database)
    names = [f"{number:03}" for number in range(120)]
    await asyncio.gather(*((first, second)[place % 2].keep(a_note(name)) for place, name in enumerate(names)))
    assert sorted(await ids(database)) == [f"id-{name}" for name in names]
    report = await verify(database, SEALER, Span())
    assert (report.chains, report.records, report.faults) == (2, 122, [])


async def test_a_change_and_its_record_are_one(database: Database) -> None:
    """A change that is rolled back leaves no word of it; one that is committed has left it before the call ends."""
    recorder = recorder_on(database)
    note = a_note()
    with pytest.raises(RuntimeError):
        async with noted(recorder, database, note, wanted=lambda _: False) as kept:
            await kept.write(_put_and_fail)
    assert await rows(database, "audit_pending") == 0
    assert await database.read(lambda tx: user_pools.get(tx, POOL)) is None

    note = a_note("b")
    async with noted(recorder, database, note) as kept:
        await kept.write(lambda tx: user_pools.insert(tx, a_pool()))
        assert await rows(database, "audit_pending") == 1
        await kept.write(lambda tx: user_pools.delete(tx, POOL, NOW))
        assert await rows(database, "audit_pending") == 1
    assert await rows(database, "audit_pending") == 0
    assert (await told(database))[-1]["id"] == "id-b"


async def _put_and_fail(tx: Tx) -> None:
    await user_pools.insert(tx, a_pool())
    raise RuntimeError


async def test_a_process_that_dies_leaves_what_it_did(database: Database) -> None:
    """What a killed process had changed is recorded as unfinished when its time is over, once, whoever finds it."""
    note = a_note()
    note.result = UNFINISHED
    await AuditedDatabase(database, note).write(lambda tx: user_pools.insert(tx, a_pool()))
    early, late = NOW + 14 * MINUTE, NOW + 15 * MINUTE
    assert await recorder_on(database, early).adopt() == 0
    one, other = recorder_on(database, late), recorder_on(database, late)
    await asyncio.gather(one.adopt(), other.adopt())
    assert [record["result"] for record in await told(database) if record["id"] == "id-a"] == [UNFINISHED]
    assert await found(database) == []


async def test_a_record_has_the_result(database: Database) -> None:
    """A refusal by its name, anything else as a failure; what is not wanted and changed nothing has no record."""
    recorder = recorder_on(database)
    for name, fault, wanted in (
        ("refused", errors.UserNotFoundException(), True),
        ("failed", RuntimeError(), True),
        ("unwanted", errors.UserNotFoundException(), False),
    ):
        with pytest.raises(type(fault)):
            async with noted(recorder, database, a_note(name), wanted=lambda _, wanted=wanted: wanted):
                raise fault
    results = {record["id"]: record["result"] for record in await told(database)}
    assert results["id-refused"] == "UserNotFoundException"
    assert results["id-failed"] == "InternalErrorException"
    assert "id-unwanted" not in results


@dataclass
class Failing:
    """A database whose writes fail while it is told so: before they are done, or when nobody knows any more."""

    inner: Database
    fails: str = ""
    tries: int = field(default=0)

    @property
    def line(self) -> Any:
        return self.inner.line

    async def read(self, work: Any) -> Any:
        return await self.inner.read(work)

    async def write(self, work: Any) -> Any:
        self.tries += 1
        if self.fails == "before":
            raise StorageFailed("disk full")
        answer = await self.inner.write(work)
        if self.fails == "after":
            raise StorageFailed("lost during a commit")
        return answer

    async def snapshot(self, look: Any) -> Any:
        return await self.inner.snapshot(look)

    async def close(self) -> None:
        await self.inner.close()


async def test_what_cannot_be_written_is_refused_and_comes_back(database: Database) -> None:
    """OPS-04: no record, no change: it is refused before anything is done, and a second later somebody tries again."""
    now = [NOW]
    failing, alarms = Failing(database), list[BaseException]()
    recorder = Recorder(failing, SEALER, lambda: now[0], alarms.append)
    await recorder.keep(a_note("a"))
    failing.fails = "before"
    with pytest.raises(errors.AuditLogUnwritable):
        await recorder.keep(a_note("b"))
    failing.tries = 0
    with pytest.raises(errors.AuditLogUnwritable):
        await recorder.check()
    assert failing.tries == 0, "nobody asks a broken store again and again"
    now[0] += 1000
    with pytest.raises(errors.AuditLogUnwritable):
        await recorder.check()
    assert failing.tries == 1
    assert len(alarms) == 2
    failing.fails = ""
    now[0] += 1000
    await recorder.check()
    await recorder.keep(a_note("c"))
    assert await ids(database) == ["id-a", "id-c"]
    assert await found(database) == []


async def test_a_commit_that_was_lost_is_found_again(database: Database) -> None:
    """Where nobody knows whether a record was written, the next one goes behind it, and the chain holds."""
    failing = Failing(database)
    recorder = Recorder(failing, SEALER, lambda: NOW)
    await recorder.keep(a_note("a"))
    failing.fails = "after"
    with pytest.raises(errors.AuditLogUnwritable):
        await recorder.keep(a_note("b"))
    failing.fails = ""
    await recorder.keep(a_note("c"))
    assert await ids(database) == ["id-a", "id-b", "id-c"]
    report = await verify(database, SEALER, Span())
    assert (report.chains, report.faults) == (1, [])


# Intruders


async def run(database: Database, *statements: tuple[str, tuple[object, ...]]) -> None:
    async def work(tx: Tx) -> None:
        for sql, values in statements:
            await tx.run(sql, values)

    await database.write(work)


CHANGED = {
    "a body": "update audit_records set body = replace(body, 'AKID', 'AKIE') where position = 3",
    "a time": "update audit_records set at_ms = at_ms + 1 where position = 3",
    "a mac": "update audit_records set mac = replace(mac, substr(mac, 1, 1), 'g') where position = 3",
    "a dropped record": "delete from audit_records where position = 3",
    "the first record": "delete from audit_records where position = 1",
    "a cut tail": "delete from audit_records where position > 4",
    "a whole log": "delete from audit_records",
    "an added record": "insert into audit_records (chain, position, at_ms, body, mac)"
    " select chain, position + 100, at_ms, body, mac from audit_records where position = 3",
    "a record of no chain": "insert into audit_records (chain, position, at_ms, body, mac)"
    " select 9, position, at_ms, body, mac from audit_records where position = 3",
    "a head": "update audit_chains set length = length - 1",
    "a beginning": "update audit_chains set base = 2",
    "a seal": "update audit_chains set seal = mac",
    "a key": "update audit_chains set sealed_key = substr(sealed_key, 1, 40)",
    "a chain": "delete from audit_chains",
    "a number of chains": "update audit_head set chains = 2",
    "no number of chains": "delete from audit_head",
}


@pytest.mark.parametrize("sql", CHANGED.values(), ids=CHANGED)
async def test_rows_that_were_changed_are_found(database: Database, sql: str) -> None:
    """OPS-05: whatever an intruder does to a row of the store, without the master key, verification tells."""
    recorder = recorder_on(database)
    for name in "abcdef":
        await recorder.keep(a_note(name))
    assert await found(database) == []
    await run(database, (sql, ()))
    assert await found(database)


async def test_swapped_rows_are_found(database: Database) -> None:
    """OPS-05: two records that exchange their places."""
    recorder = recorder_on(database)
    for name in "abcdef":
        await recorder.keep(a_note(name))
    move = "update audit_records set position = ? where position = ?"
    await run(database, (move, (99, 3)), (move, (3, 4)), (move, (4, 99)))
    assert len(await found(database)) >= 2


async def test_a_log_of_another_server_is_found(database: Database) -> None:
    """OPS-05: with another master key the keys of the chains do not open, and nothing is taken for whole."""
    await recorder_on(database).keep(a_note())
    [fault] = await found(database, AesGcmSealer(MasterKeys((b"x" * 32,))))
    assert fault.startswith("chain 1: its key cannot be opened")


async def test_a_running_server_notices_a_cut(database: Database) -> None:
    """OPS-05: where the tail goes and an old head comes back, the process that wrote it says so in a new chain."""
    recorder = recorder_on(database)
    await recorder.keep(a_note("a"))
    old = await database.read(lambda tx: tx.one("select length, mac, seal from audit_chains"))
    assert old
    await recorder.keep(a_note("b"))
    await run(
        database,
        ("delete from audit_records where position = 3", ()),
        ("update audit_chains set length = ?, mac = ?, seal = ?", tuple(old)),
    )
    assert await found(database) == [], "the store looks as it once was"
    await recorder.keep(a_note("c"))
    assert await found(database) == ["chain 1, record 3 is missing: it once was there"]
    assert await ids(database) == ["id-a", "id-c"]


async def test_a_chain_that_begins_tells_of_the_others(database: Database) -> None:
    """OPS-05: a restart writes down how far the log went, so that no earlier part is set back afterwards."""
    first = recorder_on(database)
    await first.keep(a_note("a"))
    old = await database.read(lambda tx: tx.one("select length, mac, seal from audit_chains"))
    assert old
    await first.keep(a_note("b"))
    await recorder_on(database).keep(a_note("c"))
    await run(
        database,
        ("delete from audit_records where chain = 1 and position = 3", ()),
        ("update audit_chains set length = ?, mac = ?, seal = ? where chain = 1", tuple(old)),
    )
    assert await found(database) == ["chain 1, record 3 is missing: it once was there"]


async def test_heads_that_were_kept_prove_what_was_there(database: Database) -> None:
    """OPS-05: a store that was set back whole, chains and all, is betrayed by a head that was kept elsewhere."""
    recorder = recorder_on(database)
    await recorder.keep(a_note("a"))
    kept = await heads(database)
    assert await found(database, expected=kept) == []
    await run(database, *((f"delete from {table}", ()) for table in ("audit_records", "audit_chains", "audit_head")))
    assert await found(database) == []
    assert await found(database, expected=kept) == ["chain 1 is missing: once it had 2 records"]


# Spans and forgetting


async def test_a_span_of_time(database: Database) -> None:
    """Only records of a span are shown and verified; what is wrong elsewhere does not matter to it."""
    recorder = recorder_on(database)
    for day in range(6):
        await recorder.keep(a_note(str(day), NOW + day * DAY))
    middle = Span(NOW + 2 * DAY, NOW + 4 * DAY)
    assert [one["id"] for one in await told(database, middle)] == ["id-2", "id-3"]
    report = await verify(database, SEALER, middle)
    assert (report.records, report.faults) == (2, [])
    await run(database, ("update audit_records set body = 'x' where position = 7", ()))
    assert (await verify(database, SEALER, middle)).faults == []
    await run(database, ("update audit_records set body = '{}' where position = 4", ()))
    assert (await verify(database, SEALER, middle)).faults == ["chain 1, record 4 was changed, or what came before it"]


async def test_old_records_go_and_the_rest_holds(database: Database) -> None:
    """Records whose time is over go, the chain goes on behind them, and nothing that is left may be taken."""
    recorder = recorder_on(database)
    for day in range(6):
        await recorder.keep(a_note(str(day), NOW + day * DAY))
    assert await forget_before(database, SEALER, NOW - DAY) == 0
    assert await forget_before(database, SEALER, NOW + 2 * DAY) == 3
    assert await ids(database) == ["id-2", "id-3", "id-4", "id-5"]
    assert await found(database) == []
    await recorder.keep(a_note("6", NOW + 6 * DAY))
    assert await found(database) == []
    assert await forget_before(database, SEALER, NOW + 9 * DAY) == 5
    assert await found(database) == []
    await recorder.keep(a_note("7", NOW + 7 * DAY))
    await run(database, ("delete from audit_records", ()))
    assert await found(database) == ["chain 1, record 9 is missing at its end"]


async def test_an_emptied_store_begins_anew(database: Database) -> None:
    """After a reset of the dev profile the next record begins the first chain."""
    recorder = recorder_on(database)
    await recorder.keep(a_note("a"))
    await run(database, *((f"delete from {table}", ()) for table in ("audit_records", "audit_chains", "audit_head")))
    recorder.forget()
    await recorder.keep(a_note("b"))
    assert await ids(database) == ["id-b"]
    assert await found(database) == []


async def test_a_probe_leaves_nothing(database: Database) -> None:
    """Trying whether records can be written changes nothing."""
    recorder = recorder_on(database)
    await recorder.keep(a_note("a"))
    await database.write(audit.probe)
    assert (await rows(database, "audit_pending"), await rows(database, "audit_records")) == (0, 2)
    assert await found(database) == []
