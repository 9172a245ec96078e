"""What pools are given, on each engine: it comes back as it went in, keys decide races, and all of it goes in time."""

from dataclasses import replace

import pytest

from cognomen import errors
from cognomen.flows import pools
from cognomen.storage import (
    app_clients,
    domains,
    expired,
    identity_providers,
    log_deliveries,
    login_brandings,
    resource_servers,
    saml_keys,
    terms,
    ui_customizations,
    user_identities,
    user_pools,
    users,
)
from cognomen.storage.database import Database, Tx, UniqueViolation
from cognomen.storage.directory import Directory
from cognomen.storage.freshness import FRESH_MS
from storage import resources
from storage.resources import CLIENT, PROVIDER
from storage.samples import NOW, OTHER_POOL, POOL, SUB, a_client, a_pool, a_user, named
from storage.sign_ins import world_of

pytestmark = pytest.mark.anyio

TABLES = (
    "resource_servers", "pool_domains", "providers", "provider_identifiers", "user_identities", "ui_customizations",
    "login_brandings", "terms", "log_deliveries", "pool_logs", "saml_keys",
)  # fmt: skip


async def fill(tx: Tx) -> None:
    await user_pools.insert(tx, a_pool())
    await app_clients.insert(tx, a_client(CLIENT))
    await users.insert(tx, a_user(), [named("ada")])
    await resources.give_everything(tx, POOL)


async def left(database: Database) -> list[str]:
    """The tables in which something is left."""
    counted = {
        name: await database.read(lambda tx, name=name: tx.one(f"select count(*) from {name}")) for name in TABLES
    }
    return [name for name, row in counted.items() if row and row[0]]


async def test_everything_comes_back_as_it_went_in(database: Database) -> None:
    """Text beyond ASCII, bytes with zeros, documents and orders survive."""
    await database.write(fill)

    async def look(tx: Tx) -> None:
        server = resources.a_server(POOL)
        assert await resource_servers.get(tx, POOL, server.identifier) == server
        assert await resource_servers.scopes_of_pool(tx, POOL) == server.scope_names
        prefix, custom = resources.a_prefix(POOL), resources.a_custom_domain(POOL)
        assert await domains.of_pool(tx, POOL) == [prefix, custom]
        assert await domains.get(tx, custom.domain) == custom
        assert await identity_providers.get(tx, POOL, PROVIDER) == resources.a_provider(POOL)
        assert await identity_providers.identifiers_of(tx, POOL, PROVIDER) == ("b", "a")
        assert await identity_providers.name_of(tx, POOL, "a") == PROVIDER
        assert await user_identities.of_user(tx, POOL, SUB) == [resources.an_identity(POOL)]
        assert await ui_customizations.get(tx, POOL, CLIENT) == resources.a_look(POOL)
        assert await login_brandings.of_client(tx, POOL, CLIENT) == resources.a_style(POOL)
        assert await login_brandings.get(tx, POOL, "b1") == resources.a_style(POOL)
        assert await terms.of_client(tx, POOL, CLIENT, "terms-of-use") == resources.a_document(POOL)
        assert await log_deliveries.of_pool(tx, POOL) == resources.DELIVERIES
        assert await saml_keys.of_pool(tx, POOL) == resources.a_saml_key(POOL)

    await database.read(look)


async def test_keys_decide_who_has_a_thing(database: Database) -> None:
    """A domain is one pool's, an identifier one provider's, an identity one user's, a style and a name one client's."""
    await database.write(fill)
    twice = (
        lambda tx: domains.insert(tx, replace(resources.a_prefix(POOL), pool_id=OTHER_POOL)),
        lambda tx: identity_providers.put_identifiers(tx, POOL, "other", ("a",)),
        lambda tx: user_identities.insert(tx, replace(resources.an_identity(POOL), sub="another")),
        lambda tx: login_brandings.insert(tx, replace(resources.a_style(POOL), branding_id="b2")),
        lambda tx: terms.insert(tx, replace(resources.a_document(POOL), terms_id="t2")),
        lambda tx: resource_servers.insert(tx, resources.a_server(POOL)),
    )
    for work in twice:
        with pytest.raises(UniqueViolation):
            await database.write(work)
    other = replace(resources.a_saml_key(POOL), certificate=b"another")
    await database.write(lambda tx: saml_keys.keep_first(tx, other))
    assert await database.read(lambda tx: saml_keys.of_pool(tx, POOL)) == resources.a_saml_key(POOL)


async def test_what_a_client_has_goes_with_it(database: Database) -> None:
    """Its look, its style and its terms."""
    await database.write(fill)
    await database.write(lambda tx: app_clients.delete(tx, POOL, CLIENT))
    assert {"ui_customizations", "login_brandings", "terms"}.isdisjoint(await left(database))


async def test_what_a_pool_has_goes_with_it(database: Database) -> None:
    """At once, but for the identities of its users, which go with the purge."""
    await database.write(fill)
    assert len(await left(database)) == len(TABLES)
    await database.write(lambda tx: user_pools.delete(tx, POOL, NOW))
    assert await left(database) == ["user_identities"]
    while await database.write(lambda tx: expired.purge(tx, NOW)):
        pass
    assert await left(database) == []


async def test_another_process_sees_an_update_within_a_second(database: Database) -> None:
    """What is remembered of a pool and of a client is dropped by the next look at the version."""
    await database.write(fill)
    here, clock = world_of(database), {"ms": NOW}
    there = Directory(database, lambda _id, sealed: sealed.decode(), lambda: clock["ms"])
    pool = await there.pool(POOL)
    client = await there.client(CLIENT)
    await pools.change_pool(here, pool, lambda settings: {**settings, "DeletionProtection": "ACTIVE"}, "renamed")
    await pools.update_client(here, pool, client, {"ClientName": "new", "AuthSessionValidity": 9})
    assert FRESH_MS <= 1000
    clock["ms"] += FRESH_MS
    assert (await there.pool(POOL)).name == "renamed"
    assert (await there.pool(POOL)).protected
    assert (await there.client(CLIENT)).auth_session_ms == 9 * 60_000


async def test_a_pool_that_was_protected_meanwhile_stays(database: Database) -> None:
    """Deletion protection is looked at when the pool is deleted, not when the caller last looked."""
    await database.write(fill)
    here, stale = world_of(database), a_pool()
    await pools.change_pool(here, stale, lambda settings: {**settings, "DeletionProtection": "ACTIVE"})
    with pytest.raises(errors.DeletionProtected):
        await pools.delete_pool(here, stale)
