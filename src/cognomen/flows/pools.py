"""Making, changing and deleting pools and app clients."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeAlias

from cognomen import errors
from cognomen.domain import tiers
from cognomen.domain.app_client import AppClient
from cognomen.domain.arns import pool_arn, pool_id_in
from cognomen.domain.client_oauth import Surroundings, check_oauth
from cognomen.domain.client_settings import settings_of_new_client
from cognomen.domain.pool import UserPool
from cognomen.domain.pool_settings import settings_of_changed_pool, settings_of_new_pool
from cognomen.domain.tags import fault_of
from cognomen.domain.trigger_settings import code_key_of, triggers_of
from cognomen.flows.client_secrets import keep_secret, new_secret
from cognomen.flows.pool_keys import make_pool_keys
from cognomen.services import Services
from cognomen.storage import (
    app_clients,
    client_secrets,
    configuration,
    domains,
    identity_providers,
    import_jobs,
    resource_servers,
    signing_keys,
    token_sessions,
    user_pools,
)
from cognomen.storage.database import Tx

BATCH = 500  # rows in one transaction

# From the settings as they are to the settings as they shall be; may run again, and raises what the change refuses.
SettingsChange: TypeAlias = Callable[[Mapping[str, Any]], Mapping[str, Any]]


async def create_pool(world: Services, region: str, name: str, asked: Mapping[str, Any]) -> UserPool:
    """Make a pool; `asked` is CreateUserPool by its wire names.

    Raises InvalidParameterException, UserPoolTaggingException, FeatureUnavailableInTierException, TooManyPools.
    """
    now_ms = world.now_ms()
    pool = UserPool(world.ids.pool_id(region), name, now_ms, now_ms, settings_of_new_pool(asked))
    require_mapped_triggers(world, pool.settings)
    keys = await make_pool_keys(world, pool.pool_id)

    async def work(tx: Tx) -> None:
        await configuration.bump(tx)  # others wait here, so that two pools cannot both be the last one
        await user_pools.insert(tx, pool)
        most = world.facts.quotas.user_pools
        if await user_pools.count(tx) > most:
            raise errors.TooManyPools(most=most)
        for key in keys:
            await signing_keys.insert(tx, key)

    await world.database.write(work)
    return pool


async def update_pool(world: Services, pool: UserPool, name: str | None, asked: Mapping[str, Any]) -> UserPool:
    """Put what UpdateUserPool asks for, by its wire names, in place of what was set before.

    Raises InvalidParameterException, UserPoolTaggingException, FeatureUnavailableInTierException, PoolDoesNotExist,
    UserImportInProgressException.
    """
    require_mapped_triggers(world, settings_of_changed_pool(pool.settings, asked))

    def change(settings: Mapping[str, Any]) -> Mapping[str, Any]:
        return settings_of_changed_pool(settings, asked)

    return await change_pool(world, pool, change, name, during_imports=False)


def require_mapped_triggers(world: Services, settings: Mapping[str, Any]) -> None:
    """Refuse ARNs that the server's settings map to no target or key; raises TriggerNotMapped, CodeKeyNotMapped."""
    for trigger, arn in triggers_of(settings).items():
        if not world.triggers.knows(arn):
            raise errors.TriggerNotMapped(member=f"LambdaConfig.{trigger}", arn=arn)
    key = code_key_of(settings)
    if key and not world.code_keys.knows(key):
        raise errors.CodeKeyNotMapped(arn=key)


async def change_pool(
    world: Services, pool: UserPool, change: SettingsChange, name: str | None = None, *, during_imports: bool = True
) -> UserPool:
    """Change the settings of a pool as they stand at that moment, so that changes at the same time add up.

    A `name` that is given is the pool's new one.

    Raises PoolDoesNotExist where the pool went away meanwhile, UserImportInProgressException, and what `change` raises.
    """

    async def work(tx: Tx) -> UserPool:
        held = await held_pool(tx, pool.pool_id)
        if not during_imports:
            await refuse_while_importing(tx, pool.pool_id)
        changed = replace(held, name=name or held.name, settings=change(held.settings), modified_ms=world.now_ms())
        await user_pools.update(tx, changed)
        await configuration.bump(tx)
        return changed

    changed = await world.database.write(work)
    world.directory.forget()
    return changed


async def held_pool(tx: Tx, pool_id: str) -> UserPool:
    """The pool as it is now, changed by nobody else until this write ends; raises PoolDoesNotExist."""
    held = await user_pools.held(tx, pool_id)
    if held is None:
        raise errors.PoolDoesNotExist(pool_id=pool_id)
    return held


async def refuse_while_importing(tx: Tx, pool_id: str) -> None:
    """Refuse a change that a user import job must not meet; raises UserImportInProgressException."""
    if await import_jobs.is_active_in(tx, pool_id):
        raise errors.UserImportInProgressException(pool_id=pool_id)


