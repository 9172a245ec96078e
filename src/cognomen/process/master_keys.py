"""The master keys in their file, and what of a store is sealed under which; from the command line, beside servers."""

import asyncio
import json
import secrets
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from cognomen.admin.reseal import Resealed
from cognomen.admin.reseal import reseal as reseal_store
from cognomen.admin.sealed_columns import count_by_master_key
from cognomen.clock import Clock
from cognomen.domain.audit import Note
from cognomen.domain.master_keys import SETTLED, free_at
from cognomen.process.audit import command_note, recorded_beside, recorded_command
from cognomen.process.data_directory import make_data_directory
from cognomen.process.refused import StartRefused, in_words
from cognomen.settings import Settings
from cognomen.signing.master_key_file import KeyLine, KeyLines, change_master_key_file, read_master_key_file
from cognomen.signing.sealing import KEY_BYTES, digest_key_of
from cognomen.storage import migrate
from cognomen.storage.database import Database
from cognomen.wiring import STORE, open_database, sealer_of

T = TypeVar("T")
TIME = "%Y-%m-%dT%H:%M:%SZ"


def shown(settings: Settings) -> list[str]:
    """Each key of the file as a JSON object, and how much is sealed under it; raises StartRefused."""
    with in_words():
        lines = read_master_key_file(_file_of(settings)).lines
    counts = _run(settings, count_by_master_key) if _has_store(settings) else {}
    return [_as_json(line, _in_use(lines, line), counts.get(line.key_id, Counter())) for line in lines]


def add(settings: Settings, digests: bool) -> str:
    """Put a new key into the file, which is known but not in use, and answer its id; raises StartRefused."""
    new = KeyLine(secrets.token_bytes(KEY_BYTES), digests)
    _change(settings, _note("add", new.key_id), lambda lines: _with(lines, new))
    return new.key_id


def use(settings: Settings, key_id: str) -> None:
    """Seal, or digest, with a key of the file from now on; raises StartRefused where it has none with this id."""
    now = _now()
    _change(settings, _note("use", key_id), lambda lines: _with_first(lines, _line(lines, key_id), now))


def rotate(settings: Settings, digests: bool) -> str:
    """Make a key and use it, and answer its id; raises StartRefused."""
    now = _now()
    new = KeyLine(secrets.token_bytes(KEY_BYTES), digests)
    _change(settings, _note("rotate", new.key_id), lambda lines: _with_first(_with(lines, new), new, now))
    return new.key_id


def reseal(settings: Settings) -> tuple[str, bool]:
    """Seal all of the store under the key in use that is not; tells what was done, and whether all of it could be.

    Raises StartRefused.
    """
    _file_of(settings)

    async def work(database: Database) -> Resealed:
        async with recorded_command(settings, database, _note("reseal")) as kept:
            return await reseal_store(kept, sealer_of(settings))

    resealed = _run(settings, work)
    told = f"sealed anew: {_counted(resealed.done)}"
    if resealed.unreadable:
        told += f"\nopened by no key of the file: {_counted(resealed.unreadable)}"
    return told, not resealed.unreadable


def drop(settings: Settings, key_id: str, at_once: bool) -> None:
    """Take a key out of the file; raises StartRefused where it is in use, or anything may still be sealed under it.

    `at_once` does not wait for the end of what was given out sealed, such as links in messages.
    """
    _line(_lines(settings), key_id)
    counts = _run(settings, count_by_master_key) if _has_store(settings) else {}
    if held := counts.get(key_id):
        raise StartRefused(f"{_counted(held)} are sealed under {key_id}: run `cognomen master-key reseal` first")
    _change(settings, _note("drop", key_id), lambda lines: _without(lines, _line(lines, key_id), at_once))


def _counted(counts: Counter[str]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.items() if count) or "nothing"


def _with(lines: KeyLines, new: KeyLine) -> KeyLines:
    """One more key, not in use. Digests stay under the key that they are made with, which from now on stands alone."""
    if not any(line.digests for line in lines):
        lines = (*lines, KeyLine(digest_key_of(lines[0].key), digests=True))
    return (*lines, new)


def _with_first(lines: KeyLines, line: KeyLine, now: datetime) -> KeyLines:
    return (replace(line, since=now), *(other for other in lines if other.key_id != line.key_id))


def _without(lines: KeyLines, line: KeyLine, at_once: bool) -> KeyLines:
    if _in_use(lines, line):
        raise StartRefused(f"{line.key_id} is in use: run `cognomen master-key rotate` first")
    newer = [other.since for other in lines[: lines.index(line)] if other.digests == line.digests and other.since]
    _refuse_too_early(line, min(newer, default=None), at_once)
    return tuple(other for other in lines if other != line)


def _refuse_too_early(line: KeyLine, successor_since: datetime | None, at_once: bool) -> None:
    if at_once:
        if successor_since and _now() < successor_since + SETTLED:
            raise StartRefused(f"servers may still use {line.key_id} for a moment: try again in ten seconds")
        return
    free = free_at(successor_since)
    if free is None:
        raise StartRefused(
            f"the file does not tell since when {line.key_id} is out of use: add --now if that is seven days ago"
        )
    if _now() < free:
        raise StartRefused(
            f"what was given out under {line.key_id} lives until {free.strftime(TIME)}: try again then,"
            " or add --now to end it"
        )


def _now() -> datetime:
    return datetime.fromtimestamp(Clock().now_ms() // 1000, UTC)


def _in_use(lines: KeyLines, line: KeyLine) -> bool:
    return next(other for other in lines if other.digests == line.digests) == line


def _line(lines: KeyLines, key_id: str) -> KeyLine:
    for line in lines:
        if line.key_id == key_id:
            return line
    raise StartRefused(f"there is no master key {key_id}; `cognomen master-key list` shows all")


def _lines(settings: Settings) -> KeyLines:
    with in_words():
        return read_master_key_file(_file_of(settings)).lines


def _note(command: str, key_id: str = "") -> Note:
    return command_note(f"master-key {command}", MasterKeyId=key_id)


def _change(settings: Settings, note: Note, change: Callable[[KeyLines], KeyLines]) -> None:
    file = _file_of(settings)
    with in_words():
        recorded_beside(settings, note, lambda: change_master_key_file(file, change))


def _file_of(settings: Settings) -> Path:
    if settings.master_key_path is None:
        raise StartRefused("data = :memory: keeps no master key: set data to a directory, or master_key_file")
    return settings.master_key_path


def _has_store(settings: Settings) -> bool:
    """Whether there is something to open; looking must not make an empty store."""
    return bool(settings.database) or (settings.data_dir is not None and (settings.data_dir / STORE).exists())


def _as_json(line: KeyLine, in_use: bool, sealed: Counter[str]) -> str:
    facts = {
        "id": line.key_id,
        "for": "digests" if line.digests else "sealing",
        "in_use": in_use,
        "since": line.since.strftime(TIME) if line.since else None,
    }
    return json.dumps(facts if line.digests else {**facts, "sealed": dict(sealed)})


def _run(settings: Settings, work: Callable[[Database], Awaitable[T]]) -> T:
    make_data_directory(settings)

    async def opened() -> T:
        database = await open_database(settings)
        try:
            await migrate.check(database)
            return await work(database)
        finally:
            await database.close()

    with in_words():
        return asyncio.run(opened())
