"""Making and changing the documents that users agree to, within AWS's quota (reference 11 and 13)."""

from collections.abc import Mapping
from dataclasses import replace

from cognomen import errors
from cognomen.domain.app_client import AppClient
from cognomen.domain.pool import UserPool
from cognomen.domain.terms import Terms, check_links
from cognomen.flows.pools import held_pool
from cognomen.services import Services
from cognomen.storage import app_clients, terms
from cognomen.storage.database import Tx, UniqueViolation


async def create_terms(world: Services, client: AppClient, name: str, links: Mapping[str, str]) -> Terms:
    """Give a client a document.

    Raises TermsLinkUnusable, TermsExistsException, PoolQuotaExceeded, ClientDoesNotExist, PoolDoesNotExist.
    """
    check_links(links)
    now_ms = world.now_ms()
    made = Terms(client.pool_id, world.ids.uuid(), client.client_id, name, links, now_ms, now_ms)

    async def work(tx: Tx) -> None:
        await held_pool(tx, client.pool_id)  # so that two cannot both be the last one
        if await app_clients.held(tx, client.pool_id, client.client_id) is None:
            raise errors.ClientDoesNotExist(client_id=client.client_id)
        await terms.insert(tx, made)
        most = world.facts.quotas.terms_per_pool
        if await terms.count_of_pool(tx, client.pool_id) > most:
            raise errors.PoolQuotaExceeded(most=most, things="terms documents")

    try:
        await world.database.write(work)
    except UniqueViolation as clash:
        raise errors.TermsExistsException(name=name) from clash
    return made


async def change_terms(
    world: Services, pool: UserPool, terms_id: str, name: str | None, links: Mapping[str, str] | None
) -> Terms:
    """Change what is given of a document; raises TermsLinkUnusable, TermsNotFound, TermsExistsException."""
    check_links(links or {})

    async def work(tx: Tx) -> Terms:
        held = await terms.held(tx, pool.pool_id, terms_id)
        if held is None:
            raise errors.TermsNotFound
        changed = replace(
            held,
            name=name or held.name,
            links=held.links if links is None else links,
            modified_ms=world.now_ms(),
        )
        await terms.update(tx, changed)
        return changed

    try:
        return await world.database.write(work)
    except UniqueViolation as clash:
        raise errors.TermsExistsException(name=name) from clash


async def require_terms(world: Services, pool: UserPool, terms_id: str) -> Terms:
    """The document with this id; raises TermsNotFound."""
    found = await world.database.read(lambda tx: terms.get(tx, pool.pool_id, terms_id))
    if found is None:
        raise errors.TermsNotFound
    return found


async def require_terms_of_client(world: Services, client: AppClient, name: str) -> Terms:
    """The document of a client with this name; raises TermsNotFound."""
    found = await world.database.read(lambda tx: terms.of_client(tx, client.pool_id, client.client_id, name))
    if found is None:
        raise errors.TermsNotFound
    return found


async def delete_terms(world: Services, pool: UserPool, terms_id: str) -> None:
    """Delete a document; raises TermsNotFound."""
    if not await world.database.write(lambda tx: terms.delete(tx, pool.pool_id, terms_id)):
        raise errors.TermsNotFound
