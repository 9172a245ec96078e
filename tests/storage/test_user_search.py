"""Lists of users, and the rows by which they are found."""

from dataclasses import replace
from typing import Any

import pytest

from cognomen.domain.user import User, UserStatus
from cognomen.domain.user_search import HIGHEST, Place, Stretch, stretch_of
from cognomen.storage import pending_attributes, users
from cognomen.storage.database import Database
from cognomen.storage.postgres import PostgresDatabase, translated
from cognomen.storage.sqlite import SqliteDatabase
from storage.samples import NOW, OTHER_POOL, POOL, SUB, a_user

pytestmark = pytest.mark.anyio

EMAILS = ["Ab@x", "ab@x", "abc@x", "B@x", "a\u00e9@x", "\U0001f600@x", "zz@x"]


async def put(database: Database, *people: User) -> None:
    for one in people:
        await database.write(lambda tx, one=one: users.insert(tx, one, []))


async def found(database: Database, text: str, after: Place | None = None, limit: int = 60) -> list[str]:
    stretch = stretch_of(text)
    assert stretch is not None
    place = after or stretch.beginning
    page = await database.read(lambda tx: users.page_of_stretch(tx, POOL, stretch, place, limit))
    return [one.user.username for one in page]


async def rows(database: Database, sub: str = SUB) -> dict[str, str]:
    left = await database.read(
        lambda tx: tx.all("select attribute, value from user_search where pool_id = ? and sub = ?", (POOL, sub))
    )
    assert len(dict(left)) == len(left)
    return dict(left)


async def test_pages_of_a_beginning_are_in_byte_order(database: Database) -> None:
    """Both engines sort alike, whatever the characters, and a page goes on behind the last place of the one before."""
    people = [a_user(f"s{n}", f"u{n}", attributes={"email": email}) for n, email in enumerate(EMAILS)]
    await put(database, *people, a_user("s9", "other", pool_id=OTHER_POOL, attributes={"email": "ab@x"}))
    in_order = sorted(people, key=lambda one: (one.attributes["email"].casefold().encode(), one.sub))
    assert await found(database, 'email ^= ""') == [one.username for one in in_order]
    assert await found(database, 'email ^= "AB"') == ["u0", "u1", "u2"]
    assert await found(database, 'email = "ab@x"', limit=1) == ["u0"]
    assert await found(database, 'email = "ab@x"', after=Place("ab@x", "s0")) == ["u1"]
    assert await found(database, 'email ^= "ab"', after=Place("ab@x", "s1")) == ["u2"]


COLUMNS: list[tuple[str, dict[str, Any], str | int]] = [
    ("username", {"username": "name"}, "name"),
    ("sub", {}, SUB),
    ("cognito:user_status", {"status": UserStatus.CONFIRMED}, "CONFIRMED"),
    ("status", {"enabled": False}, 0),
]


@pytest.mark.parametrize(("attribute", "changed", "value"), COLUMNS)
async def test_columns_of_users_are_searched(
    database: Database, attribute: str, changed: dict[str, Any], value: str | int
) -> None:
    """What is no attribute is found in the users themselves, with its value for the place in the list."""
    await put(database, a_user(**changed), a_user("other-sub", "z-other", status=UserStatus.UNCONFIRMED))
    stretch = Stretch(attribute, value, value)
    (one,) = await database.read(lambda tx: users.page_of_stretch(tx, POOL, stretch, stretch.beginning, 5))
    assert (one.place, one.user) == (Place(value, SUB), a_user(**changed))


async def test_everybody_is_listed_by_sub(database: Database) -> None:
    """Without a filter the order is that of the subs, and a page begins behind one of them."""
    await put(database, *(a_user(sub, sub) for sub in ("c", "a", "b")), a_user("d", pool_id=OTHER_POOL))
    page = await database.read(lambda tx: users.page(tx, POOL, "", 2))
    assert [one.user.sub for one in page] == ["a", "b"]
    assert [one.user.sub for one in await database.read(lambda tx: users.page(tx, POOL, "b", 2))] == ["c"]


