"""Users and their names."""

import asyncio
from dataclasses import replace

import pytest

from cognomen.domain.user import NameKind, StoredPassword, User, UserStatus
from cognomen.storage import attempts, codes, lockouts, token_sessions, users
from cognomen.storage.database import Database, Tx
from cognomen.storage.users import NameTaken
from storage.samples import (
    NOW,
    OTHER_POOL,
    PASSWORD,
    POOL,
    SUB,
    a_code,
    a_session,
    a_user,
    named,
)

pytestmark = pytest.mark.anyio


async def insert(database: Database, user: User, *names: str) -> None:
    await database.write(lambda tx: users.insert(tx, user, [named(name) for name in names or (user.username,)]))


async def found(database: Database, key: str, pool_id: str = POOL) -> str | None:
    user = await database.read(lambda tx: users.by_name(tx, pool_id, key))
    return user.sub if user else None


@pytest.mark.parametrize("password", [PASSWORD, None])
@pytest.mark.parametrize("status", list(UserStatus))
async def test_a_user_comes_back_as_it_went_in(
    database: Database, password: StoredPassword | None, status: UserStatus
) -> None:
    """By sub and by name the whole account comes back, with a password or without one, in every status."""
    user = a_user(password=password, status=status, enabled=password is None)
    await insert(database, user)
    assert await database.read(lambda tx: users.by_sub(tx, POOL, SUB)) == user
    assert await database.read(lambda tx: users.by_name(tx, POOL, "ada")) == user
    assert await database.write(lambda tx: users.held(tx, POOL, SUB)) == user


async def test_pools_are_apart(database: Database) -> None:
    """One name and one sub may be in two pools, and each pool finds its own."""
    here, there = a_user(), a_user(pool_id=OTHER_POOL, attributes={})
    await insert(database, here)
    await insert(database, there)
    assert await database.read(lambda tx: users.by_name(tx, POOL, "ada")) == here
    assert await database.read(lambda tx: users.by_name(tx, OTHER_POOL, "ada")) == there
    assert await database.read(lambda tx: users.by_sub(tx, OTHER_POOL, SUB)) == there


@pytest.mark.parametrize("key", ["", "Ada", "ad", "ada ", "ada\0", "\0", "' or 1=1 --", "%", "x" * 100_000])
async def test_nobody_is_found_by_a_name_that_is_not_theirs(database: Database, key: str) -> None:
    """Only the very key finds an account; what no account can be called finds nobody, and is no fault."""
    await insert(database, a_user())
    assert await found(database, key) is None


@pytest.mark.parametrize("kind", list(NameKind))
async def test_a_taken_name_tells_its_kind(database: Database, kind: NameKind) -> None:
    """A sign-up with a name of somebody else is refused by the kind of that name, and nothing of it stays."""
    await database.write(lambda tx: users.insert(tx, a_user(), [named("ada", kind)]))
    second = a_user("other-sub", "bob")
    with pytest.raises(NameTaken) as taken:
        await database.write(lambda tx: users.insert(tx, second, [named("bob"), named("ada", kind)]))
    assert taken.value.kind is kind
    assert await database.read(lambda tx: users.by_sub(tx, POOL, "other-sub")) is None
    assert await found(database, "bob") is None


async def test_a_user_name_goes_before_an_alias(database: Database) -> None:
    """Where one key is a name of several accounts, the order of NameKind decides."""
    kinds = list(NameKind)
    for number, kind in enumerate(reversed(kinds)):
        user = a_user(f"sub-{kind}", f"user{number}")
        await database.write(lambda tx, user=user, kind=kind: users.insert(tx, user, [named("shared", kind)]))
        assert await found(database, "shared") == f"sub-{kind}"


# Changes


async def test_an_update_leaves_password_and_names_alone(database: Database) -> None:
    """Status, attributes and whether the account is enabled are stored; the password of the moment stays."""
    await insert(database, a_user())
    changed = a_user(password=None, username="eve").with_attributes({"email_verified": "true"}, NOW + 1)
    changed = replace(changed.confirmed(NOW + 2), enabled=False)
    assert await database.write(lambda tx: users.update(tx, changed))
    assert await database.read(lambda tx: users.by_sub(tx, POOL, SUB)) == replace(
        changed, username="ada", password=PASSWORD
    )


async def test_a_deleted_user_cannot_be_updated(database: Database) -> None:
    """An update of an account that is gone says so and makes none."""
    assert not await database.write(lambda tx: users.update(tx, a_user()))
    assert await database.write(lambda tx: users.held(tx, POOL, SUB)) is None
    assert await database.read(lambda tx: users.by_sub(tx, POOL, SUB)) is None


@pytest.mark.parametrize("before", [PASSWORD, None])
async def test_a_password_replaces_the_one_it_was_read_with(database: Database, before: StoredPassword | None) -> None:
    """A new password is stored; one made for an older state of the account is not."""
    user = a_user(password=before)
    await insert(database, user)
    newer = StoredPassword("$argon2id$newer", b"salt2", b"verifier2", NOW + 1)
    outdated = StoredPassword("$argon2id$outdated", b"salt3", b"verifier3", NOW + 2)
    assert await database.write(lambda tx: users.save_password(tx, user, newer))
    assert not await database.write(lambda tx: users.save_password(tx, user, outdated))
    assert await database.read(lambda tx: users.by_sub(tx, POOL, SUB)) == replace(user, password=newer)


