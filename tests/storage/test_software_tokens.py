"""Authenticator apps and second factors of users, as they are stored."""

import asyncio
from dataclasses import replace

import pytest

from cognomen.domain.lockout import CLEAR, Standing
from cognomen.domain.second_factors import Factor, SecondFactors, guessed
from cognomen.storage import expired, lockouts, software_tokens, users
from cognomen.storage.database import Database
from cognomen.storage.software_tokens import SoftwareToken
from storage.samples import NOW, OTHER_POOL, POOL, SUB, a_user, named

pytestmark = pytest.mark.anyio
SUBJECT = guessed(SUB, Factor.SOFTWARE_TOKEN_MFA)


async def looked_up(database: Database, sub: str = SUB) -> tuple[SoftwareToken, Standing] | None:
    return await database.read(lambda tx: software_tokens.with_standing(tx, POOL, sub, SUBJECT, NOW))


async def waiting(database: Database) -> bytes | None:
    return await database.read(lambda tx: software_tokens.waiting(tx, POOL, SUB))


async def test_a_secret_waits_until_it_is_proved(database: Database) -> None:
    """The newest one waits alone; what is in use stays until then, and goes then."""
    await database.write(lambda tx: software_tokens.give_out(tx, POOL, SUB, b"one"))
    await database.write(lambda tx: software_tokens.give_out(tx, POOL, SUB, b"two"))
    assert (await waiting(database), await looked_up(database)) == (b"two", None)
    assert not await database.write(lambda tx: software_tokens.prove(tx, POOL, SUB, b"one", 7))
    assert await database.write(lambda tx: software_tokens.prove(tx, POOL, SUB, b"two", 7))
    assert not await database.write(lambda tx: software_tokens.prove(tx, POOL, SUB, b"two", 8))
    assert (await waiting(database), await looked_up(database)) == (None, (SoftwareToken(b"two", 7), CLEAR))
    await database.write(lambda tx: software_tokens.give_out(tx, POOL, SUB, b"three"))
    assert await looked_up(database) == (SoftwareToken(b"two", 7), CLEAR)
    await database.write(lambda tx: software_tokens.put(tx, POOL, SUB, b"four", 9))
    assert (await waiting(database), await looked_up(database)) == (None, (SoftwareToken(b"four", 9), CLEAR))


async def test_steps_only_go_forward(database: Database) -> None:
    """A step is used once, an older one never, and none of another secret."""
    await database.write(lambda tx: software_tokens.put(tx, POOL, SUB, b"s", 10))

    async def use(step: int, sealed: bytes = b"s") -> bool:
        return await database.write(lambda tx: software_tokens.use_step(tx, POOL, SUB, sealed, step))

    assert [await use(10), await use(9), await use(12, b"other"), await use(12), await use(12), await use(11)] == [
        *(False, False, False),
        *(True, False, False),
    ]


async def test_one_of_many_uses_a_step(database: Database) -> None:
    """Twenty at once: one wins."""
    await database.write(lambda tx: software_tokens.put(tx, POOL, SUB, b"s", 10))
    uses = [database.write(lambda tx: software_tokens.use_step(tx, POOL, SUB, b"s", 11)) for _ in range(20)]
    assert sorted(await asyncio.gather(*uses)) == [False] * 19 + [True]


async def test_what_is_held_against_guesses_comes_along(database: Database) -> None:
    """One look tells both; what is forgotten does not count."""
    await database.write(lambda tx: software_tokens.put(tx, POOL, SUB, b"s", 10))
    await database.write(lambda tx: lockouts.count_failure(tx, POOL, SUBJECT, NOW))
    await database.write(lambda tx: lockouts.count_failure(tx, POOL, SUB, NOW))  # of the password
    assert await looked_up(database) == (SoftwareToken(b"s", 10), Standing(NOW, 1))
    assert await database.read(lambda tx: software_tokens.with_standing(tx, POOL, SUB, SUBJECT, NOW + 900_000)) == (
        SoftwareToken(b"s", 10),
        CLEAR,
    )


async def test_what_users_chose_comes_back(database: Database) -> None:
    """With every way to read a user; an account without factors has none."""
    user = a_user()
    await database.write(lambda tx: users.insert(tx, user, [named("ada")]))
    assert await database.read(lambda tx: users.by_sub(tx, POOL, SUB)) == user
    chosen = SecondFactors(
        frozenset({Factor.SMS_MFA, Factor.SOFTWARE_TOKEN_MFA}), Factor.SMS_MFA, True, "my \u00e9 app"
    )
    changed = user.with_factors(chosen, NOW + 5)
    await database.write(lambda tx: users.set_factors(tx, changed))
    assert await database.read(lambda tx: users.by_sub(tx, POOL, SUB)) == changed
    assert await database.read(lambda tx: users.by_name(tx, POOL, "ada")) == changed
    after = replace(changed, enabled=False)
    await database.write(lambda tx: users.update(tx, after))
    assert await database.read(lambda tx: users.by_sub(tx, POOL, SUB)) == after
    await database.write(lambda tx: users.set_factors(tx, after.with_factors(SecondFactors(), NOW)))
    held = await database.write(lambda tx: users.held(tx, POOL, SUB))
    assert held is not None
    assert held.factors == SecondFactors()


async def test_nothing_is_left_of_a_user_or_a_pool(database: Database) -> None:
    """App and guesses go with the account, or are purged with the pool."""
    for pool_id in (POOL, OTHER_POOL):
        await database.write(lambda tx, p=pool_id: users.insert(tx, a_user(pool_id=p), [named("ada")]))
        await database.write(lambda tx, p=pool_id: software_tokens.put(tx, p, SUB, b"s", 10))
        for factor in Factor:
            subject = guessed(SUB, factor)
            await database.write(lambda tx, p=pool_id, s=subject: lockouts.count_failure(tx, p, s, NOW))
    await database.write(lambda tx: users.delete(tx, POOL, SUB))
    rows = "select pool_id from {} order by pool_id"
    assert await database.read(lambda tx: tx.all(rows.format("software_tokens"))) == [(OTHER_POOL,)]
    assert await database.read(lambda tx: tx.all(rows.format("lockouts"))) == [(OTHER_POOL,)] * 3
    await database.write(lambda tx: tx.run("insert into deleted_pools values (?, ?)", (OTHER_POOL, NOW)))
    while await database.write(lambda tx: expired.purge(tx, NOW)):
        pass
    assert await database.read(lambda tx: tx.all(rows.format("software_tokens"))) == []
    await database.write(lambda tx: software_tokens.put(tx, POOL, SUB, b"s", 10))
    assert await database.write(lambda tx: software_tokens.delete(tx, POOL, SUB))
    assert not await database.write(lambda tx: software_tokens.delete(tx, POOL, SUB))