async def test_rows_follow_the_attributes(database: Database) -> None:
    """Insert, update (with and without the account as it was held) and delete keep what is searched in step."""
    user = a_user(attributes={"email": "Ada@x", "name": "Ada", "gender": "f"})
    await put(database, user)
    assert await rows(database) == {"email": "ada@x", "name": "ada"}
    changed = replace(user, attributes={"email": "Ada@y", "given_name": "A", "gender": "f"})
    await database.write(lambda tx: users.update(tx, changed))
    assert await rows(database) == {"email": "ada@y", "given_name": "a"}
    held = replace(changed, attributes={"email": "Ada@y"})
    await database.write(lambda tx: users.update(tx, held, changed))
    assert await rows(database) == {"email": "ada@y"}
    await database.write(lambda tx: users.update(tx, held.confirmed(NOW)))
    assert await rows(database) == {"email": "ada@y"}
    await database.write(lambda tx: users.delete(tx, POOL, SUB))
    assert await rows(database) == {}


async def test_the_longest_values_can_be_searched(database: Database) -> None:
    """2,048 of the widest characters fit every index, and are found by what any filter can say."""
    wide = "\U0001f600" * 2048
    await put(database, a_user(attributes={"name": wide, "given_name": "a\0b", "family_name": HIGHEST}))
    assert await found(database, f'name ^= "{wide[:200]}"') == ["ada"]
    assert await found(database, f'name = "{wide[:200]}"') == []
    assert await found(database, 'given_name ^= "a"') == ["ada"]
    assert await found(database, 'given_name = "a\0b"') == ["ada"]


async def test_no_list_scans(on_sqlite: SqliteDatabase) -> None:
    """SQLite serves every list from an index, entered at the place where it goes on."""
    for sql in (users.EVERYBODY, users.BY_ATTRIBUTE, *users.BY_COLUMN.values()):
        values = ["x"] * (sql.count("?") - 1) + [10]
        plan = await on_sqlite.read(lambda tx, sql=sql, values=values: tx.all(f"explain query plan {sql}", values))
        steps = [row[3] for row in plan]
        assert not [step for step in steps if step.startswith("SCAN ") and step != "SCAN found"], steps
        assert all("pool_id=?" in step for step in steps if step.startswith("SEARCH")), steps


async def test_no_list_sorts_or_scans_a_table_on_postgres(on_postgres: PostgresDatabase) -> None:
    """PostgreSQL does the same, even where it plans without knowing the values."""
    await put(on_postgres, *(a_user(f"{n:04}", f"user{n}", attributes={"email": f"{n}@x"}) for n in range(300)))
    await on_postgres.write(lambda tx: tx.run("analyze users"))
    await on_postgres.write(lambda tx: tx.run("analyze user_search"))
    async with on_postgres._pool.acquire() as connection:
        await connection.execute("set plan_cache_mode = force_generic_plan")
        await connection.execute("set enable_seqscan = off")
        for sql, stretch in _lists():
            plan = await connection.fetch(f"explain {translated(sql)}", *_values(sql, stretch))
            text = "\n".join(row[0] for row in plan)
            assert "Seq Scan" not in text, text
            assert "Index" in text, text


def _lists() -> list[tuple[str, Stretch]]:
    by_column = [(sql, Stretch(name, 0, 1) if name == "status" else Stretch(name, "", HIGHEST))
                 for name, sql in users.BY_COLUMN.items()]  # fmt: skip
    return [(users.EVERYBODY, Stretch("", "", "")), (users.BY_ATTRIBUTE, Stretch("email", "", HIGHEST)), *by_column]


def _values(sql: str, stretch: Stretch) -> list[object]:
    if sql == users.EVERYBODY:
        return [POOL, "", 61]
    bounds = [stretch.first, "", stretch.last, 61]
    return [POOL, *([stretch.attribute] if sql == users.BY_ATTRIBUTE else []), *bounds]


# Values that wait


async def test_values_wait_one_for_each_attribute(database: Database) -> None:
    """A newer value takes the place of an older one; taken, it waits no more; each user has their own."""
    for sub, value in ((SUB, "old@x"), (SUB, "new@x"), ("other", "other@x")):
        await database.write(lambda tx, sub=sub, value=value: pending_attributes.put(tx, POOL, sub, "email", value))
    assert await database.read(lambda tx: pending_attributes.get(tx, POOL, SUB, "email")) == "new@x"
    assert await database.read(lambda tx: pending_attributes.get(tx, POOL, SUB, "phone_number")) is None
    assert await database.write(lambda tx: pending_attributes.take(tx, POOL, SUB, "email")) == "new@x"
    assert await database.write(lambda tx: pending_attributes.take(tx, POOL, SUB, "email")) is None
    assert await database.read(lambda tx: pending_attributes.get(tx, POOL, "other", "email")) == "other@x"
