"""New passwords, those before them, and sessions that were used."""

from dataclasses import replace

import pytest

from cognomen.domain.codes import Code, CodePurpose
from cognomen.domain.user import StoredPassword, UserStatus
from cognomen.storage import challenge_sessions, codes, expired, password_history, user_pools, users
from cognomen.storage.database import Database, Tx
from storage.samples import DAY, NOW, OTHER_POOL, POOL, SUB, a_code, a_pool, a_user, named

pytestmark = pytest.mark.anyio


def a_password(number: int) -> StoredPassword:
    return StoredPassword(f"$argon2id${number}", b"salt", b"verifier", NOW + number)


async def add(database: Database, number: int, keep: int, sub: str = SUB, pool_id: str = POOL) -> None:
    await database.write(lambda tx: password_history.add(tx, pool_id, sub, a_password(number), keep))


async def newest(database: Database, limit: int = 24, sub: str = SUB, pool_id: str = POOL) -> list[str]:
    return await database.read(lambda tx: password_history.newest(tx, pool_id, sub, limit))


def hashes(*numbers: int) -> list[str]:
    return [a_password(number).hash for number in numbers]


async def test_a_password_and_its_state_are_stored_together(database: Database) -> None:
    """Hash, salt, verifier, time and status change; name and attributes stay."""
    await database.write(lambda tx: users.insert(tx, a_user(), [named("ada")]))
    changed = replace(a_user(), attributes={}).with_password(a_password(1), UserStatus.FORCE_CHANGE_PASSWORD)
    assert await database.write(lambda tx: users.set_password(tx, changed))
    stored = await database.read(lambda tx: users.by_sub(tx, POOL, SUB))
    assert stored == replace(changed, attributes=a_user().attributes, modified_ms=NOW + 1)


async def test_nobody_gets_the_password_of_who_is_gone(database: Database) -> None:
    """A deleted account does not come back by it."""
    assert not await database.write(lambda tx: users.set_password(tx, a_user()))
    assert await database.read(lambda tx: users.by_sub(tx, POOL, SUB)) is None


async def test_history_comes_newest_first_and_keeps_so_many(database: Database) -> None:
    """Each password that is added drives out the oldest beyond the number that is kept."""
    for number in range(1, 6):
        await add(database, number, keep=3)
    assert await newest(database) == hashes(5, 4, 3)
    assert await newest(database, limit=2) == hashes(5, 4)
    await add(database, 6, keep=1)
    assert await newest(database) == hashes(6)


async def test_a_password_stands_in_history_once(database: Database) -> None:
    """Adding again what is there changes nothing."""
    for _ in range(2):
        await add(database, 1, keep=3)
    assert await newest(database) == hashes(1)


async def test_history_is_each_users_own(database: Database) -> None:
    """Neither another user nor another pool shares it, and what one forgets the others keep."""
    await add(database, 1, keep=3)
    await add(database, 2, keep=3, sub="other-sub")
    await add(database, 3, keep=3, pool_id=OTHER_POOL)
    await add(database, 4, keep=1)
    assert await newest(database) == hashes(4)
    assert await newest(database, sub="other-sub") == hashes(2)
    assert await newest(database, pool_id=OTHER_POOL) == hashes(3)


async def test_a_deleted_user_takes_history_along(database: Database) -> None:
    """Nothing is left of the passwords of who is gone."""
    await database.write(lambda tx: users.insert(tx, a_user(), [named("ada")]))
    await add(database, 1, keep=3)
    await add(database, 2, keep=3, sub="other-sub")
    await database.write(lambda tx: users.delete(tx, POOL, SUB))
    assert await newest(database) == []
    assert await newest(database, sub="other-sub") == hashes(2)


async def test_a_look_at_a_code_does_not_use_it_up(database: Database) -> None:
    """The code is shown whole, expired or not, and only that of the purpose asked for."""
    await database.write(lambda tx: codes.put(tx, a_code(expires_ms=NOW - DAY)))
    for _ in range(2):
        found = await database.read(lambda tx: codes.get(tx, POOL, SUB, CodePurpose.SIGN_UP))
        assert found == a_code(expires_ms=NOW - DAY)
    assert await database.read(lambda tx: codes.get(tx, POOL, SUB, CodePurpose.FORGOT_PASSWORD)) is None
    assert isinstance(found, Code)


# Sessions


async def spend(database: Database, session_id: str = "session", pool_id: str = POOL, expires_ms: int = NOW) -> bool:
    return await database.write(lambda tx: challenge_sessions.spend(tx, pool_id, session_id, expires_ms))


async def is_spent(database: Database, session_id: str = "session", pool_id: str = POOL) -> bool:
    return await database.read(lambda tx: challenge_sessions.is_spent(tx, pool_id, session_id))


async def test_a_session_is_spent_once(database: Database) -> None:
    """The first call gets it, every other one is told, in this pool alone."""
    assert not await is_spent(database)
    assert [await spend(database) for _ in range(3)] == [True, False, False]
    assert await is_spent(database)
    assert not await is_spent(database, pool_id=OTHER_POOL)
    assert not await is_spent(database, "another")
    assert await spend(database, pool_id=OTHER_POOL)


async def test_a_session_spent_in_a_refused_call_stays(database: Database) -> None:
    """Where the write that spends a session is rolled back, the session still works."""

    async def work(tx: Tx) -> None:
        assert await challenge_sessions.spend(tx, POOL, "session", NOW)
        raise LookupError

    with pytest.raises(LookupError):
        await database.write(work)
    assert await spend(database)


async def test_spent_sessions_are_purged_when_they_could_not_be_used_any_more(database: Database) -> None:
    """Not a millisecond earlier: until then the row is what refuses the session."""
    await spend(database, "gone", expires_ms=NOW)
    await spend(database, "stays", expires_ms=NOW + 1)
    assert await database.write(lambda tx: expired.purge(tx, NOW)) == 1
    assert (await is_spent(database, "gone"), await is_spent(database, "stays")) == (False, True)


async def test_a_deleted_pool_takes_sessions_and_history_along(database: Database) -> None:
    """Other pools keep theirs."""

    async def delete(tx: Tx) -> None:
        await user_pools.insert(tx, a_pool())
        await user_pools.delete(tx, POOL, NOW)

    for pool_id in (POOL, OTHER_POOL):
        await spend(database, pool_id=pool_id, expires_ms=NOW + DAY)
        await add(database, 1, keep=3, pool_id=pool_id)
    await database.write(delete)
    assert await database.write(lambda tx: expired.purge(tx, NOW)) == 2
    assert await newest(database) == []
    assert await newest(database, pool_id=OTHER_POOL) == hashes(1)
    assert (await is_spent(database), await is_spent(database, pool_id=OTHER_POOL)) == (False, True)
