"""Wrong passwords in one moment, with hashes computed in threads, on every engine."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from cognomen import errors
from cognomen.flows.lockout import find_suspect, judge_password
from cognomen.services import Services
from cognomen.signing.argon2 import Argon2PasswordKeeper
from cognomen.signing.argon2_engines import Argon2Parameters
from cognomen.signing.bounded_threads import Room
from cognomen.signing.port import PasswordVerdict
from cognomen.signing.sealing import AesGcmSealer, MasterKeys
from cognomen.storage import users
from cognomen.storage.database import Database
from storage.samples import NOW, POOL, a_pool, a_user, named
from storage.test_changes_together import world_of

pytestmark = pytest.mark.anyio

SLOW_ENOUGH_FOR_THREADS = Argon2Parameters(memory_kib=256, passes=1)


class CountingKeeper(Argon2PasswordKeeper):
    """Counts what it compares."""

    compared = 0

    async def check(self, stored: Any, password: str) -> PasswordVerdict:
        self.compared += 1
        return await super().check(stored, password)


@pytest.fixture
async def keeper(anyio_backend: str) -> AsyncIterator[CountingKeeper]:
    made = CountingKeeper(AesGcmSealer(MasterKeys((b"k" * 32,))), SLOW_ENOUGH_FOR_THREADS, Room(4, 300))
    yield made
    made.close()


async def wrong(world: Services, name: str) -> str:
    with pytest.raises(errors.Refusal) as refused:
        await judge_password(world, await find_suspect(world, a_pool(), name), "Wrong-Horse-9")
    return type(refused.value).__name__


@pytest.mark.parametrize("name", ["ada", "nobody"])
async def test_of_a_burst_five_are_compared(database: Database, keeper: CountingKeeper, name: str) -> None:
    """200 wrong passwords in one moment cost five hashes, whether somebody has the name or nobody."""
    stored = await keeper.keep(POOL, "ada", "Correct-Horse-9", NOW)
    await database.write(lambda tx: users.insert(tx, a_user(password=stored), [named("ada")]))
    world = replace(world_of(database), passwords=keeper)
    outcomes = Counter(await asyncio.gather(*(wrong(world, name) for _ in range(200))))
    assert outcomes == {"NotAuthorizedException": 5, "PasswordAttemptsExceeded": 195}
    assert keeper.compared == 5
