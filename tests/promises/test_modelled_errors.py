"""Only errors that the model lists for an operation leave it, and the few of the front end that any call can meet."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.credentials import Credentials

from cognomen import errors
from cognomen.api.table import HANDLERS, MODEL
from promises.caller import Caller
from promises.crowded import crowded
from promises.made_up import request_for
from promises.verifying import ACCESS_KEY, verifying
from refusals import table, worlds
from refusals.reach import FRONT_END, INGREDIENTS
from refusals.runner import Outcome, Runner
from refusals.service import Answer, Service
from refusals.trigger_peer import trigger_peer
from served import serve

BUILT = sorted(name for service, name in HANDLERS if service == "cognito-idp")
BY_TOKEN = sorted(name for (service, name), one in MODEL.items() if one.access.value == "ACCESS_TOKEN")


@pytest.fixture(scope="module")
def outcomes() -> list[Outcome]:
    """What this server answers to the whole refusal table."""
    with trigger_peer() as peer, serve(**peer) as server, Service(server.url) as service:
        runner = Runner(service)
        return [runner.run(case) for case in table.read()[0]]


@pytest.mark.parametrize("operation", BUILT)
def test_only_modelled_errors_leave_an_operation(operation: str, outcomes: list[Outcome]) -> None:
    """API-26: Every answer that the refusal table drew from an operation is a success, a modelled error or the
    front end's.
    """
    answers = [one.answer for one in outcomes if one.case.operation == operation and one.answer]
    allowed = {None, *MODEL["cognito-idp", operation].errors, *FRONT_END}
    assert len(answers) >= 5
    assert {answer.error for answer in answers} <= allowed
    assert {answer.status for answer in answers} <= {200, 400}


def test_the_front_end_is_listed_once() -> None:
    """The errors that any call can meet are known to this server by these names, and no operation models one."""
    for name in FRONT_END - {"AccessDeniedException"}:  # of which newer operations have their own
        assert getattr(errors, name).wire_name == name
        assert all(name not in operation.errors for operation in MODEL.values())


def test_a_refusal_has_a_name_of_the_model() -> None:
    """Whatever can be raised is an error of some operation, of the front end, or of the services as a whole."""
    modelled = {name for operation in MODEL.values() for name in operation.errors}
    known = modelled | FRONT_END | {"ValidationException"}
    assert {refusal.wire_name for refusal in _refusals(errors.Refusal)} <= known


def _refusals(kind: type[errors.Refusal]) -> Iterator[type[errors.Refusal]]:
    for child in kind.__subclasses__():
        if child.__module__ == errors.__name__:
            yield child
            yield from _refusals(child)


@pytest.fixture(scope="module")
def leavers() -> Iterator[tuple[Caller, dict[str, str]]]:
    """Live tokens whose user, client or pool is gone."""
    with serve() as server, Service(server.url) as service, Caller(server.url) as caller:
        pools = worlds.Pools(service)
        tokens = {}
        for gone in ("deleted_user", "deleted_client", "deleted_pool"):
            needs = [INGREDIENTS[name] for name in ("pool", "own_pool", "signed_in_user", gone)]
            tokens[gone] = str(worlds.prepare(pools, None, needs).facts["access_token"])
        yield caller, tokens


@pytest.mark.parametrize("operation", BY_TOKEN)
@pytest.mark.parametrize("gone", ["deleted_user", "deleted_client", "deleted_pool"])
def test_tokens_of_who_is_gone_are_refused_in_modelled_words(
    operation: str, gone: str, leavers: tuple[Caller, dict[str, str]]
) -> None:
    """Where an operation's model has no error for an unknown user or client, the token is just not authorised."""
    caller, tokens = leavers
    request = request_for("cognito-idp", operation, {"AccessToken": tokens[gone]})
    answer = caller.call(("cognito-idp", operation), request)
    assert answer.status == 400
    assert answer.error in MODEL["cognito-idp", operation].errors


# What only another server's settings bring about


PASSWORDS = {"passwords.memory_kib": "65536", "passwords.threads": "1", "passwords.queue": "0"}


def _attempts(pool_id: str, client_id: str) -> dict[str, dict[str, Any]]:
    """A request of each operation that computes a password hash."""
    sign_in = {"ClientId": client_id, "AuthParameters": {"USERNAME": "nobody", "PASSWORD": "Correct-Horse-9"}}
    return {
        "SignUp": {"ClientId": client_id, "Username": "somebody", "Password": "Correct-Horse-9"},
        "InitiateAuth": {**sign_in, "AuthFlow": "USER_PASSWORD_AUTH"},
        "AdminInitiateAuth": {**sign_in, "UserPoolId": pool_id, "AuthFlow": "ADMIN_USER_PASSWORD_AUTH"},
    }


@pytest.mark.parametrize("operation", ["SignUp", "InitiateAuth", "AdminInitiateAuth"])
def test_more_passwords_than_can_wait_are_told_to_come_back(operation: str) -> None:
    """Where no thread is free and none may wait, a password operation is TooManyRequestsException, not slow."""
    with serve(**PASSWORDS) as server, Service(server.url) as service:
        # existence is hidden, so that the work is done for users who do not exist as well
        needs = [INGREDIENTS[name] for name in ("pool", "existence_hidden")]
        facts = worlds.prepare(worlds.Pools(service), None, needs).facts
        request = _attempts(str(facts["pool_id"]), str(facts["client_id"]))[operation]
        with crowded(), ThreadPoolExecutor(8) as crowd:
            requests = [{**request, **_named(operation, number)} for number in range(16)]
            answers: list[Answer] = list(crowd.map(lambda one: service.call(operation, one), requests))
    refused = [answer for answer in answers if answer.error == "TooManyRequestsException"]
    assert refused
    assert {answer.status for answer in refused} == {400}
    assert len(refused) < len(answers), "the first ones are served"


def _named(operation: str, number: int) -> dict[str, str]:
    return {"Username": f"somebody-{number}"} if operation == "SignUp" else {}


@pytest.fixture(scope="module")
def courierless(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Service, worlds.World]]:
    """A server without couriers, on the store of one that had some: somebody's sign-up waits for its code."""
    folder = tmp_path_factory.mktemp("courierless")
    with serve(data=str(folder)) as server, Service(server.url) as service:
        needs = [INGREDIENTS[name] for name in ("pool", "mailing_pool", "unconfirmed_user")]
        world = worlds.prepare(worlds.Pools(service), None, needs)
    with verifying(folder, data=str(folder)) as server, Service(server.url, Credentials(*ACCESS_KEY)) as service:
        yield service, world


@pytest.mark.parametrize(
    ("operation", "request_"),
    [
        (
            "SignUp",
            {
                "Username": "${new_name}",
                "Password": "${password}",
                "UserAttributes": [{"Name": "email", "Value": "${new_email}"}],
            },
        ),
        ("ResendConfirmationCode", {"Username": "${username}"}),
    ],
)
def test_a_code_that_nobody_could_carry_is_refused(
    operation: str, request_: dict[str, Any], courierless: tuple[Service, worlds.World]
) -> None:
    """Where no courier for the medium is configured, CodeDeliveryFailureException says so, and no account is made."""
    service, world = courierless
    answer = service.call(operation, table.filled({"ClientId": "${client_id}", **request_}, world.value))
    assert (answer.status, answer.error) == (400, "CodeDeliveryFailureException")
    assert answer.message == "Failed to deliver the code: no courier for EMAIL is configured."
    newcomer = {"UserPoolId": "${pool_id}", "Username": "${new_name}"}
    assert service.call("AdminGetUser", table.filled(newcomer, world.value)).error == "UserNotFoundException"
