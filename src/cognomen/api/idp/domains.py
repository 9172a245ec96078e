"""CreateUserPoolDomain, DescribeUserPoolDomain, UpdateUserPoolDomain, DeleteUserPoolDomain."""

from typing import Any
from urllib.parse import urlsplit

import msgspec

from cognomen.api.call import Call, operation
from cognomen.domain.domains import PoolDomain
from cognomen.flows import domains as flow
from cognomen.storage import domains
from cognomen.wire.idp import (
    CreateUserPoolDomainRequest,
    CreateUserPoolDomainResponse,
    CustomDomainConfigType,
    DeleteUserPoolDomainRequest,
    DeleteUserPoolDomainResponse,
    DescribeUserPoolDomainRequest,
    DescribeUserPoolDomainResponse,
    DomainDescriptionType,
    UpdateUserPoolDomainRequest,
    UpdateUserPoolDomainResponse,
)


@operation
async def create_user_pool_domain(call: Call, request: CreateUserPoolDomainRequest) -> CreateUserPoolDomainResponse:
    """Give a pool a prefix or a custom domain."""
    domain = await flow.create_domain(
        call.world, call.pool, request.domain, request.managed_login_version, certificate_of(request)
    )
    return CreateUserPoolDomainResponse(
        managed_login_version=domain.version, cloud_front_domain=target_of(call, domain)
    )


@operation
async def describe_user_pool_domain(
    call: Call, request: DescribeUserPoolDomainRequest
) -> DescribeUserPoolDomainResponse:
    """Everything that is known of a domain, of whichever pool; nothing of one that nobody has."""
    domain = await call.world.database.read(lambda tx: domains.get(tx, request.domain))
    described = DomainDescriptionType() if domain is None else shown(call, domain)
    return DescribeUserPoolDomainResponse(domain_description=described)


@operation
async def update_user_pool_domain(call: Call, request: UpdateUserPoolDomainRequest) -> UpdateUserPoolDomainResponse:
    """Change the certificate or the version of the pages of a domain."""
    domain = await flow.update_domain(
        call.world, call.pool, request.domain, request.managed_login_version, certificate_of(request)
    )
    return UpdateUserPoolDomainResponse(
        managed_login_version=domain.version, cloud_front_domain=target_of(call, domain)
    )


@operation
async def delete_user_pool_domain(call: Call, request: DeleteUserPoolDomainRequest) -> DeleteUserPoolDomainResponse:
    """Take a domain from a pool."""
    await flow.delete_domain(call.world, call.pool, request.domain)
    return DeleteUserPoolDomainResponse()


def certificate_of(request: CreateUserPoolDomainRequest | UpdateUserPoolDomainRequest) -> dict[str, Any] | None:
    """CustomDomainConfig by its wire names."""
    config = request.custom_domain_config
    return None if config is None else msgspec.to_builtins(config)


def target_of(call: Call, domain: PoolDomain) -> str | None:
    """Where a custom domain has to point at: this server, as clients reach it."""
    return urlsplit(call.world.facts.public_url).hostname if domain.is_custom else None


def shown(call: Call, domain: PoolDomain) -> DomainDescriptionType:
    """A domain as Describe answers it."""
    return DomainDescriptionType(
        user_pool_id=domain.pool_id,
        aws_account_id=call.world.facts.account_id,
        domain=domain.domain,
        cloud_front_distribution=target_of(call, domain),
        version=domain.revision,
        status="ACTIVE",
        custom_domain_config=msgspec.convert(domain.certificate, CustomDomainConfigType)
        if domain.certificate
        else None,
        managed_login_version=domain.version,
    )
