"""Many users in one write, on each engine."""

import asyncio
import io
import json
from dataclasses import replace

import pytest

from cognomen import settings, wiring
from cognomen.admin import import_users as importing
from cognomen.admin.import_users import LONGEST_LINE, Tally, import_users, lines_of
from cognomen.domain.user import NameKind, User
from cognomen.domain.user_search import EVERYBODY
from cognomen.services import Services
from cognomen.storage import user_import, user_lists, user_pools, users
from cognomen.storage.database import Database, Tx, UniqueViolation
from cognomen.storage.user_import import NewUser
from storage.samples import OTHER_POOL, PASSWORD, POOL, a_pool, a_user, named

pytestmark = pytest.mark.anyio


def arrivals(count: int, pool_id: str = POOL) -> list[NewUser]:
    """Users of every sort: with and without a password, with an alias and without."""
    made = []
    for number in range(count):
        password = PASSWORD if number % 2 else None
        user = a_user(f"sub{number}", f"user{number}", pool_id, password=password, enabled=bool(number % 3))
        alias = (named(f"{number}@x", NameKind.EMAIL),) if number % 2 else ()
        made.append(NewUser(user, (named(user.username), *alias)))
    return made


async def everybody(database: Database) -> list[User]:
    page = await database.read(lambda tx: user_lists.page(tx, POOL, EVERYBODY, "", 10_000))
    return [one.user for one in page]


async def test_users_come_in_as_if_one_by_one(database: Database) -> None:
    """They are found by sub, name and attribute exactly as after single inserts."""
    await database.write(lambda tx: user_import.insert_all(tx, arrivals(50)))
    without_passwords = [replace(one.user, password=None) for one in arrivals(50)]
    assert await everybody(database) == sorted(without_passwords, key=lambda user: user.sub)
    assert await database.read(lambda tx: users.by_name(tx, POOL, "7@x")) == arrivals(8)[7].user
    searched = await database.read(lambda tx: tx.all("select attribute, value, sub from user_search order by 1, 2, 3"))
    await database.write(lambda tx: users.delete(tx, POOL, "sub0"))
    first = arrivals(1)[0]
    await database.write(lambda tx: users.insert(tx, first.user, first.names))
    again = await database.read(lambda tx: tx.all("select attribute, value, sub from user_search order by 1, 2, 3"))
    assert again == searched
    assert len(searched) == 150


async def test_all_come_in_or_none(database: Database) -> None:
    """A name or a sub that is there already leaves nobody of the batch behind."""
    await database.write(lambda tx: user_import.insert_all(tx, arrivals(1)))
    for clash in (a_user("other", "new"), a_user("sub0", "new")):
        batch = [*arrivals(9)[5:], NewUser(clash, (named("user0" if clash.sub == "other" else "new"),))]
        with pytest.raises(UniqueViolation):
            await database.write(lambda tx, batch=batch: user_import.insert_all(tx, batch))
    assert len(await everybody(database)) == 1


async def test_what_is_in_the_way_is_seen(database: Database) -> None:
    """Subs with their names and names with their holders, of this pool alone."""
    await database.write(lambda tx: user_import.insert_all(tx, [*arrivals(4), *arrivals(9, OTHER_POOL)[6:]]))
    there = await database.read(lambda tx: user_import.in_the_way(tx, POOL, arrivals(8)[2:]))
    assert there.usernames == {"sub2": "user2", "sub3": "user3"}
    assert there.holders == {
        named("user2"): "sub2",
        named("user3"): "sub3",
        named("3@x", NameKind.EMAIL): "sub3",
    }


async def test_rows_are_only_put_in_a_write(database: Database) -> None:
    """As with any other statement that changes something."""
    with pytest.raises(AssertionError, match="a statement was run in a read"):
        await database.read(lambda tx: tx.put_rows("users", ("pool_id",), [("x",)]))


# The import


@pytest.fixture
async def world(anyio_backend: str, database: Database) -> Services:
    """A server's services on the store of the test, in which there is one pool."""
    built = (await wiring.build(settings.load({"data": ":memory:"}, environment={}))).world
    await built.database.close()
    await database.write(lambda tx: user_pools.insert(tx, a_pool()))
    return replace(built, database=database)


def file_of(*lines: object) -> io.BytesIO:
    return io.BytesIO(b"".join(json.dumps(line).encode() + b"\n" for line in lines))


async def test_batches_are_told_apart_by_nothing_but_time(world: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    """However the lines fall into batches: each user once, each fault by its line, names of earlier batches seen."""
    monkeypatch.setattr(importing, "BATCH", 3)
    names = ["a", "b", "a", "c", "d", "b", "e", "", "f", "a"]
    faults: list[tuple[int, str]] = []
    tally = await import_users(
        world, a_pool(), file_of(*({"username": name} for name in names)), lambda *fault: faults.append(fault)
    )
    assert tally == Tally(imported=6, known=0, refused=4)
    assert [number for number, _ in faults] == [3, 6, 8, 10]
    assert sorted(user.username for user in await everybody(world.database)) == list("abcdef")


async def test_imports_in_the_same_moment_share_the_names(world: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of several imports of the same names each name comes in once, and the others say that it is taken."""
    monkeypatch.setattr(importing, "BATCH", 7)
    lines = [{"username": f"user{number}"} for number in range(40)]
    told: list[str] = []
    tallies = await asyncio.gather(
        *(import_users(world, a_pool(), file_of(*lines), lambda _, fault: told.append(fault)) for _ in range(3))
    )
    assert sum(tally.imported for tally in tallies) == 40
    assert sum(tally.refused for tally in tallies) == 80
    assert set(told) == {"the username is taken"}
    assert len(await everybody(world.database)) == 40


async def test_a_name_taken_in_the_very_moment_does_not_stop_an_import(world: Services) -> None:
    """Somebody signs up between looking and putting in: the batch looks again."""
    clashed: list[str] = []

    class Meddled:
        def __init__(self, tx: Tx) -> None:
            self._tx = tx

        def __getattr__(self, name: str) -> object:
            return getattr(self._tx, name)

        async def put_rows(self, *asked: object) -> None:
            if not clashed:
                clashed.append("once")
                await self._tx.run(
                    "insert into user_names (pool_id, name_key, kind, sub) values (?, 'ann', 'username', 'x')", (POOL,)
                )
            await self._tx.put_rows(*asked)  # type: ignore[arg-type]

    class Meddling:
        read = world.database.read

        @staticmethod
        async def write(work: object) -> object:
            return await world.database.write(lambda tx: work(Meddled(tx)))  # type: ignore[operator]

    meddled = replace(world, database=Meddling())  # type: ignore[arg-type]
    tally = await import_users(meddled, a_pool(), file_of({"username": "ann"}, {"username": "bob"}), lambda *_: None)
    assert clashed
    assert tally == Tally(imported=2, known=0, refused=0)  # what meddled was rolled back with the first try


def test_long_lines_are_passed_over() -> None:
    """A line that is too long is known by its number, costs no memory, and the next one is read from its beginning."""
    text = b"a\n" + b"x" * (3 * LONGEST_LINE) + b"\n\n  \nb\n" + b"y" * LONGEST_LINE + b"\nc"
    assert list(lines_of(io.BytesIO(text))) == [(1, b"a\n"), (2, None), (5, b"b\n"), (6, None), (7, b"c")]
    fits = b"z" * (LONGEST_LINE - 1) + b"\n"
    assert list(lines_of(io.BytesIO(fits + fits))) == [(1, fits), (2, fits)]
