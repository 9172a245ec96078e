"""Where the audit log cannot be written nothing is changed; what only reads goes on, and it recovers by itself."""

import json
import urllib.error
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from prometheus_client import generate_latest

from cognomen.flows.audit_reading import Span, records, verify
from conftest import Pool, sdk_client
from served import Served, serve
from storage.stores import PostgresServer

FLOWS = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
WORDS = "The audit log cannot be written: until it can be, nothing is changed and nobody signs in"


@contextmanager
def a_pool(**flags: Any) -> Iterator[Pool]:
    """A pool with a user on a server with an audit log."""
    with serve(**{"audit.on": True}, **flags) as server:
        cognito = sdk_client(server.url)
        pool_id = cognito.create_user_pool(PoolName="test")["UserPool"]["Id"]
        made = cognito.create_user_pool_client(UserPoolId=pool_id, ClientName="app", ExplicitAuthFlows=FLOWS)
        pool = Pool(cognito, server, pool_id, made["UserPoolClient"]["ClientId"], None)
        pool.confirmed("ann")
        yield pool


@pytest.fixture(params=["sqlite", "postgres"])
def pool(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Pool]:
    if request.param == "sqlite":
        flags = {"data": str(tmp_path)}
    else:
        server: PostgresServer = request.getfixturevalue("postgres")
        flags = {"data": None, "database": server.new_database("audit"), "master_key_file": str(a_key(tmp_path))}
    with a_pool(**flags) as made:
        yield made


def a_key(folder: Path) -> Path:
    file = folder / "master.key"
    file.touch(mode=0o600)
    file.write_text("A" * 43 + "=")
    return file


def run(pool: Pool, *statements: str) -> None:
    async def work(tx: Any) -> None:
        for sql in statements:
            await tx.run(sql)

    pool.server.run(pool.server.application.world.database.write(work))


def refused(call: Any, *given: Any, **more: Any) -> str:
    with pytest.raises(ClientError) as fault:
        call(*given, **more)
    assert fault.value.response["ResponseMetadata"]["HTTPStatusCode"] == 500
    error = fault.value.response["Error"]
    return f"{error['Code']}: {error['Message']}"


def ready(server: Served) -> dict[str, Any]:
    try:
        return dict(server.get("/health/ready"))
    except urllib.error.HTTPError as fault:
        return dict(json.load(fault))


def told(pool: Pool) -> list[dict[str, Any]]:
    async def read() -> list[dict[str, Any]]:
        database = pool.server.application.world.database
        return [json.loads(body) async for body in records(database, Span(), lambda _: True)]

    return list(pool.server.run(read()))


def faults(pool: Pool) -> list[str]:
    world = pool.server.application.world
    return list(pool.server.run(verify(world.database, world.sealer, Span())).faults)


def test_a_log_that_is_gone_refuses_changes_and_comes_back(pool: Pool) -> None:
    """OPS-04, OPS-02: changes and sign-ins are refused in clear words, reads go on, readiness says why; then all works.

    The one change that found out is told as unfinished: it is in the store, and nobody was told that it is done.
    """
    token = pool.sign_in("ann")["AuthenticationResult"]["AccessToken"]
    before = len(told(pool))
    run(pool, "alter table audit_records rename to audit_records_gone")
    assert refused(pool.cognito.create_group, UserPoolId=pool.pool_id, GroupName="one").endswith(WORDS)
    assert ready(pool.server) == {"status": "not ready", "reason": "audit log"}
    for call, request in (
        (pool.cognito.create_group, {"UserPoolId": pool.pool_id, "GroupName": "two"}),
        (pool.cognito.admin_delete_user, {"UserPoolId": pool.pool_id, "Username": "ann"}),
        (pool.cognito.update_user_attributes, {"AccessToken": token, "UserAttributes": []}),
    ):
        assert refused(call, **request) == f"InternalErrorException: {WORDS}"
    assert refused(pool.sign_in, "ann") == f"InternalErrorException: {WORDS}"
    assert refused(pool.sign_in, "ann", "Wrong-Horse-9") == f"InternalErrorException: {WORDS}"
    assert pool.cognito.get_user(AccessToken=token)["Username"] == "ann"
    groups = pool.cognito.list_groups(UserPoolId=pool.pool_id)["Groups"]
    assert [group["GroupName"] for group in groups] == ["one"]

    run(pool, "alter table audit_records_gone rename to audit_records")
    pool.server.advance(2)
    assert ready(pool.server) == {"status": "ready"}
    pool.cognito.create_group(UserPoolId=pool.pool_id, GroupName="two")
    pool.server.advance(15 * 60)
    pool.server.run(pool.server.application.world.audit.adopt())
    results = [(one["target"].get("GroupName"), one["result"]) for one in told(pool)[before:] if "target" in one]
    assert sorted(results) == [("one", "unfinished"), ("two", "ok")]
    assert faults(pool) == []


def test_records_are_counted_for_prometheus() -> None:
    """OPS-04: the figures tell how many records were kept, and how many could not be."""
    with a_pool(**{"metrics.port": 0}) as pool:
        run(pool, "alter table audit_records rename to audit_records_gone")
        refused(pool.cognito.create_group, UserPoolId=pool.pool_id, GroupName="one")
        figures = generate_latest(pool.server.application.registry).decode()
    assert 'cognomen_audit_records_total{outcome="kept"} 4.0' in figures
    assert 'cognomen_audit_records_total{outcome="failed"} 1.0' in figures


def test_a_full_disk_changes_nothing(tmp_path: Path) -> None:
    """OPS-04: where the store has no room for the record there is no change either, and with room it goes on."""
    with a_pool(data=str(tmp_path)) as pool:
        connection = pool.server.application.world.database._connection
        [pages] = connection.execute("pragma page_count").fetchone()
        connection.execute(f"pragma max_page_count = {pages + 3}")
        made, fault = fill(pool)
        assert fault.startswith("InternalErrorException")
        assert pool.cognito.admin_get_user(UserPoolId=pool.pool_id, Username="ann")["Enabled"]
        connection.execute("pragma max_page_count = 1000000")
        pool.server.advance(2)
        pool.cognito.create_group(UserPoolId=pool.pool_id, GroupName="after")
        pool.server.advance(15 * 60)
        pool.server.run(pool.server.application.world.audit.adopt())
        done = [one["target"]["GroupName"] for one in told(pool) if one["operation"].endswith(":CreateGroup")]
        there = [group["GroupName"] for group in pool.cognito.list_groups(UserPoolId=pool.pool_id)["Groups"]]
        assert set(there) <= set(done), "no change without a record"
        assert len(done) == len(set(done)), "and no second one"
        assert set(made) <= set(there)
        assert faults(pool) == []


def fill(pool: Pool) -> tuple[list[str], str]:
    """Make groups until one is refused: their names, and the words of the refusal."""
    made: list[str] = []
    for number in range(1000):
        try:
            pool.cognito.create_group(UserPoolId=pool.pool_id, GroupName=f"group-{number}", Description="x" * 500)
        except ClientError as fault:
            error = fault.response["Error"]
            return made, f"{error['Code']}: {error['Message']}"
        made.append(f"group-{number}")
    raise AssertionError("there was room for everything")


def test_without_an_audit_log_nothing_asks_for_one() -> None:
    """The dev profile has none unless it is asked for: nothing is written, and no change needs it."""
    with serve() as server:
        assert server.application.world.audit is None
        cognito = sdk_client(server.url)
        cognito.create_user_pool(PoolName="test")
        pool = replace(Pool(cognito, server, "", "", None))
        assert told(pool) == []
