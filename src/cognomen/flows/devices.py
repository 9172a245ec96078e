"""Devices that are remembered: offered by a sign-in, confirmed by its app, looked at, and forgotten (reference 06)."""

from dataclasses import dataclass, field

from cognomen import errors
from cognomen.domain.devices import Device, DeviceVerifier, group_key_of, sdk_of
from cognomen.domain.pool import UserPool
from cognomen.domain.sessions import Visitor
from cognomen.domain.srp_exchange import Claimant
from cognomen.domain.user import StoredPassword, User
from cognomen.flows.accounts import hold_user
from cognomen.services import Services
from cognomen.storage import devices, token_sessions
from cognomen.storage.database import Tx, UniqueViolation


@dataclass(frozen=True, slots=True)
class Confirmation:
    """That an app takes up what its sign-in was offered: which key, under what name, by which verifier."""

    origin_jti: str
    device_key: str
    name: str | None
    verifier: DeviceVerifier = field(repr=False)


def claimant_of(device: Device) -> Claimant:
    """Who a device is in SRP, with what is kept of its secret."""
    stored = StoredPassword("", device.salt, device.sealed_verifier, 0)
    return _claimant(device.pool_id, device.device_key, stored)


def _claimant(pool_id: str, device_key: str, stored: StoredPassword | None) -> Claimant:
    return Claimant(pool_id, device_key, stored, group_key_of(pool_id))


async def require_device(world: Services, user: User, device_key: str) -> Device:
    """The device of this user with this key; raises DeviceDoesNotExist, for devices of other users, too."""
    found = await world.database.read(lambda tx: devices.get(tx, user.pool_id, user.sub, device_key))
    if found is None:
        raise errors.DeviceDoesNotExist
    return found


async def known_key(world: Services, user: User, device_key: str) -> str:
    """The key again where the user has a device with it, else none."""
    if not device_key:
        return ""
    found = await world.database.read(lambda tx: devices.get(tx, user.pool_id, user.sub, device_key))
    return device_key if found else ""


async def confirm(world: Services, pool: UserPool, user: User, confirmation: Confirmation, visitor: Visitor) -> Device:
    """Know the device that a sign-in offered to, and remember it unless the user has to be asked.

    Raises DeviceKeyInvalid where that sign-in did not offer this key, DeviceKeyExistsException, UserNotFoundException.
    """
    device = _confirmed(world, pool, user, confirmation, visitor)

    async def work(tx: Tx) -> None:
        await hold_user(tx, user)
        session = await token_sessions.held(tx, pool.pool_id, confirmation.origin_jti)
        if session is None or session.device_key != confirmation.device_key:
            raise errors.DeviceKeyInvalid
        await devices.insert(tx, device)

    try:
        await world.database.write(work)
    except UniqueViolation:
        raise errors.DeviceKeyExistsException from None
    return device


def _confirmed(world: Services, pool: UserPool, user: User, confirmation: Confirmation, visitor: Visitor) -> Device:
    now_ms, purpose = world.now_ms(), _claimant(pool.pool_id, confirmation.device_key, None).sealed_for
    return Device(
        pool_id=pool.pool_id,
        sub=user.sub,
        device_key=confirmation.device_key,
        name=confirmation.name,
        sdk=sdk_of(visitor.user_agent),
        salt=confirmation.verifier.salt,
        sealed_verifier=world.sealer.seal(confirmation.verifier.packed(), purpose),
        remembered=not pool.devices.asks_user,
        last_ip=visitor.ip_address,
        created_ms=now_ms,
        modified_ms=now_ms,
        authenticated_ms=now_ms,
    )


async def set_status(world: Services, user: User, device_key: str, status: str | None) -> None:
    """Remember a device or no longer; raises DeviceStatusMissing, DeviceDoesNotExist."""
    if status is None:
        raise errors.DeviceStatusMissing
    device = (await require_device(world, user, device_key)).with_status(status, world.now_ms())
    if not await world.database.write(lambda tx: devices.set_remembered(tx, device)):
        raise errors.DeviceDoesNotExist


async def forget(world: Services, user: User, device_key: str) -> None:
    """Forget a device, after which its refresh tokens are of no use; raises DeviceDoesNotExist."""
    if not await world.database.write(lambda tx: devices.forget(tx, user.pool_id, user.sub, device_key)):
        raise errors.DeviceDoesNotExist
