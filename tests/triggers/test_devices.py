"""Devices and triggers: CUSTOM_AUTH ends with a remembered device, and triggers are told of devices."""

from typing import Any

import pytest

from conftest import PASSWORD
from refusals.device_client import DeviceClient
from refusals.srp_client import SrpClient
from remembered import ALWAYS, UNKNOWN_KEY, Homes, access
from second_factors import Guarded, refusal_of
from triggers.test_custom_auth import NAMES, answer, begin
from triggers.test_effects import EMAIL

ABSENT = ("ResourceNotFoundException", "Device does not exist.")
TOLD = {"PostAuthentication": "unchanged", "PreTokenGeneration": "unchanged"}


@pytest.fixture
def riddles(pool_with: Any) -> Any:
    """A pool with riddles that remembers devices, and its user."""
    flows = ["ALLOW_CUSTOM_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
    names = {**NAMES, "PreSignUp": "admitting", **TOLD}
    made = pool_with(names, client={"ExplicitAuthFlows": flows}, DeviceConfiguration=ALWAYS)
    made.pool.sign_up("ann", UserAttributes=EMAIL)
    return made


def solved(pool: Any, **named: str) -> Any:
    """What comes of two riddles that were solved."""
    return answer(pool, answer(pool, begin(pool, **named), "1"), "2")


def test_a_custom_sign_in_ends_with_the_device(riddles):
    """Once the trigger says that there are tokens, and not before; the token's trigger is told how it ended."""
    pool, home = riddles.pool, Homes(Guarded(riddles.pool))
    device = home.confirm(solved(pool))
    riddled = begin(pool, DEVICE_KEY=device.device_key)
    assert riddled["ChallengeName"] == "CUSTOM_CHALLENGE"
    asked = answer(pool, answer(pool, riddled, "1"), "2")
    assert asked["ChallengeName"] == "DEVICE_SRP_AUTH"
    assert access(home.prove(asked, "ann", device))
    assert riddles.sources[-2:] == ["PostAuthentication_Authentication", "TokenGeneration_AuthenticateDevice"]
    assert riddles.event("PostAuthentication_Authentication")["request"]["newDeviceUsed"] is False


def test_a_custom_sign_in_from_an_unknown_device_ends_there(riddles):
    """It is told once the riddles are solved: who solves none learns nothing."""
    pool = riddles.pool
    riddled = begin(pool, DEVICE_KEY=UNKNOWN_KEY)
    assert riddled["ChallengeName"] == "CUSTOM_CHALLENGE"
    again = answer(pool, riddled, "1")
    assert refusal_of(lambda: answer(pool, again, "2")) == ABSENT


def test_a_custom_sign_in_that_begins_with_the_password_ends_with_the_device(riddles):
    """SRP_A, the proof, the riddles, and the device that was named at the beginning."""
    pool, home = riddles.pool, Homes(Guarded(riddles.pool))
    device = home.confirm(home.begin("ann"))
    exchange = SrpClient(pool.pool_id)
    asked = begin(pool, CHALLENGE_NAME="SRP_A", SRP_A=exchange.srp_a, DEVICE_KEY=device.device_key)
    proof = exchange.proof(asked["ChallengeParameters"], PASSWORD)
    riddled = home.answer(asked, "ann", **proof)
    assert riddled["ChallengeName"] == "CUSTOM_CHALLENGE"
    assert access(home.prove(answer(pool, answer(pool, riddled, "3"), "4"), "ann", device))


def test_triggers_are_told_of_a_new_device(riddles):
    """newDeviceUsed, where the pool remembers devices and none was named."""
    home = Homes(Guarded(riddles.pool))
    offered = DeviceClient.of(home.begin("ann"))
    assert riddles.event("PostAuthentication_Authentication")["request"]["newDeviceUsed"] is True
    assert riddles.sources[-1] == "TokenGeneration_Authentication"
    device = home.confirm(home.begin("ann"))
    assert device.device_key != offered.device_key
    home.from_device("ann", device)
    assert riddles.event("PostAuthentication_Authentication")["request"]["newDeviceUsed"] is False
    assert riddles.sources[-1] == "TokenGeneration_AuthenticateDevice"
