"""Pools, their clients, secrets and keys: they come back as they went in, and go together."""

from functools import partial

import pytest

from cognomen.domain.risk import RiskConfiguration
from cognomen.domain.sessions import SessionTracking
from cognomen.domain.signing_keys import StoredKey, TokenUse
from cognomen.storage import (
    app_clients,
    attempts,
    auth_events,
    challenge_sessions,
    client_secrets,
    codes,
    configuration,
    counters,
    devices,
    expired,
    groups,
    inbox,
    lockouts,
    outbox,
    passkeys,
    password_history,
    pending_attributes,
    provisioned_limits,
    risk_configurations,
    session_configurations,
    signing_keys,
    software_tokens,
    token_sessions,
    user_pools,
    users,
)
from cognomen.storage.client_secrets import SealedSecret
from cognomen.storage.database import Database, Tx, UniqueViolation
from cognomen.storage.wipe import TABLES, TABLES_WITHOUT_POOL, wipe
from storage.resources import give_everything
from storage.samples import (
    DAY,
    NOW,
    OTHER_POOL,
    PASSWORD,
    POOL,
    SUB,
    a_client,
    a_code,
    a_device,
    a_group,
    a_passkey,
    a_pool,
    a_session,
    a_user,
    an_auth_event,
    named,
)

pytestmark = pytest.mark.anyio


def a_key(key_id: str, pool_id: str = POOL, use: TokenUse = TokenUse.ID, created_ms: int = NOW) -> StoredKey:
    return StoredKey(pool_id, key_id, use, b"\x00sealed" + key_id.encode(), created_ms)


async def fill(tx: Tx, pool_id: str, client_id: str) -> None:
    """A pool with at least one row in every table."""
    await user_pools.insert(tx, a_pool(pool_id))
    await app_clients.insert(tx, a_client(client_id, pool_id))
    await give_everything(tx, pool_id)
    await client_secrets.insert(tx, pool_id, client_id, SealedSecret("s1", b"sealed", NOW))
    await signing_keys.insert(tx, a_key("k1", pool_id))
    await session_configurations.put_of_pool(tx, pool_id, SessionTracking())
    await session_configurations.put_of_client(tx, pool_id, client_id, 60)
    await risk_configurations.put(tx, RiskConfiguration(pool_id, client_id, {}, NOW))
    group, gone = a_group("staff", pool_id=pool_id), a_group("gone", pool_id=pool_id)
    await groups.insert(tx, group)
    await groups.insert(tx, gone)
    await groups.delete(tx, pool_id, gone.name, NOW)
    for number in range(3):
        user = a_user(f"{SUB}{number}", f"ada{number}", pool_id, attributes={})
        await users.insert(tx, user, [named(user.username)])
        await pending_attributes.put(tx, pool_id, user.sub, "email", "new@example.com")
        await codes.put(tx, a_code(user.sub, pool_id=pool_id))
        await attempts.count_up(tx, pool_id, user.sub, "confirm_sign_up", NOW, 1000)
        await lockouts.count_failure(tx, pool_id, user.sub, NOW)
        await token_sessions.insert(tx, a_session(str(number), user.sub, pool_id))
        await devices.insert(tx, a_device(sub=user.sub, pool_id=pool_id))
        await passkeys.insert(tx, a_passkey(user.sub, pool_id, credential_id=f"{number}"))
        await software_tokens.put(tx, pool_id, user.sub, b"sealed", 1)
        await auth_events.insert(tx, an_auth_event(user.sub, pool_id))
        await outbox.put(tx, pool_id, f"{pool_id}{number}", b"sealed", NOW)
        await inbox.put(tx, inbox.Kept(pool_id, f"{pool_id}{number}", "ada@example.com", "SignUp", b"sealed"))
        await groups.add_member(tx, group, user.sub, NOW)
        await challenge_sessions.spend(tx, pool_id, str(number), NOW + DAY)
        await password_history.add(tx, pool_id, user.sub, PASSWORD, keep=3)


async def rows_of(database: Database, pool_id: str) -> dict[str, int]:
    """How many rows each table has of a pool."""

    async def work(tx: Tx) -> dict[str, int]:
        counted = {t: await tx.one(f"select count(*) from {t} where pool_id = ?", (pool_id,)) for t in TABLES}
        return {table: row[0] for table, row in counted.items() if row}

    return await database.read(work)


# Pools


async def test_a_pool_comes_back_as_it_went_in(database: Database) -> None:
    """Every setting survives, whatever JSON it is."""
    pool = a_pool(
        Policies={"PasswordPolicy": {"MinimumLength": 8}}, UserPoolTags={"\u00e9": "\U0001f600"}, Nothing=None
    )
    await database.write(lambda tx: user_pools.insert(tx, pool))
    assert await database.read(lambda tx: user_pools.get(tx, POOL)) == pool
    assert await database.read(lambda tx: user_pools.get(tx, OTHER_POOL)) is None


