"""The access keys of a store, made and changed from the command line, also while servers run on it."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from cognomen.clock import Clock
from cognomen.domain.access_keys import EVERYTHING, LONGEST_DESCRIPTION, USER_NAME, AccessKey, sealing_purpose
from cognomen.domain.audit import Note
from cognomen.domain.policy_documents import PolicyMalformed, read_policy
from cognomen.ids import Ids
from cognomen.process.audit import command_note, recorded_command
from cognomen.process.data_directory import make_data_directory
from cognomen.process.refused import StartRefused, in_words
from cognomen.settings import Settings
from cognomen.storage import access_keys, migrate
from cognomen.storage.database import Database, NoSuchTable, Tx
from cognomen.wiring import STORE, open_database, sealer_of

T = TypeVar("T")
NONE_LIVE = (
    'production verifies signatures and knows no access key: add one under [access_keys], id = "secret",'
    " or make one with `cognomen access-key create`"
)


def create(settings: Settings, user: str | None, description: str, policy_file: Path | None) -> tuple[str, str]:
    """Make a key and answer its id and secret, which is told nobody again; raises StartRefused."""
    _refuse_unkept(settings)
    _check(user, description)
    policy = _policy_in(policy_file) if policy_file else EVERYTHING
    make_data_directory(settings)
    with in_words():
        sealer = sealer_of(settings)
    ids = Ids()
    key_id, secret = ids.access_key_id(), ids.secret_access_key()
    sealed = sealer.seal(secret.encode(), sealing_purpose(key_id))
    key = AccessKey(key_id, user or key_id, description, True, sealed, policy, Clock().now_ms())

    async def work(database: Database) -> None:
        await migrate.run(database)
        note = command_note("access-key create", AccessKeyId=key_id)
        async with recorded_command(settings, database, note) as kept:
            await kept.write(lambda tx: access_keys.insert(tx, key))

    _run(settings, work)
    return key_id, secret


def shown(settings: Settings) -> list[str]:
    """All keys, oldest first, each as JSON without its secret; raises StartRefused."""
    _refuse_unkept(settings)

    async def work(database: Database) -> list[AccessKey]:
        await migrate.check(database)
        return await database.read(access_keys.all_keys)

    return [_as_json(key) for key in _run(settings, work)] if _has_store(settings) else []


def set_enabled(settings: Settings, key_id: str, enabled: bool) -> None:
    """Let a key sign again, or no longer; raises StartRefused where there is no such key."""
    note = command_note("access-key enable" if enabled else "access-key disable", AccessKeyId=key_id)
    _change(settings, note, lambda tx: access_keys.set_enabled(tx, key_id, enabled))


def delete(settings: Settings, key_id: str) -> None:
    """Take a key away; raises StartRefused where there is no such key."""
    note = command_note("access-key delete", AccessKeyId=key_id)
    _change(settings, note, lambda tx: access_keys.delete(tx, key_id))


def problems_of(settings: Settings) -> list[str]:
    """Why nobody could sign a request to a server with these settings; empty where somebody could."""
    if settings.is_dev or settings.access_keys:
        return []
    try:
        found = _run(settings, _count_enabled) if _has_store(settings) else 0
    except StartRefused as refused:
        return [str(refused)]
    return [] if found else [NONE_LIVE]


async def _count_enabled(database: Database) -> int:
    try:
        return await database.read(access_keys.count_enabled)
    except NoSuchTable:  # the start migrates
        return 0


def _change(settings: Settings, note: Note, change: Callable[[Tx], Awaitable[bool]]) -> None:
    _refuse_unkept(settings)
    key_id = note.target["AccessKeyId"]
    unknown = StartRefused(f"there is no access key {key_id} in the store; `cognomen access-key list` shows all")

    async def work(database: Database) -> None:
        await migrate.check(database)
        async with recorded_command(settings, database, note) as kept:
            if not await kept.write(change):
                raise unknown

    if not _has_store(settings):
        raise unknown
    _run(settings, work)


def _refuse_unkept(settings: Settings) -> None:
    if settings.in_memory:
        raise StartRefused("data = :memory: keeps no access keys: set data to a directory, or database")


def _has_store(settings: Settings) -> bool:
    """Whether there is something to open; looking must not make an empty store."""
    return bool(settings.database) or (settings.data_dir is not None and (settings.data_dir / STORE).exists())


def _as_json(key: AccessKey) -> str:
    created = datetime.fromtimestamp(key.created_ms // 1000, UTC)
    facts = {
        "id": key.key_id,
        "enabled": key.enabled,
        "user": key.user,
        "description": key.description,
        "created": f"{created:%Y-%m-%dT%H:%M:%SZ}",
        "policy": json.loads(key.policy),
    }
    return json.dumps(facts, ensure_ascii=False)


def _check(user: str | None, description: str) -> None:
    if user is not None and not USER_NAME.fullmatch(user):
        raise StartRefused("--user must be 1 to 64 letters, digits and any of _ + = , . @ -")
    if len(description) > LONGEST_DESCRIPTION or not description.isprintable():
        raise StartRefused(f"--description must be one line of at most {LONGEST_DESCRIPTION} characters")


def _policy_in(file: Path) -> str:
    try:
        text = file.read_text(encoding="utf-8")
        read_policy(text)
    except OSError as fault:
        raise StartRefused(f"the policy {file} cannot be read: {fault.strerror}") from fault
    except UnicodeDecodeError as fault:
        raise StartRefused(f"the policy {file} is not UTF-8") from fault
    except PolicyMalformed as fault:
        raise StartRefused(f"{file}: {fault}") from fault
    return text


def _run(settings: Settings, work: Callable[[Database], Awaitable[T]]) -> T:
    async def opened() -> T:
        async with _database(settings) as database:
            return await work(database)

    with in_words():
        return asyncio.run(opened())


@asynccontextmanager
async def _database(settings: Settings) -> AsyncIterator[Database]:
    database = await open_database(settings)
    try:
        yield database
    finally:
        await database.close()
