"""Rows of the documents that users agree to."""

from cognomen.domain.terms import Terms
from cognomen.storage.database import Row, Tx
from cognomen.storage.json_columns import json_text, read_attributes

COLUMNS = "pool_id, terms_id, client_id, name, links, created_ms, modified_ms"
SELECT = f"select {COLUMNS} from terms"  # noqa: S608
HOLD = f"update terms set modified_ms = modified_ms where pool_id = ? and terms_id = ? returning {COLUMNS}"  # noqa: S608


async def insert(tx: Tx, terms: Terms) -> None:
    """A new document; raises UniqueViolation where its client has one of its name."""
    await tx.run(
        f"insert into terms ({COLUMNS}) values (?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
        (
            terms.pool_id,
            terms.terms_id,
            terms.client_id,
            terms.name,
            json_text(terms.links),
            terms.created_ms,
            terms.modified_ms,
        ),
    )


async def get(tx: Tx, pool_id: str, terms_id: str) -> Terms | None:
    """The document of this pool with this id."""
    row = await tx.one(SELECT + " where pool_id = ? and terms_id = ?", (pool_id, terms_id))
    return _terms(row) if row else None


async def of_client(tx: Tx, pool_id: str, client_id: str, name: str) -> Terms | None:
    """The document of a client with this name."""
    row = await tx.one(SELECT + " where pool_id = ? and client_id = ? and name = ?", (pool_id, client_id, name))
    return _terms(row) if row else None


async def held(tx: Tx, pool_id: str, terms_id: str) -> Terms | None:
    """The document as it is now, changed by nobody else until this write ends: read it so to change it."""
    row = await tx.one(HOLD, (pool_id, terms_id))
    return _terms(row) if row else None


async def page(tx: Tx, pool_id: str, after: str, limit: int) -> list[Terms]:
    """The pool's documents whose id sorts behind `after`, in order of their ids."""
    rows = await tx.all(
        SELECT + " where pool_id = ? and terms_id > ? order by terms_id limit ?", (pool_id, after, limit)
    )
    return [_terms(row) for row in rows]


async def count_of_pool(tx: Tx, pool_id: str) -> int:
    """How many documents a pool has."""
    row = await tx.one("select count(*) from terms where pool_id = ?", (pool_id,))
    assert row is not None
    count: int = row[0]
    return count


async def update(tx: Tx, terms: Terms) -> None:
    """Store what can change of a document; raises UniqueViolation where its client has one of the new name."""
    await tx.run(
        "update terms set name = ?, links = ?, modified_ms = ? where pool_id = ? and terms_id = ?",
        (terms.name, json_text(terms.links), terms.modified_ms, terms.pool_id, terms.terms_id),
    )


async def delete(tx: Tx, pool_id: str, terms_id: str) -> bool:
    """Take a document away; False where there is no such one."""
    return await tx.run("delete from terms where pool_id = ? and terms_id = ?", (pool_id, terms_id)) > 0


def _terms(row: Row) -> Terms:
    pool_id, terms_id, client_id, name, links, created_ms, modified_ms = row
    return Terms(pool_id, terms_id, client_id, name, read_attributes(links), created_ms, modified_ms)
