"""The signing keys of pools, shown and rotated from the command line, also while servers run on the store."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from functools import partial
from typing import TypeVar

from cognomen.domain.pool import UserPool
from cognomen.domain.signing_keys import phases_of
from cognomen.errors import PoolDoesNotExist
from cognomen.flows import key_rotation
from cognomen.flows.audit import recorded
from cognomen.flows.key_rotation import RotationRefused
from cognomen.process.audit import command_note
from cognomen.process.data_directory import make_data_directory
from cognomen.process.refused import StartRefused, in_words
from cognomen.services import Services
from cognomen.settings import Settings
from cognomen.storage import signing_keys, user_pools
from cognomen.wiring import build

PAGE = 100  # pools at a time
T = TypeVar("T")
Tell = Callable[[str], None]
Change = Callable[[Services, UserPool], Awaitable[None]]


def show(settings: Settings, pool_id: str | None, tell: Tell) -> None:
    """Tell of each key a JSON object: of one pool, or of all; raises StartRefused."""

    async def work(world: Services) -> None:
        async for pool in _pools(world, pool_id):
            for line in await _lines(world, pool):
                tell(line)

    _run(settings, work)


def rotate(settings: Settings, pool_id: str | None, at_once: bool, tell: Tell) -> bool:
    """Give one pool or all of them new keys, and tell of each; answers whether all have. Raises StartRefused."""
    change = key_rotation.replace_at_once if at_once else key_rotation.rotate
    done = "signs with new keys" if at_once else "publishes new keys, and signs with them in two hours"

    async def work(world: Services) -> bool:
        outcomes = [
            await _changed(_recorded(world, pool, change), f"{pool.pool_id} {done}", tell)
            async for pool in _pools(world, pool_id)
        ]
        return all(outcomes)

    return _run(settings, work)


def drop(settings: Settings, pool_id: str, key_id: str) -> None:
    """Take a key away; raises StartRefused where there is none, or the pool signs with it."""

    async def work(world: Services) -> None:
        async for pool in _pools(world, pool_id):
            try:
                async with recorded(world, command_note("keys drop", pool_id, KeyId=key_id)) as kept:
                    await key_rotation.drop(kept, pool, key_id)
            except RotationRefused as refused:
                raise StartRefused(str(refused)) from refused

    _run(settings, work)


async def _recorded(world: Services, pool: UserPool, change: Change) -> None:
    async with recorded(world, command_note("keys rotate", pool.pool_id)) as kept:
        await change(kept, pool)


async def _changed(change: Awaitable[None], done: str, tell: Tell) -> bool:
    try:
        await change
    except RotationRefused as refused:
        tell(str(refused))
        return False
    tell(done)
    return True


async def _pools(world: Services, pool_id: str | None) -> AsyncIterator[UserPool]:
    """One pool, or all; raises PoolDoesNotExist."""
    if pool_id is not None:
        yield await world.directory.pool(pool_id)
        return
    after = ""
    while page := await world.database.read(partial(user_pools.page, after=after, limit=PAGE)):
        for pool in page:
            yield pool
        after = page[-1].pool_id


async def _lines(world: Services, pool: UserPool) -> list[str]:
    keys = await world.database.read(lambda tx: signing_keys.of_pool(tx, pool.pool_id))
    phases = phases_of(keys, world.now_ms())
    return [
        json.dumps(
            {
                "pool": pool.pool_id,
                "id": key.key_id,
                "use": key.token_use,
                "state": phases[key.key_id].state,
                "created": _time(key.created_ms),
                "until": _time(phases[key.key_id].until_ms),
            }
        )
        for key in keys
    ]


def _time(ms: int | None) -> str | None:
    return None if ms is None else f"{datetime.fromtimestamp(ms // 1000, UTC):%Y-%m-%dT%H:%M:%SZ}"


def _run(settings: Settings, work: Callable[[Services], Awaitable[T]]) -> T:
    if settings.in_memory:
        raise StartRefused("data = :memory: keeps no signing keys: set data to a directory, or database")
    make_data_directory(settings)

    async def opened() -> T:
        with in_words():
            application = await build(settings)
        world = application.world
        try:
            return await work(world)
        except PoolDoesNotExist as unknown:
            raise StartRefused(str(unknown)) from unknown
        finally:
            await world.database.close()

    return asyncio.run(opened())