async def test_two_pools_cannot_have_one_id(database: Database) -> None:
    """A pool id that is taken is a unique violation."""
    await database.write(lambda tx: user_pools.insert(tx, a_pool()))
    with pytest.raises(UniqueViolation):
        await database.write(lambda tx: user_pools.insert(tx, a_pool(name="other")))


async def test_pools_are_paged_by_id(database: Database) -> None:
    """Pages follow one another without gap or overlap, in one order on every engine."""
    ids = ["us-east-1_B", "us-east-1_a", "us-east-1_A", "eu-west-1_z", "us-east-1_0"]

    async def work(tx: Tx) -> None:
        for pool_id in ids:
            await user_pools.insert(tx, a_pool(pool_id))

    await database.write(work)
    seen: list[str] = []
    while page := await database.read(partial(user_pools.page, after=seen[-1] if seen else "", limit=2)):
        assert len(page) <= 2
        seen += [pool.pool_id for pool in page]
    assert seen == ["eu-west-1_z", "us-east-1_0", "us-east-1_A", "us-east-1_B", "us-east-1_a"]


async def test_a_deleted_pool_takes_everything_along(database: Database) -> None:
    """What gives access goes at once; the rest goes in bounded batches; other pools keep everything."""
    await database.write(lambda tx: fill(tx, POOL, "c1"))
    await database.write(lambda tx: fill(tx, OTHER_POOL, "c2"))
    untouched = await rows_of(database, OTHER_POOL)
    assert all(untouched[table] > 0 for table in TABLES if table != "deleted_pools")

    assert await database.write(lambda tx: user_pools.delete(tx, POOL, NOW))
    left = await rows_of(database, POOL)
    at_once = {"user_pools", "app_clients", "client_pools", "client_secrets", "signing_keys", "outbox"}
    at_once |= {"pool_session_configurations", "client_session_configurations"}
    assert {table for table in at_once if left[table]} == set()
    assert left["users"] == 3

    batches = 0
    while gone := await database.write(lambda tx: expired.purge(tx, NOW, limit=2)):
        assert gone <= 2 * len(expired.OF_DELETED_POOLS)
        batches += 1
    assert batches == 2
    assert {table for table, rows in (await rows_of(database, POOL)).items() if rows} == {"deleted_pools"}
    assert await rows_of(database, OTHER_POOL) == untouched


async def test_late_rows_of_a_deleted_pool_go_too(database: Database) -> None:
    """A sign-up that ends just after its pool was purged leaves nothing behind; the tombstone stays for a day."""
    await database.write(lambda tx: user_pools.insert(tx, a_pool()))
    await database.write(lambda tx: user_pools.delete(tx, POOL, NOW))
    assert await database.write(lambda tx: expired.purge(tx, NOW)) == 0
    await database.write(lambda tx: users.insert(tx, a_user(attributes={}), [named("ada")]))
    assert await database.write(lambda tx: expired.purge(tx, NOW + expired.DAY_MS - 1)) == 3
    assert (await rows_of(database, POOL))["deleted_pools"] == 1
    assert await database.write(lambda tx: expired.purge(tx, NOW + expired.DAY_MS)) == 0
    assert (await rows_of(database, POOL))["deleted_pools"] == 0


async def test_a_purge_that_comes_late_leaves_nothing(database: Database) -> None:
    """Where nobody purged for days every row of a deleted pool goes all the same."""
    await database.write(lambda tx: fill(tx, POOL, "c1"))
    await database.write(lambda tx: user_pools.delete(tx, POOL, NOW))
    later_ms = NOW + 9 * expired.DAY_MS
    while await database.write(lambda tx: expired.purge(tx, later_ms, limit=1)):
        pass
    assert set((await rows_of(database, POOL)).values()) == {0}


async def test_a_pool_that_is_not_there_cannot_be_deleted(database: Database) -> None:
    """Of two deletions of one pool one succeeds."""
    await database.write(lambda tx: user_pools.insert(tx, a_pool()))
    assert await database.write(lambda tx: user_pools.delete(tx, POOL, NOW))
    assert not await database.write(lambda tx: user_pools.delete(tx, POOL, NOW))


# Clients, secrets, keys


async def test_a_client_comes_back_as_it_went_in(database: Database) -> None:
    """A client is found in its pool and by its id alone, and in no other pool."""
    client = a_client("c1", CallbackURLs=["https://example.com/\u00e9"])
    await database.write(lambda tx: app_clients.insert(tx, client))
    assert await database.read(lambda tx: app_clients.get(tx, POOL, "c1")) == client
    assert await database.read(lambda tx: app_clients.pool_of(tx, "c1")) == POOL
    assert await database.read(lambda tx: app_clients.get(tx, OTHER_POOL, "c1")) is None
    assert await database.read(lambda tx: app_clients.pool_of(tx, "c2")) is None


