"""Access keys from the command line, on a store of its own and on one that a server is working with."""

import base64
import json
import re
import sqlite3
import time
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from cli.running import PATIENCE, Ended, Server, run, serving

CREATED = re.compile(r"AWS_ACCESS_KEY_ID=(AKIA[A-Z2-7]{16})\nAWS_SECRET_ACCESS_KEY=(\S{40})\n")
READING = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "cognito-idp:List*", "Resource": "*"}}
PASSED, INVALID, DENIED = "passed", "UnrecognizedClientException", "AccessDeniedException"
PROMISED_SECONDS = 1.0


@pytest.fixture
def production(tmp_path: Path) -> dict[str, str]:
    """The environment of a production server, without an access key."""
    key = tmp_path / "master.key"
    key.touch(mode=0o600)
    key.write_bytes(base64.b64encode(bytes(32)))
    return {"COGNOMEN_PROFILE": "production", "COGNOMEN_MASTER_KEY_FILE": str(key)}


def created(ended: Ended) -> tuple[str, str]:
    found = CREATED.fullmatch(ended.out)
    assert found, ended
    return found[1], found[2]


def listed(ended: Ended) -> list[dict[str, Any]]:
    assert (ended.code, ended.err) == (0, "")
    return [json.loads(line) for line in ended.out.splitlines()]


def sdk(server: Server, key: tuple[str, str]) -> Any:
    """An SDK with this key."""
    return boto3.client(
        "cognito-idp",
        endpoint_url=server.url,
        region_name="us-east-1",
        aws_access_key_id=key[0],
        aws_secret_access_key=key[1],
        config=Config(retries={"max_attempts": 0}),
    )


def outcome(client: Any, operation: str = "list_user_pools", **request: Any) -> str:
    """What an SDK gets."""
    try:
        getattr(client, operation)(**(request or {"MaxResults": 1}))
    except ClientError as refused:
        return str(refused.response["Error"]["Code"])
    return PASSED


def seconds_until(client: Any, expected: str) -> float:
    """When the last call began, from now on, that got anything else: how long a call takes is another matter."""
    started = begun = last = time.monotonic()
    while outcome(client) != expected:
        last, begun = begun, time.monotonic()
        assert begun < started + PATIENCE
    return last - started


def test_a_key_signs_from_its_making_to_its_end(tmp_path: Path, production: dict[str, str]) -> None:
    """On a running server: a new key works, a disabled one does not, nor a deleted one, each within a second."""
    unhurried = {**production, "COGNOMEN_LIMITS__REQUEST_RATES": "false"}  # the test asks again and again

    def access_key(*words: str) -> Ended:
        ended = run("access-key", *words, folder=tmp_path, environment=production)
        assert (ended.code, ended.err) == (0, "")
        return ended

    first = created(access_key("create"))  # production starts with a key of the store alone
    with serving(folder=tmp_path, environment=unhurried) as server:
        old = sdk(server, first)
        assert outcome(old) == PASSED
        second = created(access_key("create"))
        new = sdk(server, second)
        assert seconds_until(new, PASSED) < PROMISED_SECONDS
        for words, expected in (("disable", INVALID), ("enable", PASSED), ("delete", INVALID)):
            access_key(words, second[0])
            assert seconds_until(new, expected) < PROMISED_SECONDS, words
        assert outcome(old) == PASSED


def test_a_policy_comes_with_its_key(tmp_path: Path, production: dict[str, str]) -> None:
    """The key may do what its policy allows, and the refusal calls its user by name."""
    (tmp_path / "reading.json").write_text(json.dumps(READING), encoding="utf-8")
    words = ("--policy", "reading.json", "--user", "ann", "--description", "reports")
    key = created(run("access-key", "create", *words, folder=tmp_path, environment=production))
    with serving(folder=tmp_path, environment=production) as server:
        reader = sdk(server, key)
        assert outcome(reader) == PASSED
        assert outcome(reader, "create_user_pool", PoolName="a") == DENIED


