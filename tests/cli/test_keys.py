"""Signing keys and master keys from the command line, beside servers that work with them."""

import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jwt as pyjwt
import pytest
from click.testing import CliRunner

from cli.running import PATIENCE, Ended, Server, serving
from cognomen.cli import main
from conftest import Pool, sdk_client

PROMISED_SECONDS = 1.0


@pytest.fixture
def cognomen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Ended]:
    """Commands in this process, in an empty folder: the servers are other processes."""
    monkeypatch.chdir(tmp_path)

    def work(*words: str) -> Ended:
        result = CliRunner().invoke(main, words, env={"COGNOMEN_LOG_LEVEL": "warning"})
        assert result.exception is None or isinstance(result.exception, SystemExit), result
        return Ended(result.exit_code, result.stdout, result.stderr)

    return work


def lines(ended: Ended) -> list[dict[str, Any]]:
    assert (ended.code, ended.err) == (0, "")
    return [json.loads(line) for line in ended.out.splitlines()]


def done(ended: Ended) -> str:
    assert (ended.code, ended.err) == (0, "")
    return ended.out.strip()


def pool_on(server: Server) -> Pool:
    cognito = sdk_client(server.url)
    pool_id = cognito.create_user_pool(PoolName="keys")["UserPool"]["Id"]
    flows = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
    made = cognito.create_user_pool_client(
        UserPoolId=pool_id, ClientName="a", GenerateSecret=True, ExplicitAuthFlows=flows
    )["UserPoolClient"]
    pool = Pool(cognito, None, pool_id, made["ClientId"], made["ClientSecret"])  # type: ignore[arg-type]
    pool.confirmed("ann")
    return pool


def published(server: Server, pool: Pool) -> set[str]:
    return {key["kid"] for key in json.loads(server.get(f"/{pool.pool_id}/.well-known/jwks.json")[1])["keys"]}


def works(pool: Pool, tokens: dict[str, str]) -> bool:
    try:
        pool.cognito.get_user(AccessToken=tokens["AccessToken"])
    except pool.cognito.exceptions.NotAuthorizedException:
        return False
    return True


def seconds_until(holds: Callable[[], bool]) -> float:
    """When the last call began, from now on, for which this did not hold: how long a call takes is another matter."""
    started = begun = last = time.monotonic()
    while not holds():
        last, begun = begun, time.monotonic()
        assert begun < started + PATIENCE
    return last - started


def test_a_running_server_rotates(tmp_path: Path, cognomen: Callable[..., Ended]) -> None:
    """New keys are published within a second and wait; in an emergency the old ones end within a second."""
    with serving(folder=tmp_path) as server:
        pool = pool_on(server)
        tokens = pool.sign_in("ann")["AuthenticationResult"]
        old = published(server, pool)
        told = done(cognomen("keys", "rotate", "--pool", pool.pool_id))
        assert told == f"{pool.pool_id} publishes new keys, and signs with them in two hours"
        assert seconds_until(lambda: len(published(server, pool)) == 4) < PROMISED_SECONDS
        listed = lines(cognomen("keys", "list", "--pool", pool.pool_id))
        assert {key["id"] for key in listed if key["state"] == "signing"} == old
        assert [key["state"] for key in listed].count("waiting") == 2
        assert {key["use"] for key in listed} == {"id", "access"}
        again = cognomen("keys", "rotate", "--all")
        assert (again.code, again.out) == (1, f"the new keys of {pool.pool_id} wait for their turn already\n")
        waiting = next(key["id"] for key in listed if key["state"] == "waiting")
        assert done(cognomen("keys", "drop", waiting, "--pool", pool.pool_id)) == ""
        assert works(pool, tokens)

        assert done(cognomen("keys", "rotate", "--all", "--now")) == f"{pool.pool_id} signs with new keys"
        assert seconds_until(lambda: not works(pool, tokens)) < PROMISED_SECONDS
        new = pool.sign_in("ann")["AuthenticationResult"]
        assert works(pool, new)
        assert pyjwt.get_unverified_header(new["AccessToken"])["kid"] in published(server, pool) - old
        assert len(published(server, pool)) == 2
        signing = next(iter(published(server, pool)))
        refused = cognomen("keys", "drop", signing, "--pool", pool.pool_id)
        assert (refused.code, refused.err) == (2, f"cognomen: {pool.pool_id} signs with {signing}: rotate its keys\n")


