"""`cognomen serve --seed` as a process: two starts from cold, two at once, one that is killed, and what is refused."""

import base64
import json
import os
import signal
import sqlite3
import time
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from asgi import SIGNED
from cli.running import PATIENCE, Server, command, finish, run, serving

EXAMPLE = Path(__file__).parents[2] / "examples" / "seed.toml"
POOL_ID, WEB, API = "us-east-1_Shop00001", "shopweb0000000000000000001", "shopapi0000000000000000001"
IN_POOL = {"UserPoolId": POOL_ID}
ASKED = [
    ("DescribeUserPool", IN_POOL),
    ("DescribeUserPoolClient", {**IN_POOL, "ClientId": WEB}),
    ("DescribeUserPoolClient", {**IN_POOL, "ClientId": API}),
    ("GetGroup", {**IN_POOL, "GroupName": "staff"}),
]


def call(server: Server, operation: str, body: Any) -> bytes:
    headers = {
        "X-Amz-Target": f"AWSCognitoIdentityProviderService.{operation}",
        "Content-Type": "application/x-amz-json-1.1",
        "Authorization": SIGNED,
    }
    with urlopen(Request(server.url, json.dumps(body).encode(), headers), timeout=PATIENCE) as answer:
        return bytes(answer.read())


def subs(server: Server) -> list[Any]:
    users = (json.loads(call(server, "AdminGetUser", {**IN_POOL, "Username": name})) for name in ("ann", "bob"))
    return [user["UserAttributes"] for user in users]


def seen_from(server: Server) -> list[Any]:
    jwks = server.get(f"/{POOL_ID}/.well-known/jwks.json")
    return [*(call(server, *asked) for asked in ASKED), subs(server), jwks]


