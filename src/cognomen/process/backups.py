"""Backups of the store that the settings name, and their return, also while servers run on it."""

import asyncio
import os
import secrets
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, TypeVar

from cognomen.admin.backup import BackupRefused, Wanted, back_up
from cognomen.admin.backup_file import BackupUnreadable, Contents, End, contents
from cognomen.admin.restore import Restore, RestoreRefused, is_behind, restore
from cognomen.admin.sealing_anew import Anew
from cognomen.clock import Clock
from cognomen.flows.audit_reading import heads
from cognomen.process.audit import command_note, recorded_command
from cognomen.process.backup_secrets import SecretFiles
from cognomen.process.data_directory import make_data_directory
from cognomen.process.garbage import search_rarely
from cognomen.process.refused import StartRefused, in_words
from cognomen.settings import Settings
from cognomen.signing.master_key_file import read_master_key_file
from cognomen.signing.port import SealBroken
from cognomen.signing.sealed_files import SealedFileReader, SealedFileUnreadable, SealedFileWriter
from cognomen.signing.sealing import AesGcmSealer, MasterKeys, digest_key_of, master_key_id
from cognomen.storage import migrate
from cognomen.storage.database import Database
from cognomen.wiring import STORE, master_keys, open_database

T = TypeVar("T")
WHAT_TO_DO = (
    "put the lines of the master key file of the server that was backed up into that of this one, behind its own, or"
    " name that file with --master-keys to have everything sealed anew"
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a command names: the file, its secret, and a pool where it is of one alone."""

    file: Path
    secret: SecretFiles
    pool_id: str | None


def make(settings: Settings, asked: Asked) -> str:
    """Write a backup and say what is in it; raises StartRefused, and then there is no file."""
    secret = asked.secret.read()
    _refuse_nothing(settings)
    if asked.file.exists():
        raise StartRefused(f"{asked.file} is there already: name another file, or move it away")
    with _in_words(asked.file), _whole_or_not(asked.file) as draft:
        sink = SealedFileWriter(draft, secret)
        wanted = Wanted(asked.pool_id, Clock().now_ms(), next(iter(_digest_keys(_keys_of(settings))), None))
        end = _run(settings, lambda database: _recorded_backup(settings, database, sink, wanted))
        sink.finish()
    return f"backed up {_told(end.counts)}; sealed under master keys {', '.join(end.master_keys) or 'none'}"


def bring_back(settings: Settings, asked: Asked, theirs: Path | None, *, overwrite: bool) -> str:
    """Restore a backup and say what came in; raises StartRefused, and then nothing was changed.

    `theirs` is the master key file of the server that was backed up, where this one has another.
    """
    if settings.in_memory:
        raise StartRefused("data = :memory: keeps nothing: set data to a directory, or database")
    secret = asked.secret.read()
    search_rarely()
    with _in_words(asked.file), asked.file.open("rb") as file:
        known = contents(SealedFileReader(file, secret))  # all of it, before anything is touched
        _refuse_unknown_keys(known, read_master_key_file(theirs).keys if theirs else _keys_of(settings), theirs)
        make_data_directory(settings)
        anew = _anew(settings, theirs) if theirs else None
        plan = Restore(known, lambda: SealedFileReader(file, secret), asked.pool_id, overwrite, anew)
        counts = _run(settings, lambda database: _recorded_restore(settings, database, plan))
    made = datetime.fromtimestamp(known.head.made_ms // 1000, UTC)
    return f"restored {_told(counts)}, as they were at {made:%Y-%m-%dT%H:%M:%SZ}"


async def _recorded_backup(settings: Settings, database: Database, sink: SealedFileWriter, wanted: Wanted) -> End:
    await migrate.check(database)
    async with recorded_command(settings, database, command_note("backup", wanted.pool_id or "")):
        return await back_up(database, sink, wanted)


async def _recorded_restore(settings: Settings, database: Database, plan: Restore) -> Mapping[str, int]:
    """A new store takes the schema of the backup first: it can hold a record only afterwards.

    The audit log comes with a whole backup; the record tells how far the one went that was there before.
    """
    note = command_note("restore", plan.pool_id or "")
    if await is_behind(database, plan):
        counts = await restore(database, plan)
        async with recorded_command(settings, database, note):
            return counts
    async with recorded_command(settings, database, note) as kept:
        if plan.whole:
            note.more["log_before"] = [str(anchor) for anchor in await heads(database)]
        return await restore(kept, plan)


def _told(counts: Mapping[str, int]) -> str:
    pools, users = counts.get("user_pools", 0), counts.get("users", 0)
    return f"{pools} pools, {users} users, {sum(counts.values())} rows"


def _keys_of(settings: Settings) -> MasterKeys | None:
    path = settings.master_key_path
    return read_master_key_file(path).keys if path and path.exists() else None


def _digest_keys(keys: MasterKeys | None) -> list[str]:
    """The names of the keys for digests, that in use first."""
    return [master_key_id(key) for key in (*keys.digest_keys, *map(digest_key_of, keys.keys))] if keys else []


def _anew(settings: Settings, theirs: Path) -> Anew:
    return Anew(AesGcmSealer(read_master_key_file(theirs).keys), AesGcmSealer(master_keys(settings)))


def _refuse_unknown_keys(known: Contents, keys: MasterKeys | None, theirs: Path | None) -> None:
    """Raises StartRefused where something in the backup could not be opened, or codes not be compared."""
    held = {master_key_id(key) for key in keys.keys} if keys else set()
    if missing := set(known.end.master_keys) - held:
        raise StartRefused(
            f"the backup is sealed under the master key {', '.join(sorted(missing))}, which"
            f" {theirs or 'the master key file here'} does not hold: {WHAT_TO_DO}"
        )
    if theirs is None and known.end.digest_key not in {None, *_digest_keys(keys)}:
        raise StartRefused(
            f"the codes in the backup are kept under the key for digests {known.end.digest_key}, which the master key"
            f" file here does not hold: {WHAT_TO_DO}"
        )


def _refuse_nothing(settings: Settings) -> None:
    if settings.in_memory:
        raise StartRefused("data = :memory: keeps nothing that another process could back up")
    if not settings.database and not (settings.data_dir and (settings.data_dir / STORE).exists()):
        raise StartRefused(f"there is no store in {settings.data_dir}: name the server's with --data or --database")


def _run(settings: Settings, work: Callable[[Database], Awaitable[T]]) -> T:
    async def opened() -> T:
        database = await open_database(settings, patient=True)
        try:
            return await work(database)
        finally:
            await database.close()

    return asyncio.run(opened())


@contextmanager
def _in_words(file: Path) -> Iterator[None]:
    """Turn what may be wrong with a backup or a store into StartRefused."""
    try:
        with in_words():
            yield
    except (SealedFileUnreadable, BackupUnreadable, SealBroken) as fault:
        raise StartRefused(f"{file}: {fault}") from fault
    except (BackupRefused, RestoreRefused) as fault:
        raise StartRefused(str(fault)) from fault
    except OSError as fault:
        raise StartRefused(f"{file}: {fault.strerror or fault}") from fault


@contextmanager
def _whole_or_not(file: Path) -> Iterator[BinaryIO]:
    """A file that appears under its name once it is whole, for its owner alone."""
    draft = file.with_name(f".{file.name}.{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:
            yield opened
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)
    _flush_directory(file.parent)


def _flush_directory(path: Path) -> None:
    """So that a power cut cannot take the file away again, as far as its file system knows of such a thing."""
    with suppress(OSError):
        directory = os.open(path, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)
