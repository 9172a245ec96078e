"""The network between the server and PostgreSQL: cut, silent or slow; every wait ends, and all is well again after."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from urllib.parse import parse_qs, urlsplit

import pytest

from faults.conftest import Report
from faults.line import Line, Reply
from faults.load import Load, Tally, done
from faults.postgres_cluster import until
from faults.processes import Cognomen, cognomen
from faults.proxy import Proxy
from storage.stores import PostgresServer

ANSWERED_SECONDS = 5.0
BACK_SECONDS = 10.0
SLACK_SECONDS = 1.0  # for a machine that does other things as well
FIRST_PASSWORD = "Steady-Horse-0"


class Between:
    """A server whose only way to PostgreSQL is a proxy."""

    def __init__(self, server: Cognomen, proxy: Proxy, postgres: PostgresServer, name: str) -> None:
        self.server = server
        self.proxy = proxy
        self._postgres = postgres
        self._name = name

    def open_transactions(self) -> int:
        """Sessions of this database in the middle of something."""
        counted = self._postgres.handle.psql(
            f"select 'open=' || count(*) from pg_stat_activity where datname = '{self._name}' and state <> 'idle';"
        )
        return int(counted.partition("open=")[2].split()[0])

    def readiness(self) -> tuple[int, dict[str, str], float]:
        """What /health/ready says, and the seconds that it took."""
        began = time.monotonic()
        try:
            with urllib.request.urlopen(f"{self.server.url}/health/ready", timeout=15) as answer:
                return answer.status, json.load(answer), time.monotonic() - began
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.code, json.load(refused), time.monotonic() - began


@pytest.fixture(scope="module")
def between(postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Between]:
    parts = urlsplit(postgres.new_database("network"))
    folder = parse_qs(parts.query)["host"][0]
    name = parts.path.strip("/")
    with Proxy(f"{folder}/.s.PGSQL.5432") as proxy:
        url = f"postgresql://postgres@127.0.0.1:{proxy.port}/{name}"
        with cognomen(tmp_path_factory.mktemp("network"), "--database", url) as server:
            yield Between(server, proxy, postgres, name)


@pytest.mark.parametrize("fault", [Proxy.cuts, Proxy.hangs])
def test_a_database_that_is_away(between: Between, report: Report, fault: Callable[[Proxy], None]) -> None:
    """STO-05, STO-06 (app and database): cut or silent, calls end in 5 s, readiness tells, 10 s later all is well."""
    with Load([between.server.url], writers=4) as load:
        load.begin()
        load.await_acknowledged(60)
        fault(between.proxy)
        status, said, took = between.readiness()
        until(lambda: load.tally.doubtful >= 4)
        between.proxy.passes()
        passed = time.monotonic()
        load.await_acknowledged(60)
        load.end()
        back = load.tally.wait_after(passed) or 0.0
        load.verify()
    remark = f"longest call {load.tally.longest_s:.2f} s, readiness {took:.2f} s, back after {back:.2f} s"
    report(f"way to PostgreSQL {fault.__name__}", 1, load.tally, remark)
    assert (status, said) == (503, {"status": "not ready", "reason": "database"})
    assert load.tally.clean, load.tally
    assert set(load.tally.faults) == {"InternalErrorException"}
    assert load.tally.longest_s <= ANSWERED_SECONDS + SLACK_SECONDS
    assert back <= BACK_SECONDS
    assert between.readiness()[0] == 200
    until(lambda: between.open_transactions() == 0)


def test_calls_at_once_wait_together(between: Between) -> None:
    """STO-05: of fifty calls at once nobody waits until another one has given up, and no answer says why."""
    between.proxy.hangs()
    began = time.monotonic()
    with ThreadPoolExecutor(50) as many:
        replies = list(many.map(lambda number: _one_of_many(between.server.url, number), range(50)))
    took = time.monotonic() - began
    between.proxy.passes()
    assert took <= ANSWERED_SECONDS + 2 * SLACK_SECONDS
    assert {(reply.status, reply.error) for reply in replies} == {(500, "InternalErrorException")}
    assert all(reply.document["message"].startswith("Request id: ") for reply in replies)
    assert all(set(reply.document) == {"__type", "message"} for reply in replies)
    assert _one_of_many(between.server.url, 1).done


def _one_of_many(url: str, number: int) -> Reply:
    with closing(Line([url])) as line:
        if number % 2:
            return line.call("ListUserPools", MaxResults=1)
        return line.call("DescribeUserPool", UserPoolId=f"us-east-1_{number}")


@pytest.mark.parametrize("delay_ms", [50, pytest.param(500, marks=[pytest.mark.faults, pytest.mark.nightly])])
def test_a_slow_database(between: Between, report: Report, delay_ms: int) -> None:
    """STO-06: half a second more each way makes calls slow, and refuses nothing."""
    line = Line([between.server.url], timeout=60)
    pool_id = done(line, "CreateUserPool", PoolName="slow")["UserPool"]["Id"]
    made = done(
        line,
        "CreateUserPoolClient",
        UserPoolId=pool_id,
        ClientName="slow",
        ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"],
    )
    client_id = made["UserPoolClient"]["ClientId"]
    named = {"UserPoolId": pool_id, "Username": "ann"}
    login = {"USERNAME": "ann", "PASSWORD": FIRST_PASSWORD}
    calls = {
        "SignUp": {"ClientId": client_id, "Username": "ann", "Password": FIRST_PASSWORD},
        "AdminConfirmSignUp": named,
        "InitiateAuth": {"ClientId": client_id, "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": login},
        "AdminGetUser": named,
    }
    between.proxy.delays(delay_ms / 1000)
    took = {}
    for operation, members in calls.items():
        began = time.monotonic()
        reply = line.call(operation, **members)
        took[operation] = time.monotonic() - began
        assert reply.done, (operation, reply)
    between.proxy.passes()
    remark = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in took.items())
    report(f"way to PostgreSQL {delay_ms} ms longer", 1, Tally(acknowledged=len(took)), remark)
    began = time.monotonic()
    assert line.call("AdminGetUser", **named).done
    assert time.monotonic() - began < SLACK_SECONDS
    line.close()
