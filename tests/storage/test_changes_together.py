"""Changes of one thing in one moment add up, and quotas hold, on every engine."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from typing import Any, cast

import pytest

from cognomen import errors
from cognomen.domain.app_client import AppClient
from cognomen.domain.arns import pool_arn
from cognomen.domain.facts import AttemptLimits, Facts, Quotas
from cognomen.domain.pool_settings import settings_of_new_pool, settings_with_attributes
from cognomen.flows import client_secrets, groups, pools
from cognomen.ids import Ids
from cognomen.jobs.bell import JobBell
from cognomen.services import Services
from cognomen.signing.sealing import AesGcmSealer, MasterKeys
from cognomen.storage import app_clients, configuration, user_pools, users
from cognomen.storage import client_secrets as stored_secrets
from cognomen.storage import groups as stored_groups
from cognomen.storage.database import Database
from cognomen.storage.directory import Directory
from cognomen.storage.freshness import FRESH_MS
from cognomen.storage.groups import Change
from storage.samples import NOW, POOL, a_client, a_group, a_pool, a_user, named

pytestmark = pytest.mark.anyio

NOTHING = Change(None, None, None)
FACTS = Facts(
    region="us-east-1",
    account_id="123456789012",
    public_url="http://127.0.0.1:9229",
    issuer="self",
    accepted_issuers=(),
    attempts=AttemptLimits(),
    fixed_code=None,
    media=frozenset(),
    quotas=Quotas(user_pools=3, groups_per_pool=5, groups_per_user=3),
)


def now() -> int:
    return NOW


def world_of(database: Database, now_ms: Callable[[], int] = now) -> Services:
    """One process: what it remembers is its own, the store is everybody's."""
    sealer = AesGcmSealer(MasterKeys((b"k" * 32,)))
    nobody = cast("Any", None)  # nobody signs in here
    purpose = client_secrets.secret_purpose
    directory = Directory(database, lambda client, sealed: sealer.open(sealed, purpose(client)).decode(), now_ms)
    return Services(
        database=database,
        directory=directory,
        pool_keys={},
        sealer=sealer,
        passwords=nobody,
        key_factory=nobody,
        passkeys=nobody,
        peek=nobody,
        now_ms=now_ms,
        ids=Ids(),
        bell=JobBell(),
        facts=FACTS,
    )


@pytest.fixture
async def world(database: Database) -> Services:
    """A pool with a client that has one secret."""
    made = world_of(database)
    pool = replace(a_pool(), settings=settings_of_new_pool({"PoolName": "people"}))
    client = a_client("c1")
    await database.write(lambda tx: user_pools.insert(tx, pool))
    await database.write(lambda tx: app_clients.insert(tx, client))
    secret = client_secrets.new_secret("c1", "the first secret of them all", NOW)
    await database.write(lambda tx: client_secrets.keep_secret(tx, made, client, secret))
    return made


async def all_at_once(work: Iterable[Awaitable[Any]]) -> Counter[str]:
    """How often each outcome came: "done", or the name of the refusal."""
    outcomes = await asyncio.gather(*work, return_exceptions=True)
    return Counter(type(one).__name__ if isinstance(one, BaseException) else "done" for one in outcomes)


# Pools


async def test_attributes_added_in_one_moment_are_all_there(world: Services) -> None:
    """Of 20 calls that add one attribute each none is lost, and each says that the configuration moved."""
    pool = await world.directory.pool(POOL)
    before = await world.database.read(configuration.version)

    def adding(name: str) -> Awaitable[Any]:
        asked = [{"Name": name, "AttributeDataType": "String"}]
        return pools.change_pool(world, pool, lambda settings: settings_with_attributes(settings, asked))

    assert await all_at_once(adding(f"a{number}") for number in range(20)) == {"done": 20}
    customs = {name for name in (await world.directory.pool(POOL)).schema if name.startswith("custom:")}
    assert customs == {f"custom:a{number}" for number in range(20)}
    assert await world.database.read(configuration.version) == before + 20


async def test_tags_and_attributes_do_not_undo_each_other(world: Services) -> None:
    """Changes of different settings in one moment are all there."""
    pool = await world.directory.pool(POOL)

    def tagging(number: int) -> Awaitable[Any]:
        return pools.change_tags(world, pool, lambda tags: {**tags, f"k{number}": "v"})

    def adding(number: int) -> Awaitable[Any]:
        asked = [{"Name": f"a{number}", "AttributeDataType": "Number"}]
        return pools.change_pool(world, pool, lambda settings: settings_with_attributes(settings, asked))

    work = [make(number) for number in range(10) for make in (tagging, adding)]
    assert await all_at_once(work) == {"done": 20}
    changed = await pools.pool_of_arn(world, pool_arn(FACTS.account_id, pool))
    assert len(changed.settings["UserPoolTags"]) == 10
    assert sum(":" in name for name in changed.schema) == 10


async def test_the_fiftieth_attribute_is_the_last(world: Services) -> None:
    """The maximum holds for calls in one moment, too, and a refused call changes nothing."""
    pool = await world.directory.pool(POOL)

    def adding(number: int) -> Awaitable[Any]:
        asked = [{"Name": f"a{number}-{one}", "AttributeDataType": "String"} for one in range(20)]
        return pools.change_pool(world, pool, lambda settings: settings_with_attributes(settings, asked))

    outcomes = await all_at_once(adding(number) for number in range(6))
    assert outcomes == {"done": 2, "InvalidParameterException": 4}
    assert sum(":" in name for name in (await world.directory.pool(POOL)).schema) == 40


