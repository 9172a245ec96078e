"""Rotating the signing keys of a pool: with an overlap that no verifier notices, or at once (decision 0011)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from cognomen.domain.pool import UserPool
from cognomen.domain.signing_keys import KeyState, Phase, StoredKey, phases_of
from cognomen.flows.pool_keys import make_pool_keys
from cognomen.flows.pools import held_pool
from cognomen.services import Services
from cognomen.storage import configuration, signing_keys
from cognomen.storage.database import Tx

Judge = Callable[[Mapping[str, Phase]], Iterable[str]]  # from all phases to the ids of the keys that go


class RotationRefused(Exception):  # noqa: N818
    """Why the keys of a pool stay as they are."""


async def rotate(world: Services, pool: UserPool) -> None:
    """Publish a new key of each use, which signs once every verifier has had the time to see it.

    Raises RotationRefused where new keys wait already, PoolDoesNotExist.
    """

    def judge(phases: Mapping[str, Phase]) -> Iterable[str]:
        if any(phase.state is KeyState.WAITING for phase in phases.values()):
            raise RotationRefused(f"the new keys of {pool.pool_id} wait for their turn already")
        return ()

    await _change(world, pool, judge, await make_pool_keys(world, pool.pool_id))


async def replace_at_once(world: Services, pool: UserPool) -> None:
    """New keys sign from now on, and tokens of all older ones are refused; raises PoolDoesNotExist."""
    await _change(world, pool, lambda phases: phases, await make_pool_keys(world, pool.pool_id))


async def drop(world: Services, pool: UserPool, key_id: str) -> None:
    """Take a key away that waits or verifies; tokens of it are refused from now on.

    Raises RotationRefused where the pool has no such key or signs with it, PoolDoesNotExist.
    """

    def judge(phases: Mapping[str, Phase]) -> Iterable[str]:
        if key_id not in phases:
            raise RotationRefused(f"{pool.pool_id} has no key {key_id}")
        if phases[key_id].state is KeyState.SIGNING:
            raise RotationRefused(f"{pool.pool_id} signs with {key_id}: rotate its keys")
        return (key_id,)

    await _change(world, pool, judge)


async def retire(world: Services, pool: UserPool) -> None:
    """Forget the keys of which no token is left; raises PoolDoesNotExist."""

    def judge(phases: Mapping[str, Phase]) -> Iterable[str]:
        return [key_id for key_id, phase in phases.items() if phase.state is KeyState.RETIRED]

    await _change(world, pool, judge)


async def _change(world: Services, pool: UserPool, judge: Judge, new: Iterable[StoredKey] = ()) -> None:
    """Forget what `judge` names and keep the new keys, as one change after another; all processes notice."""
    now_ms = world.now_ms()

    async def work(tx: Tx) -> None:
        await held_pool(tx, pool.pool_id)
        stored = await signing_keys.of_pool(tx, pool.pool_id)
        gone = set(judge(phases_of(stored, now_ms)))
        for key_id in gone:
            await signing_keys.delete(tx, pool.pool_id, key_id)
        # A clock that is behind must not make the new keys the older ones.
        newest_ms = max((key.created_ms for key in stored if key.key_id not in gone), default=0)
        for key in new:
            await signing_keys.insert(tx, replace(key, created_ms=max(now_ms, newest_ms + 1)))
        await configuration.bump(tx)

    await world.database.write(work)
    world.directory.forget()