def test_a_master_key_comes_and_goes_beside_workers(tmp_path: Path, cognomen: Callable[..., Ended]) -> None:
    """TOK-13: Two workers take it up within a second; the old one goes when nothing is sealed under it."""
    with serving("--workers", "2", folder=tmp_path) as server:
        pool = pool_on(server)
        tokens = pool.sign_in("ann")["AuthenticationResult"]
        [old] = lines(cognomen("master-key", "list"))
        assert old["sealed"]["signing_keys.sealed"] == 2
        new = done(cognomen("master-key", "rotate"))
        early = cognomen("master-key", "drop", old["id"])
        assert early.code == 2
        assert "are sealed under" in early.err
        for number in range(10):  # both workers seal under it, or open what the other one has sealed
            pool.confirmed(f"bob{number}")
            assert pool.sign_in(f"bob{number}")["AuthenticationResult"]
        time.sleep(PROMISED_SECONDS)
        assert done(cognomen("master-key", "reseal")).startswith("sealed anew: 2 signing_keys.sealed")
        assert done(cognomen("master-key", "reseal")) == "sealed anew: nothing"
        for words, why in ((), "what was given out under"), (("--now",), "servers may still use"):
            refused = cognomen("master-key", "drop", old["id"], *words)
            assert (refused.code, why in refused.err) == (2, True), refused
        age(tmp_path)
        done(cognomen("master-key", "drop", old["id"], "--now"))
        current, digests = lines(cognomen("master-key", "list"))
        assert (current["id"], current["in_use"], digests["for"]) == (new, True, "digests")
        time.sleep(PROMISED_SECONDS)  # now the workers have forgotten it
        for _ in range(10):
            assert works(pool, tokens)
            refreshed(pool, tokens)
            assert pool.sign_in("ann")["AuthenticationResult"]
    with serving("--workers", "1", folder=tmp_path) as server:
        again = Pool(sdk_client(server.url), None, pool.pool_id, pool.client_id, pool.secret)  # type: ignore[arg-type]
        assert again.sign_in("ann")["AuthenticationResult"]
        refreshed(again, tokens)


def age(folder: Path) -> None:
    """Let the file say that its keys are in use since long ago."""
    file = folder / "data" / "master.key"
    first, *others = file.read_text().splitlines()
    file.write_text("\n".join([f"{first.split()[0]} 2020-01-01T00:00:00Z", *others]) + "\n")


def refreshed(pool: Pool, tokens: dict[str, str]) -> None:
    sub = pool.cognito.admin_get_user(UserPoolId=pool.pool_id, Username="ann")["Username"]
    login = {"REFRESH_TOKEN": tokens["RefreshToken"], "SECRET_HASH": pool.hash(sub)["SecretHash"]}
    pool.cognito.initiate_auth(ClientId=pool.client_id, AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters=login)


def test_a_master_key_waits_for_all_nodes(tmp_path: Path, cognomen: Callable[..., Ended]) -> None:
    """Added, it opens and does not seal; used, it seals; a key for digests likewise, and the older one can go."""
    done(cognomen("access-key", "create"))
    [old] = lines(cognomen("master-key", "list"))
    added = done(cognomen("master-key", "add"))
    listed = lines(cognomen("master-key", "list"))
    assert [(key["id"], key["in_use"]) for key in listed if key["for"] == "sealing"] == [
        (old["id"], True),
        (added, False),
    ]
    done(cognomen("access-key", "create"))
    done(cognomen("master-key", "use", added))
    done(cognomen("access-key", "create"))
    counts = {key["id"]: key["sealed"] for key in lines(cognomen("master-key", "list")) if key["for"] == "sealing"}
    assert counts == {old["id"]: {"access_keys.sealed": 2}, added: {"access_keys.sealed": 1}}

    [digests] = [key for key in lines(cognomen("master-key", "list")) if key["for"] == "digests"]
    newer = done(cognomen("master-key", "rotate", "--digests"))
    age_all = tmp_path / "data" / "master.key"
    age_all.write_text(re.sub(r"\b\d{4}-\d\d-\d\d(?=T)", "2020-01-01", age_all.read_text()))
    done(cognomen("master-key", "drop", digests["id"]))
    assert [key["id"] for key in lines(cognomen("master-key", "list")) if key["for"] == "digests"] == [newer]
    assert age_all.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("keys", "list", "--data", ":memory:"), "data = :memory: keeps no signing keys"),
        (("keys", "list", "--pool", "us-east-1_Nowhere00"), "User pool us-east-1_Nowhere00 does not exist."),
        (("keys", "rotate", "--pool", "us-east-1_Nowhere00"), "User pool us-east-1_Nowhere00 does not exist."),
        (("master-key", "list", "--data", ":memory:"), "data = :memory: keeps no master key"),
        (("master-key", "reseal", "--data", ":memory:"), "data = :memory: keeps no master key"),
        (("master-key", "rotate", "--data", "nowhere"), "master key file nowhere/master.key cannot be"),
        (("master-key", "use", "0123"), "master key file data/master.key cannot be"),
    ],
)
def test_what_cannot_be_done_is_one_line(
    tmp_path: Path, cognomen: Callable[..., Ended], words: tuple[str, ...], message: str
) -> None:
    """Each refusal is a line on stderr and exit code 2."""
    ended = cognomen(*words)
    assert (ended.code, ended.out) == (2, "")
    [line] = ended.err.splitlines()
    assert line.startswith(f"cognomen: {message}")
    assert not (tmp_path / "nowhere").exists()


def test_all_pools_or_one_have_to_be_named(cognomen: Callable[..., Ended]) -> None:
    """Neither and both are refused before anything is looked at."""
    for words in ((), ("--all", "--pool", "us-east-1_Nowhere00")):
        ended = cognomen("keys", "rotate", *words)
        assert ended.code == 2
        assert "name either --pool POOL_ID or --all" in ended.err


def test_a_store_of_another_master_key_is_refused(tmp_path: Path, cognomen: Callable[..., Ended]) -> None:
    """TOK-12: With a wrong master key the server does not start, and says which one it wants."""
    done(cognomen("access-key", "create"))
    [right] = lines(cognomen("master-key", "list"))
    (tmp_path / "data" / "master.key").unlink()  # dev makes another one
    ended = cognomen("serve", "--port", "0")
    assert ended.code == 2
    assert f"the store is sealed under the master key {right['id']}" in ended.err
