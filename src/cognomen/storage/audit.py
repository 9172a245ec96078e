"""Rows of the audit log. Nothing here changes or deletes a record, save `forget`, when its time is over."""

from collections.abc import Sequence

from cognomen.domain.audit import Anchor, Chain, Head, Note, Record
from cognomen.storage.database import Row, Tx

CHAINS = "select chain_id, sealed_key, begun_ms, link, chain, base, base_mac, length, mac, seal from audit_chains"
RECORDS = "select chain, position, at_ms, body, mac from audit_records"
COLUMNS = ("chain", "position", "at_ms", "body", "mac")
PROBE = "probe"
ALL = "all"
NEVER_MS = 1 << 62
FILLING = "x" * 512


# Calls under way


async def begin(tx: Tx, note: Note, body: str) -> None:
    """Keep, with the first change of a call, that the call is under way, and what becomes of that if it never ends."""
    await tx.run(
        "insert into audit_pending (pool_id, record_id, begun_ms, until_ms, body) values (?, ?, ?, ?, ?)",
        (note.pool_id, note.record_id, note.at_ms, note.at_ms + note.patience_ms, body),
    )


async def done(tx: Tx, pool_id: str, record_id: str) -> bool:
    """A call is recorded; False where another process has done so."""
    sql = "delete from audit_pending where pool_id = ? and record_id = ?"
    return await tx.run(sql, (pool_id, record_id)) > 0


async def overdue(tx: Tx, now_ms: int, limit: int) -> list[tuple[str, str, int, str]]:
    """Pool, id, time and body of calls that should have ended by now, the first first."""
    rows = await tx.all(
        "select pool_id, record_id, begun_ms, body from audit_pending where until_ms <= ? order by until_ms limit ?",
        (now_ms, limit),
    )
    return [(pool_id, record_id, begun_ms, body) for pool_id, record_id, begun_ms, body in rows]


async def probe(tx: Tx) -> None:
    """Write into each table and take it away again: what fails shows before anything is changed."""
    await tx.run(
        "insert into audit_pending (pool_id, record_id, begun_ms, until_ms, body) values ('', ?, ?, ?, ?)",
        (PROBE, NEVER_MS, NEVER_MS, FILLING),
    )
    await tx.run("delete from audit_pending where pool_id = '' and record_id = ?", (PROBE,))
    await add(tx, [Record(0, 0, NEVER_MS, FILLING, "")])
    await tx.run("delete from audit_records where chain = 0")
    await tx.run("update audit_chains set length = length where chain = 0")


# Chains


async def hold_count(tx: Tx) -> tuple[int, str]:
    """How many chains there are, and the seal; nobody else begins one before the commit."""
    await tx.run(
        "insert into audit_head (name, chains, seal) values (?, 0, '')"
        " on conflict (name) do update set chains = audit_head.chains",
        (ALL,),
    )
    return await count(tx)


async def count(tx: Tx) -> tuple[int, str]:
    """How many chains there are, and the seal."""
    row = await tx.one("select chains, seal from audit_head where name = ?", (ALL,))
    return (row[0], row[1]) if row else (0, "")


async def set_count(tx: Tx, chains: int, seal: str) -> None:
    """There is one chain more."""
    await tx.run("update audit_head set chains = ?, seal = ? where name = ?", (chains, seal, ALL))


async def insert_chain(tx: Tx, chain: Chain) -> None:
    """A new chain; raises UniqueViolation."""
    head = chain.head
    await tx.run(
        "insert into audit_chains"
        " (chain, chain_id, sealed_key, begun_ms, link, base, base_mac, length, mac, seal)"
        " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(head.chain, chain.chain_id, chain.sealed_key, chain.begun_ms, chain.link),
            *(head.base, head.base_mac, head.length, head.mac, chain.seal),
        ),
    )


async def chains(tx: Tx) -> list[Chain]:
    """All chains by number; there are as many as processes were ever started."""
    return [_chain(row) for row in await tx.all(CHAINS + " order by chain")]


async def newest_chains(tx: Tx, limit: int) -> list[Chain]:
    """The last chains that were begun, the newest first."""
    return [_chain(row) for row in await tx.all(CHAINS + " order by chain desc limit ?", (limit,))]


