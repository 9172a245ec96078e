"""The network between the server and PostgreSQL: cut, silent or slow; every wait ends, and all is well again after."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from faults.conftest import Report
from faults.line import Line, Reply
from faults.load import Load, Tally, done
from faults.packet_loss import NEEDED, packet_loss
from faults.postgres_cluster import until
from faults.processes import Cognomen, cognomen
from faults.proxy import Proxy
from storage.stores import PostgresServer

ANSWERED_SECONDS = 5.0
BACK_SECONDS = 10.0
LOSING_SECONDS = 20.0
FAR_MS = 100  # each way, from where on calls of many statements cannot be done in time
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


@NEEDED
@pytest.mark.faults
@pytest.mark.nightly
def test_a_way_that_loses_packets(between: Between, report: Report) -> None:
    """STO-06 (app and database): with 30 % of packets lost, each way, calls end in 5 s, and nothing is lost."""
    with Load([between.server.url], writers=4) as load:
        load.begin()
        load.await_acknowledged(60)
        with packet_loss(between.proxy.port, percent=30):
            time.sleep(LOSING_SECONDS)
        passed = time.monotonic()
        load.await_acknowledged(60)
        load.end()
        back = load.tally.wait_after(passed) or 0.0
        load.verify()
    remark = f"longest call {load.tally.longest_s:.2f} s, back after {back:.2f} s, {dict(load.tally.faults)}"
    report("way to PostgreSQL loses 30 % of packets", 1, load.tally, remark)
    assert load.tally.clean, load.tally
    assert set(load.tally.faults) <= {"InternalErrorException"}
    assert load.tally.longest_s <= ANSWERED_SECONDS + SLACK_SECONDS
    assert back <= BACK_SECONDS
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


@dataclass
class Timed:
    """What became of calls, and how long each took."""

    line: Line
    took: dict[str, float] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)

    def call(self, operation: str, members: Mapping[str, Any]) -> None:
        began = time.monotonic()
        reply = self.line.call(operation, **members)
        self.took[operation] = time.monotonic() - began
        if not reply.done:
            self.refused[operation] = reply.error

    def __str__(self) -> str:
        times = ", ".join(f"{operation} {seconds:.1f} s" for operation, seconds in self.took.items())
        return f"{times}; refused: {', '.join(self.refused) or 'none'}"


@pytest.mark.parametrize("delay_ms", [50, pytest.param(500, marks=[pytest.mark.faults, pytest.mark.nightly])])
def test_a_slow_database(between: Between, report: Report, delay_ms: int) -> None:
    """STO-06: on a longer way calls take longer, but no call longer than five seconds; it is done, or nothing of it is.

    Half a second more each way is a second a statement, and most calls have more of them than that allows.
    """
    with closing(Line([between.server.url], timeout=60)) as line:
        calls = _life_of_a_user(line)
        timed = Timed(line)
        between.proxy.delays(delay_ms / 1000)
        for operation, members in calls.items():
            timed.call(operation, members)
        between.proxy.passes()
        done_calls = len(calls) - len(timed.refused)
        report(f"way to PostgreSQL {delay_ms} ms longer", 1, Tally(acknowledged=done_calls), str(timed))
        assert max(timed.took.values()) <= ANSWERED_SECONDS + SLACK_SECONDS
        assert set(timed.refused.values()) <= ({"InternalErrorException"} if delay_ms >= FAR_MS else set())
        if "SignUp" in timed.refused:  # then it has left nothing
            assert line.call("AdminGetUser", **calls["AdminGetUser"]).error == "UserNotFoundException"
            assert line.call("SignUp", **calls["SignUp"]).done
        again = Timed(line)
        again.call("AdminGetUser", calls["AdminGetUser"])
        assert not again.refused
        assert again.took["AdminGetUser"] < ANSWERED_SECONDS


def _life_of_a_user(line: Line) -> dict[str, dict[str, Any]]:
    """What is called, with which members."""
    pool_id = done(line, "CreateUserPool", PoolName="slow")["UserPool"]["Id"]
    client = {"UserPoolId": pool_id, "ClientName": "slow", "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"]}
    client_id = done(line, "CreateUserPoolClient", **client)["UserPoolClient"]["ClientId"]
    named = {"UserPoolId": pool_id, "Username": "ann"}
    login = {"USERNAME": "ann", "PASSWORD": FIRST_PASSWORD}
    return {
        "SignUp": {"ClientId": client_id, "Username": "ann", "Password": FIRST_PASSWORD},
        "AdminConfirmSignUp": named,
        "InitiateAuth": {"ClientId": client_id, "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": login},
        "AdminGetUser": named,
    }
