"""The audit log from the command line: what is in it, whether it is whole, and the records of other commands."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from getpass import getuser
from typing import Any, TypeVar

from cognomen.clock import Clock
from cognomen.domain.audit import Actor, AnchorMalformed, Note, read_anchor
from cognomen.flows.audit import Recorder, name_digests, noted
from cognomen.flows.audit_reading import Report, Span, heads, records, verify
from cognomen.ids import Ids
from cognomen.process.refused import StartRefused, in_words
from cognomen.settings import Settings
from cognomen.signing.sealing import AesGcmSealer
from cognomen.storage import migrate
from cognomen.storage.audit import probe
from cognomen.storage.database import Database
from cognomen.wiring import STORE, open_database, sealer_of

REFUSED = "refused"
DAY_MS = 86_400_000  # no command takes longer
T = TypeVar("T")
Tell = Callable[[str], None]


# Records of commands


def command_note(command: str, pool_id: str = "", **target: str) -> Note:
    """The record of a command that changes something, or hands everything out."""
    actor = Actor("command_line", _who())
    note = Note(Ids().uuid(), Clock().now_ms(), f"command:{command}", actor, pool_id=pool_id, patience_ms=DAY_MS)
    note.failed = REFUSED
    note.target = {name: value for name, value in target.items() if value}
    return note


@asynccontextmanager
async def recorded_command(settings: Settings, database: Database, note: Note) -> AsyncIterator[Database]:
    """The database for a command to work with, which writes one record where the settings want an audit log.

    The schema must be up to date. Raises AuditLogUnwritable, MasterKeyUnusable.
    """
    if not settings.audit.on:
        yield database
        return
    recorder = Recorder(database, sealer_of(settings), Clock().now_ms)
    await database.write(probe)  # nothing is changed where no record can be written
    async with noted(recorder, database, note) as kept:
        yield kept


def recorded_beside(settings: Settings, note: Note, change: Callable[[], object]) -> None:
    """Change something beside the store, with one record in it where it is there; raises StartRefused."""

    async def work(database: Database, _: AesGcmSealer) -> None:
        async with recorded_command(settings, database, note):
            change()

    if settings.audit.on and has_store(settings):
        _run(settings, work)
    else:
        change()


def _who() -> str:
    """Who is logged in to the machine; where that has no name, the number."""
    try:
        return getuser()
    except (OSError, KeyError):
        return str(os.getuid())


# Reading


@dataclass(frozen=True, slots=True)
class Filter:
    """Which records are shown; None leaves a thing open."""

    pool_id: str | None = None
    user: str | None = None
    operation: str | None = None

    def wants(self, sealer: AesGcmSealer, record: Mapping[str, Any]) -> bool:
        """Whether a record is one of these. A user is named by sub, or as callers name them."""
        if self.pool_id is not None and record.get("pool") != self.pool_id:
            return False
        if self.operation is not None and self.operation not in (
            record["operation"],
            record["operation"].rpartition(":")[2],
        ):
            return False
        if self.user is None:
            return True
        said = record.get("user", {})
        known = (said.get("sub"), record["actor"].get("id") if record["actor"]["kind"] == "user" else None)
        return self.user in known or said.get("name") in name_digests(sealer, record.get("pool", ""), self.user)


def show(settings: Settings, span: Span, which: Filter, tell: Tell) -> None:
    """Tell each record, one line of JSON; raises StartRefused."""

    async def work(database: Database, sealer: AesGcmSealer) -> None:
        async for body in records(database, span, lambda record: which.wants(sealer, record)):
            tell(body)

    _run(settings, work)


def verified(settings: Settings, span: Span, expected: tuple[str, ...]) -> Report:
    """What is wrong with the log; raises StartRefused."""
    try:
        anchors = [read_anchor(text) for text in expected]
    except AnchorMalformed as malformed:
        raise StartRefused(str(malformed)) from malformed
    return _run(settings, lambda database, sealer: verify(database, sealer, span, anchors))


def told_heads(settings: Settings) -> list[str]:
    """How far each chain goes, to be kept elsewhere; raises StartRefused."""
    return [str(anchor) for anchor in _run(settings, lambda database, _: heads(database))]


def span_of(from_: str | None, until: str | None) -> Span:
    """A span between two times in ISO 8601, UTC where they tell no zone; raises StartRefused."""
    return Span(_ms(from_, Span().from_ms), _ms(until, Span().until_ms))


def _ms(text: str | None, default: int) -> int:
    if text is None:
        return default
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise StartRefused(f"{text} is no time: write it like 2026-01-31 or 2026-01-31T12:00:00Z") from None
    return int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() * 1000)


def has_store(settings: Settings) -> bool:
    """Whether there is something to open; looking must not make an empty store."""
    return bool(settings.database) or (settings.data_dir is not None and (settings.data_dir / STORE).exists())


def _run(settings: Settings, work: Callable[[Database, AesGcmSealer], Awaitable[T]]) -> T:
    if settings.in_memory:
        raise StartRefused("data = :memory: keeps no audit log: set data to a directory, or database")
    if not has_store(settings):
        raise StartRefused(f"there is no store in {settings.data_dir}: name the server's with --data or --database")

    async def opened() -> T:
        sealer, database = sealer_of(settings), await open_database(settings, patient=True)
        try:
            await migrate.check(database)
            return await work(database, sealer)
        finally:
            await database.close()

    with in_words():
        return asyncio.run(opened())