async def pool_of_arn(world: Services, arn: str) -> UserPool:
    """The pool of an ARN, as it is stored now; raises NotAPoolArn, and PoolDoesNotExist for foreign accounts, too."""
    pool_id = pool_id_in(arn)
    pool = await world.database.read(lambda tx: user_pools.get(tx, pool_id))
    if pool is None or pool_arn(world.facts.account_id, pool) != arn:
        raise errors.PoolDoesNotExist(pool_id=pool_id)
    return pool


async def change_tags(
    world: Services, pool: UserPool, change: Callable[[Mapping[str, str]], Mapping[str, str]]
) -> None:
    """Change the tags of a pool; raises InvalidParameterException, PoolDoesNotExist."""

    def with_tags(settings: Mapping[str, Any]) -> Mapping[str, Any]:
        tags = change(settings.get("UserPoolTags") or {})
        fault = fault_of(tags)
        if fault:
            raise errors.InvalidParameterException(fault)
        return {**settings, "UserPoolTags": tags}

    await change_pool(world, pool, with_tags)


async def delete_pool(world: Services, pool: UserPool) -> None:
    """Delete a pool with its users, clients and keys.

    Raises DeletionProtected, PoolHasDomain, UserImportInProgressException, PoolDoesNotExist.
    """

    async def work(tx: Tx) -> None:
        held = await held_pool(tx, pool.pool_id)
        if held.protected:
            raise errors.DeletionProtected
        if await domains.of_pool(tx, pool.pool_id):
            raise errors.PoolHasDomain
        await refuse_while_importing(tx, pool.pool_id)
        await user_pools.delete(tx, pool.pool_id, world.now_ms())
        await configuration.bump(tx)

    await world.database.write(work)
    world.pool_keys.pop(pool.pool_id, None)
    world.directory.forget()


async def create_client(world: Services, pool: UserPool, name: str, asked: Mapping[str, Any]) -> AppClient:
    """Make an app client; `asked` is CreateUserPoolClient by its wire names.

    Raises InvalidParameterException, FeatureUnavailableInTierException, PoolQuotaExceeded, PoolDoesNotExist and what
    `check_oauth` raises.
    """
    settings = settings_of_new_client(pool.schema, asked)
    tiers.require_client_settings(pool, settings)
    now_ms = world.now_ms()
    client_id = world.ids.client_id()
    secret = asked.get("ClientSecret") or (world.ids.client_secret() if asked.get("GenerateSecret") else None)
    secrets = (new_secret(client_id, secret, now_ms),) if secret else ()
    client = AppClient(pool.pool_id, client_id, name, now_ms, now_ms, settings, secrets)

    async def work(tx: Tx) -> None:
        await held_pool(tx, pool.pool_id)  # so that two clients cannot both be the last one
        check_oauth(settings, await _surroundings(tx, pool, has_secret=bool(secrets)))
        await app_clients.insert(tx, client)
        for one in secrets:
            await keep_secret(tx, world, client, one)
        most = world.facts.quotas.clients_per_pool
        if await app_clients.count_of_pool(tx, pool.pool_id) > most:
            raise errors.PoolQuotaExceeded(most=most, things="app clients")

    await world.database.write(work)
    return client


async def update_client(world: Services, pool: UserPool, client: AppClient, asked: Mapping[str, Any]) -> AppClient:
    """Put what UpdateUserPoolClient asks for, by its wire names, in place of what was set before; secrets stay.

    Raises InvalidParameterException, FeatureUnavailableInTierException, ClientDoesNotExist and what `check_oauth`
    raises.
    """
    settings = settings_of_new_client(pool.schema, asked)
    tiers.require_client_settings(pool, settings)

    async def work(tx: Tx) -> AppClient:
        held = await app_clients.held(tx, client.pool_id, client.client_id)
        if held is None:
            raise errors.ClientDoesNotExist(client_id=client.client_id)
        secrets = await client_secrets.of_client(tx, client.pool_id, client.client_id)
        check_oauth(settings, await _surroundings(tx, pool, has_secret=bool(secrets)))
        name = asked.get("ClientName") or held.name
        changed = replace(held, name=name, settings=settings, modified_ms=world.now_ms())
        await app_clients.update(tx, changed)
        await configuration.bump(tx)
        return changed

    changed = await world.database.write(work)
    world.directory.forget()
    return replace(changed, secrets=client.secrets)


async def _surroundings(tx: Tx, pool: UserPool, *, has_secret: bool) -> Surroundings:
    scopes = await resource_servers.scopes_of_pool(tx, pool.pool_id)
    providers = await identity_providers.names_of_pool(tx, pool.pool_id)
    return Surroundings(pool.pool_id, scopes, providers, has_secret)


async def delete_client(world: Services, client: AppClient) -> None:
    """Delete an app client and end what was signed in through it, a bounded number of sessions at a time."""

    async def work(tx: Tx) -> bool:
        if await token_sessions.delete_of_client(tx, client.pool_id, client.client_id, BATCH) == BATCH:
            return False
        await app_clients.delete(tx, client.pool_id, client.client_id)
        await configuration.bump(tx)
        return True

    while not await world.database.write(work):
        pass
    world.directory.forget()
