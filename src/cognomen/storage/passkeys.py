"""Rows of passkeys: public keys, and how often each was used by its own count."""

from cognomen.domain.passkeys import Passkey
from cognomen.storage.database import Row, Tx
from cognomen.storage.json_columns import json_text, read_texts

COLUMNS = "pool_id, sub, credential_id, public_key, sign_count, rp_id, name, attachment, transports, created_ms"
OF_USER = f"select {COLUMNS} from passkeys where pool_id = ? and sub = ? order by created_ms, credential_id"  # noqa: S608
NEW = f"insert into passkeys ({COLUMNS}) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608


async def insert(tx: Tx, passkey: Passkey) -> None:
    """One more passkey; raises UniqueViolation where any user of the pool has it."""
    await tx.run(NEW, _row_of(passkey))


async def of_user(tx: Tx, pool_id: str, sub: str) -> list[Passkey]:
    """The passkeys of a user, the oldest first; there are a few."""
    return [_of_row(row) for row in await tx.all(OF_USER, (pool_id, sub))]


async def count_use(tx: Tx, passkey: Passkey, sign_count: int) -> bool:
    """Take over the authenticator's count: of racing uses with one count one gets True, and none with a lower one.

    An authenticator that does not count always says 0.
    """
    touched = await tx.run(
        "update passkeys set sign_count = ? where pool_id = ? and credential_id = ? and sub = ?"
        " and (sign_count < ? or (sign_count = 0 and ? = 0))",
        (sign_count, passkey.pool_id, passkey.credential_id, passkey.sub, sign_count, sign_count),
    )
    return touched > 0


async def delete(tx: Tx, pool_id: str, sub: str, credential_id: str) -> bool:
    """Forget a passkey of this user; False where there is none."""
    touched = await tx.run(
        "delete from passkeys where pool_id = ? and credential_id = ? and sub = ?", (pool_id, credential_id, sub)
    )
    return touched > 0


def _row_of(passkey: Passkey) -> Row:
    return (
        passkey.pool_id,
        passkey.sub,
        passkey.credential_id,
        passkey.public_key,
        passkey.sign_count,
        passkey.rp_id,
        passkey.name,
        passkey.attachment,
        json_text(passkey.transports),
        passkey.created_ms,
    )


def _of_row(row: Row) -> Passkey:
    pool_id, sub, credential_id, public_key, sign_count, rp_id, name, attachment, transports, created_ms = row
    return Passkey(
        pool_id,
        sub,
        credential_id,
        public_key,
        sign_count,
        rp_id,
        name,
        attachment,
        read_texts(transports),
        created_ms,
    )
