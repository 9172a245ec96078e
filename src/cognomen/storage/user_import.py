"""Many accounts in one write: what stands in their way, and putting them in."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from cognomen.domain.user import NameKind, SignInName, User
from cognomen.storage import user_search, users
from cognomen.storage.database import Tx

USER_COLUMNS = users.COLUMNS.split(", ")
LOOKED_UP = 500  # users a statement
KNOWN = "select sub, username from users where pool_id = ? and sub in ({})"
HELD = "select kind, name_key, sub from user_names where pool_id = ? and name_key in ({})"
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


async def in_the_way(tx: Tx, pool_id: str, arrivals: Iterable[NewUser]) -> InTheWay:
    """Which of these subs and names the pool has."""
    usernames: dict[str, str] = {}
    holders: dict[SignInName, str] = {}
    waiting = iter(arrivals)
    while some := list(islice(waiting, LOOKED_UP)):
        subs = [one.user.sub for one in some]
        usernames |= dict(await tx.all(KNOWN.format(_blanks(subs)), (pool_id, *subs)))
        keys = {name.key for one in some for name in one.names}
        for kind, key, sub in await tx.all(HELD.format(_blanks(keys)), (pool_id, *keys)):
            holders[SignInName(NameKind(kind), key)] = sub
    return InTheWay(usernames, holders)


async def insert_all(tx: Tx, arrivals: Sequence[NewUser]) -> None:
    """Put accounts in, all or none; raises UniqueViolation.

    Rows go in the order of their keys, so that SQLite writes each page of a table once.
    """
    await tx.put_rows(
        "users", USER_COLUMNS, sorted((users.row_of(one.user) for one in arrivals), key=lambda row: row[1])
    )
    names = [(one.user.pool_id, name.key, name.kind.value, one.user.sub) for one in arrivals for name in one.names]
    await tx.put_rows("user_names", NAME_COLUMNS, sorted(names))
    found = [row for one in arrivals for row in user_search.rows_of(one.user)]
    await tx.put_rows("user_search", user_search.COLUMNS, sorted(found))


def _blanks(values: Collection[str]) -> str:
    return ", ".join("?" * len(values))
