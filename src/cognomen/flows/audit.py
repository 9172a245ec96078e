"""Writing the audit log: no change without a record, no answer before its record is kept.

The first write of a call keeps, in its own transaction, that the call is under way; when the call ends, its record
goes to the end of this process's chain, together with those of other calls that end at the same time, before anything
is answered. What a killed process leaves under way is recorded later as unfinished.
"""

import asyncio
import hmac
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import partial

from cognomen import errors
from cognomen.domain.audit import (
    BEGUN,
    OK,
    Actor,
    Chain,
    Head,
    Note,
    Record,
    added,
    count_seal,
    head_seal,
    link_mac,
    moved,
    purpose_of,
    under_way,
    unproven,
    with_proof,
    without_proof,
)
from cognomen.domain.audit_verification import check_count, check_seal, walk
from cognomen.ids import Ids
from cognomen.services import Audit, Services
from cognomen.signing.port import SealBroken, Sealer
from cognomen.storage import audit
from cognomen.storage.database import Database, Look, T, Tx, Work
from cognomen.storage.line import Line
from cognomen.storage.patience import one_call

KEY_BYTES = 32
AT_ONCE = 200  # records of one transaction
HEADS = 64  # of earlier chains that the first record of a chain tells
TRY_AGAIN_MS = 1000
FORGOTTEN_AT_ONCE = 5000
NAME_DIGITS = 32
UNDER_WAY = "audit-under-way"
Alarm = Callable[[BaseException], None]
Wanted = Callable[[errors.Refusal | None], bool]


def no_alarm(_fault: BaseException) -> None:
    """For commands, whose own refusal says what is wrong."""


def uncounted(_records: int, _kept: bool) -> None:
    """For processes whose figures nobody asks for."""


class ChainLost(Exception):  # noqa: N818
    """The chain in the store is not as this process left it."""


@dataclass(slots=True, eq=False)
class _Waiting:
    """A record that is to be written, and how that ended."""

    at_ms: int
    body: str = field(repr=False)
    pool_id: str
    record_id: str
    begun: bool
    adopted: bool = False
    done: bool = False
    fault: BaseException | None = None


@dataclass(frozen=True, slots=True)
class _Mine:
    """The chain of this process: its key, where it ends, and where it ends if the last write came through after all."""

    key: bytes = field(repr=False)
    head: Head
    tried: Head | None = None