async def test_racing_changes_of_one_user_all_stay(database: Database) -> None:
    """Changes that begin by holding the user never undo one another."""
    await insert(database, a_user(attributes={}))

    async def change(number: int) -> None:
        async def work(tx: Tx) -> None:
            user = await users.held(tx, POOL, SUB)
            assert user is not None
            await users.update(tx, user.with_attributes({f"custom:{number}": "set"}, NOW + number))

        await database.write(work)

    await asyncio.gather(*map(change, range(20)))
    user = await database.read(lambda tx: users.by_sub(tx, POOL, SUB))
    assert user is not None
    assert user.attributes.keys() == {f"custom:{number}" for number in range(20)}


async def test_a_deleted_user_takes_everything_along(database: Database) -> None:
    """Names, codes, attempts, locks and sessions go with the account; its name is free again; others keep theirs."""
    other = "other-sub"

    async def fill(tx: Tx) -> None:
        for sub, name in ((SUB, "ada"), (other, "bob")):
            await users.insert(tx, a_user(sub, name), [named(name), named(f"{name}@example.com", NameKind.EMAIL)])
            await codes.put(tx, a_code(sub))
            await attempts.count_up(tx, POOL, sub, "confirm_sign_up", NOW, 1000)
            await lockouts.count_failure(tx, POOL, sub, NOW)
            await token_sessions.insert(tx, a_session(f"of {sub}", sub))

    async def left_of(tx: Tx, sub: str) -> list[object]:
        return [
            await users.by_sub(tx, POOL, sub),
            await tx.one("select 1 from user_names where pool_id = ? and sub = ?", (POOL, sub)),
            await tx.one("select 1 from codes where pool_id = ? and sub = ?", (POOL, sub)),
            await tx.one("select 1 from attempts where pool_id = ? and subject = ?", (POOL, sub)),
            await tx.one("select 1 from lockouts where pool_id = ? and subject = ?", (POOL, sub)),
            await token_sessions.get(tx, POOL, f"of {sub}"),
        ]

    await database.write(fill)
    assert await database.write(lambda tx: users.delete(tx, POOL, SUB))
    assert not await database.write(lambda tx: users.delete(tx, POOL, SUB))
    assert await database.read(lambda tx: left_of(tx, SUB)) == [None] * 6
    assert None not in await database.read(lambda tx: left_of(tx, other))
    await insert(database, a_user("next-sub"))
    assert await found(database, "ada") == "next-sub"


# Aliases


async def test_names_come_and_go(database: Database) -> None:
    """A name finds the account from when it is added until it is dropped, and only its holder can drop it."""
    await insert(database, a_user())
    alias = named("ada@example.com", NameKind.EMAIL)
    await database.write(lambda tx: users.add_name(tx, POOL, SUB, alias))
    assert await found(database, alias.key) == SUB
    assert await database.read(lambda tx: users.holder_of(tx, POOL, alias)) == SUB
    assert not await database.write(lambda tx: users.drop_name(tx, POOL, "other-sub", alias))
    assert await database.write(lambda tx: users.drop_name(tx, POOL, SUB, alias))
    assert await found(database, alias.key) is None
    assert await database.read(lambda tx: users.holder_of(tx, POOL, alias)) is None


async def test_a_held_alias_cannot_be_added(database: Database) -> None:
    """An alias of somebody else is refused by its kind."""
    alias = named("+4930123456", NameKind.PHONE_NUMBER)
    await insert(database, a_user())
    await insert(database, a_user("other-sub", "bob"))
    await database.write(lambda tx: users.add_name(tx, POOL, SUB, alias))
    with pytest.raises(NameTaken) as taken:
        await database.write(lambda tx: users.add_name(tx, POOL, "other-sub", alias))
    assert taken.value.kind is NameKind.PHONE_NUMBER
    assert await found(database, alias.key) == SUB


# Counting


async def put_bare_users(database: Database, subs: list[str]) -> None:
    async def work(tx: Tx) -> None:
        for sub in subs:
            await users.insert(tx, a_user(sub, password=None, attributes={}), [])

    await database.write(work)


async def test_few_users_are_counted_exactly(database: Database) -> None:
    """Up to the bound the count is exact, and of one pool only."""
    await put_bare_users(database, [f"{number:02x}" for number in range(100)])
    await database.write(lambda tx: users.insert(tx, a_user(pool_id=OTHER_POOL), []))
    assert await database.read(lambda tx: users.count_of_pool(tx, POOL)) == 100
    assert await database.read(lambda tx: users.count_of_pool(tx, "nowhere")) == 0


async def test_many_users_are_estimated(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Above the bound the share of random subs stands for all, and never less than was counted."""
    await put_bare_users(database, [f"{first:02x}-{second}" for first in range(0, 256, 8) for second in range(4)])
    monkeypatch.setattr(users, "COUNTED_EXACTLY", 100)
    assert await database.read(lambda tx: users.count_of_pool(tx, POOL)) == 4 * 256
    await database.write(lambda tx: tx.run("delete from users where sub < ?", ("01",)))
    assert await database.read(lambda tx: users.count_of_pool(tx, POOL)) == 101
