"""Passkeys, as they are stored."""

import asyncio
from dataclasses import replace

import pytest

from cognomen.domain.passkeys import Passkey
from cognomen.storage import expired, passkeys, users
from cognomen.storage.database import Database, UniqueViolation
from storage.samples import NOW, OTHER_POOL, POOL, SUB, a_passkey, a_user, named

pytestmark = pytest.mark.anyio

KEY = a_passkey()


async def kept(database: Database, sub: str = SUB, pool_id: str = POOL) -> list[Passkey]:
    return await database.read(lambda tx: passkeys.of_user(tx, pool_id, sub))


async def test_passkeys_come_back_as_they_were_kept(database: Database) -> None:
    """The oldest first, and no other user's or pool's."""
    newer = replace(KEY, credential_id="AAAA", attachment="platform", transports=(), created_ms=NOW + 1)
    foreign = [replace(KEY, credential_id="BBBB", sub="another"), replace(KEY, pool_id=OTHER_POOL)]
    for one in (newer, KEY, *foreign):
        await database.write(lambda tx: passkeys.insert(tx, one))  # noqa: B023
    assert await kept(database) == [KEY, newer]
    assert await kept(database, "another") == foreign[:1]
    assert await kept(database, pool_id=OTHER_POOL) == foreign[1:]


async def test_a_pool_has_a_passkey_once(database: Database) -> None:
    """Whoever's it is."""
    await database.write(lambda tx: passkeys.insert(tx, KEY))
    with pytest.raises(UniqueViolation):
        await database.write(lambda tx: passkeys.insert(tx, replace(KEY, sub="another")))


async def test_counts_only_go_up(database: Database) -> None:
    """A count is taken once; 0 is taken as long as the authenticator never counted; nothing after deletion."""
    await database.write(lambda tx: passkeys.insert(tx, KEY))

    async def use(count: int) -> bool:
        return await database.write(lambda tx: passkeys.count_use(tx, KEY, count))

    assert [await use(0), await use(0), await use(5), await use(5), await use(4), await use(0), await use(6)] == [
        *(True, True, True),
        *(False, False, False),
        True,
    ]
    assert [one.sign_count for one in await kept(database)] == [6]
    assert not await database.write(lambda tx: passkeys.delete(tx, POOL, "another", KEY.credential_id))
    assert await database.write(lambda tx: passkeys.delete(tx, POOL, SUB, KEY.credential_id))
    assert not await database.write(lambda tx: passkeys.delete(tx, POOL, SUB, KEY.credential_id))
    assert not await use(7)


async def test_one_of_many_uses_a_count(database: Database) -> None:
    """Twenty at once: one wins."""
    await database.write(lambda tx: passkeys.insert(tx, KEY))
    uses = [database.write(lambda tx: passkeys.count_use(tx, KEY, 1)) for _ in range(20)]
    assert sorted(await asyncio.gather(*uses)) == [False] * 19 + [True]


async def test_passkeys_go_with_their_user_and_their_pool(database: Database) -> None:
    """Deleted with the account at once, and with the pool as the purge comes by."""
    await database.write(lambda tx: users.insert(tx, a_user(), [named("ada")]))
    await database.write(lambda tx: passkeys.insert(tx, KEY))
    await database.write(lambda tx: passkeys.insert(tx, replace(KEY, credential_id="BBBB", sub="another")))
    await database.write(lambda tx: users.delete(tx, POOL, SUB))
    assert (await kept(database), len(await kept(database, "another"))) == ([], 1)
    await database.write(
        lambda tx: tx.run("insert into deleted_pools (pool_id, deleted_ms) values (?, ?)", (POOL, NOW))
    )
    await database.write(lambda tx: expired.purge(tx, NOW))
    assert await kept(database, "another") == []


async def test_a_user_keeps_what_is_known_of_passkeys(database: Database) -> None:
    """With the other factors."""
    await database.write(lambda tx: users.insert(tx, a_user(), [named("ada")]))
    user = a_user()
    after = user.with_factors(replace(user.factors, has_passkey=True, passkey_is_enough=True), NOW)
    await database.write(lambda tx: users.set_factors(tx, after))
    read = await database.read(lambda tx: users.by_sub(tx, POOL, SUB))
    assert read is not None
    assert read.factors == after.factors