def test_the_secret_is_shown_once_and_kept_sealed(tmp_path: Path) -> None:
    """The list shows everything else; neither it nor a file of the store holds the secret."""
    (tmp_path / "reading.json").write_text(json.dumps(READING), encoding="utf-8")
    key_id, secret = created(run("access-key", "create", "--description", "for the é", folder=tmp_path))
    words = ("--policy", "reading.json", "--user", "ann")
    other_id, _ = created(run("access-key", "create", *words, folder=tmp_path))
    run("access-key", "disable", other_id, folder=tmp_path)
    shown = run("access-key", "list", folder=tmp_path)
    first, second = listed(shown)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", first.pop("created"))
    policy = first.pop("policy")
    assert policy["Statement"]["Action"] == ["cognito-idp:*", "cognito-identity:*"]
    assert first == {"id": key_id, "enabled": True, "user": key_id, "description": "for the é"}
    assert (second["id"], second["enabled"], second["user"], second["policy"]) == (other_id, False, "ann", READING)
    kept = b"".join(file.read_bytes() for file in (tmp_path / "data").iterdir())
    assert key_id.encode() in kept
    assert secret.encode() not in kept
    assert secret not in shown.out


def test_looking_makes_no_store(tmp_path: Path) -> None:
    """Listing the keys of a directory that is not there lists none, and leaves it so."""
    assert listed(run("access-key", "list", "--data", "nowhere", folder=tmp_path)) == []
    assert list(tmp_path.iterdir()) == []


REFUSED = [
    (("create", "--policy", "missing.json"), "the policy missing.json cannot be read: No such file or directory"),
    (("create", "--policy", "bad.json"), "bad.json: Statement[0].Effect: must be Allow or Deny"),
    (("create", "--policy", "latin.json"), "the policy latin.json is not UTF-8"),
    (("create", "--user", "a b"), "--user must be 1 to 64 letters, digits and any of _ + = , . @ -"),
    (("create", "--description", "two\nlines"), "--description must be one line of at most 256 characters"),
    (("create", "--description", "x" * 257), "--description must be one line of at most 256 characters"),
    (("create", "--data", ":memory:"), "data = :memory: keeps no access keys: set data to a directory, or database"),
    (("list", "--data", ":memory:"), "data = :memory: keeps no access keys: set data to a directory, or database"),
    (("disable", "AKIA"), "there is no access key AKIA in the store; `cognomen access-key list` shows all"),
    (("enable", "AKIA", "--data", "old"), "The database has schema version 1, this server needs"),
    (("delete", "AKIA"), "there is no access key AKIA in the store; `cognomen access-key list` shows all"),
]


@pytest.mark.parametrize(("words", "message"), REFUSED)
def test_what_cannot_be_done_is_one_line(tmp_path: Path, words: tuple[str, ...], message: str) -> None:
    """Each refusal is a line on stderr and exit code 2, and makes no key."""
    bad = {"Version": "2012-10-17", "Statement": [{"Action": "*", "Resource": "*"}]}
    (tmp_path / "bad.json").write_text(json.dumps(bad), encoding="utf-8")
    (tmp_path / "latin.json").write_bytes(b'{"Id": "\xe9"}')
    (tmp_path / "old").mkdir()
    with sqlite3.connect(tmp_path / "old" / "cognomen.db") as store:
        store.execute("create table schema_version (name text primary key, version integer, compatible integer)")
        store.execute("insert into schema_version values ('schema', 1, 1)")
    store.close()
    ended = run("access-key", *words, folder=tmp_path)
    assert (ended.code, ended.out) == (2, "")
    [line] = ended.err.splitlines()
    assert line.startswith(f"cognomen: {message}")
    assert not (tmp_path / "data" / "cognomen.db").exists()


@pytest.mark.parametrize("prepare", [(), ("create", "disable"), ("create", "delete")], ids=len)
def test_production_without_a_live_key_does_not_start(
    tmp_path: Path, production: dict[str, str], prepare: tuple[str, ...]
) -> None:
    """Neither serve nor check-config takes settings and a store that hold no key that can sign."""
    if prepare:
        key_id, _ = created(run("access-key", prepare[0], folder=tmp_path, environment=production))
        run("access-key", prepare[1], key_id, folder=tmp_path, environment=production)
    problem = (
        'production verifies signatures and knows no access key: add one under [access_keys], id = "secret",'
        " or make one with `cognomen access-key create`\n"
    )
    checked = run("check-config", folder=tmp_path, environment=production)
    assert (checked.code, checked.out) == (1, problem)
    ended = run("serve", "--port", "0", folder=tmp_path, environment=production)
    assert (ended.code, ended.err) == (2, f"cognomen: {problem}")
    assert (tmp_path / "data").exists() == bool(prepare)


def test_a_store_that_cannot_be_asked_is_a_problem(tmp_path: Path, production: dict[str, str]) -> None:
    """Where the keys cannot be counted, check-config says why instead of guessing."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "cognomen.db").write_bytes(b"no database " * 100)
    checked = run("check-config", folder=tmp_path, environment=production)
    assert checked.code == 1
    assert "not a database" in checked.out
