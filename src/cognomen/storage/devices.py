"""Rows of devices: those that were confirmed, remembered or not."""

from cognomen.domain.devices import FORGOTTEN, Device
from cognomen.storage.database import Row, Tx

COLUMNS = (
    "pool_id, sub, device_key, name, sdk, salt, verifier, remembered, last_ip, created_ms, modified_ms,"
    " authenticated_ms"
)
BY_KEY = f"select {COLUMNS} from devices where pool_id = ? and sub = ? and device_key = ?"  # noqa: S608
PAGE = f"""
select {COLUMNS} from devices where pool_id = ? and sub = ? and device_key > ? order by device_key limit ?
"""  # noqa: S608
INSERT = f"insert into devices ({COLUMNS}) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608


async def insert(tx: Tx, device: Device) -> None:
    """One more device of a user; raises UniqueViolation where it is confirmed already."""
    await tx.run(INSERT, _row_of(device))


async def get(tx: Tx, pool_id: str, sub: str, device_key: str) -> Device | None:
    """The device of this user with this key."""
    row = await tx.one(BY_KEY, (pool_id, sub, device_key))
    return _of_row(row) if row else None


async def page(tx: Tx, pool_id: str, sub: str, after: str, limit: int) -> list[Device]:
    """The devices of a user whose key sorts behind `after`, in order of their keys."""
    return [_of_row(row) for row in await tx.all(PAGE, (pool_id, sub, after, limit))]


async def set_remembered(tx: Tx, device: Device) -> bool:
    """Store whether a device is remembered; False where it is forgotten by now."""
    touched = await tx.run(
        "update devices set remembered = ?, modified_ms = ? where pool_id = ? and sub = ? and device_key = ?",
        (int(device.remembered), device.modified_ms, device.pool_id, device.sub, device.device_key),
    )
    return touched > 0


async def note_use(tx: Tx, device: Device, ip: str, now_ms: int) -> bool:
    """Store that a user signed in from a device, and hold it until this write ends; False where it is forgotten."""
    touched = await tx.run(
        "update devices set last_ip = ?, authenticated_ms = ? where pool_id = ? and sub = ? and device_key = ?",
        (ip, now_ms, device.pool_id, device.sub, device.device_key),
    )
    return touched > 0


async def forget(tx: Tx, pool_id: str, sub: str, device_key: str) -> bool:
    """Take a device away, and have none of its refresh tokens work any more; False where there is none.

    In this order: a sign-in at the same time holds the device until its session is stored.
    """
    gone = await tx.run(
        "delete from devices where pool_id = ? and sub = ? and device_key = ?", (pool_id, sub, device_key)
    )
    if gone:
        await tx.run(
            "update token_sessions set device_key = ? where pool_id = ? and sub = ? and device_key = ?",
            (FORGOTTEN, pool_id, sub, device_key),
        )
    return gone > 0


def _row_of(device: Device) -> Row:
    return (
        device.pool_id,
        device.sub,
        device.device_key,
        device.name,
        device.sdk,
        device.salt,
        device.sealed_verifier,
        int(device.remembered),
        device.last_ip,
        device.created_ms,
        device.modified_ms,
        device.authenticated_ms,
    )


def _of_row(row: Row) -> Device:
    *front, remembered, last_ip, created_ms, modified_ms, authenticated_ms = row
    return Device(*(*front, bool(remembered), last_ip, created_ms, modified_ms, authenticated_ms))
