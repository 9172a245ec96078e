"""Rotation of a pool's signing keys, as verifiers of its tokens and callers see it (decision 0011)."""

import urllib.request
from dataclasses import replace
from typing import Any

import jwt as pyjwt
import pytest

from clocked import cognito, server  # noqa: F401 - fixtures
from cognomen.domain.signing_keys import VERIFYING_MS, WAITING_MS
from cognomen.flows import key_rotation
from cognomen.flows.key_rotation import RotationRefused
from cognomen.jobs.retire_keys import RetireKeysJob
from conftest import Pool
from served import Served

DAY = 86_400
LONG = {
    "AccessTokenValidity": 1,
    "IdTokenValidity": 1,
    "TokenValidityUnits": {"AccessToken": "days", "IdToken": "days"},
}


@pytest.fixture
def rotating(make_pool: Any) -> Pool:
    """A pool whose tokens live as long as they may."""
    pool: Pool = make_pool(client=LONG)
    pool.confirmed("ann")
    return pool


def change(pool: Pool, flow: Any, *more: Any) -> None:
    world = pool.server.application.world
    pool.server.run(flow(world, pool.server.run(world.directory.pool(pool.pool_id)), *more))


def published(pool: Pool) -> list[str]:
    return [key["kid"] for key in pool.server.get(f"/{pool.pool_id}/.well-known/jwks.json")["keys"]]


def signed_by(token: str) -> str:
    return str(pyjwt.get_unverified_header(token)["kid"])


def signers(pool: Pool) -> tuple[dict[str, str], set[str]]:
    """The tokens of a sign-in, and the keys that signed them."""
    tokens = pool.sign_in("ann")["AuthenticationResult"]
    return tokens, {signed_by(tokens["AccessToken"]), signed_by(tokens["IdToken"])}


def works(pool: Pool, tokens: dict[str, str]) -> bool:
    try:
        pool.cognito.get_user(AccessToken=tokens["AccessToken"])
    except pool.cognito.exceptions.NotAuthorizedException as refused:
        return "Invalid Access Token" not in str(refused)
    return True


def retire(server: Served) -> None:
    log: Any = type("Log", (), {"info": staticmethod(lambda *_, **__: None)})
    server.run(RetireKeysJob(server.application.world, log).work())


def test_a_key_is_published_then_signs_then_verifies_then_is_gone(rotating: Pool) -> None:
    """TOK-11: A new key signs after two hours, the old one is published until its last token has ended."""
    pool, old = rotating, set(published(rotating))
    change(pool, key_rotation.rotate)
    new = set(published(pool)) - old
    assert (len(old), len(new), set(published(pool))) == (2, 2, old | new)

    pool.server.advance(WAITING_MS // 1000 - 60)
    last, by = signers(pool)
    assert by == old
    pool.server.advance(60)
    _, by = signers(pool)
    assert by == new
    assert works(pool, last)
    assert set(published(pool)) == old | new

    pool.server.advance(DAY - 120)  # the last token of the old key lives for another minute
    retire(pool.server)
    assert works(pool, last)
    assert set(published(pool)) == old | new
    pool.server.advance(VERIFYING_MS // 1000 - DAY + 120)
    assert set(published(pool)) == new  # before the job has come around, too
    retire(pool.server)
    assert {key["kid"] for key in stored(pool)} == new
    assert signers(pool)[1] == new
    assert works(pool, signers(pool)[0])


def stored(pool: Pool) -> list[dict[str, str]]:
    async def read(tx: Any) -> Any:
        return await tx.all("select key_id from signing_keys where pool_id = ?", (pool.pool_id,))

    return [{"kid": row[0]} for row in pool.server.run(pool.server.application.world.database.read(read))]


def test_rotations_do_not_overtake_one_another(rotating: Pool) -> None:
    """While new keys wait, no others are made; each rotation keeps all keys that tokens may still need."""
    for number in range(1, 4):
        change(rotating, key_rotation.rotate)
        assert len(published(rotating)) == 2 + 2 * number
        with pytest.raises(RotationRefused, match="wait for their turn already"):
            change(rotating, key_rotation.rotate)
        rotating.server.advance(WAITING_MS // 1000)
    retire(rotating.server)
    assert len(published(rotating)) == 8


def test_an_emergency_ends_the_old_keys_at_once(rotating: Pool) -> None:
    """Tokens of the old keys are refused, new ones work; who has a refresh token gets new ones."""
    old, by = signers(rotating)
    change(rotating, key_rotation.rotate)
    change(rotating, key_rotation.replace_at_once)
    assert not works(rotating, old)
    new, now = signers(rotating)
    assert works(rotating, new)
    assert set(published(rotating)) == now
    assert not now & by
    refreshed = rotating.cognito.initiate_auth(
        ClientId=rotating.client_id,
        AuthFlow="REFRESH_TOKEN_AUTH",
        AuthParameters={"REFRESH_TOKEN": old["RefreshToken"]},
    )
    assert works(rotating, refreshed["AuthenticationResult"])


def test_a_key_is_dropped_unless_it_signs(rotating: Pool) -> None:
    """One that waits, and one that verifies; the one in use and one that is not there are refused by name."""
    _, old = signers(rotating)
    change(rotating, key_rotation.rotate)
    waiting = next(kid for kid in published(rotating) if kid not in old)
    for kid, why in ((next(iter(old)), "signs with"), ("unknown", "has no key unknown")):
        with pytest.raises(RotationRefused, match=why):
            change(rotating, key_rotation.drop, kid)
    change(rotating, key_rotation.drop, waiting)
    assert waiting not in published(rotating)

    change(rotating, key_rotation.replace_at_once)
    before, old = signers(rotating)
    change(rotating, key_rotation.rotate)
    rotating.server.advance(WAITING_MS // 1000)
    assert works(rotating, before)
    change(rotating, key_rotation.drop, signed_by(before["AccessToken"]))
    assert not works(rotating, before)


def test_a_clock_that_is_behind_makes_no_older_keys(rotating: Pool) -> None:
    """Keys of a command whose clock is an hour behind the server's wait behind those that sign."""
    world = rotating.server.application.world
    pool = rotating.server.run(world.directory.pool(rotating.pool_id))
    before = published(rotating)
    behind = replace(world, now_ms=lambda: world.now_ms() - 3_600_000)
    rotating.server.run(key_rotation.rotate(behind, pool))
    assert set(before) < set(published(rotating))
    assert signers(rotating)[1] == set(before)


def test_the_key_set_may_be_kept_half_as_long_as_a_new_key_waits(rotating: Pool) -> None:
    """OA-29: In a shared cache for an hour and in a verifier for another; every kid is there once, nothing private."""
    change(rotating, key_rotation.rotate)
    url = f"{rotating.server.url}/{rotating.pool_id}/.well-known/jwks.json"
    with urllib.request.urlopen(url, timeout=10) as answer:
        cached = int(answer.headers["cache-control"].removeprefix("public, max-age="))
    assert 2 * cached * 1000 < WAITING_MS
    keys = rotating.server.get(f"/{rotating.pool_id}/.well-known/jwks.json")["keys"]
    assert len({key["kid"] for key in keys}) == len(keys) == 4
    assert all(set(key) == {"alg", "e", "kid", "kty", "n", "use"} for key in keys)
