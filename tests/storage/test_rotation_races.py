"""Refresh tokens that are used, revoked and replaced in one moment: one stays in force, on every engine."""

import asyncio
from collections import Counter

import pytest

from cognomen.domain.challenges import Situation, Step
from cognomen.domain.refresh_tokens import read
from cognomen.domain.sessions import SessionTracking
from cognomen.flows import revocation, sessions
from cognomen.flows.tokens import give_tokens
from cognomen.storage import session_configurations, token_sessions
from cognomen.storage.database import Database
from storage.processes import race
from storage.samples import NOW, POOL, SUB
from storage.sign_ins import (
    CLIENT,
    USER,
    fill,
    people,
    refresh_all,
    rotating,
    session_of,
    token_of,
    try_refresh,
    world_of,
)
from storage.stores import Store

pytestmark = pytest.mark.anyio

TRIES, ROUNDS = 50, 20
REUSED = "RefreshTokenReuseException"


async def in_force(database: Database, number: int) -> bytes:
    """The digest of the token that works for this sign-in."""
    session = await database.read(lambda tx: token_sessions.get(tx, POOL, token_of(number).origin_jti))
    assert session is not None
    return session.digest


async def revoke(database: Database, number: int) -> None:
    await database.write(lambda tx: token_sessions.revoke(tx, POOL, token_of(number).origin_jti, NOW))


def digest_of(text: str) -> bytes:
    token = read(text)
    assert token is not None
    return token.digest


async def check_one_winner(database: Database, outcomes: list[list[str]]) -> None:
    for number, found in enumerate(outcomes):
        (won,) = (text for text in found if text != REUSED)
        assert Counter(found)[REUSED] == TRIES - 1
        assert digest_of(won) == await in_force(database, number)


async def check_one_in_force(database: Database, outcomes: list[list[str]]) -> None:
    for number, found in enumerate(outcomes):
        assert len(set(found)) == TRIES
        assert [digest_of(text) for text in found].count(await in_force(database, number)) == 1


async def test_without_a_grace_one_refresh_wins(database: Database) -> None:
    """Of 50 uses of one token in one moment one brings tokens, 49 are reuse, and the chain does not fork (TOK-05)."""
    await fill(database, rotating(0), range(ROUNDS))
    await check_one_winner(database, await refresh_all(database, TRIES, range(ROUNDS)))


async def test_within_the_grace_one_new_token_is_in_force(database: Database) -> None:
    """Of 50 uses of one token in one moment each brings tokens, and one of the new refresh tokens is in force."""
    await fill(database, rotating(60), range(2))
    outcomes = await refresh_all(database, TRIES, range(2))
    await check_one_in_force(database, outcomes)
    world = world_of(database)
    again = [await try_refresh(world, rotating(60), text) for text in outcomes[0]]
    assert Counter(again)[REUSED] == TRIES - 1


@pytest.mark.parametrize("rounds", [ROUNDS, pytest.param(200, marks=pytest.mark.nightly)])
async def test_of_two_processes_one_refresh_wins(shared_store: Store, shared_database: Database, rounds: int) -> None:
    """The same, where two servers get half of the requests each."""
    await fill(shared_database, rotating(0), range(rounds))
    halves = race(shared_store, "refresh", rounds)
    await check_one_winner(shared_database, [[*one, *other] for one, other in zip(*halves, strict=True)])


async def test_a_revocation_leaves_no_token_in_force(database: Database) -> None:
    """Whenever a token is revoked or its user signed out among 20 refreshes, none of the new ones works afterwards."""
    await fill(database, rotating(60), ())
    world = world_of(database)
    for number in range(6):
        await database.write(lambda tx, number=number: token_sessions.insert(tx, session_of(number)))
        text = token_of(number).text
        end = revoke(database, number) if number % 2 else revocation.sign_out_everywhere(world, USER)
        calls = [try_refresh(world, rotating(60), text) for _ in range(20)]
        found = await asyncio.gather(*calls[:10], end, *calls[10:])
        new = {text, *(one for one in found if isinstance(one, str) and "." in one)}
        assert {await try_refresh(world, rotating(60), one) for one in new} == {"RefreshTokenRevoked"}
        assert await try_refresh(world, rotating(60, enabled=False), text) == "RefreshTokenRevoked"


async def test_sign_ins_in_one_moment_keep_to_the_maximum(database: Database) -> None:
    """Of 20 sign-ins of one user in one moment as many go on as the pool allows."""
    client, pool = rotating(0), people()
    await fill(database, client, ())
    await database.write(lambda tx: session_configurations.put_of_pool(tx, POOL, SessionTracking(True, 5)))
    world = world_of(database)
    situation = Situation("USER_PASSWORD_AUTH", pool, client, USER, (Step.PASSWORD,))
    await asyncio.gather(*(give_tokens(world, situation) for _ in range(20)))
    assert len(await sessions.sessions_of(world, USER)) == 5
    count = "select count(*) from token_sessions where revoked_ms is not null and client_id = ?"
    assert await database.read(lambda tx: tx.one(count, (CLIENT,))) == (15,)


async def test_strict_pools_end_the_session_of_a_reused_token(database: Database) -> None:
    """Reuse outside the grace refuses and, in a strict pool, takes the new token's session away, too (TOK-07)."""
    await fill(database, rotating(0), range(2))
    world, strict = world_of(database), people(**{"cognomen:mode": "strict"})
    for number, pool, left in ((0, people(), ""), (1, strict, "RefreshTokenRevoked")):
        old = token_of(number).text
        new = await try_refresh(world, rotating(0), old, pool)
        assert await try_refresh(world, rotating(0), old, pool) == REUSED
        assert await try_refresh(world, rotating(0, enabled=False), new, pool) == left


async def test_a_made_up_token_of_a_known_sign_in_ends_nothing(database: Database) -> None:
    """Who knows an origin_jti, as every holder of an ID token does, cannot pass for somebody who reuses a token."""
    await fill(database, rotating(0), range(1))
    world, strict = world_of(database), people(**{"cognomen:mode": "strict"})
    parts = token_of(0).text.split(".")
    forged = ".".join((*parts[:3], parts[3][::-1].replace("A", "B"), parts[4]))
    assert read(forged) is not None
    assert await try_refresh(world, rotating(0), forged, strict) == "RefreshTokenInvalid"
    assert (await database.read(lambda tx: token_sessions.get(tx, POOL, token_of(0).origin_jti))) == session_of(0)
    assert USER.sub == SUB
