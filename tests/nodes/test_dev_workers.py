"""The comforts of the dev profile with several workers: one clock, one inbox, one reset, whichever worker answers."""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import httpx2
import pytest

from cli.owners import owner, workers_of
from cli.running import PATIENCE, Server, serving
from nodes.world import FLOWS

WORKERS, SOME = 2, 6  # connections of each worker
MANY = WORKERS * SOME
DAY = 86_400
API = "AWSCognitoIdentityProviderService."
SEED = """
{"pools": [{"Id": "us-east-1_Seeded001", "PoolName": "p", "clients": [{"ClientId": "seeded", "ClientName": "c",
 "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]}],
 "users": [{"Username": "kim", "Password": "Correct-Horse-9"}]}]}
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("workers")
    (folder / "seed.json").write_text(SEED)
    with serving("--workers", "2", "--seed", "seed.json", folder=folder) as served:
        yield served


@pytest.fixture
def everywhere(server: Server) -> Iterator[list[httpx2.Client]]:
    """Clients with connections of their own, kept open together; each worker has some of them."""
    with ExitStack() as stack:
        clients: dict[int, list[httpx2.Client]] = {}
        deadline = time.monotonic() + PATIENCE
        while len(clients) < WORKERS or min(map(len, clients.values())) < SOME:
            assert time.monotonic() < deadline
            client = stack.enter_context(httpx2.Client(base_url=server.url, timeout=PATIENCE))
            if worker := worker_of(client, server):
                clients.setdefault(worker, []).append(client)
        yield [client for each in clients.values() for client in each[:SOME]]


def worker_of(client: httpx2.Client, server: Server) -> int | None:
    """Which worker answers on the client's connection; None where it cannot be told."""
    with client.stream("GET", "/health/live") as answer:
        assert answer.read() == b'{"status":"live"}'
        wire = answer.extensions["network_stream"]
        ports = wire.get_extra_info("client_addr")[1], wire.get_extra_info("server_addr")[1]
        return owner(ports, workers_of(server.process.pid))


def call(client: httpx2.Client, operation: str, **members: Any) -> httpx2.Response:
    head = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": API + operation}
    return client.post("/", json=members, headers=head)


def sign_in(client: httpx2.Client) -> httpx2.Response:
    login = {"USERNAME": "kim", "PASSWORD": "Correct-Horse-9"}
    flow = FLOWS[0].removeprefix("ALLOW_")
    return call(client, "InitiateAuth", ClientId="seeded", AuthFlow=flow, AuthParameters=login)


def test_the_clock_moves_for_all_workers_at_once(everywhere: list[httpx2.Client]) -> None:
    """Whoever asks the next moment, on whichever connection, finds the time moved; moves add up."""
    first = everywhere[0].post("/_dev/clock", json={"advance": 0}).json()["now_ms"]
    for client in everywhere:
        client.post("/_dev/clock", json={"advance": DAY})
    for client in everywhere:
        assert client.post("/_dev/clock", json={"advance": 0}).json()["now_ms"] - first >= MANY * DAY * 1000


def test_tokens_are_over_everywhere(everywhere: list[httpx2.Client]) -> None:
    """An access token that one worker's clock has outlived is refused by all."""
    token = sign_in(everywhere[0]).json()["AuthenticationResult"]["AccessToken"]
    assert {call(client, "GetUser", AccessToken=token).status_code for client in everywhere} == {200}
    everywhere[0].post("/_dev/clock", json={"advance": 3601})
    assert {call(client, "GetUser", AccessToken=token).status_code for client in everywhere} == {400}


def test_a_reset_holds_everywhere(everywhere: list[httpx2.Client]) -> None:
    """When it is answered all workers sign with the keys of the seeded pool as it was made anew, and know no other
    ones; nobody trusts a token of before."""
    before = [sign_in(client).json()["AuthenticationResult"]["AccessToken"] for client in everywhere]
    old = everywhere[0].get("/us-east-1_Seeded001/.well-known/jwks.json").json()
    assert everywhere[0].post("/_dev/reset").json() == {}
    new = [client.get("/us-east-1_Seeded001/.well-known/jwks.json").json() for client in everywhere]
    assert [keys == new[0] for keys in new] == [True] * MANY
    assert new[0] != old
    assert {sign_in(client).status_code for client in everywhere} == {200}
    assert {call(client, "GetUser", AccessToken=before[0]).status_code for client in everywhere} == {400}


def test_the_inbox_is_that_of_all_workers(everywhere: list[httpx2.Client]) -> None:
    """A code that one worker sent is read from any other one."""
    asked = {"UserAttributes": [{"Name": "email", "Value": "lee@domain.example"}], "Password": "Correct-Horse-9"}
    pool = {"UserPoolId": "us-east-1_Seeded001", "AutoVerifiedAttributes": ["email"]}
    assert signed(everywhere[0], "UpdateUserPool", **pool).status_code == 200
    everywhere[0].post("/_dev/clock", json={"advance": 1})  # so that every worker knows
    assert call(everywhere[1], "SignUp", ClientId="seeded", Username="lee", **asked).status_code == 200
    seen = [client.get("/_dev/messages?to=lee@domain.example&wait=10").json()["messages"] for client in everywhere]
    assert [len(messages) for messages in seen] == [1] * MANY
    assert {messages[0]["code"] for messages in seen} == {seen[0][0]["code"]}


def signed(client: httpx2.Client, operation: str, **members: Any) -> httpx2.Response:
    """With a signature that dev does not verify."""
    scope = "AKIDEXAMPLE/20260101/us-east-1/cognito-idp/aws4_request"
    head = {
        "Content-Type": "application/x-amz-json-1.1",
        "X-Amz-Target": API + operation,
        "X-Amz-Date": "20260101T000000Z",
        "Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host;x-amz-date, Signature={'0' * 64}",
    }
    return client.post("/", json=members, headers=head)


def test_what_each_worker_keeps_for_itself_is_refused(everywhere: list[httpx2.Client]) -> None:
    """Runs of triggers are remembered by the process that ran them: half of them would be a wrong answer."""
    answers = {
        (answer.status_code, answer.json()["message"]) for answer in (c.get("/_dev/triggers") for c in everywhere)
    }
    assert answers == {
        (409, "Each worker remembers its own runs of triggers only: start the server with workers = 1 to read them.")
    }


def test_a_change_holds_on_every_worker_within_a_second(everywhere: list[httpx2.Client]) -> None:
    """In real time: no request that begins more than a second after the change was answered is answered by the old
    state, on any connection."""
    assert {sign_in(client).status_code for client in everywhere} == {200}
    client = {"UserPoolId": "us-east-1_Seeded001", "ClientId": "seeded", "ExplicitAuthFlows": ["ALLOW_USER_SRP_AUTH"]}
    assert signed(everywhere[0], "UpdateUserPoolClient", **client).status_code == 200
    changed, stale = time.monotonic(), list(everywhere)
    while stale:
        began = time.monotonic()
        knows = sign_in(stale[0]).status_code == 400
        assert knows or began - changed <= 1
        if knows:
            stale.pop(0)
