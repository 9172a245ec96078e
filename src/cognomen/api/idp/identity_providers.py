"""Identity providers: CreateIdentityProvider to DeleteIdentityProvider, and linking users to them."""

from dataclasses import replace

from cognomen import errors
from cognomen.api.call import Call, operation
from cognomen.api.paging import Asked, page
from cognomen.domain import provider_details
from cognomen.domain.identity_providers import IdentityProvider, with_subject
from cognomen.domain.pool import UserPool
from cognomen.flows import identity_providers as flow
from cognomen.flows import linking
from cognomen.flows.linking import ProviderUser
from cognomen.storage import identity_providers
from cognomen.storage.database import Tx
from cognomen.storage.identity_providers import ProviderRow
from cognomen.wire.idp import (
    AdminDisableProviderForUserRequest,
    AdminDisableProviderForUserResponse,
    AdminLinkProviderForUserRequest,
    AdminLinkProviderForUserResponse,
    CreateIdentityProviderRequest,
    CreateIdentityProviderResponse,
    DeleteIdentityProviderRequest,
    DescribeIdentityProviderRequest,
    DescribeIdentityProviderResponse,
    GetIdentityProviderByIdentifierRequest,
    GetIdentityProviderByIdentifierResponse,
    IdentityProviderType,
    ListIdentityProvidersRequest,
    ListIdentityProvidersResponse,
    ProviderDescription,
    ProviderUserIdentifierType,
    UpdateIdentityProviderRequest,
    UpdateIdentityProviderResponse,
)


@operation
async def create_identity_provider(
    call: Call, request: CreateIdentityProviderRequest
) -> CreateIdentityProviderResponse:
    """Make an identity provider."""
    now_ms = call.world.now_ms()
    provider = IdentityProvider(
        pool_id=call.pool.pool_id,
        name=request.provider_name,
        type=request.provider_type,
        details=provider_details.accepted(request.provider_type, request.provider_details),
        attribute_mapping=with_subject(request.provider_type, request.attribute_mapping or {}),
        identifiers=tuple(request.idp_identifiers or ()),
        acr_mapping=request.acr_mapping,
        created_ms=now_ms,
        modified_ms=now_ms,
    )
    await flow.create(call.world, call.pool, provider)
    return CreateIdentityProviderResponse(identity_provider=shown(provider))


@operation
async def describe_identity_provider(
    call: Call, request: DescribeIdentityProviderRequest
) -> DescribeIdentityProviderResponse:
    """Everything that is known of an identity provider."""
    provider = await flow.require(call.world, call.pool, request.provider_name)
    return DescribeIdentityProviderResponse(identity_provider=shown(provider))


@operation
async def get_identity_provider_by_identifier(
    call: Call, request: GetIdentityProviderByIdentifierRequest
) -> GetIdentityProviderByIdentifierResponse:
    """Everything that is known of the identity provider that an identifier leads to."""
    provider = await flow.require_by_identifier(call.world, call.pool, request.idp_identifier)
    return GetIdentityProviderByIdentifierResponse(identity_provider=shown(provider))


@operation
async def update_identity_provider(
    call: Call, request: UpdateIdentityProviderRequest
) -> UpdateIdentityProviderResponse:
    """Replace what is given of an identity provider; the rest stays."""
    provider = await flow.change(
        call.world, call.pool, request.provider_name, lambda provider: changed(provider, request)
    )
    return UpdateIdentityProviderResponse(identity_provider=shown(provider))


def changed(provider: IdentityProvider, request: UpdateIdentityProviderRequest) -> IdentityProvider:
    """The provider with what the request gives."""
    if request.provider_details is not None:
        details = provider_details.accepted(provider.type, request.provider_details)
        provider = replace(provider, details=details)
    if request.attribute_mapping is not None:
        provider = replace(provider, attribute_mapping=with_subject(provider.type, request.attribute_mapping))
    if request.idp_identifiers is not None:
        provider = replace(provider, identifiers=tuple(request.idp_identifiers))
    if request.acr_mapping is not None:
        provider = replace(provider, acr_mapping=request.acr_mapping)
    return provider


@operation
async def delete_identity_provider(call: Call, request: DeleteIdentityProviderRequest) -> None:
    """Delete an identity provider."""
    await flow.delete(call.world, call.pool, request.provider_name)


@operation
async def list_identity_providers(call: Call, request: ListIdentityProvidersRequest) -> ListIdentityProvidersResponse:
    """The identity providers of a pool, a page at a time, in the order of their names."""
    pool_id = call.pool.pool_id

    async def read(tx: Tx, after: str, limit: int) -> list[ProviderRow]:
        return await identity_providers.page(tx, pool_id, after, limit)

    asked = Asked(f"ListIdentityProviders:{pool_id}", request.next_token, request.max_results)
    found, token = await page(call.world, asked, read, lambda row: row.name)
    return ListIdentityProvidersResponse(providers=[described(row) for row in found], next_token=token)


# Users of providers


@operation
async def admin_link_provider_for_user(
    call: Call, request: AdminLinkProviderForUserRequest
) -> AdminLinkProviderForUserResponse:
    """Make somebody at a provider the same as a user of the pool."""
    destination = provider_user(request.destination_user, "DestinationUser", needs_attribute=False)
    source = provider_user(request.source_user, "SourceUser")
    await linking.link(call.world, named_pool(call), destination, source)
    return AdminLinkProviderForUserResponse()


@operation
async def admin_disable_provider_for_user(
    call: Call, request: AdminDisableProviderForUserRequest
) -> AdminDisableProviderForUserResponse:
    """End a link, or a local user's sign-in by password."""
    await linking.disable(call.world, named_pool(call), provider_user(request.user, "User"))
    return AdminDisableProviderForUserResponse()


def named_pool(call: Call) -> UserPool:
    """The pool that the call names; its id may be empty here, and then it is nobody's. Raises PoolDoesNotExist."""
    if call.known_pool is None:
        raise errors.PoolDoesNotExist(pool_id="")
    return call.known_pool


def provider_user(given: ProviderUserIdentifierType, member: str, *, needs_attribute: bool = True) -> ProviderUser:
    """Who somebody is at a provider; raises InvalidParameterException where a part is missing."""
    attribute = given.provider_attribute_name or ("" if needs_attribute else "ignored")
    parts = {
        "ProviderName": given.provider_name,
        "ProviderAttributeName": attribute,
        "ProviderAttributeValue": given.provider_attribute_value,
    }
    for name, value in parts.items():
        if not value:
            raise errors.MissingParameter(name=f"{member}.{name}")
    return ProviderUser(given.provider_name or "", attribute, given.provider_attribute_value or "")


def described(row: ProviderRow) -> ProviderDescription:
    """A provider as lists show it."""
    return ProviderDescription(
        provider_name=row.name,
        provider_type=row.type,
        last_modified_date=row.modified_ms / 1000,
        creation_date=row.created_ms / 1000,
    )


def shown(provider: IdentityProvider) -> IdentityProviderType:
    """A provider as answers hold it."""
    return IdentityProviderType(
        user_pool_id=provider.pool_id,
        provider_name=provider.name,
        provider_type=provider.type,
        provider_details=provider_details.shown(provider.details),
        attribute_mapping=dict(provider.attribute_mapping),
        idp_identifiers=list(provider.identifiers),
        acr_mapping=dict(provider.acr_mapping) if provider.acr_mapping is not None else None,
        last_modified_date=provider.modified_ms / 1000,
        creation_date=provider.created_ms / 1000,
    )
