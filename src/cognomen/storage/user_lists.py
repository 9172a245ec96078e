"""Lists of users, a page at a time, each served from an index that is entered where the page begins."""

from dataclasses import dataclass

from cognomen.domain.user import User
from cognomen.domain.user_search import Search, States, Stretch
from cognomen.storage.database import Tx
from cognomen.storage.users import COLUMNS, of_row

# Lists are no place for passwords: reading them would cost time, and nobody looks at them.
PASSWORDS = ("password_hash", "srp_salt", "srp_verifier", "password_set_ms")
LISTED = ", ".join("null" if column in PASSWORDS else column for column in COLUMNS.split(", "))
SUBS = "select {columns} from users where pool_id = ? and sub {behind} ? and sub <= ? order by sub limit ?"
SUBS_FROM, SUBS_BEHIND = (SUBS.format(columns=LISTED, behind=behind) for behind in (">=", ">"))
IN_STATE = f"""
select {LISTED} from users where pool_id = ? and enabled = ? and status = ? and sub > ? order by sub limit ?
"""  # noqa: S608
BY_ATTRIBUTE = f"""
select value, {LISTED} from (
  select pool_id, sub, value from user_search
  where pool_id = ? and attribute = ? and (value, sub) > (?, ?) and value <= ? order by value, sub limit ?
) found join users using (pool_id, sub) order by value, sub
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class Found:
    """A user in a list, without the password; `key` is where the list goes on behind."""

    key: str
    user: User


async def page(tx: Tx, pool_id: str, search: Search, after: str, limit: int) -> list[Found]:
    """The users that a search finds, in its order, behind the one with the key `after`; "" is before all."""
    if not isinstance(search, Stretch):
        return await _page_of_states(tx, pool_id, search, after, limit)
    if search.attribute == "sub":
        sql, first = (SUBS_BEHIND, after) if after else (SUBS_FROM, search.first)
        rows = await tx.all(sql, (pool_id, first, search.last, limit))
        return [Found(row[1], of_row(row)) for row in rows]
    sub, _, value = after.partition(" ")
    place = (value, sub) if after else (search.first, "")
    rows = await tx.all(BY_ATTRIBUTE, (pool_id, search.attribute, *place, search.last, limit))
    return [Found(f"{row[2]} {row[0]}", of_row(row[1:])) for row in rows]


async def _page_of_states(tx: Tx, pool_id: str, states: States, after: str, limit: int) -> list[Found]:
    found: list[Found] = []
    number, _, sub = after.partition(" ")
    for place in range(int(number or 0), len(states)):
        state = (int(states[place].enabled), states[place].status.value)
        rows = await tx.all(IN_STATE, (pool_id, *state, sub, limit - len(found)))
        found += [Found(f"{place} {row[1]}", of_row(row)) for row in rows]
        if len(found) == limit:
            break
        sub = ""  # the next state from its beginning
    return found
