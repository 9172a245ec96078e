"""What an intruder did to rows of the audit log is not sealed by a server that works on them afterwards."""

import json
from collections.abc import Sequence

import pytest

from cognomen.domain.audit import BEGUN, OK, UNFINISHED, UNPROVEN, Actor, Note
from cognomen.flows.audit import AuditedDatabase, Recorder, forget_before
from cognomen.flows.audit_reading import Span, records, verify
from cognomen.signing.sealing import AesGcmSealer, MasterKeys
from cognomen.storage import counters
from cognomen.storage.database import Database, Tx
from storage.samples import DAY, NOW, POOL

pytestmark = pytest.mark.anyio

ALL = Span()
SEALER = AesGcmSealer(MasterKeys((bytes(32),)))


def a_note(name: str, at_ms: int = NOW) -> Note:
    return Note(f"id-{name}", at_ms, "cognito-idp:CreateGroup", Actor("access_key", "AKID"), pool_id=POOL, result=OK)


async def written(database: Database, names: str = "abcdef") -> Recorder:
    """A chain of a process of its own."""
    recorder = Recorder(database, SEALER, lambda: NOW)
    for name in names:
        await recorder.keep(a_note(name))
    return recorder


async def run(database: Database, statements: Sequence[str]) -> None:
    async def work(tx: Tx) -> None:
        for sql in statements:
            await tx.run(sql)

    await database.write(work)


async def found(database: Database, span: Span = ALL) -> list[str]:
    return (await verify(database, SEALER, span)).faults


AGED = {
    "all records": ("update audit_records set at_ms = 0",),
    "some records": ("update audit_records set at_ms = 0 where position < 4",),
    "a cut tail": (
        "update audit_records set at_ms = 0 where position = 1",
        "delete from audit_records where position > 4",
        "update audit_chains set length = 4, mac = (select mac from audit_records where position = 4)",
    ),
    "a later beginning": (
        "update audit_chains set base = 3, base_mac = (select mac from audit_records where position = 3)",
        "update audit_records set at_ms = 0 where position = 4",
        "delete from audit_records where position <= 3",
    ),
}


@pytest.mark.parametrize("statements", AGED.values(), ids=AGED)
async def test_records_that_were_made_old_are_not_forgotten(database: Database, statements: Sequence[str]) -> None:
    """OPS-05: the job that forgets takes no time and no row of a chain for true that their MACs do not prove."""
    await written(database)
    await run(database, statements)
    assert await found(database)
    assert await forget_before(database, SEALER, NOW - DAY) == 0
    assert await found(database)


async def test_a_chain_at_work_does_not_take_another_beginning(database: Database) -> None:
    """OPS-05: where the first records of a chain go, and its row says so, its process seals none of it."""
    recorder = await written(database)
    await run(
        database,
        (
            "update audit_chains set base = 3, base_mac = (select mac from audit_records where position = 3)",
            "delete from audit_records where position <= 3",
        ),
    )
    assert await found(database)
    await recorder.keep(a_note("g"))
    assert await found(database)


async def test_a_chain_at_work_goes_on_where_old_records_were_forgotten(database: Database) -> None:
    """What another process forgets rightly is no reason to begin a chain."""
    recorder = await written(database)
    await recorder.keep(a_note("g", NOW + 2 * DAY))
    assert await forget_before(database, SEALER, NOW + DAY) == 7
    await recorder.keep(a_note("h", NOW + 2 * DAY))
    report = await verify(database, SEALER, Span())
    assert (report.chains, report.records, report.faults) == (1, 2, [])


@pytest.mark.parametrize(
    "count", ["update audit_head set chains = 1", "delete from audit_head"], ids=["counted back", "not counted"]
)
async def test_the_newest_chains_stay_missing_when_another_begins(database: Database, count: str) -> None:
    """OPS-05: chains that go with their count are missing still after the next start, which counts anew."""
    for _ in range(3):
        await written(database, "a")
    await run(
        database, ("delete from audit_records where chain > 1", "delete from audit_chains where chain > 1", count)
    )
    assert await found(database)
    await written(database, "b")
    assert await found(database) == ["chain 2 is missing"]
    await written(database, "c")
    assert await found(database) == ["chain 2 is missing"]