class Recorder:
    """Writes the records of one process."""

    def __init__(self, database: Database, sealer: Sealer, now_ms: Callable[[], int], alarm: Alarm = no_alarm) -> None:
        self._database = database
        self._sealer = sealer
        self._now_ms = now_ms
        self._alarm = alarm
        self._ids = Ids()
        self._turn = asyncio.Lock()
        self._waiting: list[_Waiting] = []
        self._mine: _Mine | None = None
        self._failed_ms: int | None = None
        self.count = uncounted

    @property
    def head(self) -> Head | None:
        """Where this process's chain ends; None before its first record."""
        return self._mine.head if self._mine else None

    def forget(self) -> None:
        """The store was emptied: the next record begins a chain."""
        self._mine = None

    async def check(self) -> None:
        """Refuse where records cannot be written, as far as is known; raises AuditLogUnwritable.

        What failed is tried again after a second, by whoever asks.
        """
        if self._failed_ms is None:
            return
        if 0 <= self._now_ms() - self._failed_ms < TRY_AGAIN_MS:
            raise errors.AuditLogUnwritable
        try:
            with one_call(None):
                await self._database.write(audit.probe)
        except Exception as fault:
            self._failed(fault)
            raise errors.AuditLogUnwritable from fault
        self._failed_ms = None

    async def keep(self, note: Note) -> None:
        """Write a record; returns when it is on the disk. Raises AuditLogUnwritable."""
        await self._keep(_Waiting(note.at_ms, note.body(), note.begun_in, note.record_id, note.begun))

    async def adopt(self) -> int:
        """Record the calls whose time is over and that never ended; answers how many. Raises AuditLogUnwritable."""
        now_ms = self._now_ms()
        found = await self._database.read(lambda tx: audit.overdue(tx, now_ms, AT_ONCE))
        for pool_id, record_id, begun_ms, body in found:
            proven = self._proven(pool_id, record_id, begun_ms, body)
            await self._keep(_Waiting(begun_ms, proven, pool_id, record_id, begun=True, adopted=True))
        return len(found)

    def vouched(self, note: Note) -> str:
        """What is kept of a call under way: nobody else can put another record into the log by way of it."""
        body = note.body()
        proof = self._sealer.digest(under_way(note.pool_id, note.record_id, note.at_ms, body), UNDER_WAY)
        return with_proof(body, proof.hex())

    def _proven(self, pool_id: str, record_id: str, begun_ms: int, kept: str) -> str:
        """The record of a call that never ended; of a row that no server wrote, one that says so."""
        body, proof = without_proof(kept)
        proofs = self._sealer.digests(under_way(pool_id, record_id, begun_ms, body), UNDER_WAY)
        known = any(hmac.compare_digest(one.hex().encode(), proof.encode()) for one in proofs)
        return body if known else unproven(record_id, begun_ms, kept)

    async def _keep(self, one: _Waiting) -> None:
        """Whoever comes first writes what all have brought meanwhile."""
        self._waiting.append(one)
        async with self._turn:
            while not one.done:
                await self._write_next()
        if one.fault:
            raise errors.AuditLogUnwritable from one.fault

    async def _write_next(self) -> None:
        some, self._waiting = self._waiting[:AT_ONCE], self._waiting[AT_ONCE:]
        fault: BaseException | None = None
        try:
            with one_call(None):  # the record of what has been done is not given up sooner for others
                await self._append(some)
        except BaseException as caught:
            fault = caught
            self._failed(caught)
            if not isinstance(caught, Exception):
                raise
        else:
            self._failed_ms = None
        finally:
            for one in some:
                one.done, one.fault = True, fault
            self.count(len(some), fault is None)

    def _failed(self, fault: BaseException) -> None:
        self._failed_ms = self._now_ms()
        self._alarm(fault)

    async def _append(self, some: list[_Waiting]) -> None:
        mine = self._mine or await self._begin(None)
        try:
            await self._add(mine, some)
        except ChainLost:
            self._mine = mine
            await self._add(await self._found_again(mine), some)

    async def _add(self, mine: _Mine, some: list[_Waiting]) -> None:
        self._mine = _Mine(mine.key, mine.head, tried=_planned(mine, some)[1])
        head = await self._database.write(lambda tx: _append(tx, mine, some))
        self._mine = _Mine(mine.key, head)

    async def _found_again(self, mine: _Mine) -> _Mine:
        """The chain as it is now: records may have been forgotten by another process, or a commit came through.

        Where it is none of that, somebody has changed it: a new chain says how far the old one went.
        """
        chain = await self._database.read(lambda tx: audit.chain(tx, mine.head.chain))
        if chain and not any(check_seal(mine.key, chain)):
            head = chain.head
            known = [mine.head, *([mine.tried] if mine.tried else [])]
            if (head.length, head.mac) in [(one.length, one.mac) for one in known]:
                return _Mine(mine.key, head)
        return await self._begin(mine.head)

    async def _begin(self, lost: Head | None) -> _Mine:
        """Begin a chain, whose first record tells where earlier ones stand."""
        key, chain_id, now_ms = self._ids.token(KEY_BYTES), self._ids.uuid(), self._now_ms()
        sealed = self._sealer.seal(key, purpose_of(chain_id))
        new = Chain(chain_id, sealed, now_ms, "", Head(0, 0, "", 0, ""), "")
        head = await self._database.write(lambda tx: _begin(tx, new, key, lost, self._sealer))
        return _Mine(key, head)


async def _begin(tx: Tx, new: Chain, key: bytes, lost: Head | None, sealer: Sealer) -> Head:
    counted = await audit.hold_count(tx)
    before = await audit.newest_chains(tx, HEADS)
    number = max([counted[0], *(chain.number for chain in before)]) + 1
    if before and not _holds(counted, before[0], sealer):
        number += 1  # the count is sealed anew: without this gap nobody could find out later that it was changed
    named = Chain(new.chain_id, new.sealed_key, new.begun_ms, "", Head(number, 0, "", 0, ""), "")
    link = link_mac(key, named, before[0].link if before else "")
    anchors = {chain.number: chain.head.anchor for chain in reversed(before)}
    if lost:
        anchors[lost.chain] = lost.anchor
    note = Note(new.chain_id, new.begun_ms, BEGUN, Actor("server"), result=OK)
    note.more = {"heads": [[one.chain, one.position, one.mac] for one in anchors.values()]}
    start = Head(number, 0, link, 0, link)
    record = added(key, start, new.begun_ms, note.body())
    head = moved(start, record)
    chain = Chain(new.chain_id, new.sealed_key, new.begun_ms, link, head, head_seal(key, head))
    await audit.insert_chain(tx, chain)
    await audit.add(tx, [record])
    await audit.set_count(tx, number, count_seal(key, number, link))
    return head


def _holds(counted: tuple[int, str], last: Chain, sealer: Sealer) -> bool:
    """Whether the chains were counted by a server; also where no key tells, which verification finds by itself."""
    try:
        key = sealer.open(last.sealed_key, purpose_of(last.chain_id))
    except SealBroken:
        return True
    return not any(check_count(key, last, counted))


async def _append(tx: Tx, mine: _Mine, some: list[_Waiting]) -> Head:
    wanted = [one for one in some if not one.begun or await _is_ours(tx, one)]
    records, head = _planned(mine, wanted)
    if not await audit.move(tx, mine.head, head, head_seal(mine.key, head)):
        raise ChainLost
    await audit.add(tx, records)
    return head


