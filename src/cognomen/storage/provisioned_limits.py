"""Rows of the rates that were set for categories of operations, in requests a second; the others have their default."""

from cognomen.storage.database import Tx


async def of_account(tx: Tx) -> dict[str, int]:
    """Every rate that was set, by its category."""
    rows = await tx.all("select category, requests_per_second from provisioned_limits")
    return {row[0]: row[1] for row in rows}


async def put(tx: Tx, category: str, requests_per_second: int, now_ms: int) -> None:
    """Set the rate of a category."""
    await tx.run(
        "insert into provisioned_limits (category, requests_per_second, modified_ms) values (?, ?, ?)"
        " on conflict (category) do update set requests_per_second = excluded.requests_per_second,"
        " modified_ms = excluded.modified_ms",
        (category, requests_per_second, now_ms),
    )
