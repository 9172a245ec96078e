"""What only another server's settings bring about where administrators make and change users."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.credentials import Credentials

from promises.crowded import crowded
from promises.verifying import ACCESS_KEY, verifying
from refusals.runner import Runner
from refusals.service import Service
from refusals.table import filled
from refusals.worlds import World
from served import serve

BUSY = {"passwords.memory_kib": "65536", "passwords.threads": "1", "passwords.queue": "0"}
EMAIL = [{"Name": "email", "Value": "${new_email}"}]
MAILED = {"UserAttributes": EMAIL, "DesiredDeliveryMediums": ["EMAIL"]}
NO_COURIER = "Failed to deliver the code: no courier for EMAIL is configured."


@pytest.mark.parametrize("action", [{}, {"MessageAction": "RESEND"}])
def test_more_invitations_than_can_wait_are_told_to_come_back(action: dict[str, str]) -> None:
    """Where no thread is free and none may wait, AdminCreateUser is TooManyRequestsException, not slow."""
    with serve(**BUSY) as server, Service(server.url) as service:
        world = Runner(service).world(["created_user"])
        names = ["${username}" if action else f"somebody-{number}" for number in range(16)]
        requests = [filled({"UserPoolId": "${pool_id}", "Username": name, **action}, world.value) for name in names]
        with crowded(), ThreadPoolExecutor(8) as crowd:
            answers = list(crowd.map(lambda one: service.call("AdminCreateUser", one), requests))
    errors = [answer.error for answer in answers]
    assert set(errors) == {None, "TooManyRequestsException"}


@pytest.fixture(scope="module")
def courierless(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Service, World, World]]:
    """A server without couriers, on the store of one that had some; one pool wants new e-mails proved first."""
    folder = tmp_path_factory.mktemp("courierless")
    with serve(data=str(folder)) as server, Service(server.url) as service:
        runner = Runner(service)
        worlds = [runner.world([name, "confirmed_user"]) for name in ("mailing_pool", "proving_pool")]
    with verifying(folder, data=str(folder)) as server, Service(server.url, Credentials(*ACCESS_KEY)) as service:
        yield service, *worlds


def call(service: Service, world: World, operation: str, **request: Any) -> Any:
    return service.call(operation, filled({"UserPoolId": "${pool_id}", **request}, world.value))


def test_what_nobody_could_carry_is_refused(courierless: tuple[Service, World, World]) -> None:
    """An invitation is CodeDeliveryFailureException and makes no user; suppressed it needs no courier."""
    service, world, _ = courierless
    answer = call(service, world, "AdminCreateUser", Username="${new_name}", **MAILED)
    assert (answer.error, answer.message) == ("CodeDeliveryFailureException", NO_COURIER)
    assert call(service, world, "AdminGetUser", Username="${new_name}").error == "UserNotFoundException"
    answer = call(service, world, "AdminCreateUser", Username="${new_name}", **MAILED, MessageAction="SUPPRESS")
    assert answer.status == 200


def test_an_address_that_cannot_be_proved_is_not_waited_for(courierless: tuple[Service, World, World]) -> None:
    """Where the pool wants it proved first the change is refused, unless the administrator says it is verified."""
    service, _, world = courierless
    update = {"Username": "${username}", "UserAttributes": EMAIL}
    answer = call(service, world, "AdminUpdateUserAttributes", **update)
    assert (answer.error, answer.message) == ("InvalidParameterException", NO_COURIER)
    update["UserAttributes"] = [*EMAIL, {"Name": "email_verified", "Value": "true"}]
    assert call(service, world, "AdminUpdateUserAttributes", **update).status == 200


def test_a_code_that_is_only_a_courtesy_is_left_out(courierless: tuple[Service, World, World]) -> None:
    """Where nothing waits for a code the address changes without one: the operation has no error for it."""
    service, world, _ = courierless
    answer = call(service, world, "AdminUpdateUserAttributes", Username="${username}", UserAttributes=EMAIL)
    assert answer.status == 200
    known = call(service, world, "AdminGetUser", Username="${username}").document["UserAttributes"]
    assert filled(EMAIL[0], world.value) in known
