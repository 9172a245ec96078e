"""Rows of users, and the names under which they sign in."""

from collections.abc import Sequence
from dataclasses import replace

from cognomen.domain.devices import guessed_device
from cognomen.domain.second_factors import NO_FACTORS, Factor, SecondFactors, guessed
from cognomen.domain.user import NameKind, SignInName, StoredPassword, User, UserStatus
from cognomen.storage import user_search
from cognomen.storage.database import Row, Tx, UniqueViolation
from cognomen.storage.json_columns import factors_text, json_text, read_attributes, read_factors

COLUMNS = (
    "pool_id, sub, username, status, enabled, attributes, password_hash, srp_salt, srp_verifier, password_set_ms,"
    " created_ms, modified_ms, second_factors"
)
BY_SUB = f"select {COLUMNS} from users where pool_id = ? and sub = ?"  # noqa: S608
# The order is that of NameKind.
BY_NAME = f"""
select {COLUMNS} from user_names join users using (pool_id, sub) where pool_id = ? and name_key = ?
order by case kind when 'username' then 0 when 'email' then 1 when 'phone_number' then 2 else 3 end limit 1
"""  # noqa: S608
OF_GROUP = f"""
select {COLUMNS} from group_members join users using (pool_id, sub)
where pool_id = ? and group_id = ? and sub > ? order by sub limit ?
"""  # noqa: S608
HOLD = f"update users set modified_ms = modified_ms where pool_id = ? and sub = ? returning {COLUMNS}"  # noqa: S608
DELETIONS = (
    "delete from user_names where pool_id = ? and sub = ?",
    "delete from codes where pool_id = ? and sub = ?",
    "delete from attempts where pool_id = ? and subject = ?",
    "delete from token_sessions where pool_id = ? and sub = ?",
    "delete from group_members where pool_id = ? and sub = ?",
    "delete from pending_attributes where pool_id = ? and sub = ?",
    "delete from password_history where pool_id = ? and sub = ?",
    "delete from software_tokens where pool_id = ? and sub = ?",
    "delete from passkeys where pool_id = ? and sub = ?",
    "delete from devices where pool_id = ? and sub = ?",
    "delete from user_identities where pool_id = ? and sub = ?",
    "delete from auth_events where pool_id = ? and sub = ?",
)
FORGIVE_ALL = f"delete from lockouts where pool_id = ? and subject in (?, ?, {', '.join('?' * len(Factor))})"  # noqa: S608
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
        " srp_verifier, password_set_ms, created_ms, modified_ms, second_factors)"
        " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        row_of(user),
    )
    for name in names:
        await add_name(tx, user.pool_id, user.sub, name)
    await user_search.change(tx, None, user)


async def by_sub(tx: Tx, pool_id: str, sub: str) -> User | None:
    """The account with this sub."""
    row = await tx.one(BY_SUB, (pool_id, sub))
    return of_row(row) if row else None


async def by_name(tx: Tx, pool_id: str, key: str) -> User | None:
    """The account that signs in under this name; a user name goes before an alias (reference 04, aliases)."""
    if "\0" in key:  # nobody is called so, and PostgreSQL refuses even to look
        return None
    row = await tx.one(BY_NAME, (pool_id, key))
    return of_row(row) if row else None


async def page_of_group(tx: Tx, pool_id: str, group_id: str, after: str, limit: int) -> list[User]:
    """The users in a group whose sub sorts behind `after`, in order of their subs."""
    return [of_row(row) for row in await tx.all(OF_GROUP, (pool_id, group_id, after, limit))]


async def held(tx: Tx, pool_id: str, sub: str) -> User | None:
    """The account as it is now, changed by nobody else until this write ends: read it so to change it."""
    row = await tx.one(HOLD, (pool_id, sub))
    return of_row(row) if row else None


async def update(tx: Tx, user: User, before: User | None = None) -> bool:
    """Store the status, the attributes and whether the account is enabled; False where it is gone.

    `before` is the account as it was held; given, it need not be read once more.
    """
    known = before or await by_sub(tx, user.pool_id, user.sub)
    if known is None:
        return False
    await user_search.change(tx, known, replace(known, attributes=user.attributes))
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


async def set_password(tx: Tx, user: User) -> bool:
    """Store the password and the status of an account that this write holds; False where it is gone."""
    touched = await tx.run(
        "update users set password_hash = ?, srp_salt = ?, srp_verifier = ?, password_set_ms = ?, status = ?,"
        " modified_ms = ? where pool_id = ? and sub = ?",
        (*_password_columns(user.password), user.status.value, user.modified_ms, user.pool_id, user.sub),
    )
    return touched > 0


async def set_factors(tx: Tx, user: User) -> None:
    """Store the second factors of an account that this write holds."""
    await tx.run(
        "update users set second_factors = ?, modified_ms = ? where pool_id = ? and sub = ?",
        (_factors_column(user.factors), user.modified_ms, user.pool_id, user.sub),
    )


async def delete(tx: Tx, pool_id: str, sub: str) -> bool:
    """Take the account away with everything that is about it; False where it is gone already."""
    row = await tx.one(f"delete from users where pool_id = ? and sub = ? returning {COLUMNS}", (pool_id, sub))  # noqa: S608
    if row is None:
        return False
    await user_search.change(tx, of_row(row), None)
    for deletion in DELETIONS:
        await tx.run(deletion, (pool_id, sub))
    await tx.run(FORGIVE_ALL, (pool_id, sub, guessed_device(sub), *(guessed(sub, factor) for factor in Factor)))
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


async def names_of(tx: Tx, pool_id: str, sub: str) -> frozenset[SignInName]:
    """Every name of an account."""
    rows = await tx.all("select kind, name_key from user_names where pool_id = ? and sub = ?", (pool_id, sub))
    return frozenset(SignInName(NameKind(kind), key) for kind, key in rows)


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


def row_of(user: User) -> Row:
    """An account as its row, in the order of COLUMNS."""
    return (
        user.pool_id,
        user.sub,
        user.username,
        user.status.value,
        int(user.enabled),
        json_text(user.attributes),
        *_password_columns(user.password),
        user.created_ms,
        user.modified_ms,
        _factors_column(user.factors),
    )


def _password_columns(password: StoredPassword | None) -> tuple[object, ...]:
    if password is None:
        return (None, None, None, None)
    return (password.hash, password.srp_salt, password.srp_verifier, password.set_ms)


def _factors_column(factors: SecondFactors) -> str | None:
    return None if factors == NO_FACTORS else factors_text(factors)


def of_row(row: Row) -> User:
    """The account in a row of COLUMNS."""
    pool_id, sub, username, status, enabled, attributes, *password, created_ms, modified_ms, factors = row
    return User(
        pool_id,
        sub,
        username,
        UserStatus(status),
        bool(enabled),
        read_attributes(attributes),
        None if password[0] is None else StoredPassword(*password),
        created_ms,
        modified_ms,
        NO_FACTORS if factors is None else read_factors(factors),
    )
