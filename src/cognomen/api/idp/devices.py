"""Devices: ConfirmDevice, and what users and administrators do to those that are known: get, list, update, forget."""

from cognomen import errors
from cognomen.api.call import Call, operation
from cognomen.api.paging import Asked, page
from cognomen.domain.arns import device_arn
from cognomen.domain.claims import origin_of
from cognomen.domain.devices import Device, read_verifier
from cognomen.domain.user import User
from cognomen.flows import devices as flow
from cognomen.flows.accounts import find_user, require_user
from cognomen.storage import devices
from cognomen.storage.database import Tx
from cognomen.wire.idp import (
    AdminForgetDeviceRequest,
    AdminGetDeviceRequest,
    AdminGetDeviceResponse,
    AdminListDevicesRequest,
    AdminListDevicesResponse,
    AdminUpdateDeviceStatusRequest,
    AdminUpdateDeviceStatusResponse,
    AttributeType,
    ConfirmDeviceRequest,
    ConfirmDeviceResponse,
    DeviceSecretVerifierConfigType,
    DeviceType,
    ForgetDeviceRequest,
    GetDeviceRequest,
    GetDeviceResponse,
    ListDevicesRequest,
    ListDevicesResponse,
    UpdateDeviceStatusRequest,
    UpdateDeviceStatusResponse,
)


@operation
async def confirm_device(call: Call, request: ConfirmDeviceRequest) -> ConfirmDeviceResponse:
    """Know the device that the caller's sign-in offered to; where the pool asks users, it is not remembered yet."""
    assert call.claims is not None
    given = request.device_secret_verifier_config or DeviceSecretVerifierConfigType()
    verifier = read_verifier(given.password_verifier, given.salt)
    taken_up = flow.Confirmation(origin_of(call.claims), request.device_key, request.device_name, verifier)
    device = await flow.confirm(call.world, call.pool, call.user, taken_up, call.visitor)
    return ConfirmDeviceResponse(user_confirmation_necessary=not device.remembered)


@operation
async def get_device(call: Call, request: GetDeviceRequest) -> GetDeviceResponse:
    """A device of the signed-in user."""
    return GetDeviceResponse(device=shown(await flow.require_device(call.world, call.user, request.device_key)))


@operation
async def list_devices(call: Call, request: ListDevicesRequest) -> ListDevicesResponse:
    """The devices of the signed-in user, a page at a time, in the order of their keys."""
    found, token = await _page(call, call.user, request)
    return ListDevicesResponse(devices=[shown(device) for device in found], pagination_token=token)


@operation
async def update_device_status(call: Call, request: UpdateDeviceStatusRequest) -> UpdateDeviceStatusResponse:
    """Remember a device at its user's wish, or no longer."""
    await flow.set_status(call.world, call.user, request.device_key, request.device_remembered_status)
    return UpdateDeviceStatusResponse()


@operation
async def forget_device(call: Call, request: ForgetDeviceRequest) -> None:
    """Forget a device of the signed-in user."""
    await flow.forget(call.world, call.user, request.device_key)


@operation
async def admin_get_device(call: Call, request: AdminGetDeviceRequest) -> AdminGetDeviceResponse:
    """A device of a user, with what administrators see besides."""
    user = await _require_owner(call, request.username)
    device = await flow.require_device(call.world, user, request.device_key)
    return AdminGetDeviceResponse(device=shown_to_admins(call, user, device))


@operation
async def admin_list_devices(call: Call, request: AdminListDevicesRequest) -> AdminListDevicesResponse:
    """The devices of a user, a page at a time, with what administrators see besides."""
    user = await _require_owner(call, request.username)
    found, token = await _page(call, user, request)
    listed = [shown_to_admins(call, user, device) for device in found]
    return AdminListDevicesResponse(devices=listed, pagination_token=token)


@operation
async def admin_update_device_status(
    call: Call, request: AdminUpdateDeviceStatusRequest
) -> AdminUpdateDeviceStatusResponse:
    """Remember a device of a user, or no longer."""
    user = await require_user(call.world, call.pool, request.username)
    await flow.set_status(call.world, user, request.device_key, request.device_remembered_status)
    return AdminUpdateDeviceStatusResponse()


@operation
async def admin_forget_device(call: Call, request: AdminForgetDeviceRequest) -> None:
    """Forget a device of a user."""
    user = await require_user(call.world, call.pool, request.username)
    await flow.forget(call.world, user, request.device_key)


async def _require_owner(call: Call, name: str) -> User:
    """The user, where the model has no UserNotFoundException; raises ResourceNotFoundException."""
    user = await find_user(call.world, call.pool, name)
    if user is None:
        raise errors.ResourceNotFoundException(errors.UserNotFoundException.wording)
    return user


async def _page(
    call: Call, user: User, request: ListDevicesRequest | AdminListDevicesRequest
) -> tuple[list[Device], str | None]:
    async def read(tx: Tx, after: str, limit: int) -> list[Device]:
        return await devices.page(tx, user.pool_id, user.sub, after, limit)

    asked = Asked(f"ListDevices:{user.pool_id}:{user.sub}", request.pagination_token, request.limit)
    return await page(call.world, asked, read, lambda device: device.device_key)


def shown(device: Device) -> DeviceType:
    """A device as its user sees it."""
    return _shown(device, {**_front(device), "last_ip_used": device.last_ip})


def shown_to_admins(call: Call, user: User, device: Device) -> DeviceType:
    """A device as administrators see it."""
    attributes = {
        **_front(device),
        "dev:device_arn": device_arn(call.world.facts.account_id, call.pool, user.username, device.device_key),
        "dev:device_owner": f"{user.username}.{call.pool.pool_id}",
        "last_ip_used": device.last_ip,
        "dev:device_remembered_status": device.status,
        "dev:device_sdk": device.sdk,
    }
    return _shown(device, attributes)


def _front(device: Device) -> dict[str, str]:
    named = {} if device.name is None else {"device_name": device.name}
    return {"device_status": "valid", **named}


def _shown(device: Device, attributes: dict[str, str]) -> DeviceType:
    """With its dates: the last sign-in to the second, as on AWS."""
    return DeviceType(
        device_key=device.device_key,
        device_attributes=[AttributeType(name=name, value=value) for name, value in attributes.items()],
        device_create_date=device.created_ms / 1000,
        device_last_modified_date=device.modified_ms / 1000,
        device_last_authenticated_date=float(device.authenticated_ms // 1000),
    )
