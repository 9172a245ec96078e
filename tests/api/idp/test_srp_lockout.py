"""A wrong proof counts as a wrong password, and no burst of proofs gets more tries (reference 05, lockout)."""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from api.idp.test_lockout import EXCEEDED, INCORRECT, LOCKS, FullKeeper, Started, answer, pool_of, started
from clocked import cognito, server  # noqa: F401 (the fixtures of this file)
from cognomen import errors
from cognomen.flows import srp
from cognomen.flows.answers import Answer
from cognomen.flows.lockout import find_suspect, judge_password
from cognomen.services import Services
from conftest import PASSWORD, Pool
from proving import WRONG, Exchange
from served import Served

__all__ = ["started"]

STOPPED = "Tue Nov 14 22:13:20 UTC 2023"


def with_srp(server: Served, **pool: Any) -> Pool:
    """The same pool with a client for SRP and passwords, which does not tell whether users exist."""
    made = pool_of(server, **pool)
    flows = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
    asked = {"ClientName": "srp", "ExplicitAuthFlows": flows, "PreventUserExistenceErrors": "ENABLED"}
    client = made.cognito.create_user_pool_client(UserPoolId=made.pool_id, **asked)["UserPoolClient"]
    return replace(made, client_id=client["ClientId"])


def proven(pool: Pool, name: str, password: str = WRONG) -> str:
    """What a sign-in by SRP is answered; nothing where it works."""
    exchange = Exchange(pool, name)
    try:
        exchange.answer(password, timestamp=STOPPED)
    except pool.cognito.exceptions.NotAuthorizedException as refused:
        return str(refused.response["Error"]["Message"])
    return ""


@pytest.mark.parametrize("name", ["ada", "nobody"])
def test_proofs_go_through_the_schedule(started: Started, name: str) -> None:
    """Locks are those of passwords, a right proof in a lock is refused, and unknown names answer the same."""
    pool = with_srp(started())
    for seconds in LOCKS[:9]:
        assert proven(pool, name) == INCORRECT
        if seconds:
            assert proven(pool, name, PASSWORD) == EXCEEDED
            pool.server.advance(seconds)
    assert proven(pool, "ada", PASSWORD) == ""


@pytest.mark.parametrize("name", ["ada", "nobody"])
def test_proofs_and_passwords_count_together(started: Started, name: str) -> None:
    """CRED-02: Neither flow gives more tries than the other, whichever name is used; a right proof forgives."""
    pool = with_srp(started(), AliasAttributes=["email"])
    tries = [answer, proven] * 2
    assert [try_it(pool, name) for try_it in tries] == [INCORRECT] * 4
    assert proven(pool, name) == INCORRECT
    assert answer(pool, name, PASSWORD) == proven(pool, name, PASSWORD) == EXCEEDED
    pool.server.advance(1)
    if name == "ada":
        assert proven(pool, name, PASSWORD) == ""
        assert [answer(pool, name) for _ in range(6)] == [INCORRECT] * 5 + [EXCEEDED]


def test_what_was_no_proof_is_not_counted(started: Started) -> None:
    """A block that is not ours, or was used, tells nothing of a password; nor does a time that cannot be read."""
    pool = with_srp(started())
    exchange = Exchange(pool, "ada")
    for changed in ({"PASSWORD_CLAIM_SECRET_BLOCK": "QUJD"}, {"TIMESTAMP": "now"}, {"USERNAME": "nobody"}) * 3:
        with pytest.raises(pool.cognito.exceptions.ClientError):
            exchange.answer(timestamp=STOPPED, **changed)
    assert [proven(pool, "ada") for _ in range(6)] == [INCORRECT] * 5 + [EXCEEDED]


# Bursts


class CountingKeeper:
    """The server's own keeper, which lets others run meanwhile and counts what it judges."""

    def __init__(self, world: Services) -> None:
        self._keeper = world.passwords
        self.judged = 0

    async def check(self, *asked: Any) -> Any:
        return await self._counted(self._keeper.check, *asked)

    async def judge_proof(self, *asked: Any) -> Any:
        return await self._counted(self._keeper.judge_proof, *asked)

    async def _counted(self, judge: Callable[..., Any], *asked: Any) -> Any:
        self.judged += 1
        for _ in range(3):
            await asyncio.sleep(0)
        return await judge(*asked)


async def answers_of(world: Services, pool: Pool, exchange: Exchange, password: str, count: int) -> list[Any]:
    found = await world.directory.pool(pool.pool_id)
    client = await world.directory.client(pool.client_id)
    proof = exchange.proof(password, STOPPED)
    one = Answer(found, client, "PASSWORD_VERIFIER", "", proof)
    return [srp.prove(world, one) for _ in range(count)]


async def passwords_of(world: Services, pool: Pool, name: str, count: int) -> list[Any]:
    found = await world.directory.pool(pool.pool_id)

    async def one() -> None:
        await judge_password(world, await find_suspect(world, found, name), WRONG)

    return [one() for _ in range(count)]


async def told(call: Any) -> str:
    try:
        await call
    except errors.Refusal as refused:
        return type(refused).__name__
    return "right"


@pytest.mark.parametrize("passwords", [0, 100])
@pytest.mark.parametrize("name", ["ada", "nobody"])
def test_a_burst_gets_no_more_tries(started: Started, name: str, passwords: int) -> None:
    """Of 200 wrong proofs and passwords in one moment five are judged; after the lock, of another 200 one is."""
    pool = with_srp(started())
    exchange = Exchange(pool, name)
    world = pool.server.application.world

    async def all_at_once() -> tuple[Counter[str], int]:
        keeper = CountingKeeper(world)
        counting = replace(world, passwords=keeper)  # type: ignore[arg-type]
        proofs = await answers_of(counting, pool, exchange, WRONG, 200 - passwords)
        mixed = [*proofs, *await passwords_of(counting, pool, name, passwords)]
        return Counter(await asyncio.gather(*map(told, mixed))), keeper.judged

    assert pool.server.run(all_at_once()) == ({"NotAuthorizedException": 5, "PasswordAttemptsExceeded": 195}, 5)
    pool.server.advance(1)
    assert pool.server.run(all_at_once()) == ({"NotAuthorizedException": 1, "PasswordAttemptsExceeded": 199}, 1)


def test_what_was_not_judged_is_not_counted(started: Started) -> None:
    """Proofs that find the server too busy are no failures."""
    pool = with_srp(started())
    exchange = Exchange(pool, "ada")
    world = pool.server.application.world

    class Busy(FullKeeper):
        async def judge_proof(self, *_: Any) -> Any:
            raise errors.TooManyRequestsException

    async def all_at_once() -> Counter[str]:
        busy = replace(world, passwords=Busy())  # type: ignore[arg-type]
        return Counter(await asyncio.gather(*map(told, await answers_of(busy, pool, exchange, WRONG, 10))))

    assert pool.server.run(all_at_once()) == {"TooManyRequestsException": 10}
    assert proven(pool, "ada", PASSWORD) == ""
