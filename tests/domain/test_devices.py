"""The rules about devices: keys, settings, and verifiers that can be used."""

import base64
from typing import Any

import pytest

from cognomen import errors
from cognomen.domain.devices import DeviceSettings, group_key_of, is_device_key, read_verifier, sdk_of
from cognomen.domain.srp import PRIME, pad


def text(number: int) -> str:
    return base64.b64encode(pad(number)).decode()


SALT = text(1 << 127)


@pytest.mark.parametrize(
    ("given", "settings"),
    [
        ({}, DeviceSettings(enabled=False, skips_mfa=False, asks_user=False)),
        ({"ChallengeRequiredOnNewDevice": None}, DeviceSettings(enabled=False, skips_mfa=False, asks_user=False)),
        ({"ChallengeRequiredOnNewDevice": False}, DeviceSettings(enabled=True, skips_mfa=False, asks_user=False)),
        ({"ChallengeRequiredOnNewDevice": True}, DeviceSettings(enabled=True, skips_mfa=True, asks_user=False)),
        ({"DeviceOnlyRememberedOnUserPrompt": True}, DeviceSettings(enabled=True, skips_mfa=False, asks_user=True)),
    ],
)
def test_any_value_turns_devices_on(given: dict[str, Any], settings: DeviceSettings) -> None:
    """As AWS documents it, a false one, too."""
    assert DeviceSettings.of(given) == settings


def test_a_group_key_never_changes() -> None:
    """The secrets of devices are made with it, so it is the same for ever, for all devices of a pool."""
    assert group_key_of("us-east-1_Aa1Bb2Cc3") == "-lm4fv2fj"
    assert group_key_of("us-east-1_Zz9Yy8Xx7") != group_key_of("us-east-1_Aa1Bb2Cc3")


@pytest.mark.parametrize("number", [2, 1 << 3000, PRIME - 2])
def test_a_verifier_is_read(number: int) -> None:
    """Anything between 1 and -1, and a salt of 16 bytes with a zero in front of them or not."""
    read = read_verifier(text(number), SALT)
    assert int.from_bytes(read.packed(), "big") == number
    assert int.from_bytes(read.salt, "big") == 1 << 127
    assert str(number) not in repr(read)


@pytest.mark.parametrize(
    ("verifier", "salt", "member"),
    [
        *((text(number), SALT, "PasswordVerifier") for number in (0, 1, PRIME - 1, PRIME, PRIME + 1, 2 * PRIME)),
        *((given, SALT, "PasswordVerifier") for given in (None, "", "AQ=", "ä", "A" * 516)),
        *((text(2), given, "Salt") for given in (None, "", "AQ=", "A" * 24)),
    ],
)
def test_a_verifier_that_cannot_be_used_is_refused(verifier: str | None, salt: str | None, member: str) -> None:
    """What is no base64, missing or too long; and what would be proven without the secret."""
    with pytest.raises(errors.DeviceVerifierUnusable, match=member):
        read_verifier(verifier, salt)


@pytest.mark.parametrize(
    ("key", "is_one"),
    [
        ("us-east-1_0a1b2c3d-4e5f", True),
        ("us-east-1_" + "a" * 45, True),
        ("us-east-1_" + "a" * 46, False),
        ("us-east-1_XYZ", False),
        ("", False),
        ("us-east-1_a\n", False),
    ],
)
def test_the_form_of_a_key(key: str, is_one: bool) -> None:
    """As the model has it."""
    assert is_device_key(key) is is_one


@pytest.mark.parametrize(
    ("user_agent", "sdk"),
    [
        ("Boto3/1.40 md/Botocore", "Boto3"),
        ("aws-amplify/6.0 framework", "aws-amplify"),
        ("", "unknown"),
        ("  ", "unknown"),
    ],
)
def test_what_an_app_is_built_with(user_agent: str, sdk: str) -> None:
    """The first product of its User-Agent."""
    assert sdk_of(user_agent) == sdk
