"""Rows of users, and the names under which they sign in."""

from collections.abc import Sequence

from cognomen.domain.user import NameKind, SignInName, StoredPassword, User, UserStatus
from cognomen.storage.database import Row, Tx, UniqueViolation
from cognomen.storage.json_columns import json_text, read_attributes

COLUMNS = (
    "pool_id, sub, username, status, enabled, attributes, password_hash, srp_salt, srp_verifier, password_set_ms,"
    " created_ms, modified_ms"
)
BY_SUB = f"select {COLUMNS} from users where pool_id = ? and sub = ?"  # noqa: S608
# The order is that of NameKind.
BY_NAME = f"""
select {COLUMNS} from user_names join users using (pool_id, sub) where pool_id = ? and name_key = ?
order by case kind when 'username' then 0 when 'email' then 1 when 'phone_number' then 2 else 3 end limit 1
"""  # noqa: S608
HOLD = f"update users set modified_ms = modified_ms where pool_id = ? and sub = ? returning {COLUMNS}"  # noqa: S608
DELETIONS = (
    "delete from user_names where pool_id = ? and sub = ?",
    "delete from codes where pool_id = ? and sub = ?",
    "delete from attempts where pool_id = ? and subject = ?",
    "delete from refresh_tokens where pool_id = ? and sub = ?",
)
COUNTED_EXACTLY = 10_000


class NameTaken(UniqueViolation):
    """Another account of the pool has this name already; `kind` tells which sort of name it is."""

    def __init__(self, kind: NameKind) -> None:
        super().__init__(f"the {kind} is taken")
        self.kind = kind


async def insert(tx: Tx, user: User, names: Sequence[SignInName]) -> None:
    """A new account and everything it is found by; raises NameTaken."""
    await tx.run(
        "insert into users (pool_id, sub, username, status, enabled, attributes, password_hash, srp_salt,"
        " srp_verifier, password_set_ms, created_ms, modified_ms) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            user.pool_id,
            user.sub,
            user.username,
            user.status.value,
            int(user.enabled),
            json_text(user.attributes),
            *_password_columns(user.password),
            user.created_ms,
            user.modified_ms,
        ),
    )
    for name in names:
        await add_name(tx, user.pool_id, user.sub, name)


async def by_sub(tx: Tx, pool_id: str, sub: str) -> User | None:
    """The account with this sub."""
    row = await tx.one(BY_SUB, (pool_id, sub))
    return _user(row) if row else None


async def by_name(tx: Tx, pool_id: str, key: str) -> User | None:
    """The account that signs in under this name; a user name goes before an alias (reference 04, aliases)."""
    if "\0" in key:  # nobody is called so, and PostgreSQL refuses even to look
        return None
    row = await tx.one(BY_NAME, (pool_id, key))
    return _user(row) if row else None


async def held(tx: Tx, pool_id: str, sub: str) -> User | None:
    """The account as it is now, changed by nobody else until this write ends: read it so to change it."""
    row = await tx.one(HOLD, (pool_id, sub))
    return _user(row) if row else None


async def update(tx: Tx, user: User) -> bool:
    """Store the status, the attributes and whether the account is enabled; False where it is gone."""
    touched = await tx.run(
        "update users set status = ?, enabled = ?, attributes = ?, modified_ms = ? where pool_id = ? and sub = ?",
        (
            user.status.value,
            int(user.enabled),
            json_text(user.attributes),
            user.modified_ms,
            user.pool_id,
            user.sub,
        ),
    )
    return touched > 0


async def save_password(tx: Tx, user: User, password: StoredPassword) -> bool:
    """Replace the password that this user was read with; False where it is another one by now.

    So a hash made stronger at sign-in never undoes a password changed in the same moment.
    """
    replaced = user.password.hash if user.password else ""
    touched = await tx.run(
        "update users set password_hash = ?, srp_salt = ?, srp_verifier = ?, password_set_ms = ?"
        " where pool_id = ? and sub = ? and coalesce(password_hash, '') = ?",
        (*_password_columns(password), user.pool_id, user.sub, replaced),
    )
    return touched > 0


async def delete(tx: Tx, pool_id: str, sub: str) -> bool:
    """Take the account away with its names, codes, attempts and refresh tokens; False where it is gone already."""
    if not await tx.run("delete from users where pool_id = ? and sub = ?", (pool_id, sub)):
        return False
    for deletion in DELETIONS:
        await tx.run(deletion, (pool_id, sub))
    return True


async def count_of_pool(tx: Tx, pool_id: str) -> int:
    """How many users a pool has: exactly up to 10,000, above that estimated, so that nobody waits for a long count.

    Subs are random, so those that begin with 00 are one in 256 of all.
    """
    exact = await tx.one(
        "select count(*) from (select sub from users where pool_id = ? limit ?) as first_ones",
        (pool_id, COUNTED_EXACTLY + 1),
    )
    assert exact is not None
    counted: int = exact[0]
    if counted <= COUNTED_EXACTLY:
        return counted
    sample = await tx.one("select count(*) from users where pool_id = ? and sub < '01'", (pool_id,))
    assert sample is not None
    estimated: int = 256 * sample[0]
    return max(counted, estimated)


async def holder_of(tx: Tx, pool_id: str, name: SignInName) -> str | None:
    """The sub of the account that has this name."""
    row = await tx.one(
        "select sub from user_names where pool_id = ? and name_key = ? and kind = ?",
        (pool_id, name.key, name.kind.value),
    )
    return row[0] if row else None


async def add_name(tx: Tx, pool_id: str, sub: str, name: SignInName) -> None:
    """One more name of an account; raises NameTaken."""
    try:
        await tx.run(
            "insert into user_names (pool_id, name_key, kind, sub) values (?, ?, ?, ?)",
            (pool_id, name.key, name.kind.value, sub),
        )
    except UniqueViolation as clash:
        raise NameTaken(name.kind) from clash


async def drop_name(tx: Tx, pool_id: str, sub: str, name: SignInName) -> bool:
    """Take a name from an account; False where it does not have it."""
    touched = await tx.run(
        "delete from user_names where pool_id = ? and name_key = ? and kind = ? and sub = ?",
        (pool_id, name.key, name.kind.value, sub),
    )
    return touched > 0


def _password_columns(password: StoredPassword | None) -> tuple[object, ...]:
    if password is None:
        return (None, None, None, None)
    return (password.hash, password.srp_salt, password.srp_verifier, password.set_ms)


def _user(row: Row) -> User:
    pool_id, sub, username, status, enabled, attributes, hash_, salt, verifier, set_ms, created_ms, modified_ms = row
    return User(
        pool_id,
        sub,
        username,
        UserStatus(status),
        bool(enabled),
        read_attributes(attributes),
        None if hash_ is None else StoredPassword(hash_, salt, verifier, set_ms),
        created_ms,
        modified_ms,
    )
