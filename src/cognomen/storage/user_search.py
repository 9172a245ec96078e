"""Rows by which users are found, kept in step with their attributes by storage/users."""

from collections.abc import Mapping

from cognomen.domain.user_search import searchable_values
from cognomen.storage.database import Row, Tx

COLUMNS = ("pool_id", "attribute", "value", "sub")
INSERT = f"insert into user_search ({', '.join(COLUMNS)}) values "  # noqa: S608
DELETE = "delete from user_search where pool_id = ? and attribute = ? and value = ? and sub = ?"


def rows_of(pool_id: str, sub: str, attributes: Mapping[str, str]) -> list[Row]:
    """The rows of a user with these attributes, in the order of COLUMNS."""
    return [(pool_id, attribute, value, sub) for attribute, value in searchable_values(attributes).items()]


async def change(tx: Tx, pool_id: str, sub: str, before: Mapping[str, str], after: Mapping[str, str]) -> None:
    """Find a user by other attributes than before: none before for a new one, none after for one that goes."""
    old, new = searchable_values(before).items(), searchable_values(after).items()
    for attribute, value in old - new:
        await tx.run(DELETE, (pool_id, attribute, value, sub))
    added = [(pool_id, attribute, value, sub) for attribute, value in new - old]
    if added:
        await tx.run(INSERT + ", ".join(["(?, ?, ?, ?)"] * len(added)), [each for row in added for each in row])
