"""Rows of the styles of managed login."""

import base64
from collections.abc import Mapping
from typing import Any

from cognomen.domain.login_brandings import Asset, LoginBranding
from cognomen.storage.database import Row, Tx
from cognomen.storage.json_columns import json_text, read_documents, read_settings

COLUMNS = "pool_id, branding_id, client_id, uses_provided, settings, assets, created_ms, modified_ms"
SELECT = f"select {COLUMNS} from login_brandings"  # noqa: S608
HELD = "update login_brandings set modified_ms = modified_ms where pool_id = ? and branding_id = ?"
HOLD = f"{HELD} returning {COLUMNS}"


async def insert(tx: Tx, branding: LoginBranding) -> None:
    """A new style; raises UniqueViolation where its client has one."""
    await tx.run(
        f"insert into login_brandings ({COLUMNS}) values (?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
        (
            branding.pool_id,
            branding.branding_id,
            branding.client_id,
            int(branding.uses_provided),
            json_text({"settings": branding.settings}),
            _assets_text(branding),
            branding.created_ms,
            branding.modified_ms,
        ),
    )


async def get(tx: Tx, pool_id: str, branding_id: str) -> LoginBranding | None:
    """The style of this pool with this id."""
    row = await tx.one(SELECT + " where pool_id = ? and branding_id = ?", (pool_id, branding_id))
    return _branding(row) if row else None


async def of_client(tx: Tx, pool_id: str, client_id: str) -> LoginBranding | None:
    """The style of a client."""
    row = await tx.one(SELECT + " where pool_id = ? and client_id = ?", (pool_id, client_id))
    return _branding(row) if row else None


async def held(tx: Tx, pool_id: str, branding_id: str) -> LoginBranding | None:
    """The style as it is now, changed by nobody else until this write ends: read it so to change it."""
    row = await tx.one(HOLD, (pool_id, branding_id))
    return _branding(row) if row else None


async def count_of_pool(tx: Tx, pool_id: str) -> int:
    """How many styles a pool has."""
    row = await tx.one("select count(*) from login_brandings where pool_id = ?", (pool_id,))
    assert row is not None
    count: int = row[0]
    return count


async def update(tx: Tx, branding: LoginBranding) -> None:
    """Store what can change of a style."""
    await tx.run(
        "update login_brandings set uses_provided = ?, settings = ?, assets = ?, modified_ms = ?"
        " where pool_id = ? and branding_id = ?",
        (
            int(branding.uses_provided),
            json_text({"settings": branding.settings}),
            _assets_text(branding),
            branding.modified_ms,
            branding.pool_id,
            branding.branding_id,
        ),
    )


async def delete(tx: Tx, pool_id: str, branding_id: str) -> bool:
    """Take a style away; False where there is no such one."""
    touched = await tx.run("delete from login_brandings where pool_id = ? and branding_id = ?", (pool_id, branding_id))
    return touched > 0


def _assets_text(branding: LoginBranding) -> str:
    return json_text(
        [
            {
                "category": asset.category,
                "color_mode": asset.color_mode,
                "extension": asset.extension,
                "content": base64.b64encode(asset.content).decode(),
                "resource_id": asset.resource_id,
            }
            for asset in branding.assets
        ]
    )


def _asset(kept: Mapping[str, Any]) -> Asset:
    return Asset(**{**kept, "content": base64.b64decode(kept["content"])})


def _branding(row: Row) -> LoginBranding:
    pool_id, branding_id, client_id, uses_provided, settings, assets, created_ms, modified_ms = row
    return LoginBranding(
        pool_id=pool_id,
        branding_id=branding_id,
        client_id=client_id,
        uses_provided=bool(uses_provided),
        settings=read_settings(settings)["settings"],
        assets=tuple(map(_asset, read_documents(assets))),
        created_ms=created_ms,
        modified_ms=modified_ms,
    )