async def test_a_change_shows_at_once_here_and_soon_elsewhere(world: Services, database: Database) -> None:
    """The process that made a change knows it at once; another one, which remembers the pool, half a second later."""
    moved_ms = [NOW]
    other, pool = world_of(database, lambda: moved_ms[0]), await world.directory.pool(POOL)
    assert (await other.directory.pool(POOL)).settings["UserPoolTags"] == {}
    await pools.change_tags(world, pool, lambda _: {"cognomen:issuer": "aws"})
    assert (await world.directory.pool(POOL)).settings["UserPoolTags"] == {"cognomen:issuer": "aws"}
    moved_ms[0] += FRESH_MS
    assert (await other.directory.pool(POOL)).settings["UserPoolTags"] == {"cognomen:issuer": "aws"}


async def test_a_pool_that_went_away_cannot_be_changed(world: Services) -> None:
    """A change that comes after the deletion is refused and makes nothing."""
    pool = await world.directory.pool(POOL)
    await world.database.write(lambda tx: user_pools.delete(tx, POOL, NOW))
    with pytest.raises(errors.PoolDoesNotExist):
        await pools.change_pool(world, pool, lambda settings: settings)
    with pytest.raises(errors.PoolDoesNotExist):
        await groups.create_group(world, pool, "late", NOTHING)
    assert await world.database.read(lambda tx: stored_groups.get(tx, POOL, "late")) is None


# Client secrets


async def secrets_of(world: Services) -> list[str]:
    """What a client proves itself with, the oldest first, as a process that has just begun knows it."""
    client: AppClient = await world_of(world.database).directory.client("c1")
    return [secret.value for secret in client.secrets]


async def test_a_third_secret_is_never_live(world: Services) -> None:
    """Of 8 calls in one moment one gives the client its second secret."""
    client = await world.directory.client("c1")
    outcomes = await all_at_once(client_secrets.add_secret(world, client, None) for _ in range(8))
    assert outcomes == {"done": 1, "TooManyClientSecrets": 7}
    live = await secrets_of(world)
    assert len(live) == 2
    assert live[0] == "the first secret of them all"
    assert [secret.value for secret in (await world.directory.client("c1")).secrets] == live


async def test_one_secret_is_always_left(world: Services) -> None:
    """Of two calls in one moment that delete both secrets one is refused; their ids never meet in one millisecond."""
    client = await world.directory.client("c1")
    await client_secrets.add_secret(world, client, "the second one, of our choice")
    rows = await world.database.read(lambda tx: stored_secrets.of_client(tx, POOL, "c1"))
    assert [row.secret_id for row in rows] == [f"c1--{NOW}", f"c1--{NOW + 1}"]
    outcomes = await all_at_once(client_secrets.delete_secret(world, client, row.secret_id) for row in rows)
    assert outcomes == {"done": 1, "LastClientSecret": 1}
    assert len(await secrets_of(world)) == 1


async def test_a_client_that_went_away_gets_no_secret(world: Services) -> None:
    """A secret that is added after the deletion is refused."""
    client = await world.directory.client("c1")
    await world.database.write(lambda tx: app_clients.delete(tx, POOL, "c1"))
    with pytest.raises(errors.ClientDoesNotExist):
        await client_secrets.add_secret(world, client, None)


# Groups


async def test_a_group_is_made_once(world: Services) -> None:
    """Of 10 calls with one name in one moment one makes the group."""
    pool = await world.directory.pool(POOL)
    outcomes = await all_at_once(groups.create_group(world, pool, "staff", NOTHING) for _ in range(10))
    assert outcomes == {"done": 1, "GroupExistsException": 9}


async def test_the_quota_of_groups_holds(world: Services) -> None:
    """Of 10 groups made in one moment the pool keeps as many as its quota."""
    pool = await world.directory.pool(POOL)
    outcomes = await all_at_once(groups.create_group(world, pool, f"g{number}", NOTHING) for number in range(10))
    assert outcomes == {"done": 5, "TooManyGroups": 5}
    assert await world.database.read(lambda tx: stored_groups.count_of_pool(tx, POOL)) == 5


async def test_the_quota_of_a_user_holds(world: Services) -> None:
    """Of 6 groups joined twice in one moment a user is in as many as the quota, and once in each."""
    user = a_user()
    await world.database.write(lambda tx: users.insert(tx, user, [named("ada")]))
    for number in range(6):
        await world.database.write(lambda tx, number=number: stored_groups.insert(tx, a_group(f"g{number}")))
    outcomes = await all_at_once(groups.add_to_group(world, user, f"g{number}") for number in range(6) for _ in "ab")
    assert outcomes == {"done": 6, "TooManyGroupsOfUser": 6}
    assert await world.database.read(lambda tx: stored_groups.count_of_user(tx, POOL, user.sub)) == 3


async def test_changes_of_a_group_add_up(world: Services) -> None:
    """Two calls in one moment that change different members both count."""
    pool = await world.directory.pool(POOL)
    await groups.create_group(world, pool, "staff", NOTHING)
    changes = [Change("Everybody", None, None), Change(None, "arn:aws:iam::123456789012:role/x", None)]
    changes.append(Change(None, None, 4))
    assert await all_at_once(groups.change_group(world, pool, "staff", to) for to in changes) == {"done": 3}
    group = await groups.require_group(world, pool, "staff")
    assert (group.description, group.role_arn, group.precedence) == (
        "Everybody",
        "arn:aws:iam::123456789012:role/x",
        4,
    )


async def test_a_user_who_went_away_joins_nothing(world: Services) -> None:
    """A membership that comes after the deletion of the user is refused and leaves no row."""
    user = a_user()
    await world.database.write(lambda tx: stored_groups.insert(tx, a_group("staff")))
    with pytest.raises(errors.UserNotFoundException):
        await groups.add_to_group(world, user, "staff")
    assert await world.database.read(lambda tx: stored_groups.of_user(tx, POOL, user.sub)) == []