GONE = {
    "all of a chain": "delete from audit_records where chain = 1",
    "the end of a chain": "delete from audit_records where chain = 1 and position > 3",
    "one in the middle": "delete from audit_records where chain = 1 and position = 3",
}


@pytest.mark.parametrize("sql", GONE.values(), ids=GONE)
async def test_a_span_misses_what_was_dropped(database: Database, sql: str) -> None:
    """OPS-05: a span of time is not whole where a chain has fewer records than it should, whenever they were."""
    await written(database)
    span = Span(NOW - DAY, NOW + DAY)
    assert await found(database, span) == []
    await run(database, (sql,))
    assert await found(database, span)


async def left_behind(database: Database) -> Note:
    """A call that its process did not end."""
    note = a_note("x")
    note.result = UNFINISHED
    recorder = Recorder(database, SEALER, lambda: NOW)
    await AuditedDatabase(database, note, recorder.vouched).write(lambda tx: counters.bump(tx, "inbox"))
    return note


async def adopted(database: Database) -> list[str]:
    await Recorder(database, SEALER, lambda: NOW + DAY).adopt()
    assert await found(database) == []
    return [body async for body in records(database, Span(), lambda one: one["operation"] != BEGUN)]


async def test_what_a_server_left_under_way_is_recorded_as_it_said(database: Database) -> None:
    """The proof of a call that never ended is no part of its record."""
    note = await left_behind(database)
    assert await adopted(database) == [note.body()]


FORGED = {
    "another actor": "update audit_pending set body = replace(body, 'AKID', 'AKIE')",
    "another time": "update audit_pending set begun_ms = begun_ms - 1",
    "another pool": "update audit_pending set pool_id = 'us-east-1_Zz9Yy8Xx7'",
    "no proof": """update audit_pending set body = '{"id":"id-x","operation":"x","actor":{"kind":"nobody"}}'""",
    "no JSON": "update audit_pending set body = 'é\n\u001b[2J'",
    "a row of theirs": "insert into audit_pending (pool_id, record_id, begun_ms, until_ms, body)"
    " select pool_id, 'id-y', begun_ms, until_ms, replace(body, 'id-x', 'id-y') from audit_pending",
}


@pytest.mark.parametrize("sql", FORGED.values(), ids=FORGED)
async def test_no_record_is_forged_by_way_of_calls_under_way(database: Database, sql: str) -> None:
    """OPS-05: a row that an intruder put or changed there becomes a record that says so, whatever is in it."""
    await left_behind(database)
    await run(database, (sql,))
    bodies = [json.loads(body) for body in await adopted(database)]
    forged = [body for body in bodies if body["operation"] == UNPROVEN]
    assert [body["result"] for body in forged] == [UNFINISHED]
    assert all(body["actor"] == {"kind": "unknown"} and body["said"] for body in forged)
    assert len(bodies) == (2 if "insert" in sql else 1)


BODIES = [
    "x",
    "[]",
    "{}",
    '{"operation":"\u009b2J",\n"actor":{"kind":"nobody"}}',
    '{"operation":"x","actor":"y"}',
    "[" * 99999,
]


@pytest.mark.parametrize("body", BODIES, ids=range(len(BODIES)))
async def test_what_is_shown_is_a_line_of_plain_json(database: Database, body: str) -> None:
    """A row that was changed neither ends the command that shows it nor reaches the terminal as it is."""
    await written(database, "ab")
    await database.write(lambda tx: tx.run("update audit_records set body = ? where position = 2", (body,)))
    shown = [line async for line in records(database, Span(), lambda one: bool(one["operation"] and one["actor"]))]
    assert len(shown) == 3
    assert all(line.isascii() and line.isprintable() and isinstance(json.loads(line), dict) for line in shown)