async def chain(tx: Tx, number: int) -> Chain | None:
    """One chain."""
    row = await tx.one(CHAINS + " where chain = ?", (number,))
    return _chain(row) if row else None


async def move(tx: Tx, before: Head, head: Head, seal: str) -> bool:
    """Where a chain begins and ends from now on; False where it is not as it was before."""
    touched = await tx.run(
        "update audit_chains set base = ?, base_mac = ?, length = ?, mac = ?, seal = ?"
        " where chain = ? and base = ? and length = ? and mac = ?",
        (
            *(head.base, head.base_mac, head.length, head.mac, seal),
            *(before.chain, before.base, before.length, before.mac),
        ),
    )
    return touched > 0


# Records


async def add(tx: Tx, records: Sequence[Record]) -> None:
    """Put records at the end of a chain; raises UniqueViolation."""
    rows: list[Row] = [(one.chain, one.position, one.at_ms, one.body, one.mac) for one in records]
    await tx.put_rows("audit_records", COLUMNS, rows)


async def of_chain(tx: Tx, number: int, after: int, limit: int) -> list[Record]:
    """The records of a chain behind a position, in order."""
    sql = RECORDS + " where chain = ? and position > ? order by position limit ?"
    return [Record(*row) for row in await tx.all(sql, (number, after, limit))]


async def by_time(tx: Tx, after: tuple[int, int, int], until_ms: int, limit: int) -> list[Record]:
    """Records of all chains behind a time, chain and position, and before a time, in that order."""
    at_ms, number, position = after
    rows = await tx.all(
        RECORDS + " where at_ms >= ? and at_ms < ?"
        " and (at_ms > ? or chain > ? or (chain = ? and position > ?)) order by at_ms, chain, position limit ?",
        (at_ms, until_ms, at_ms, number, number, position, limit),
    )
    return [Record(*row) for row in rows]


async def span(tx: Tx, number: int, from_ms: int, until_ms: int) -> tuple[int, int] | None:
    """The first and the last position of a chain's records in a span of time; None where there are none."""
    row = await tx.one(
        "select min(position), max(position) from audit_records where chain = ? and at_ms >= ? and at_ms < ?",
        (number, from_ms, until_ms),
    )
    return (row[0], row[1]) if row and row[0] is not None else None


async def mac_at(tx: Tx, anchor: Anchor) -> str | None:
    """The mac of the record that an anchor speaks of."""
    sql = "select mac from audit_records where chain = ? and position = ?"
    row = await tx.one(sql, (anchor.chain, anchor.position))
    return row[0] if row else None


async def held(tx: Tx, head: Head) -> int:
    """How many records there are between where a chain begins and where it ends."""
    row = await tx.one(
        "select count(*) from audit_records where chain = ? and position > ? and position <= ?",
        (head.chain, head.base, head.length),
    )
    assert row is not None
    held: int = row[0]
    return held


async def strays(tx: Tx) -> int:
    """How many records are outside of every chain."""
    row = await tx.one(
        "select count(*) from audit_records r left join audit_chains c on c.chain = r.chain"
        " where c.chain is null or r.position > c.length or r.position <= c.base"
    )
    assert row is not None
    strays: int = row[0]
    return strays


async def last_before(tx: Tx, head: Head, before_ms: int, limit: int) -> Record | None:
    """Up to where a chain's records are older than a time, at most so many of them."""
    row = await tx.one(
        "select min(position) from audit_records where chain = ? and position > ? and position <= ? and at_ms >= ?",
        (head.chain, head.base, head.base + limit, before_ms),
    )
    end = row[0] - 1 if row and row[0] is not None else min(head.base + limit, head.length)
    found = await of_chain(tx, head.chain, end - 1, 1) if end > head.base else []
    return found[0] if found and found[0].position == end else None


async def forget(tx: Tx, head: Head) -> int:
    """Take away the records before a chain's beginning, and answer how many."""
    return await tx.run("delete from audit_records where chain = ? and position <= ?", (head.chain, head.base))


def _chain(row: Row) -> Chain:
    chain_id, sealed_key, begun_ms, link, *head, seal = row
    return Chain(chain_id, bytes(sealed_key), begun_ms, link, Head(*head), seal)
