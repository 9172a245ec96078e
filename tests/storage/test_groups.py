"""Groups and who is in them: pages, quotas to count, and what happens when a group, a user or a pool goes."""

from functools import partial

import pytest

from cognomen.domain.groups import Group
from cognomen.storage import expired, groups, user_pools, users
from cognomen.storage.database import Database, Tx, UniqueViolation
from cognomen.storage.groups import Change
from storage.samples import DAY, NOW, OTHER_POOL, POOL, a_group, a_pool, a_user, named

pytestmark = pytest.mark.anyio

ROLE = "arn:aws:iam::123456789012:role/staff"


async def put(database: Database, *made: Group) -> None:
    async def work(tx: Tx) -> None:
        for group in made:
            await groups.insert(tx, group)

    await database.write(work)


async def join(database: Database, group: Group, *subs: str) -> list[bool]:
    async def work(tx: Tx) -> list[bool]:
        return [await groups.add_member(tx, group, sub, NOW) for sub in subs]

    return await database.write(work)


async def names_of(database: Database, sub: str, pool_id: str = POOL) -> list[str]:
    """The groups that tokens of a user would name."""
    return sorted(group.name for group in await database.read(lambda tx: groups.of_user(tx, pool_id, sub)))


async def members(database: Database) -> int:
    row = await database.read(lambda tx: tx.one("select count(*) from group_members"))
    assert row is not None
    return int(row[0])


async def test_a_group_comes_back_as_it_went_in(database: Database) -> None:
    """Every member survives, set or not; a group of another pool is another one."""
    full = a_group("ä😀", description='"\n', role_arn=ROLE, precedence=2**31 - 1, modified_ms=NOW + 1)
    bare = a_group("bare", precedence=0)
    await put(database, full, bare, a_group("bare", pool_id=OTHER_POOL))
    assert await database.read(lambda tx: groups.get(tx, POOL, full.name)) == full
    assert await database.read(lambda tx: groups.get(tx, POOL, "bare")) == bare
    assert await database.read(lambda tx: groups.get(tx, POOL, "Bare")) is None
    assert await database.read(lambda tx: groups.count_of_pool(tx, POOL)) == 2


async def test_two_groups_of_a_pool_cannot_have_one_name(database: Database) -> None:
    """The second one is a unique violation."""
    await put(database, a_group("staff"))
    with pytest.raises(UniqueViolation):
        await put(database, a_group("staff", "another-id"))


async def test_only_what_is_given_changes(database: Database) -> None:
    """What a change leaves out stays, a precedence of 0 and an empty description count as given."""
    await put(database, a_group("staff", description="Everybody", role_arn=ROLE, precedence=7))
    nothing = await database.write(lambda tx: groups.change(tx, POOL, "staff", Change(None, None, None), NOW + 1))
    assert nothing == a_group("staff", description="Everybody", role_arn=ROLE, precedence=7, modified_ms=NOW + 1)
    changed = await database.write(lambda tx: groups.change(tx, POOL, "staff", Change("", None, 0), NOW + 2))
    assert changed == a_group("staff", description="", role_arn=ROLE, precedence=0, modified_ms=NOW + 2)
    assert await database.read(lambda tx: groups.get(tx, POOL, "staff")) == changed
    assert await database.write(lambda tx: groups.change(tx, POOL, "nobody", Change("", None, 0), NOW)) is None


async def test_groups_are_paged_by_name(database: Database) -> None:
    """Pages follow one another without gap or overlap, in one order on every engine, of one pool only."""
    names = ["b", "B", "a", "ä", "Z", "1"]
    await put(database, *(a_group(name) for name in names), a_group("c", pool_id=OTHER_POOL))
    seen: list[str] = []
    while page := await database.read(partial(groups.page, pool_id=POOL, after=seen[-1] if seen else "", limit=4)):
        seen += [group.name for group in page]
    assert seen == ["1", "B", "Z", "a", "b", "ä"]


async def test_a_user_is_in_a_group_once(database: Database) -> None:
    """Joining again changes nothing, and leaving takes only this user out of only this group."""
    staff, other = a_group("staff"), a_group("other")
    await put(database, staff, other)
    assert await join(database, staff, "ann", "bob", "ann") == [True, True, False]
    assert await join(database, other, "ann") == [True]
    assert await database.read(lambda tx: groups.count_of_user(tx, POOL, "ann")) == 2
    assert await database.write(lambda tx: groups.remove_member(tx, staff, "ann"))
    assert not await database.write(lambda tx: groups.remove_member(tx, staff, "ann"))
    assert [await names_of(database, "ann"), await names_of(database, "bob")] == [["other"], ["staff"]]


