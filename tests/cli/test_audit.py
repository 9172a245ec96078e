"""The audit log from the command line, and of servers that are killed."""

import base64
import json
import signal
import sqlite3
import threading
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from click.testing import CliRunner

from cli.running import PATIENCE, Ended, Server, serving
from cli.test_workers import wait_for, workers_of
from cognomen.cli import main


@pytest.fixture
def production(tmp_path: Path) -> dict[str, str]:
    """The environment of a production server with one access key in its settings."""
    key = tmp_path / "master.key"
    key.touch(mode=0o600)
    key.write_bytes(base64.b64encode(bytes(32)))
    return {
        "COGNOMEN_DATA": str(tmp_path / "data"),
        "COGNOMEN_PROFILE": "production",
        "COGNOMEN_MASTER_KEY_FILE": str(key),
        "COGNOMEN_ACCESS_KEYS__AKIDTEST": "secret-of-the-tests-0123456789",
        "COGNOMEN_LIMITS__REQUEST_RATES": "false",
    }


def client(server: Server) -> Any:
    return boto3.client(
        "cognito-idp",
        endpoint_url=server.url,
        region_name="us-east-1",
        aws_access_key_id="AKIDTEST",
        aws_secret_access_key="secret-of-the-tests-0123456789",
        config=Config(retries={"max_attempts": 0}),
    )