async def _is_ours(tx: Tx, one: _Waiting) -> bool:
    """Take the call from those under way. Of one that never ended only one process writes the record."""
    return await audit.done(tx, one.pool_id, one.record_id) or not one.adopted


def _planned(mine: _Mine, some: list[_Waiting]) -> tuple[list[Record], Head]:
    records: list[Record] = []
    head = mine.head
    for one in some:
        records.append(added(mine.key, head, one.at_ms, one.body))
        head = moved(head, records[-1])
    return records, head


# Calls


class AuditedDatabase:
    """A database whose first write of a call keeps, in the same transaction, that the call is under way."""

    def __init__(self, database: Database, note: Note, vouched: Callable[[Note], str] = Note.body) -> None:
        self._database = database
        self._note = note
        self._vouched = vouched
        self._kept = False

    @property
    def line(self) -> Line:
        """Those who wait for their turn."""
        return self._database.line

    async def read(self, work: Work[T]) -> T:
        """Run reads."""
        return await self._database.read(work)

    async def write(self, work: Work[T]) -> T:
        """Run a write transaction."""
        if self._kept:
            return await self._database.write(work)

        async def both(tx: Tx) -> T:
            await audit.begin(tx, self._note, self._vouched(self._note))
            return await work(tx)

        self._note.begun = True  # also where the commit is lost, whose outcome nobody knows
        self._note.begun_in = self._note.pool_id
        answer = await self._database.write(both)
        self._kept = True
        return answer

    async def snapshot(self, look: Look[T]) -> T:
        """Run reads of one moment."""
        return await self._database.snapshot(look)

    async def close(self) -> None:
        """Let go of the engine."""
        await self._database.close()


def always(_refusal: errors.Refusal | None) -> bool:
    """Every call has a record."""
    return True


@asynccontextmanager
async def noted(recorder: Audit, database: Database, note: Note, wanted: Wanted = always) -> AsyncIterator[Database]:
    """Give a change the database to work with, and record what came of it before anybody learns that.

    `wanted` says whether a call that changed nothing has a record, by its refusal, which is None where it had none.
    Raises AuditLogUnwritable, before the change where that is known.
    """
    await recorder.check()
    refusal: errors.Refusal | None = None
    try:
        yield AuditedDatabase(database, note, recorder.vouched)
    except errors.Refusal as refused:
        refusal, note.result = refused, refused.wire_name
    except Exception:
        note.result = note.failed
        if note.begun or wanted(None):
            with suppress(errors.AuditLogUnwritable):  # the fault itself says more
                await recorder.keep(note)
        raise
    else:
        note.result = OK
    if note.begun or wanted(refusal):
        await recorder.keep(note)
    if refusal:
        raise refusal


@asynccontextmanager
async def recorded(world: Services, note: Note, wanted: Wanted = always) -> AsyncIterator[Services]:
    """Give a change the world to work with, as `noted` does; the same world where there is no audit log."""
    if world.audit is None:
        yield world
        return
    async with noted(world.audit, world.database, note, wanted) as database:
        yield replace(world, database=database, note=note)


def name_digest(sealer: Sealer, pool_id: str, name: str) -> str:
    """What stands for a user name in a record: of a mistyped one, or a password in its place, nothing is kept."""
    return sealer.digest(name.lower().encode(), f"audit-name:{pool_id}").hex()[:NAME_DIGITS]


def name_digests(sealer: Sealer, pool_id: str, name: str) -> set[str]:
    """What stands for a name under any master key that is known."""
    return {digest.hex()[:NAME_DIGITS] for digest in sealer.digests(name.lower().encode(), f"audit-name:{pool_id}")}


# Forgetting


async def forget_before(database: Database, sealer: Sealer, before_ms: int) -> int:
    """Take away records that are older than a time, a few thousand of each chain, and answer how many went."""
    gone = 0
    for chain in await database.read(audit.chains):
        if chain.head.base < chain.head.length:
            with suppress(SealBroken):  # what no key opens is left to be found
                key = sealer.open(chain.sealed_key, purpose_of(chain.chain_id))
                gone += await database.write(partial(_forget, chain=chain, key=key, before_ms=before_ms))
    return gone


async def _forget(tx: Tx, chain: Chain, key: bytes, before_ms: int) -> int:
    """Seal another beginning, only behind records that hold in a chain that does: the rest is left to be found."""
    last = await audit.last_before(tx, chain.head, before_ms, FORGOTTEN_AT_ONCE)
    if last is None or any(check_seal(key, chain)):
        return 0
    old = await audit.of_chain(tx, chain.number, chain.head.base, last.position - chain.head.base)
    if any(walk(key, replace(chain.head, length=last.position, mac=last.mac), old)):
        return 0
    head = replace(chain.head, base=last.position, base_mac=last.mac)
    if not await audit.move(tx, chain.head, head, head_seal(key, head)):
        return 0  # its process was faster: another time
    return await audit.forget(tx, head)
