"""When a remembered device has to prove itself, and when that is enough: lines of the table of challenges."""

from dataclasses import replace
from typing import Any

import pytest

from cognomen.domain.challenges import Situation, Step, what_comes_next
from cognomen.domain.second_factors import NO_FACTORS, Factor, SecondFactors
from cognomen.domain.user import UserStatus
from domain.people import a_client, a_pool, a_user
from storage.samples import a_device

APP = SecondFactors(frozenset({Factor.SOFTWARE_TOKEN_MFA}), has_token=True)
OTHER = replace(a_device(), remembered=False)
REMEMBERED = a_device()
PASSWORD, SRP, TOTP = Step.PASSWORD, Step.PASSWORD_VERIFIER, Step.SOFTWARE_TOKEN_MFA
BEGUN, PROVEN = Step.DEVICE_SRP_AUTH, Step.DEVICE_PASSWORD_VERIFIER
ISSUED, CUSTOM = Step.ISSUED, "CUSTOM_AUTH"


def pool(mfa: str = "OFF", **devices: bool) -> Any:
    return a_pool(
        MfaConfiguration=mfa, SoftwareTokenMfaConfiguration={"Enabled": True}, DeviceConfiguration=devices or None
    )


SKIPS = {"ChallengeRequiredOnNewDevice": True}
ADDS = {"ChallengeRequiredOnNewDevice": False}
NEXT = [
    # the pool asks for no second factor: the device proves itself behind the password
    (pool(**SKIPS), NO_FACTORS, REMEMBERED, (PASSWORD,), BEGUN),
    (pool(**ADDS), NO_FACTORS, REMEMBERED, (SRP,), BEGUN),
    (pool(**SKIPS), NO_FACTORS, REMEMBERED, (PASSWORD, BEGUN), PROVEN),
    (pool(**SKIPS), NO_FACTORS, REMEMBERED, (PASSWORD, BEGUN, PROVEN), Step.DONE),
    (pool(**SKIPS), NO_FACTORS, OTHER, (PASSWORD,), Step.DONE),
    (pool(**SKIPS), NO_FACTORS, None, (PASSWORD,), Step.DONE),
    # in place of a second factor
    (pool("ON", **SKIPS), APP, REMEMBERED, (PASSWORD,), BEGUN),
    (pool("ON", **SKIPS), APP, REMEMBERED, (PASSWORD, BEGUN), PROVEN),
    (pool("ON", **SKIPS), APP, REMEMBERED, (PASSWORD, BEGUN, PROVEN), Step.DONE),
    (pool("OPTIONAL", **SKIPS), APP, REMEMBERED, (PASSWORD,), BEGUN),
    (pool("OPTIONAL", **SKIPS), NO_FACTORS, REMEMBERED, (PASSWORD,), BEGUN),
    (pool("ON", **SKIPS), APP, OTHER, (PASSWORD,), TOTP),
    (pool("ON", **SKIPS), APP, None, (PASSWORD,), TOTP),
    # forgotten or remembered no longer after its proof, it counts for nothing
    (pool("ON", **SKIPS), APP, OTHER, (PASSWORD, BEGUN, PROVEN), TOTP),
    (pool("ON", **SKIPS), APP, None, (PASSWORD, BEGUN, PROVEN), TOTP),
    # besides a second factor, behind it
    (pool("ON", **ADDS), APP, REMEMBERED, (PASSWORD,), TOTP),
    (pool("ON", **ADDS), APP, REMEMBERED, (PASSWORD, TOTP), BEGUN),
    (pool("ON", **ADDS), APP, REMEMBERED, (PASSWORD, TOTP, BEGUN), PROVEN),
    (pool("ON", **ADDS), APP, REMEMBERED, (PASSWORD, TOTP, BEGUN, PROVEN), Step.DONE),
    (pool("ON", **ADDS), APP, REMEMBERED, (PASSWORD, BEGUN, PROVEN), TOTP),
]


@pytest.mark.parametrize(("of", "factors", "device", "passed", "step"), NEXT)
def test_what_a_device_has_to_show(of: Any, factors: SecondFactors, device: Any, passed: Any, step: Step) -> None:
    """Settings of the pool, the device, and what was passed decide."""
    user = a_user(factors=factors)
    assert what_comes_next(Situation("F", of, a_client(), user, passed, device=device)) is step


@pytest.mark.parametrize(
    ("passed", "step"),
    [
        ((), Step.CUSTOM_CHALLENGE),
        ((SRP,), Step.CUSTOM_CHALLENGE),
        ((ISSUED,), BEGUN),
        ((SRP, ISSUED), BEGUN),
        ((ISSUED, BEGUN), PROVEN),
        ((ISSUED, BEGUN, PROVEN), Step.DONE),
    ],
)
def test_in_a_custom_sign_in_the_device_comes_last(passed: Any, step: Step) -> None:
    """Behind what the triggers ask for."""
    situation = Situation(CUSTOM, pool(**SKIPS), a_client(), a_user(), passed, device=REMEMBERED)
    assert what_comes_next(situation) is step


@pytest.mark.parametrize("passed", [(PASSWORD,), (PASSWORD, BEGUN), (PASSWORD, BEGUN, PROVEN)])
def test_a_temporary_password_comes_first(passed: Any) -> None:
    """Whatever the device has shown."""
    user = a_user(status=UserStatus.FORCE_CHANGE_PASSWORD)
    situation = Situation("F", pool("ON", **SKIPS), a_client(), user, passed, device=REMEMBERED)
    assert what_comes_next(situation) is Step.NEW_PASSWORD_REQUIRED