async def test_groups_of_a_user_are_paged_by_name(database: Database) -> None:
    """All of them come once, whatever the size of the page."""
    made = [a_group(name) for name in "dacbe"]
    await put(database, *made)
    for group in made:
        await join(database, group, "ann")
    seen: list[str] = []
    while page := await database.read(
        partial(groups.page_of_user, pool_id=POOL, sub="ann", after=seen[-1] if seen else "", limit=2)
    ):
        seen += [group.name for group in page]
    assert seen == list("abcde")


async def test_users_of_a_group_are_paged(database: Database) -> None:
    """Every user comes once and whole; who is not in the group does not come."""
    staff, other = a_group("staff"), a_group("other")
    await put(database, staff, other)
    everybody = [a_user(f"sub-{number}", f"user{number}") for number in range(5)]

    async def work(tx: Tx) -> None:
        for user in everybody:
            await users.insert(tx, user, [named(user.username)])
            await groups.add_member(tx, staff if user.sub != "sub-3" else other, user.sub, NOW)

    await database.write(work)
    seen = []
    while page := await database.read(
        partial(users.page_of_group, pool_id=POOL, group_id=staff.group_id, after=seen[-1].sub if seen else "", limit=2)
    ):
        seen += page
    assert seen == [user for user in everybody if user.sub != "sub-3"]


# What goes, goes with everything


async def test_a_deleted_user_is_in_no_group(database: Database) -> None:
    """The memberships go with the user, in the same write."""
    staff = a_group("staff")
    await put(database, staff)
    await database.write(lambda tx: users.insert(tx, a_user("ann"), [named("ada")]))
    await join(database, staff, "ann", "bob")
    await database.write(lambda tx: users.delete(tx, POOL, "ann"))
    assert await members(database) == 1


async def test_a_deleted_group_counts_nowhere_at_once(database: Database) -> None:
    """Its memberships are in no token, no list and no quota, though their rows go later and in batches."""
    staff, other = a_group("staff"), a_group("other")
    await put(database, staff, other)
    await join(database, staff, *(f"user{number}" for number in range(5)))
    await join(database, other, "user0")
    assert await database.write(lambda tx: groups.delete(tx, POOL, "staff", NOW))
    assert not await database.write(lambda tx: groups.delete(tx, POOL, "staff", NOW))
    assert await names_of(database, "user0") == ["other"]
    assert await database.read(lambda tx: groups.count_of_user(tx, POOL, "user0")) == 1
    page = await database.read(lambda tx: groups.page_of_user(tx, POOL, "user0", "", 9))
    assert [group.name for group in page] == ["other"]
    assert await members(database) == 6
    assert [await database.write(lambda tx: expired.purge(tx, NOW, limit=2)) for _ in range(4)] == [2, 2, 1, 0]
    assert await members(database) == 1


async def test_nobody_is_in_a_new_group_by_an_old_one(database: Database) -> None:
    """A group made anew under an old name begins empty, even where the old rows are still there."""
    await put(database, a_group("admins", "old"))
    await join(database, a_group("admins", "old"), "ann")
    await database.write(lambda tx: groups.delete(tx, POOL, "admins", NOW))
    await put(database, a_group("admins", "new"))
    assert await names_of(database, "ann") == []
    assert await join(database, a_group("admins", "new"), "bob") == [True]
    while await database.write(lambda tx: expired.purge(tx, NOW)):
        pass
    assert [await names_of(database, "ann"), await names_of(database, "bob")] == [[], ["admins"]]


async def test_who_joined_too_late_goes_too(database: Database) -> None:
    """A membership that was written just after its group went is purged; the tombstone stays for a day."""
    staff = a_group("staff")
    await put(database, staff)
    await database.write(lambda tx: groups.delete(tx, POOL, "staff", NOW))
    assert await database.write(lambda tx: expired.purge(tx, NOW)) == 0
    await join(database, staff, "ann")
    assert await database.write(lambda tx: expired.purge(tx, NOW + DAY - 1)) == 1
    assert await members(database) == 0
    await database.write(lambda tx: expired.purge(tx, NOW + DAY))
    assert await database.read(lambda tx: tx.all("select * from deleted_groups")) == []


async def test_a_deleted_pool_takes_its_groups_along(database: Database) -> None:
    """Groups and memberships of a deleted pool are purged, those of others stay."""
    await database.write(lambda tx: user_pools.insert(tx, a_pool()))
    await put(database, a_group("staff"), a_group("staff", pool_id=OTHER_POOL))
    await join(database, a_group("staff"), "ann", "bob")
    await join(database, a_group("staff", pool_id=OTHER_POOL), "ann")
    await database.write(lambda tx: user_pools.delete(tx, POOL, NOW))
    while await database.write(lambda tx: expired.purge(tx, NOW)):
        pass
    assert [await names_of(database, "ann"), await names_of(database, "ann", OTHER_POOL)] == [[], ["staff"]]
    assert await members(database) == 1
    assert await database.read(lambda tx: groups.count_of_pool(tx, POOL)) == 0
