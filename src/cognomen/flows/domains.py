"""Giving pools their domains: at most a prefix and a name of their own, and no two pools the same one."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from cognomen import errors
from cognomen.domain.domains import CLASSIC, PoolDomain, check_domain
from cognomen.domain.pool import UserPool
from cognomen.flows.pools import held_pool
from cognomen.services import Services
from cognomen.storage import configuration, domains
from cognomen.storage.database import Tx, UniqueViolation


async def create_domain(
    world: Services, pool: UserPool, name: str, version: int | None, certificate: Mapping[str, Any] | None
) -> PoolDomain:
    """Give a pool a domain; a `certificate`, which is CustomDomainConfig, makes it a custom one.

    Raises DomainTaken, PoolHasADomain, TooManyCustomDomains and what `check_domain` raises.
    """
    now_ms = world.now_ms()
    domain = PoolDomain(name, pool.pool_id, CLASSIC if version is None else version, certificate, now_ms, now_ms)
    check_domain(pool, domain)

    async def work(tx: Tx) -> None:
        await held_pool(tx, pool.pool_id)
        await configuration.bump(tx)  # others wait here, so that two domains cannot both be the last one
        if any(one.is_custom is domain.is_custom for one in await domains.of_pool(tx, pool.pool_id)):
            raise errors.PoolHasADomain
        await domains.insert(tx, domain)
        most = world.facts.quotas.custom_domains
        if domain.is_custom and await domains.count_custom(tx) > most:
            raise errors.TooManyCustomDomains(most=most)

    try:
        await world.database.write(work)
    except UniqueViolation as clash:
        raise errors.DomainTaken from clash
    return domain


async def update_domain(
    world: Services, pool: UserPool, name: str, version: int | None, certificate: Mapping[str, Any] | None
) -> PoolDomain:
    """Change what is given of a domain; raises NoSuchDomain and what `check_domain` raises."""

    async def work(tx: Tx) -> PoolDomain:
        held = await held_pool(tx, pool.pool_id)
        domain = await domains.get(tx, name)
        if domain is None or domain.pool_id != pool.pool_id:
            raise errors.NoSuchDomain
        if certificate is not None and not domain.is_custom:
            raise errors.PrefixHasNoCertificate
        changed = replace(
            domain,
            version=domain.version if version is None else version,
            certificate=certificate or domain.certificate,
            modified_ms=world.now_ms(),
        )
        check_domain(held, changed)
        await domains.update(tx, changed)
        return changed

    return await world.database.write(work)


async def delete_domain(world: Services, pool: UserPool, name: str) -> None:
    """Take a domain from a pool; raises NoSuchDomain."""
    if not await world.database.write(lambda tx: domains.delete(tx, pool.pool_id, name)):
        raise errors.NoSuchDomain
