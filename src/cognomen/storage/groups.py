"""Rows of groups and of who is in them."""

from dataclasses import dataclass

from cognomen.domain.groups import Group
from cognomen.storage.database import Row, Tx

COLUMNS = "pool_id, group_id, name, description, role_arn, precedence, created_ms, modified_ms"
GET = f"select {COLUMNS} from user_groups where pool_id = ? and name = ?"  # noqa: S608
PAGE = f"select {COLUMNS} from user_groups where pool_id = ? and name > ? order by name limit ?"  # noqa: S608
# A cross join makes SQLite begin with the few groups of the user instead of the many of the pool.
OF_USER = """
from group_members m cross join user_groups g
where m.pool_id = ? and m.sub = ? and g.pool_id = m.pool_id and g.group_id = m.group_id
"""
ALL_OF_USER = f"select g.{COLUMNS.replace(', ', ', g.')} {OF_USER}"
# What is not given stays as it is.
CHANGE = f"""
update user_groups set description = coalesce(?, description), role_arn = coalesce(?, role_arn),
  precedence = coalesce(?, precedence), modified_ms = ?
where pool_id = ? and name = ? returning {COLUMNS}
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class Change:
    """New values of a group; None leaves the old one."""

    description: str | None
    role_arn: str | None
    precedence: int | None


async def insert(tx: Tx, group: Group) -> None:
    """A new group; raises UniqueViolation."""
    await tx.run(
        "insert into user_groups (pool_id, group_id, name, description, role_arn, precedence, created_ms, modified_ms)"
        " values (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            group.pool_id,
            group.group_id,
            group.name,
            group.description,
            group.role_arn,
            group.precedence,
            group.created_ms,
            group.modified_ms,
        ),
    )


async def get(tx: Tx, pool_id: str, name: str) -> Group | None:
    """The group of this pool with this name."""
    row = await tx.one(GET, (pool_id, name))
    return Group(*row) if row else None


async def page(tx: Tx, pool_id: str, after: str, limit: int) -> list[Group]:
    """The pool's groups whose name sorts behind `after`, in order of their names."""
    return _groups(await tx.all(PAGE, (pool_id, after, limit)))


async def count_of_pool(tx: Tx, pool_id: str) -> int:
    """How many groups a pool has."""
    row = await tx.one("select count(*) from user_groups where pool_id = ?", (pool_id,))
    assert row is not None
    count: int = row[0]
    return count


async def change(tx: Tx, pool_id: str, name: str, to: Change, now_ms: int) -> Group | None:
    """Change a group in one statement, so that no other change is lost; None where there is no such group."""
    row = await tx.one(CHANGE, (to.description, to.role_arn, to.precedence, now_ms, pool_id, name))
    return Group(*row) if row else None


async def delete(tx: Tx, pool_id: str, name: str, now_ms: int) -> bool:
    """Take a group away; its memberships mean nothing from now on, and follow by expired.purge.

    False where there is no such group.
    """
    row = await tx.one("delete from user_groups where pool_id = ? and name = ? returning group_id", (pool_id, name))
    if row is None:
        return False
    await tx.run(
        "insert into deleted_groups (pool_id, group_id, deleted_ms) values (?, ?, ?)", (pool_id, row[0], now_ms)
    )
    return True


# Who is in a group


async def add_member(tx: Tx, group: Group, sub: str, now_ms: int) -> bool:
    """Put a user into a group; False where the user is in it already."""
    touched = await tx.run(
        "insert into group_members (pool_id, sub, group_id, added_ms) values (?, ?, ?, ?) on conflict do nothing",
        (group.pool_id, sub, group.group_id, now_ms),
    )
    return touched > 0


async def remove_member(tx: Tx, group: Group, sub: str) -> bool:
    """Take a user out of a group; False where the user is not in it."""
    touched = await tx.run(
        "delete from group_members where pool_id = ? and sub = ? and group_id = ?", (group.pool_id, sub, group.group_id)
    )
    return touched > 0


async def of_user(tx: Tx, pool_id: str, sub: str) -> list[Group]:
    """Every group that a user is in."""
    return _groups(await tx.all(ALL_OF_USER, (pool_id, sub)))


async def page_of_user(tx: Tx, pool_id: str, sub: str, after: str, limit: int) -> list[Group]:
    """The user's groups whose name sorts behind `after`, in order of their names."""
    page_of_all = f"{ALL_OF_USER} and g.name > ? order by g.name limit ?"
    return _groups(await tx.all(page_of_all, (pool_id, sub, after, limit)))


async def count_of_user(tx: Tx, pool_id: str, sub: str) -> int:
    """How many groups a user is in."""
    row = await tx.one(f"select count(*) {OF_USER}", (pool_id, sub))
    assert row is not None
    count: int = row[0]
    return count


def _groups(rows: list[Row]) -> list[Group]:
    return [Group(*row) for row in rows]
