"""What only another server's settings bring about where passwords are set, and what it costs to know nobody."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from botocore.credentials import Credentials

from promises.crowded import crowded
from promises.verifying import ACCESS_KEY, verifying
from refusals import table
from refusals.runner import Runner
from refusals.service import Service
from refusals.worlds import World
from served import serve

BUSY = {
    "passwords.memory_kib": "65536",
    "passwords.threads": "1",
    "passwords.queue": "0",
    "limits.change_password_per_hour": "100",
}
HASHING = (
    "ConfirmForgotPassword",
    "ChangePassword",
    "AdminSetUserPassword",
    "RespondToAuthChallenge",
    "AdminRespondToAuthChallenge",
)
ACCEPTED = table.read()[1]


@pytest.mark.parametrize("operation", HASHING)
def test_more_new_passwords_than_can_wait_are_told_to_come_back(operation: str) -> None:
    """Where no thread is free and none may wait, setting a password is TooManyRequestsException, not slow."""
    with serve(**BUSY) as server, Service(server.url) as service:
        world = Runner(service).world(ACCEPTED[operation].needs)
        request = table.filled(ACCEPTED[operation].request, world.value)
        with crowded(), ThreadPoolExecutor(8) as crowd:
            answers = list(crowd.map(lambda _: service.call(operation, request), range(16)))
    refused = [answer for answer in answers if answer.error == "TooManyRequestsException"]
    assert refused
    assert {answer.status for answer in refused} == {400}
    assert any(answer.status == 200 for answer in answers), "the first one is served"


@pytest.fixture(scope="module")
def courierless(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Service, World]]:
    """A server without couriers, on the store of one that had some: somebody's e-mail is verified."""
    folder = tmp_path_factory.mktemp("courierless")
    with serve(data=str(folder)) as server, Service(server.url) as service:
        world = Runner(service).world(["verified_user"])
    with verifying(folder, data=str(folder)) as server, Service(server.url, Credentials(*ACCESS_KEY)) as service:
        yield service, world


@pytest.mark.parametrize(
    ("operation", "error"),
    [("ForgotPassword", "CodeDeliveryFailureException"), ("AdminResetUserPassword", "InvalidParameterException")],
)
def test_a_reset_code_that_nobody_could_carry_is_refused(
    operation: str, error: str, courierless: tuple[Service, World]
) -> None:
    """Each says so in an error of its model, and the account stays as it is."""
    service, world = courierless
    answer = service.call(operation, table.filled(ACCEPTED[operation].request, world.value))
    assert (answer.status, answer.error) == (400, error)
    assert answer.message == "Failed to deliver the code: no courier for EMAIL is configured."
    known = service.call("AdminGetUser", table.filled(ACCEPTED["AdminResetUserPassword"].request, world.value))
    assert known.document["UserStatus"] == "CONFIRMED"
