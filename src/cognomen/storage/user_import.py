"""Many accounts in one write: what stands in their way, and putting them in."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from cognomen.domain.user import SignInName, User
from cognomen.storage import user_search, users
from cognomen.storage.database import Tx

USER_COLUMNS = users.COLUMNS.split(", ")
NAME_COLUMNS = ("pool_id", "name_key", "kind", "sub")


@dataclass(frozen=True, slots=True)
class NewUser:
    """An account that is to be put in, with everything that it is found by."""

    user: User
    names: tuple[SignInName, ...]


@dataclass(frozen=True, slots=True)
class InTheWay:
    """What a pool has already: user names by sub, and names with the sub that has them."""

    usernames: Mapping[str, str]
    holders: Mapping[SignInName, str]


async def in_the_way(tx: Tx, pool_id: str, arrivals: Collection[NewUser]) -> InTheWay:
    """Which of these subs and names the pool has."""
    subs = [one.user.sub for one in arrivals]
    keys = {name.key for one in arrivals for name in one.names}
    known = await tx.all(
        f"select sub, username from users where pool_id = ? and sub in ({_blanks(subs)})",  # noqa: S608
        (pool_id, *subs),
    )
    held = await tx.all(
        f"select kind, name_key, sub from user_names where pool_id = ? and name_key in ({_blanks(keys)})",  # noqa: S608
        (pool_id, *keys),
    )
    return InTheWay(dict(known), {SignInName(kind, key): sub for kind, key, sub in held})


async def insert_all(tx: Tx, arrivals: Sequence[NewUser]) -> None:
    """Put accounts in, all or none; raises UniqueViolation."""
    await tx.put_rows("users", USER_COLUMNS, [users.row_of(one.user) for one in arrivals])
    names = [(one.user.pool_id, name.key, name.kind.value, one.user.sub) for one in arrivals for name in one.names]
    await tx.put_rows("user_names", NAME_COLUMNS, names)
    found = [
        row for one in arrivals for row in user_search.rows_of(one.user.pool_id, one.user.sub, one.user.attributes)
    ]
    await tx.put_rows("user_search", user_search.COLUMNS, found)


def _blanks(values: Collection[str]) -> str:
    return ", ".join("?" * len(values))
