"""Devices that a pool remembers: what their apps keep a secret on, so that users need no second factor there.

Reference 05 and 06; the developer guide, "Working with user devices in your user pool".
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from cognomen import errors
from cognomen.domain.srp import PRIME, VERIFIER_BYTES

SALT_BYTES: Final = 16
FORGOTTEN: Final = ""
"""In place of the key of a device that is forgotten, in the sign-ins that came from it: no key is equal to it."""

_KEY = re.compile(r"[\w-]+_[0-9a-f-]+", re.ASCII)
_LONGEST_KEY = 55
_LONGEST_SDK = 64
_SEEDED = b"cognomen device group "  # never to be changed: the secrets of devices are made with what comes of it


@dataclass(frozen=True, slots=True)
class DeviceSettings:
    """DeviceConfiguration: whether the pool knows devices at all, and what a device is remembered for.

    `skips_mfa` is ChallengeRequiredOnNewDevice, `asks_user` is DeviceOnlyRememberedOnUserPrompt.
    """

    enabled: bool
    skips_mfa: bool
    asks_user: bool

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> "DeviceSettings":
        """Any value, be it false, turns devices on."""
        enabled = any(value is not None for value in given.values())
        skips_mfa = bool(given.get("ChallengeRequiredOnNewDevice"))
        return cls(enabled, skips_mfa, bool(given.get("DeviceOnlyRememberedOnUserPrompt")))


@dataclass(frozen=True, slots=True)
class Device:
    """A device that its app has confirmed. `sealed_verifier` shows that somebody has the secret that is kept on it."""

    pool_id: str
    sub: str
    device_key: str
    name: str | None
    sdk: str
    salt: bytes = field(repr=False)
    sealed_verifier: bytes = field(repr=False)
    remembered: bool
    last_ip: str = field(repr=False)
    created_ms: int
    modified_ms: int
    authenticated_ms: int

    @property
    def status(self) -> str:
        """DeviceRememberedStatus."""
        return REMEMBERED if self.remembered else NOT_REMEMBERED

    def with_status(self, status: str, now_ms: int) -> "Device":
        """The same device, remembered or not."""
        return replace(self, remembered=status == REMEMBERED, modified_ms=now_ms)


REMEMBERED: Final = "remembered"
NOT_REMEMBERED: Final = "not_remembered"


@dataclass(frozen=True, slots=True)
class DeviceOffer:
    """NewDeviceMetadata: with which keys the app of a sign-in can confirm its device."""

    device_key: str
    group_key: str


@dataclass(frozen=True, slots=True)
class DeviceVerifier:
    """What an app gives of the secret of its device: the salt, and v as a number."""

    salt: bytes = field(repr=False)
    number: int = field(repr=False)

    def packed(self) -> bytes:
        """The number, as wide as it can be."""
        return self.number.to_bytes(VERIFIER_BYTES, "big")


def group_key_of(pool_id: str) -> str:
    """DeviceGroupKey: a hyphen and eight characters, the same for all devices of a pool."""
    digest = hashlib.sha256(_SEEDED + pool_id.encode()).digest()
    return "-" + base64.b32encode(digest)[:8].decode().lower()


def is_device_key(text: str) -> bool:
    """Whether the model lets this be the key of a device."""
    return len(text) <= _LONGEST_KEY and _KEY.fullmatch(text) is not None


def sdk_of(user_agent: str) -> str:
    """What the app is built with, by the first product of its User-Agent."""
    return user_agent.strip().partition(" ")[0].partition("/")[0][:_LONGEST_SDK] or "unknown"


def guessed_device(sub: str) -> str:
    """Under what wrong proofs of the devices of a user are counted."""
    return f"{sub}:DEVICE_PASSWORD_VERIFIER"


def read_verifier(password_verifier: str | None, salt: str | None) -> DeviceVerifier:
    """DeviceSecretVerifierConfig; raises DeviceVerifierUnusable.

    A verifier of 0, 1 or -1 would be proven without the secret.
    """
    number = int.from_bytes(_decoded("PasswordVerifier", password_verifier, VERIFIER_BYTES + 1), "big")
    if not 1 < number < PRIME - 1:
        raise errors.DeviceVerifierUnusable(member="PasswordVerifier")
    return DeviceVerifier(_decoded("Salt", salt, SALT_BYTES + 1), number)


def _decoded(member: str, text: str | None, longest: int) -> bytes:
    try:
        content = base64.b64decode(text or "", validate=True)
    except (binascii.Error, ValueError):  # ValueError: not even ASCII
        content = b""
    if not 0 < len(content) <= longest:
        raise errors.DeviceVerifierUnusable(member=member)
    return content
