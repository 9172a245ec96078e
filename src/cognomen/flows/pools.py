"""Making and deleting pools and app clients."""

from collections.abc import Mapping
from typing import Any

from cognomen import errors
from cognomen.domain.app_client import AppClient, ClientSecret
from cognomen.domain.client_settings import settings_of_new_client
from cognomen.domain.pool import UserPool
from cognomen.domain.pool_settings import settings_of_new_pool
from cognomen.flows.pool_keys import make_pool_keys
from cognomen.services import Services
from cognomen.storage import app_clients, client_secrets, configuration, signing_keys, user_pools
from cognomen.storage.client_secrets import SealedSecret
from cognomen.storage.database import Tx


async def create_pool(world: Services, region: str, name: str, asked: Mapping[str, Any]) -> UserPool:
    """Make a pool; `asked` is CreateUserPool by its wire names. Raises InvalidParameterException."""
    now_ms = world.now_ms()
    pool = UserPool(world.ids.pool_id(region), name, now_ms, now_ms, settings_of_new_pool(asked))
    keys = await make_pool_keys(world, pool.pool_id)

    async def work(tx: Tx) -> None:
        await user_pools.insert(tx, pool)
        for key in keys:
            await signing_keys.insert(tx, key)

    await world.database.write(work)
    return pool


async def delete_pool(world: Services, pool: UserPool) -> None:
    """Delete a pool with its users, clients and keys; raises DeletionProtected."""
    if pool.protected:
        raise errors.DeletionProtected

    async def work(tx: Tx) -> None:
        await user_pools.delete(tx, pool.pool_id, world.now_ms())
        await configuration.bump(tx)

    await world.database.write(work)
    world.pool_keys.pop(pool.pool_id, None)
    world.directory.forget()


async def create_client(world: Services, pool: UserPool, name: str, asked: Mapping[str, Any]) -> AppClient:
    """Make an app client; `asked` is CreateUserPoolClient by its wire names. Raises InvalidParameterException."""
    settings = settings_of_new_client(pool.schema, asked)
    now_ms = world.now_ms()
    client_id = world.ids.client_id()
    secret = asked.get("ClientSecret") or (world.ids.client_secret() if asked.get("GenerateSecret") else None)
    secrets = (ClientSecret(f"{client_id}--{now_ms // 1000}", secret, now_ms),) if secret else ()
    client = AppClient(pool.pool_id, client_id, name, now_ms, now_ms, settings, secrets)

    async def work(tx: Tx) -> None:
        await app_clients.insert(tx, client)
        for one in secrets:
            sealed = world.sealer.seal(one.value.encode(), secret_purpose(client_id))
            row = SealedSecret(one.secret_id, sealed, one.created_ms)
            await client_secrets.insert(tx, client.pool_id, client_id, row)

    await world.database.write(work)
    return client


async def delete_client(world: Services, client: AppClient) -> None:
    """Delete an app client; its refresh tokens stop working."""

    async def work(tx: Tx) -> None:
        await app_clients.delete(tx, client.pool_id, client.client_id)
        await configuration.bump(tx)

    await world.database.write(work)
    world.directory.forget()


def secret_purpose(client_id: str) -> str:
    """What a sealed client secret is bound to."""
    return f"client-secret:{client_id}"
