"""Accounts are locked after wrong passwords, whoever tries them and however (reference 05, lockout)."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from cognomen import errors
from cognomen.flows.lockout import find_suspect, judge_password
from cognomen.services import Services
from conftest import PASSWORD, Pool, sdk_client
from served import Served, serve
from stopped import stopped_clocks

WRONG = "Wrong-Horse-9"
INCORRECT = "Incorrect username or password."
EXCEEDED = "Password attempts exceeded"
LOCKS = (0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900)  # seconds after the first failure, the second ...
QUIET = 15 * 60
STOPPED_MS = 1_700_000_000_000  # Tue Nov 14 22:13:20 UTC 2023
FLOWS = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
Started = Callable[..., Served]


@pytest.fixture
def started() -> Iterator[Started]:
    """Starts servers whose clocks stand still, all at the same time."""
    with stopped_clocks(STOPPED_MS), ExitStack() as stack:
        yield lambda **flags: stack.enter_context(serve(**flags))


def pool_of(server: Served, **pool: Any) -> Pool:
    """A pool whose client does not tell whether users exist, with the user ada."""
    cognito = sdk_client(server.url)
    pool_id = cognito.create_user_pool(PoolName="locks", **pool)["UserPool"]["Id"]
    hiding = {"ExplicitAuthFlows": FLOWS, "PreventUserExistenceErrors": "ENABLED"}
    client = cognito.create_user_pool_client(UserPoolId=pool_id, ClientName="app", **hiding)["UserPoolClient"]
    made = Pool(cognito, server, pool_id, client["ClientId"], None)
    made.confirmed("ada", UserAttributes=[{"Name": "email", "Value": "ada@example.com"}])
    return made


def answer(pool: Pool, name: str, password: str = WRONG) -> str:
    """What a sign-in is answered; nothing where it works."""
    try:
        pool.sign_in(name, password)
    except pool.cognito.exceptions.NotAuthorizedException as refused:
        return str(refused.response["Error"]["Message"])
    return ""


def answer_to_admin(pool: Pool, name: str, password: str = WRONG) -> str:
    asked = {"UserPoolId": pool.pool_id, "ClientId": pool.client_id, "AuthFlow": "ADMIN_USER_PASSWORD_AUTH"}
    with pytest.raises(ClientError) as refused:
        pool.cognito.admin_initiate_auth(**asked, AuthParameters={"USERNAME": name, "PASSWORD": password})
    return str(refused.value.response["Error"]["Message"])


def through_the_schedule(pool: Pool, name: str) -> list[str]:
    """The answers to a wrong password after each lock, and to the right one early and late in each lock."""
    answers = []
    for seconds in LOCKS:
        answers.append(answer(pool, name))
        if seconds:
            answers.append(answer(pool, name, PASSWORD))
        if seconds > 1:
            pool.server.advance(seconds - 1)
            answers.append(answer(pool, name, PASSWORD))
        if seconds:
            pool.server.advance(1)
    return answers


EXPECTED = [one for seconds in LOCKS for one in (INCORRECT, *[EXCEEDED] * (2 if seconds > 1 else 1 if seconds else 0))]


@pytest.mark.parametrize("name", ["ada", "nobody"])
def test_the_schedule(started: Started, name: str) -> None:
    """CRED-01: Locks last as documented to the second, tries in them prolong nothing, and unknown names answer
    the same.
    """
    assert through_the_schedule(pool_of(started()), name) == EXPECTED


def test_a_success_forgives(started: Started) -> None:
    """CRED-01: After a right password there are five tries again, also when it came after a lock."""
    pool = pool_of(started())
    assert [answer(pool, "ada") for _ in range(4)] == [INCORRECT] * 4
    assert answer(pool, "ada", PASSWORD) == ""
    assert [answer(pool, "ada") for _ in range(6)] == [INCORRECT] * 5 + [EXCEEDED]
    pool.server.advance(1)
    assert answer(pool, "ada", PASSWORD) == ""
    assert [answer(pool, "ada") for _ in range(6)] == [INCORRECT] * 5 + [EXCEEDED]


@pytest.mark.parametrize(("quiet", "tries"), [(QUIET - 1, 1), (QUIET, 5)])
def test_quiet_minutes_forgive(started: Started, quiet: int, tries: int) -> None:
    """CRED-01: 15 minutes after the lock there are five tries again, a second sooner there is one."""
    pool = pool_of(started())
    for _ in range(5):
        answer(pool, "ada")
    pool.server.advance(1 + quiet)
    assert [answer(pool, "ada") for _ in range(tries + 1)] == [INCORRECT] * tries + [EXCEEDED]


def test_names_and_flows_of_one_user_count_together(started: Started) -> None:
    """CRED-02: Neither an alias nor the administrators' flow gives more tries; other users are not concerned."""
    pool = pool_of(started(), AliasAttributes=["email"])
    verified = [{"Name": "email_verified", "Value": "true"}]
    pool.cognito.admin_update_user_attributes(UserPoolId=pool.pool_id, Username="ada", UserAttributes=verified)
    pool.confirmed("bob")
    tried = [answer(pool, "ada"), answer(pool, "ada@example.com"), answer_to_admin(pool, "ada")]
    tried += [answer_to_admin(pool, "ada@example.com"), answer(pool, "ada")]
    assert tried == [INCORRECT] * 5
    locked = [answer(pool, "ada", PASSWORD), answer(pool, "ada@example.com", PASSWORD), answer_to_admin(pool, "ada")]
    assert locked == [EXCEEDED] * 3
    assert answer(pool, "bob", PASSWORD) == ""