@pytest.fixture(scope="module")
def seed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example with signing keys of its own."""
    keys = [rsa.generate_private_key(65_537, 2048) for _ in range(2)]
    pems = [key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode() for key in keys]
    lines = "".join(f"signing_keys.{use} = '''\n{pem}'''\n" for use, pem in zip(("id", "access"), pems, strict=True))
    file = tmp_path_factory.mktemp("seed") / "seed.toml"
    file.write_text(EXAMPLE.read_text().replace('PoolName = "shop"\n', f'PoolName = "shop"\n{lines}'))
    return file


@pytest.mark.parametrize("data", ["data", ":memory:"])
def test_two_starts_from_cold_are_alike(tmp_path: Path, seed: Path, data: str) -> None:
    """Pools, clients, groups, subs and keys are the same to the byte, and one line tells what was made."""
    seen = []
    for number in range(2):
        (tmp_path / str(number)).mkdir()
        with serving("--seed", str(seed), "--data", data, folder=tmp_path / str(number)) as server:
            seen.append(seen_from(server))
            ended = server.end(signal.SIGTERM)
        assert ended.err == f"seed {seed}: 1 pool, 2 app clients, 1 group, 2 users made\n"
    assert seen[0] == seen[1]


def test_a_second_start_changes_nothing(tmp_path: Path, seed: Path) -> None:
    """The seed may also be named in the environment; several workers find what the first one made."""
    with serving("--seed", str(seed), folder=tmp_path) as server:
        before = seen_from(server)
    environment = {"COGNOMEN_SEED": str(seed)}
    with serving(folder=tmp_path, environment=environment) as server:
        assert seen_from(server)[:-2] == before[:-2]
        assert server.end(signal.SIGTERM).err == f"seed {seed}: everything is there already\n"
    with serving("--workers", "2", folder=tmp_path, environment=environment) as server:
        assert seen_from(server)[-2:] == before[-2:]
        assert server.end(signal.SIGTERM).err == ""


def test_two_servers_at_once_make_everything_once(tmp_path: Path, seed: Path) -> None:
    """Both start, and between them each thing was made one time."""
    run("migrate", folder=tmp_path)
    words = ("serve", "--port", "0", "--log-level", "warning", "--seed", str(seed))
    processes = [command(*words, folder=tmp_path) for _ in range(2)]
    try:
        for process in processes:
            assert process.stdout
            assert "is ready" in process.stdout.readline()
    finally:
        for process in processes:
            process.send_signal(signal.SIGTERM)
    assert [finish(process).code for process in processes] == [0, 0]
    rows = {"user_pools": 1, "signing_keys": 2, "app_clients": 2, "client_secrets": 1, "user_groups": 1, "users": 2}
    assert {table: count(tmp_path, table) for table in rows} == rows


def test_a_start_that_is_killed_goes_on_at_the_next(tmp_path: Path) -> None:
    """After SIGKILL in the middle the next start ends where the first would have."""
    users = "".join(f'[[pools.users]]\nUsername = "u{number}"\nPassword = "Correct-Horse-9"\n' for number in range(20))
    (tmp_path / "seed.toml").write_text(f'[[pools]]\nId = "us-east-1_A"\nPoolName = "p"\n{users}')
    run("migrate", folder=tmp_path)
    process = command("serve", "--port", "0", "--seed", "seed.toml", folder=tmp_path)
    deadline = time.monotonic() + PATIENCE
    while not count(tmp_path, "users"):
        assert time.monotonic() < deadline
        os.sched_yield()
    process.kill()
    finish(process)
    with serving("--seed", "seed.toml", folder=tmp_path) as server:
        assert server.get("/health/ready")[0] == 200
    assert (count(tmp_path, "user_pools"), count(tmp_path, "users")) == (1, 20)


def count(folder: Path, table: str) -> int:
    with sqlite3.connect(folder / "data" / "cognomen.db", timeout=PATIENCE) as store:
        (found,) = store.execute(f"select count(*) from {table}").fetchone()
    store.close()
    return int(found)


def test_a_wrong_seed_keeps_the_server_from_starting(tmp_path: Path) -> None:
    """serve and check-config name the file, the place and the fault, and no secret; nothing is made before."""
    text = '[[pools]]\nId = "us-east-1_A"\nPoolName = "p"\n[[pools.users]]\nUsername = "ann"\nPasswort = "Horse-9"\n'
    (tmp_path / "seed.toml").write_text(text)
    problem = "seed seed.toml: pools[0].users[0].Passwort: unknown key\n"
    checked = run("check-config", "--seed", "seed.toml", folder=tmp_path)
    assert (checked.code, checked.out) == (1, problem)
    ended = run("serve", "--port", "0", "--seed", "seed.toml", folder=tmp_path)
    assert (ended.code, ended.out, ended.err) == (2, "", f"cognomen: {problem}")
    assert not (tmp_path / "data").exists()
    missing = run("serve", "--port", "0", "--seed", "no.toml", folder=tmp_path)
    assert missing.err == "cognomen: seed no.toml is no file: name a TOML or JSON file, or leave it out\n"


def test_what_the_store_refuses_keeps_the_server_from_starting(tmp_path: Path) -> None:
    """What only shows when it is done ends the start as well."""
    text = '[[pools]]\nId = "us-east-1_A"\nPoolName = "p"\n[[pools.users]]\nUsername = "ann"\nPassword = "horse"\n'
    (tmp_path / "seed.toml").write_text(text)
    ended = run("serve", "--port", "0", "--seed", "seed.toml", folder=tmp_path)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith("cognomen: seed seed.toml: pools[0].users[0]: Password did not conform")
    assert "horse" not in ended.err


def test_production_refuses_secrets_that_others_can_read(tmp_path: Path) -> None:
    """As it does with the master key; a file of the owner alone serves."""
    key, seed = tmp_path / "master.key", tmp_path / "seed.toml"
    for file in (key, seed):
        file.touch(mode=0o600)
    key.write_bytes(base64.b64encode(bytes(32)))
    seed.write_text(EXAMPLE.read_text())
    environment = {
        "COGNOMEN_PROFILE": "production",
        "COGNOMEN_MASTER_KEY_FILE": str(key),
        "COGNOMEN_ACCESS_KEYS__AKIDEXAMPLE": "wJalrXUtnFEMI-K7MDENG",
        "COGNOMEN_SEED": str(seed),
    }
    with serving(folder=tmp_path, environment=environment) as server:
        assert server.get(f"/{POOL_ID}/.well-known/jwks.json")[0] == 200
    seed.chmod(0o640)
    ended = run("serve", "--port", "0", folder=tmp_path, environment=environment)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == (
        f"cognomen: the seed {seed} holds secrets and is open to other users of the machine: `chmod 600 {seed}`\n"
    )
