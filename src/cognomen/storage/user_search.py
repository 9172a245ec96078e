"""Rows by which users are found, kept in step with their attributes by storage/users."""

from cognomen.domain.user import User
from cognomen.domain.user_search import search_terms
from cognomen.storage.database import Row, Tx

COLUMNS = ("pool_id", "attribute", "value", "sub")
INSERT = f"insert into user_search ({', '.join(COLUMNS)}) values "  # noqa: S608
DELETE = "delete from user_search where pool_id = ? and attribute = ? and value = ? and sub = ?"


def rows_of(user: User) -> list[Row]:
    """The rows of a user, in the order of COLUMNS."""
    return [(user.pool_id, attribute, value, user.sub) for attribute, value in search_terms(user).items()]


async def change(tx: Tx, before: User | None, after: User | None) -> None:
    """Find a user by other values than before: none before for a new one, none after for one that goes."""
    user = after or before
    assert user is not None
    old, new = search_terms(before).items(), search_terms(after).items()
    for attribute, value in old - new:
        await tx.run(DELETE, (user.pool_id, attribute, value, user.sub))
    added = [(user.pool_id, attribute, value, user.sub) for attribute, value in new - old]
    if added:
        await tx.run(INSERT + ", ".join(["(?, ?, ?, ?)"] * len(added)), [each for row in added for each in row])