def test_spellings_of_an_unknown_name_count_together(started: Started) -> None:
    """Where case does not matter, it does not matter for names that nobody has."""
    pool = pool_of(started(), UsernameConfiguration={"CaseSensitive": False})
    spellings = ["nobody", "Nobody", "NOBODY", "noBody", "nObody"]
    assert [answer(pool, name) for name in spellings] == [INCORRECT] * 5
    assert answer(pool, "nobodY") == EXCEEDED
    assert answer(pool, "nobody else") == INCORRECT


def test_a_deleted_user_leaves_no_lock(started: Started) -> None:
    """Whoever signs up under the name of a deleted account begins with nothing held against them."""
    pool = pool_of(started())
    for _ in range(5):
        answer(pool, "ada")
    pool.cognito.admin_delete_user(UserPoolId=pool.pool_id, Username="ada")
    pool.confirmed("ada")
    assert answer(pool, "ada", PASSWORD) == ""


def test_two_servers_on_one_store_keep_one_schedule(started: Started, tmp_path: Path) -> None:
    """CRED-02: Tries that go to two servers in turn are locked as if there were one, and a success at one counts
    at both.
    """
    first, second = started(data=str(tmp_path)), started(data=str(tmp_path))
    pool = pool_of(first)
    same = replace(pool, cognito=sdk_client(second.url), server=second)
    for failures, seconds in enumerate(LOCKS[:9]):
        here, there = (pool, same) if failures % 2 else (same, pool)
        assert answer(here, "ada") == INCORRECT
        if seconds:
            assert [answer(one, "ada", PASSWORD) for one in (there, here)] == [EXCEEDED] * 2
            for server in (first, second):
                server.advance(seconds)
    assert answer(pool, "ada", PASSWORD) == ""
    assert [answer(same, "ada") for _ in range(6)] == [INCORRECT] * 5 + [EXCEEDED]


# Bursts


class CountingKeeper:
    """The server's own keeper, which lets others run meanwhile and counts what it compares."""

    def __init__(self, world: Services) -> None:
        self._keeper = world.passwords
        self.compared = 0

    async def check(self, stored: Any, password: str) -> Any:
        self.compared += 1
        for _ in range(3):
            await asyncio.sleep(0)
        return await self._keeper.check(stored, password)


class FullKeeper:
    """Has no thread to spare."""

    async def check(self, _stored: Any, _password: str) -> Any:
        raise errors.TooManyRequestsException


async def outcome(world: Services, pool: Pool, name: str, password: str) -> str:
    found = await world.directory.pool(pool.pool_id)
    assert found is not None
    try:
        await judge_password(world, await find_suspect(world, found, name), password)
    except errors.Refusal as refused:
        return type(refused).__name__
    return "right"


def burst(pool: Pool, name: str, passwords: list[str]) -> tuple[Counter[str], int]:
    """What so many tries in one moment come to, and how many passwords were compared for it."""
    world = pool.server.application.world
    keeper = CountingKeeper(world)
    counting = replace(world, passwords=keeper)  # type: ignore[arg-type]

    async def all_at_once() -> list[str]:
        return list(await asyncio.gather(*(outcome(counting, pool, name, password) for password in passwords)))

    return Counter(pool.server.run(all_at_once())), keeper.compared


@pytest.mark.parametrize("name", ["ada", "nobody"])
def test_a_burst_gets_no_more_tries(started: Started, name: str) -> None:
    """CRED-02: Of 200 wrong passwords in one moment five are compared; after the lock, of another 200 one is."""
    pool = pool_of(started())
    assert burst(pool, name, [WRONG] * 200) == ({"NotAuthorizedException": 5, "PasswordAttemptsExceeded": 195}, 5)
    pool.server.advance(1)
    assert burst(pool, name, [WRONG] * 200) == ({"NotAuthorizedException": 1, "PasswordAttemptsExceeded": 199}, 1)


def test_what_was_read_before_the_lock_does_not_pass_it(started: Started) -> None:
    """A try that looked the account up before others had it locked is refused all the same."""
    pool = pool_of(started())
    world = pool.server.application.world
    found = pool.server.run(world.directory.pool(pool.pool_id))
    early = pool.server.run(find_suspect(world, found, "ada"))
    assert [answer(pool, "ada") for _ in range(5)] == [INCORRECT] * 5
    with pytest.raises(errors.PasswordAttemptsExceeded):
        pool.server.run(judge_password(world, early, PASSWORD))


def test_right_passwords_in_a_burst_wait_for_each_other(started: Started) -> None:
    """A hundred devices of one user sign in at once, and none is taken for an attack, also after a failure."""
    pool = pool_of(started())
    assert answer(pool, "ada") == INCORRECT
    assert burst(pool, "ada", [PASSWORD] * 100) == ({"right": 100}, 100)


def test_what_was_not_compared_is_not_counted(started: Started) -> None:
    """Tries that find the server too busy are no failures."""
    pool = pool_of(started())
    busy = replace(pool.server.application.world, passwords=FullKeeper())  # type: ignore[arg-type]
    for _ in range(6):
        assert pool.server.run(outcome(busy, pool, "ada", WRONG)) == "TooManyRequestsException"
    assert [answer(pool, "ada") for _ in range(6)] == [INCORRECT] * 5 + [EXCEEDED]


def test_success_writes_nothing(started: Started) -> None:
    """A right password with no failure before it begins no write."""
    pool = pool_of(started())
    world = pool.server.application.world

    class ReadOnly:
        read = world.database.read

    reading = replace(world, database=ReadOnly())  # type: ignore[arg-type]
    assert pool.server.run(outcome(reading, pool, "ada", PASSWORD)) == "right"
