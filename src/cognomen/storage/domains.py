"""Rows of domains, which lead to pools whatever pool that is."""

from cognomen.domain.domains import PoolDomain
from cognomen.storage.database import Row, Tx
from cognomen.storage.json_columns import json_text, read_settings

SELECT = "select domain, pool_id, settings, created_ms, modified_ms from pool_domains"


async def insert(tx: Tx, domain: PoolDomain) -> None:
    """A new domain; raises UniqueViolation where any pool has it."""
    await tx.run(
        "insert into pool_domains (domain, pool_id, is_custom, settings, created_ms, modified_ms)"
        " values (?, ?, ?, ?, ?, ?)",
        (
            domain.domain,
            domain.pool_id,
            int(domain.is_custom),
            _settings_text(domain),
            domain.created_ms,
            domain.modified_ms,
        ),
    )


async def get(tx: Tx, domain: str) -> PoolDomain | None:
    """The domain of this name, whichever pool has it."""
    row = await tx.one(SELECT + " where domain = ?", (domain,))
    return _domain(row) if row else None


async def of_pool(tx: Tx, pool_id: str) -> list[PoolDomain]:
    """The domains of a pool, a prefix first."""
    return [_domain(row) for row in await tx.all(SELECT + " where pool_id = ? order by is_custom", (pool_id,))]


async def count_custom(tx: Tx) -> int:
    """How many custom domains there are in all pools together."""
    row = await tx.one("select count(*) from pool_domains where is_custom = 1")
    assert row is not None
    count: int = row[0]
    return count


async def update(tx: Tx, domain: PoolDomain) -> None:
    """Store what can change of a domain."""
    await tx.run(
        "update pool_domains set settings = ?, modified_ms = ? where domain = ? and pool_id = ?",
        (_settings_text(domain), domain.modified_ms, domain.domain, domain.pool_id),
    )


async def delete(tx: Tx, pool_id: str, domain: str) -> bool:
    """Take a domain from a pool; False where the pool has no such domain."""
    return await tx.run("delete from pool_domains where domain = ? and pool_id = ?", (domain, pool_id)) > 0


def _settings_text(domain: PoolDomain) -> str:
    return json_text({"version": domain.version, "certificate": domain.certificate})


def _domain(row: Row) -> PoolDomain:
    name, pool_id, text, created_ms, modified_ms = row
    settings = read_settings(text)
    return PoolDomain(name, pool_id, settings["version"], settings["certificate"], created_ms, modified_ms)
