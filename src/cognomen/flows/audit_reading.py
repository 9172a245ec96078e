"""Reading the audit log: records by what they tell of, and whether all of it is as it was written."""

import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from cognomen.domain.audit import Anchor, Chain, Record, purpose_of
from cognomen.domain.audit_verification import Walk, check_anchor, check_chains, check_seal
from cognomen.signing.port import SealBroken, Sealer
from cognomen.storage import audit
from cognomen.storage.database import Database, Tx

PAGE = 1000
UNREADABLE = "audit:Unreadable"
TRIES = 3  # at a chain whose oldest records are forgotten meanwhile
ALWAYS_MS = 1 << 62


@dataclass(frozen=True, slots=True)
class Span:
    """From a time on, and before another one."""

    from_ms: int = 0
    until_ms: int = ALWAYS_MS

    @property
    def is_all(self) -> bool:
        """Whether nothing is left out."""
        return self == Span()


@dataclass(slots=True)
class Report:
    """What was looked at, and what is wrong with it."""

    chains: int = 0
    records: int = 0
    faults: list[str] = field(default_factory=list)


async def records(database: Database, span: Span, wanted: Callable[[Mapping[str, Any]], bool]) -> AsyncIterator[str]:
    """The bodies of all records that are wanted, by time."""
    after = (span.from_ms, 0, 0)
    while page := await database.read(partial(audit.by_time, after=after, until_ms=span.until_ms, limit=PAGE)):
        for record in page:
            said = _said(record)
            if wanted(said):
                yield json.dumps(said, separators=(",", ":"))  # plain ASCII in one line, whatever a changed row holds
        after = (page[-1].at_ms, page[-1].chain, page[-1].position)


def _said(record: Record) -> dict[str, Any]:
    """What a record tells; of one that no server can have written, that it is none."""
    with suppress(ValueError, RecursionError):
        said = json.loads(record.body)
        if isinstance(said, dict) and _is_record(said):
            return said
    return {"operation": UNREADABLE, "actor": {"kind": "unknown"}, "said": record.body}


def _is_record(said: Mapping[str, Any]) -> bool:
    actor, user = said.get("actor"), said.get("user", {})
    return (
        isinstance(said.get("operation"), str)
        and isinstance(user, dict)
        and isinstance(actor, dict)
        and "kind" in actor
    )


async def heads(database: Database) -> list[Anchor]:
    """How far each chain goes."""
    return [chain.head.anchor for chain in await database.read(audit.chains)]


async def verify(database: Database, sealer: Sealer, span: Span, expected: Sequence[Anchor] = ()) -> Report:
    """Find every record that was changed, dropped, swapped, added or cut off; servers may write meanwhile.

    Of a span of time only the records in it are looked at; whether any are missing shows of whole chains.
    `expected` are heads that were kept elsewhere.
    """
    report = Report()
    chains, counted = await database.read(_chains)
    keys = _keys(chains, sealer, report)
    report.faults += check_chains(chains, keys, counted)
    anchors = list(expected)
    for chain in chains:
        if chain.number in keys:
            anchors += await _verify_chain(database, chain, keys[chain.number], span, report)
    report.chains = len(chains)
    if strays := await database.read(audit.strays):
        report.faults.append(f"{strays} records are outside of every chain")
    for anchor in anchors:
        report.faults += await database.read(partial(_check_anchor, anchor=anchor))
    return report


async def _chains(tx: Tx) -> tuple[list[Chain], tuple[int, str]]:
    """The chains, and their number; where one began in between, another look shows both."""
    for _ in range(TRIES):
        counted, chains = await audit.count(tx), await audit.chains(tx)
        if await audit.count(tx) == counted:
            break
    return chains, counted


def _keys(chains: Sequence[Chain], sealer: Sealer, report: Report) -> dict[int, bytes]:
    keys: dict[int, bytes] = {}
    for chain in chains:
        try:
            keys[chain.number] = sealer.open(chain.sealed_key, purpose_of(chain.chain_id))
        except SealBroken as broken:
            report.faults.append(f"chain {chain.number}: its key cannot be opened: {broken}")
    return keys


async def _verify_chain(database: Database, chain: Chain, key: bytes, span: Span, report: Report) -> list[Anchor]:
    """Check a chain; again where its beginning moved on, since records whose time is over go meanwhile."""
    for _ in range(TRIES):
        going, count, faults = await _walk(database, chain, key, span)
        now = await database.read(partial(audit.chain, number=chain.number))
        if not faults or now is None or now.head.base == chain.head.base:
            break
        chain = now
    report.records += count
    report.faults += [*check_seal(key, chain), *faults]
    return going.anchors if going else []


async def _walk(database: Database, chain: Chain, key: bytes, span: Span) -> tuple[Walk | None, int, list[str]]:
    going, last = Walk.along(key, chain.head), chain.head.length
    faults: list[str] = []
    if not span.is_all:
        gone = chain.head.length - chain.head.base - await database.read(partial(audit.held, head=chain.head))
        if gone:  # whether they were in the span, nobody can tell any more
            faults.append(f"chain {chain.number}: {gone} of its records are missing, at any time")
        bounds = await database.read(partial(_bounds, chain=chain, span=span))
        if bounds is None:
            return None, 0, faults
        before, last = bounds
        going = Walk(key, before.chain, before.position, before.mac)
    count = 0
    while page := await database.read(partial(audit.of_chain, number=chain.number, after=going.position, limit=PAGE)):
        for record in page:
            if record.position > last:
                break
            faults += going.step(record)
            count += 1
        else:
            continue
        break
    if span.is_all:
        faults += going.finish(chain.head)
    return going, count, faults


async def _bounds(tx: Tx, chain: Chain, span: Span) -> tuple[Anchor, int] | None:
    """What comes before the first record of a span, and the position of the last one."""
    found = await audit.span(tx, chain.number, span.from_ms, span.until_ms)
    if found is None:
        return None
    first, last = found
    before = Anchor(chain.number, first - 1, "")
    base = chain.head.base
    mac = chain.head.base_mac if before.position == base else await audit.mac_at(tx, before)
    return Anchor(chain.number, before.position, mac or ""), last


async def _check_anchor(tx: Tx, anchor: Anchor) -> list[str]:
    return list(check_anchor(anchor, await audit.chain(tx, anchor.chain), await audit.mac_at(tx, anchor)))
