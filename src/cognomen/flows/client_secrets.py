"""The secrets of an app client: two may be live, so that one replaces the other without a pause (reference 11)."""

from collections.abc import Collection
from itertools import count

from cognomen import errors
from cognomen.domain.app_client import AppClient, ClientSecret
from cognomen.services import Services
from cognomen.storage import app_clients, client_secrets, configuration
from cognomen.storage.client_secrets import SealedSecret
from cognomen.storage.database import Tx

MOST_SECRETS = 2


def secret_purpose(client_id: str) -> str:
    """What a sealed client secret is bound to."""
    return f"client-secret:{client_id}"


def new_secret(client_id: str, value: str, now_ms: int, taken: Collection[str] = ()) -> ClientSecret:
    """A secret called ``{client id}--{time}``: the first millisecond from now on that no other of the client's has."""
    ids = (f"{client_id}--{moment}" for moment in count(now_ms))
    return ClientSecret(next(secret_id for secret_id in ids if secret_id not in taken), value, now_ms)


async def keep_secret(tx: Tx, world: Services, client: AppClient, secret: ClientSecret) -> None:
    """Store a secret, sealed."""
    sealed = world.sealer.seal(secret.value.encode(), secret_purpose(client.client_id))
    row = SealedSecret(secret.secret_id, sealed, secret.created_ms)
    await client_secrets.insert(tx, client.pool_id, client.client_id, row)


async def add_secret(world: Services, client: AppClient, chosen: str | None) -> ClientSecret:
    """Give a client a further secret, generated where none is chosen; it works at once, beside the older one.

    Raises ClientHasNoSecret, TooManyClientSecrets, ClientDoesNotExist.
    """
    now_ms = world.now_ms()
    value = chosen or world.ids.client_secret()

    async def work(tx: Tx) -> ClientSecret:
        live = await _held_secrets(tx, client, now_ms)
        if not live:
            raise errors.ClientHasNoSecret(client_id=client.client_id)
        if len(live) >= MOST_SECRETS:
            raise errors.TooManyClientSecrets(client_id=client.client_id, most=MOST_SECRETS)
        secret = new_secret(client.client_id, value, now_ms, {one.secret_id for one in live})
        await keep_secret(tx, world, client, secret)
        await configuration.bump(tx)
        return secret

    secret = await world.database.write(work)
    world.directory.forget()
    return secret


async def delete_secret(world: Services, client: AppClient, secret_id: str) -> None:
    """End a secret; raises ClientSecretNotFound, LastClientSecret, ClientDoesNotExist."""

    async def work(tx: Tx) -> None:
        live = await _held_secrets(tx, client, world.now_ms())
        if secret_id not in {one.secret_id for one in live}:
            raise errors.ClientSecretNotFound(client_id=client.client_id, secret_id=secret_id)
        if len(live) == 1:
            raise errors.LastClientSecret
        await client_secrets.delete(tx, client.pool_id, client.client_id, secret_id)
        await configuration.bump(tx)

    await world.database.write(work)
    world.directory.forget()


async def _held_secrets(tx: Tx, client: AppClient, now_ms: int) -> list[SealedSecret]:
    """The secrets as they are now, changed by nobody else until this write ends."""
    if not await app_clients.touch(tx, client.pool_id, client.client_id, now_ms):
        raise errors.ClientDoesNotExist(client_id=client.client_id)
    return await client_secrets.of_client(tx, client.pool_id, client.client_id)
