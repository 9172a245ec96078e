"""Devices that the service remembers, and sessions: confirm, list, forget."""

import base64
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from cognomen_kit import srp
from cognomen_kit.calls import Call, compute
from cognomen_kit.core import Core
from cognomen_kit.members import Attributes
from cognomen_kit.operations import operation
from cognomen_kit.results import NewDeviceMetadata
from cognomen_kit.tickets import RememberedDevice

SECRET_BYTES = 40
SALT_BITS = 128


@dataclass(frozen=True, slots=True)
class DeviceConfirmed:
    """`remembered` is kept by the device (a cookie of yours) and given to its next `sign_in`."""

    remembered: RememberedDevice
    user_confirmation_necessary: bool


@dataclass(frozen=True, slots=True)
class Device:
    """A device as the service knows it."""

    device_key: str
    device_attributes: Attributes = field(default_factory=dict, repr=False)
    device_create_date: datetime | None = None
    device_last_modified_date: datetime | None = None
    device_last_authenticated_date: datetime | None = None


@dataclass(frozen=True, slots=True)
class Devices:
    """One page of devices; `pagination_token` asks for the next."""

    devices: tuple[Device, ...] = ()
    pagination_token: str | None = None


class DeviceOperations(Core):
    """Operations under an access token."""

    @operation
    def confirm_device(
        self, access_token: str, offered: NewDeviceMetadata, device_name: str | None = None
    ) -> Call[DeviceConfirmed]:
        """Accept the offer of a sign-in to remember its device (ConfirmDevice)."""
        device = RememberedDevice(
            device_key=offered.device_key or "",
            device_group_key=offered.device_group_key or "",
            device_secret=base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode(),
        )
        verifier = yield from compute(_verifier, self.surroundings.powmod, device, secrets.randbits(SALT_BITS))
        members = {
            "AccessToken": access_token,
            "DeviceKey": device.device_key,
            "DeviceName": device_name,
            "DeviceSecretVerifierConfig": verifier,
        }
        answer = yield from self.send("ConfirmDevice", members)
        return DeviceConfirmed(device, bool(answer.get("UserConfirmationNecessary")))

    @operation
    def update_device_status(
        self, access_token: str, device_key: str, status: Literal["remembered", "not_remembered"]
    ) -> Call[None]:
        """Remember a device at its owner's wish, or no longer (UpdateDeviceStatus)."""
        members = {"AccessToken": access_token, "DeviceKey": device_key, "DeviceRememberedStatus": status}
        yield from self.send("UpdateDeviceStatus", members)

    @operation
    def list_devices(
        self, access_token: str, *, limit: int | None = None, pagination_token: str | None = None
    ) -> Call[Devices]:
        """The devices of the account (ListDevices)."""
        members = {"AccessToken": access_token, "Limit": limit, "PaginationToken": pagination_token}
        return (yield from self.ask(Devices, "ListDevices", members))

    @operation
    def forget_device(self, access_token: str, device_key: str) -> Call[None]:
        """Forget a device (ForgetDevice)."""
        yield from self.send("ForgetDevice", {"AccessToken": access_token, "DeviceKey": device_key})


def _verifier(powmod: srp.PowMod, device: RememberedDevice, salt: int) -> dict[str, str]:
    """What the service keeps: a verifier v = g^x, from which the secret cannot be told."""
    identity = srp.Identity(device.device_group_key, device.device_key, device.device_secret)
    verifier = powmod(srp.G, srp.password_exponent(identity, salt), srp.N)
    return {"PasswordVerifier": _base64(verifier), "Salt": _base64(salt)}


def _base64(number: int) -> str:
    return base64.b64encode(srp.pad(number)).decode()
