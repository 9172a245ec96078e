"""AWS's rates hold for every operation in production and for none in dev, and strangers do not use them up."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cognomen import errors, settings
from cognomen.api.rates import ANSWERED
from cognomen.api.table import HANDLERS
from cognomen.domain.quotas import ANSWERS, CATEGORIES
from cognomen.services import Services
from cognomen.throttle import Rate
from conftest import PASSWORD
from promises.caller import Caller, Signature
from promises.guarded import allow, guarded, policy
from promises.made_up import request_for
from promises.verifying import ACCESS_KEY, verifying
from refusals.service import Answer
from served import Served, serve
from stopped import counting_server, stopped_clocks

BUILT = sorted(name for service, name in HANDLERS if service == "cognito-idp")
KNOWN = Signature(*ACCESS_KEY)
RATE_EXCEEDED = (400, "TooManyRequestsException", "Rate exceeded")
DEFAULT = {"limits.request_rates": None}  # whatever the profile says


def seen(answer: Answer) -> tuple[int, str | None, str | None]:
    """What a caller sees of a refusal."""
    return answer.status, answer.error, answer.message


@dataclass(frozen=True)
class UsedUp:
    """A server on which every rate is used up, and somebody who may call every operation."""

    caller: Caller
    known: dict[str, Any]
    server: Served

    def call(self, operation: str) -> Answer:
        key = ("cognito-idp", operation)
        return self.caller.call(key, request_for(*key, self.known), KNOWN)


async def use_up(world: Services) -> None:
    """Ask until nothing of any category is left."""
    assert world.throttle
    for category in CATEGORIES.values():
        rate = category.in_force({}, {})
        for key, per_second in ((category.name, rate), (ANSWERED, ANSWERS * rate)):
            with suppress(errors.RateExceeded):
                while True:
                    world.throttle.admit(world.now_ms(), (), (Rate(key, per_second),))


@pytest.fixture(scope="module")
def used_up() -> Iterator[UsedUp]:
    with counting_server() as server, Caller(server.url) as caller:
        names = {"PoolName": "rates", "ClientName": "app", "Username": "ann", "Password": PASSWORD}
        made = UsedUp(caller, dict(names), server)
        made.known["UserPoolId"] = made.call("CreateUserPool").document["UserPool"]["Id"]
        made.known["ExplicitAuthFlows"] = ["ALLOW_USER_PASSWORD_AUTH"]
        made.known["ClientId"] = made.call("CreateUserPoolClient").document["UserPoolClient"]["ClientId"]
        made.call("SignUp")
        made.call("AdminConfirmSignUp")
        made.known["AuthFlow"] = "USER_PASSWORD_AUTH"
        made.known["AuthParameters"] = {"USERNAME": "ann", "PASSWORD": PASSWORD}
        made.known["AccessToken"] = made.call("InitiateAuth").document["AuthenticationResult"]["AccessToken"]
        server.run(use_up(server.application.world))
        yield made


@pytest.mark.parametrize("operation", BUILT)
def test_every_operation_has_its_rate(operation: str, used_up: UsedUp) -> None:
    """API-28: Where its category is used up, an operation is TooManyRequestsException with AWS's wording."""
    assert seen(used_up.call(operation)) == RATE_EXCEEDED


def test_what_is_refused_does_nothing(used_up: UsedUp) -> None:
    """After every operation was refused, the user and the pool are as they were."""
    for operation in ("DeleteUser", "AdminDisableUser", "DeleteUserPool", "AdminSetUserPassword"):
        assert seen(used_up.call(operation)) == RATE_EXCEEDED
    read = used_up.server.application.world.database.read
    rows = used_up.server.run(read(lambda tx: tx.all("select enabled from users")))
    assert [bool(enabled) for (enabled,) in rows] == [True]


# Profiles


def test_dev_has_no_rates() -> None:
    """Far more calls than AWS allows are answered, and nothing counts them."""
    with serve() as server, Caller(server.url) as caller:
        assert server.application.world.throttle is None
        key = ("cognito-idp", "GetProvisionedLimit")
        asked = {"LimitDefinition": {"LimitClass": "API_CATEGORY", "Attributes": {"Category": "UserRead"}}}
        assert {caller.call(key, asked, KNOWN).status for _ in range(20)} == {200}


def test_production_has_them(tmp_path: Path) -> None:
    """Without a word in the settings the sixteenth request in a moment is refused."""
    with stopped_clocks(), verifying(tmp_path, **DEFAULT) as server, Caller(server.url) as caller:
        key, asked = ("cognito-idp", "ListUserPools"), {"MaxResults": 1}
        answers = [caller.call(key, asked, KNOWN) for _ in range(16)]
        assert [answer.status for answer in answers[:15]] == [200] * 15
        assert seen(answers[15]) == RATE_EXCEEDED


@pytest.mark.parametrize(("profile", "rates"), [("dev", False), ("production", True)])
def test_the_profile_chooses_unless_the_settings_do(profile: str, rates: bool) -> None:
    """Either profile takes the other's choice where it is asked for."""
    assert settings.load({"profile": profile}, {}).limits.request_rates is rates
    other = settings.load({"profile": profile, "limits.request_rates": str(not rates).lower()}, {})
    assert other.limits.request_rates is not rates


# Whose calls count

UNWELCOME = {
    "unsigned": None,
    "wrong secret": Signature(ACCESS_KEY[0], "not-the-secret-of-anybody"),
    "unknown key": Signature("AKIDOFNOBODY00000000", ACCESS_KEY[1]),
}


def test_strangers_do_not_use_up_what_administrators_need(tmp_path: Path) -> None:
    """However often somebody calls who may not, the administrator has the whole rate."""
    with stopped_clocks(), guarded(tmp_path, **DEFAULT) as house, Caller(house.server.url) as caller:
        house.server.application.clock.advance(1)
        key, asked = ("cognito-idp", "ListUserPools"), {"MaxResults": 1}
        reader = house.session(policy(allow(action="cognito-idp:AdminGetUser")))
        for stranger in (*UNWELCOME.values(), reader):
            assert {caller.call(key, asked, stranger).status for _ in range(20)} == {400}
        assert [caller.call(key, asked, KNOWN).status for _ in range(16)] == [200] * 15 + [400]
