"""Lists of users, and the rows by which they are found."""

from dataclasses import replace

import pytest

from cognomen.domain.user import User, UserStatus
from cognomen.domain.user_search import HIGHEST, search_of
from cognomen.storage import pending_attributes, user_lists, users
from cognomen.storage.database import Database
from storage.samples import NOW, OTHER_POOL, POOL, SUB, a_user

pytestmark = pytest.mark.anyio

EMAILS = ["Ab@x", "ab@x", "abc@x", "B@x", "a\u00e9@x", "\U0001f600@x", "zz@x"]


async def put(database: Database, *people: User) -> None:
    for one in people:
        await database.write(lambda tx, one=one: users.insert(tx, one, []))


async def found(database: Database, text: str, limit: int = 60) -> list[str]:
    """The user names of all pages of so many."""
    search, names, key = search_of(text, names_are_subs=False), [], ""
    while True:
        page = await database.read(lambda tx, key=key: user_lists.page(tx, POOL, search, key, limit))
        names += [one.user.username for one in page]
        if len(page) < limit:
            return names
        key = page[-1].key


async def rows(database: Database, sub: str = SUB) -> dict[str, str]:
    left = await database.read(
        lambda tx: tx.all("select attribute, value from user_search where pool_id = ? and sub = ?", (POOL, sub))
    )
    assert len(dict(left)) == len(left)
    return dict(left)


@pytest.mark.parametrize("limit", [60, 2, 1])
async def test_pages_of_a_beginning_are_in_byte_order(database: Database, limit: int) -> None:
    """Both engines sort alike, whatever the characters, and a page goes on behind the last one of the one before."""
    people = [a_user(f"s{n}", f"u{n}", attributes={"email": email}) for n, email in enumerate(EMAILS)]
    await put(database, *people, a_user("s9", "other", pool_id=OTHER_POOL, attributes={"email": "ab@x"}))
    in_order = sorted(people, key=lambda one: (one.attributes["email"].casefold().encode(), one.sub))
    assert await found(database, 'email ^= ""', limit) == [one.username for one in in_order]
    assert await found(database, 'email ^= "AB"', limit) == ["u0", "u1", "u2"]
    assert await found(database, 'email = "ab@x"', limit) == ["u0", "u1"]


@pytest.mark.parametrize("limit", [60, 2, 1])
async def test_subs_names_and_states_are_searched(database: Database, limit: int) -> None:
    """What is no attribute is found as well, in order and on whatever pages."""
    confirmed, forced = UserStatus.CONFIRMED, UserStatus.FORCE_CHANGE_PASSWORD
    states = [(True, forced), (False, confirmed), (True, confirmed), (True, confirmed), (False, forced)]
    people = [a_user(f"b{n}", f"U{n}", enabled=on, status=status) for n, (on, status) in enumerate(states)]
    await put(database, *people, a_user("a", "u0"), a_user("b", "name-is-sub"), a_user("b0", pool_id=OTHER_POOL))
    assert await found(database, "", limit) == ["u0", "name-is-sub", "U0", "U1", "U2", "U3", "U4"]
    assert await found(database, 'sub ^= "b"', limit) == ["name-is-sub", "U0", "U1", "U2", "U3", "U4"]
    assert await found(database, 'sub = "b"', limit) == ["name-is-sub"]
    assert await found(database, 'username ^= "U"', limit) == ["U0", "U1", "U2", "U3", "U4"]
    assert await found(database, 'username = "u0"', limit) == ["u0"]
    assert await found(database, 'status = "Disabled"', limit) == ["U1", "U4"]
    assert await found(database, 'cognito:user_status = "confirmed"', limit) == ["U2", "U3", "U1"]
    in_status_order = ["U2", "U3", "U1", "U0", "U4", "u0", "name-is-sub"]
    assert await found(database, 'cognito:user_status ^= ""', limit) == in_status_order


async def test_rows_follow_the_attributes(database: Database) -> None:
    """Insert, update (with and without the account as it was held) and delete keep what is searched in step."""
    user = a_user(attributes={"email": "Ada@x", "name": "Ada", "gender": "f"})
    await put(database, user)
    assert await rows(database) == {"username": "ada", "email": "ada@x", "name": "ada"}
    changed = replace(user, attributes={"email": "Ada@y", "given_name": "A", "gender": "f"})
    await database.write(lambda tx: users.update(tx, changed))
    assert await rows(database) == {"username": "ada", "email": "ada@y", "given_name": "a"}
    held = replace(changed, attributes={"email": "Ada@y"})
    await database.write(lambda tx: users.update(tx, held, changed))
    assert await rows(database) == {"username": "ada", "email": "ada@y"}
    await database.write(lambda tx: users.update(tx, held.confirmed(NOW)))
    assert await rows(database) == {"username": "ada", "email": "ada@y"}
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
