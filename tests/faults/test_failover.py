"""A PostgreSQL primary that ends under load, and a standby that takes its place: cognomen goes on by itself."""

import json
import signal
import time
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from faults.conftest import Report
from faults.line import Line
from faults.load import Load, done
from faults.postgres_cluster import Cluster, Node, cluster, until
from faults.processes import Cognomen, cognomen
from faults.sizes import sizes

BACK_SECONDS = 5.0
ANSWERED_SECONDS = 5.0
SLACK_SECONDS = 1.0  # for a machine that does other things as well
End = Callable[[Node], None]


@pytest.fixture(scope="module")
def pair() -> Iterator[Cluster]:
    with cluster() as running:
        yield running


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for all, since the master key in it goes with the store."""
    return tmp_path_factory.mktemp("failover")


def dies(primary: Node) -> None:
    """The machine is there, and says that nobody listens any more."""
    primary.kill()


def falls_silent(primary: Node) -> None:
    """What a machine does that has lost its power or its network: no connection is ever closed."""
    primary.signal(signal.SIGSTOP)


BIGGER = [(5, pytest.mark.faults), (20, pytest.mark.nightly)]
ENDS = [
    (dies, 2),
    *(pytest.param(end, times, marks=mark) for end in (dies, falls_silent) for times, mark in BIGGER),
]


def promoted(pair: Cluster, end: End) -> float:
    """End the primary and promote the standby; answers when it was."""
    end(pair.primary)
    return pair.promote()


def restarted(pair: Cluster) -> float:
    """Restart the primary as an administrator does; answers when it was back."""
    pair.primary.stop()
    pair.primary.start()
    return time.monotonic()


@pytest.mark.parametrize(("end", "times"), ENDS)
def test_a_primary_that_ends_under_load(pair: Cluster, folder: Path, report: Report, end: End, times: int) -> None:
    """STO-04: nothing that was acknowledged is lost, and calls are served 5 s after the promotion, with no restart."""
    backs = []
    with cognomen(folder, "--database", pair.url) as server, Load([server.url]) as load:
        for _ in range(times):
            load.begin()
            load.await_acknowledged(100)
            moment = promoted(pair, end)
            load.await_acknowledged(100)
            load.end()
            pair.standby.kill()
            backs.append(load.tally.wait_after(moment) or 0.0)
            load.verify()
            pair.attach()
        load.verify(everything=True)
        jobs_go_on(server, pair)
    remark = f"back {max(backs):.2f} s after a promotion at most, longest call {load.tally.longest_s:.2f} s"
    report(f"PostgreSQL primary {end.__name__.replace('_', ' ')}", times, load.tally, remark)
    assert load.tally.clean, load.tally
    assert max(backs) <= BACK_SECONDS


@pytest.mark.parametrize("times", sizes(1, 5, 20))
def test_a_restart_under_load(pair: Cluster, folder: Path, report: Report, times: int) -> None:
    """STO-05, of a restart: connections are made anew, nothing is lost, and 10 s later all is well."""
    backs = []
    with cognomen(folder, "--database", pair.url) as server, Load([server.url]) as load:
        for _ in range(times):
            load.begin()
            load.await_acknowledged(60)
            moment = restarted(pair)
            load.await_acknowledged(60)
            load.end()
            backs.append(load.tally.wait_after(moment) or 0.0)
            load.verify()
    remark = f"back {max(backs):.2f} s after a start at most, longest call {load.tally.longest_s:.2f} s"
    report("PostgreSQL restarted", times, load.tally, remark)
    assert load.tally.clean, load.tally
    assert max(backs) <= 2 * BACK_SECONDS


def test_without_its_standby_nothing_is_acknowledged(pair: Cluster, folder: Path) -> None:
    """STO-04, the other way round: writes end as faults in 5 s, not even what PostgreSQL would let pass is taken for
    done, reads go on, and when the standby is back so are writes."""
    with (
        cognomen(folder, "--database", pair.url) as server,
        closing(Line([server.url])) as line,
        closing(Line([server.url])) as other,
        ThreadPoolExecutor(1) as aside,
    ):
        pool_id = done(line, "CreateUserPool", PoolName="alone")["UserPool"]["Id"]
        pair.standby.signal(signal.SIGSTOP)
        try:
            waits = line.call("CreateGroup", UserPoolId=pool_id, GroupName="waits")
            let_pass = aside.submit(other.call, "CreateGroup", UserPoolId=pool_id, GroupName="passes")
            until(lambda: cancelled(pair.primary) or let_pass.done())
            assert {waits.error, let_pass.result().error} == {"InternalErrorException"}
            assert line.call("DescribeUserPool", UserPoolId=pool_id).done
        finally:
            pair.standby.signal(signal.SIGCONT)
        assert max(line.longest_s, other.longest_s) <= ANSWERED_SECONDS + SLACK_SECONDS
        done(line, "CreateGroup", UserPoolId=pool_id, GroupName="after")
        until(lambda: pair.primary.sql("select count(*) from pg_stat_activity where wait_event = 'SyncRep'") == "0")


def cancelled(primary: Node) -> bool:
    """Have PostgreSQL stop waiting for its standby: it then answers a commit with a warning, and no error."""
    return "t" in primary.sql("select pg_cancel_backend(pid) from pg_stat_activity where wait_event = 'SyncRep'")


def jobs_go_on(server: Cognomen, pair: Cluster) -> None:
    """A message that is written now is sent, and none waits that was not on its way in the moment of an end."""
    with Load([server.url], writers=1) as load:
        load.begin()
        load.await_acknowledged(20)
        load.end()
    with urllib.request.urlopen(f"{server.url}/_dev/messages?to=w0u0@domain.example&wait=10", timeout=15) as answer:
        assert json.load(answer)["messages"]
    until(lambda: pair.primary.sql("select count(*) from outbox where tries = 0") == "0")