class Log:
    """The commands about the audit log of one store, and others, run in this process."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._environment = environment

    def run(self, *words: str) -> Ended:
        ended = CliRunner().invoke(main, words, env=self._environment)
        assert ended.exception is None or isinstance(ended.exception, SystemExit), ended.exception
        return Ended(ended.exit_code, ended.stdout, ended.stderr)

    def command(self, *words: str) -> Ended:
        return self.run("audit", *words)

    def show(self, *words: str) -> list[dict[str, Any]]:
        ended = self.command("show", *words)
        assert (ended.code, ended.err) == (0, "")
        return [json.loads(line) for line in ended.out.splitlines()]

    def verify(self, *words: str) -> tuple[int, list[str]]:
        """The exit code, and what is wrong."""
        ended = self.command("verify", *words)
        return ended.code, ended.err.splitlines()


@pytest.fixture
def log(production: dict[str, str]) -> Log:
    return Log(production)


def named(records: list[dict[str, Any]], operation: str) -> list[dict[str, Any]]:
    return [one for one in records if one["operation"] == operation]


def test_a_day_of_a_production_server(tmp_path: Path, production: dict[str, str], log: Log) -> None:
    """OPS-03, OPS-05: production has a log; it is shown by pool, user and operation, and verified.

    A user is found by sub, and by name though no name is kept; a head that was kept finds what was set back.
    """
    with serving(folder=tmp_path, environment=production) as server:
        cognito = client(server)
        pools = [cognito.create_user_pool(PoolName=name)["UserPool"]["Id"] for name in "ab"]
        for pool_id in pools:
            cognito.admin_create_user(UserPoolId=pool_id, Username="Ann@Example.com", MessageAction="SUPPRESS")
        found = cognito.admin_get_user(UserPoolId=pools[0], Username="Ann@Example.com")
        cognito.admin_delete_user(UserPoolId=pools[0], Username="Ann@Example.com")
        heads = log.command("heads").out.split()
        server.end(signal.SIGTERM)
    sub = next(one["Value"] for one in found["UserAttributes"] if one["Name"] == "sub")
    everything = log.show()
    assert len(everything) == 6
    assert len(log.show("--pool", pools[0])) == 3
    assert [one["pool"] for one in log.show("--operation", "AdminDeleteUser")] == [pools[0]]
    for name in (sub, "ann@example.com", "ANN@example.com"):
        assert len(log.show("--pool", pools[0], "--user", name)) == 2, name
    assert "xample.com" not in json.dumps(everything)
    assert log.show("--to", "2000-01-01") == []
    assert len(log.show("--from", "2000-01-01T00:00:00Z")) == 6
    assert log.verify("--from", "2000-01-01") == (0, [])
    assert log.command("verify", "--expect", heads[0]).out == "6 records in 1 chains, 0 faults\n"
    with closing(sqlite3.connect(tmp_path / "data" / "cognomen.db")) as store, store:
        store.execute("update audit_records set body = replace(body, 'AdminDeleteUser', 'AdminGetUserX')")
    assert log.verify() == (1, ["chain 1, record 6 was changed, or what came before it"])


def test_commands_have_records(tmp_path: Path, production: dict[str, str], log: Log) -> None:
    """OPS-03: what is changed from the command line is recorded as well, with who was logged in, done or refused."""

    def command(*words: str, code: int = 0) -> Ended:
        ended = log.run(*words)
        assert ended.code == code, ended
        return ended

    key_id = command("access-key", "create").out.split()[0].partition("=")[2]
    command("access-key", "disable", key_id)
    command("access-key", "delete", key_id)
    command("access-key", "delete", key_id, code=2)
    with serving(folder=tmp_path, environment=production) as server:
        pool_id = client(server).create_user_pool(PoolName="a")["UserPool"]["Id"]
    (tmp_path / "users.jsonl").write_text('{"username": "ann"}\n')
    command("import", str(tmp_path / "users.jsonl"), "--pool", pool_id)
    command("keys", "rotate", "--all")
    master_key = command("master-key", "rotate").out.strip()
    command("master-key", "reseal")
    secret = tmp_path / "backup.pass"
    secret.touch(mode=0o600)
    secret.write_text("correct horse battery staple\n")
    sealed = (str(tmp_path / "all.backup"), "--passphrase-file", str(secret))
    command("backup", *sealed)
    assert named(log.show(), "command:backup")[0]["result"] == "ok"
    heads = log.command("heads").out.split()
    command("restore", *sealed, "--overwrite")
    records = log.show()
    told = [(one["operation"], one["result"]) for one in records if one["operation"].startswith("command:")]
    assert told == [
        ("command:access-key create", "ok"),
        ("command:access-key disable", "ok"),
        ("command:access-key delete", "ok"),
        ("command:access-key delete", "refused"),
        ("command:import", "ok"),
        ("command:keys rotate", "ok"),
        ("command:master-key rotate", "ok"),
        ("command:master-key reseal", "ok"),
        ("command:restore", "ok"),
    ]
    # the log came with the backup, from before it was finished; the record tells how far it had gone here
    assert named(records, "command:restore")[0]["log_before"] == heads
    actors = {one["actor"]["kind"] for one in records if one["operation"].startswith("command:")}
    assert actors == {"command_line"}
    assert named(records, "command:access-key create")[0]["target"] == {"AccessKeyId": key_id}
    assert named(records, "command:import")[0]["pool"] == pool_id
    assert named(records, "command:master-key rotate")[0]["target"] == {"MasterKeyId": master_key}
    assert log.verify() == (0, [])


def test_looking_makes_no_store(tmp_path: Path, log: Log) -> None:
    """Without a store, and with what is no time or no head, the commands say so in one line and make nothing."""
    for words, message in (
        (("show",), "there is no store in "),
        (("verify",), "there is no store in "),
        (("show", "--from", "yesterday"), "yesterday is no time"),
        (("verify", "--expect", "1:2:3"), "1:2:3 is no anchor"),
    ):
        ended = log.command(*words)
        assert (ended.code, ended.out) == (2, "")
        assert ended.err.startswith(f"cognomen: {message}")
    assert not (tmp_path / "data").exists()


# Under load


def test_two_workers_write_one_log(tmp_path: Path, production: dict[str, str], log: Log) -> None:
    """OPS-03, OPS-05: with several processes each call has one record, in chains that all hold."""
    with serving("--workers", "2", folder=tmp_path, environment=production) as server:
        wait_for(lambda: len(workers_of(server)) == 2)
        pool_id = client(server).create_user_pool(PoolName="a")["UserPool"]["Id"]
        made = [name for names in crowd(server, pool_id, rounds=10) for name in names]
    records = named(log.show(), "cognito-idp:CreateGroup")
    assert sorted(one["target"]["GroupName"] for one in records) == sorted(made)
    assert {one["result"] for one in records} == {"ok"}
    assert log.verify() == (0, [])


def crowd(server: Server, pool_id: str, rounds: int, begun: threading.Event | None = None) -> list[list[str]]:
    """Four callers that make groups, each over connections of its own: what they were told is made.

    `begun` is set with the first of them.
    """
    made: list[list[str]] = [[] for _ in range(4)]
    begun = begun or threading.Event()

    def call(number: int) -> None:
        cognito = client(server)
        for each in range(rounds):
            name = f"group-{server.process.pid}-{number}-{each}"
            try:
                cognito.create_group(UserPoolId=pool_id, GroupName=name)
            except (BotoCoreError, ClientError):  # the server is killed, and not there for a moment
                return
            made[number].append(name)
            begun.set()

    callers = [threading.Thread(target=call, args=(number,)) for number in range(4)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    return made


def kill(server: Server, begun: threading.Event, seconds: float) -> None:
    """Kill a server so many seconds after its work has begun."""
    begun.wait(PATIENCE)
    time.sleep(seconds)
    server.process.kill()


@pytest.mark.parametrize("kills", [2, pytest.param(30, marks=pytest.mark.nightly)])
def test_a_killed_server_loses_no_record(tmp_path: Path, production: dict[str, str], log: Log, kills: int) -> None:
    """OPS-03, G21: whatever was acknowledged before kill -9 has its one record, and no change in the store has none."""
    acknowledged: list[str] = []
    pool_id = ""
    for each in range(kills):
        with serving(folder=tmp_path, environment=production) as server:
            pool_id = pool_id or client(server).create_user_pool(PoolName="a")["UserPool"]["Id"]
            begun = threading.Event()
            late = threading.Thread(target=kill, args=(server, begun, 1.5 + each % 5 / 10))
            late.start()
            acknowledged += [name for names in crowd(server, pool_id, 10_000, begun) for name in names]
            late.join()
    told = named(log.show(), "cognito-idp:CreateGroup")
    recorded = [one["target"]["GroupName"] for one in told if one["result"] == "ok"]
    assert acknowledged
    assert set(acknowledged) <= set(recorded)
    assert len(recorded) == len(set(recorded))
    with closing(sqlite3.connect(tmp_path / "data" / "cognomen.db")) as store:
        changed = {name for (name,) in store.execute("select name from user_groups")}
        under_way = [json.loads(body) for (body,) in store.execute("select body from audit_pending")]
    pending = {one["target"]["GroupName"] for one in under_way if one["operation"].endswith(":CreateGroup")}
    assert changed <= set(recorded) | pending
    assert log.verify() == (0, [])
    print(f"{kills} kills, {len(acknowledged)} acknowledged, {len(pending)} under way")
