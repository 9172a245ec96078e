"""Rows of how the classic hosted pages look."""

from cognomen.domain.ui_customizations import UiCustomization
from cognomen.storage.database import Tx

PUT = """
insert into ui_customizations (pool_id, client_id, css, image, created_ms, modified_ms) values (?, ?, ?, ?, ?, ?)
on conflict (pool_id, client_id) do update set css = excluded.css, image = excluded.image,
  modified_ms = excluded.modified_ms
returning created_ms
"""


async def put(tx: Tx, look: UiCustomization) -> int:
    """Put this in place of the look before; answers since when there is one."""
    row = await tx.one(PUT, (look.pool_id, look.client_id, look.css, look.image, look.created_ms, look.modified_ms))
    assert row is not None
    created_ms: int = row[0]
    return created_ms


async def get(tx: Tx, pool_id: str, client_id: str) -> UiCustomization | None:
    """The look of this very client, or of all of them."""
    row = await tx.one(
        "select css, image, created_ms, modified_ms from ui_customizations where pool_id = ? and client_id = ?",
        (pool_id, client_id),
    )
    if row is None:
        return None
    css, image, created_ms, modified_ms = row
    return UiCustomization(pool_id, client_id, css, None if image is None else bytes(image), created_ms, modified_ms)
