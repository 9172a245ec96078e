"""How long tokens may live, as app clients ask for it (reference 07, validity), and rotation as they may have it."""

from typing import Any

import pytest

from cognomen import errors
from cognomen.domain.app_client import AppClient
from cognomen.domain.client_settings import settings_of_new_client

NAMES = ("AccessToken", "IdToken", "RefreshToken")
HOUR, DAY = 3600, 86_400


def client_with(**asked: Any) -> AppClient:
    return AppClient("pool", "client", "app", 0, 0, settings_of_new_client({}, asked))


def lives(*asked: str) -> tuple[int, int, int]:
    """What ``5 minutes`` for the access, ID and refresh token leads to, in seconds; an empty text asks for nothing."""
    given = {name: text.split() for name, text in zip(NAMES, asked, strict=True) if text}
    counts = {f"{name}Validity": int(count) for name, (count, *_) in given.items() if count.isdigit()}
    units = {name: unit for name, (*_, unit) in given.items() if not unit.isdigit()}
    client = client_with(**counts, TokenValidityUnits=units)
    return client.access_token_seconds, client.id_token_seconds, client.refresh_token_seconds


TAKEN = [
    ("", "", "", HOUR, HOUR, 30 * DAY),
    ("", "", "0", HOUR, HOUR, 30 * DAY),
    ("2", "3", "4", 2 * HOUR, 3 * HOUR, 4 * DAY),
    ("hours", "minutes", "days", HOUR, HOUR, 30 * DAY),
    ("5 minutes", "300 seconds", "60 minutes", 300, 300, HOUR),
    ("24 hours", "1 days", "3650 days", DAY, DAY, 3650 * DAY),
    ("86400 seconds", "1440 minutes", "315360000 seconds", DAY, DAY, 3650 * DAY),
    ("24", "", "1", DAY, HOUR, DAY),
]
REFUSED = [
    ("299 seconds", "", ""),
    ("25", "", ""),
    ("2 days", "", ""),
    ("", "4 minutes", ""),
    ("", "86401 seconds", ""),
    ("", "", "59 minutes"),
    ("", "", "3651"),
    ("", "", "minutes"),
    ("2", "", "1 hours"),
    ("", "2", "119 minutes"),
]


@pytest.mark.parametrize("asked", TAKEN)
def test_lives_within_their_ranges_are_taken(asked: tuple[Any, ...]) -> None:
    """Whatever the unit; hours and days where none is given, an hour and 30 days where no number is."""
    assert lives(*asked[:3]) == asked[3:]


@pytest.mark.parametrize("asked", REFUSED)
def test_lives_out_of_range_are_refused(asked: tuple[str, str, str]) -> None:
    """TOK-03: 5 minutes to 1 day, 60 minutes to 3650 days, and nothing outlives the refresh token."""
    with pytest.raises(errors.InvalidTokenValidity, match=r"Invalid range for token validity\."):
        lives(*asked)


ROTATION = {"Feature": "ENABLED", "RetryGracePeriodSeconds": 60}
ROTATIONS: list[tuple[Any, tuple[bool, int]]] = [
    (None, (False, 0)),
    ({"Feature": "DISABLED"}, (False, 0)),
    ({"Feature": "DISABLED", "RetryGracePeriodSeconds": 60}, (False, 0)),
    ({"Feature": "ENABLED"}, (True, 0)),
    ({"Feature": "ENABLED", "RetryGracePeriodSeconds": 1}, (True, 1000)),
    (ROTATION, (True, 60_000)),
]


@pytest.mark.parametrize(("asked", "expected"), ROTATIONS)
def test_rotation_and_its_grace(asked: Any, expected: tuple[bool, int]) -> None:
    """Only an enabled rotation rotates and has a grace; without one it is 0, and is shown so."""
    client = client_with(**({"RefreshTokenRotation": asked} if asked else {}))
    assert (client.rotates, client.rotation_grace_ms) == expected
    shown = client.settings.get("RefreshTokenRotation")
    assert shown == ({"RetryGracePeriodSeconds": 0, **asked} if asked else None)


@pytest.mark.parametrize(
    ("flows", "is_taken"),
    [
        (None, True),
        ([], True),
        (["ALLOW_USER_SRP_AUTH"], True),
        (["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"], False),
        (["ALLOW_REFRESH_TOKEN_AUTH"], False),
    ],
)
def test_rotation_and_the_refresh_flow_exclude_each_other(flows: Any, is_taken: bool) -> None:
    """A client that rotates cannot allow REFRESH_TOKEN_AUTH, which never brings a new refresh token."""
    asked = {"RefreshTokenRotation": ROTATION, **({} if flows is None else {"ExplicitAuthFlows": flows})}
    if is_taken:
        assert client_with(**asked).rotates
    else:
        with pytest.raises(errors.RotationWithRefreshFlow):
            client_with(**asked)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, True),
        ({"EnableTokenRevocation": True}, True),
        ({"EnableTokenRevocation": False}, False),
        ({"EnableTokenRevocation": False, "RefreshTokenRotation": ROTATION}, True),
        ({"EnableTokenRevocation": False, "RefreshTokenRotation": {"Feature": "DISABLED"}}, False),
    ],
)
def test_when_tokens_show_their_origin(asked: dict[str, Any], expected: bool) -> None:
    """origin_jti and jti are there with revocation or rotation (reference 07)."""
    assert client_with(**asked).shows_origin is expected