async def test_a_client_id_is_unique_over_all_pools(database: Database) -> None:
    """The wire names clients without their pool, so no second pool may have one of the same id."""
    await database.write(lambda tx: app_clients.insert(tx, a_client("c1")))
    with pytest.raises(UniqueViolation):
        await database.write(lambda tx: app_clients.insert(tx, a_client("c1", OTHER_POOL)))
    assert await database.read(lambda tx: app_clients.get(tx, OTHER_POOL, "c1")) is None


async def test_clients_are_paged_by_id_within_their_pool(database: Database) -> None:
    """Pages hold the clients of one pool only, in the order of their ids."""

    async def work(tx: Tx) -> None:
        for client_id, pool_id in {"d": POOL, "b": POOL, "c": OTHER_POOL, "a": POOL}.items():
            await app_clients.insert(tx, a_client(client_id, pool_id))

    await database.write(work)
    first = await database.read(lambda tx: app_clients.page(tx, POOL, "", 2))
    second = await database.read(lambda tx: app_clients.page(tx, POOL, "b", 2))
    assert [client.client_id for client in first + second] == ["a", "b", "d"]


async def test_a_deleted_client_takes_its_secrets_along(database: Database) -> None:
    """Its id leads nowhere any more, its secrets are gone, other clients keep theirs."""
    secret = SealedSecret("s1", b"sealed", NOW)

    async def work(tx: Tx) -> None:
        for client_id in ("c1", "c2"):
            await app_clients.insert(tx, a_client(client_id))
            await client_secrets.insert(tx, POOL, client_id, secret)

    await database.write(work)
    assert await database.write(lambda tx: app_clients.delete(tx, POOL, "c1"))
    assert not await database.write(lambda tx: app_clients.delete(tx, POOL, "c1"))
    assert await database.read(lambda tx: app_clients.pool_of(tx, "c1")) is None
    assert await database.read(lambda tx: client_secrets.of_client(tx, POOL, "c1")) == []
    assert await database.read(lambda tx: client_secrets.of_client(tx, POOL, "c2")) == [secret]


async def test_secrets_and_keys_come_oldest_first(database: Database) -> None:
    """The newest stands last, and sealed bytes survive."""
    secrets = [SealedSecret("z", b"\x00one", NOW), SealedSecret("a", b"\xfftwo", NOW + 1)]
    keys = [a_key("z"), a_key("a", use=TokenUse.ACCESS, created_ms=NOW + 1)]

    async def work(tx: Tx) -> None:
        for secret in reversed(secrets):
            await client_secrets.insert(tx, POOL, "c1", secret)
        for key in reversed(keys):
            await signing_keys.insert(tx, key)
        await signing_keys.insert(tx, a_key("other", OTHER_POOL))

    await database.write(work)
    assert await database.read(lambda tx: client_secrets.of_client(tx, POOL, "c1")) == secrets
    assert await database.read(lambda tx: signing_keys.of_pool(tx, POOL)) == keys


async def test_sealed_bytes_do_not_print_themselves() -> None:
    """Neither sealed secrets nor keys appear in a log by accident."""
    assert "sealed" not in repr(SealedSecret("s1", b"sealed", NOW)) + repr(a_key("k1"))


# Counters, wiping


async def test_the_version_of_the_configuration_grows(database: Database) -> None:
    """It begins at 0, grows by each bump that commits, and by nothing else."""
    assert await database.read(configuration.version) == 0
    await database.write(configuration.bump)
    await database.write(lambda tx: counters.bump(tx, "inbox"))
    await database.write(configuration.bump)
    assert await database.read(configuration.version) == 2


async def test_wiping_leaves_nothing_but_the_schema(database: Database) -> None:
    """After a wipe every table is empty, other processes are told, and positions of the inbox never go back."""
    await database.write(lambda tx: fill(tx, POOL, "c1"))
    await database.write(lambda tx: provisioned_limits.put(tx, "UserRead", 300, NOW))
    version = await database.read(configuration.version)
    await database.write(wipe)
    assert await database.read(provisioned_limits.of_account) == {}
    assert set((await rows_of(database, POOL)).values()) == {0}
    assert await database.read(configuration.version) > version
    assert await database.read(lambda tx: counters.value(tx, "inbox")) == 3


async def test_no_table_is_forgotten(database: Database) -> None:
    """A table that a migration adds is wiped, too, and a filled pool in this suite has rows in it."""
    catalogue = "information_schema.tables where table_schema = 'public'"
    if type(database).__name__ == "SqliteDatabase":
        catalogue = "pragma_table_list where schema = 'main' and name not like 'sqlite_%'"
    name = "table_name" if "information" in catalogue else "name"
    tables = await database.read(lambda tx: tx.all(f"select {name} from {catalogue}"))
    assert {row[0] for row in tables} == {*TABLES, *TABLES_WITHOUT_POOL, "counters", "schema_version"}
