"""User pools: CreateUserPool to DeleteUserPool, AddCustomAttributes, GetSigningCertificate."""

import base64
from collections.abc import Mapping
from typing import Any

import msgspec

from cognomen.api.call import Call, operation
from cognomen.api.paging import key_of_token, token_after
from cognomen.domain.arns import pool_arn
from cognomen.domain.pool import UserPool
from cognomen.domain.pool_settings import settings_with_attributes
from cognomen.flows import pools
from cognomen.flows.saml_keys import saml_key_of
from cognomen.storage import domains, user_pools, users
from cognomen.wire.idp import (
    AddCustomAttributesRequest,
    AddCustomAttributesResponse,
    CreateUserPoolRequest,
    CreateUserPoolResponse,
    DeleteUserPoolRequest,
    DescribeUserPoolRequest,
    DescribeUserPoolResponse,
    GetSigningCertificateRequest,
    GetSigningCertificateResponse,
    ListUserPoolsRequest,
    ListUserPoolsResponse,
    UpdateUserPoolRequest,
    UpdateUserPoolResponse,
    UserPoolDescriptionType,
    UserPoolType,
)


@operation
async def create_user_pool(call: Call, request: CreateUserPoolRequest) -> CreateUserPoolResponse:
    """Make a pool with its two signing keys."""
    pool = await pools.create_pool(call.world, call.region, request.pool_name, msgspec.to_builtins(request))
    return CreateUserPoolResponse(user_pool=shown(call, pool, user_count=0))


@operation
async def describe_user_pool(call: Call, request: DescribeUserPoolRequest) -> DescribeUserPoolResponse:
    """Everything that is known of a pool."""
    count = await call.world.database.read(lambda tx: users.count_of_pool(tx, call.pool.pool_id))
    found = await call.world.database.read(lambda tx: domains.of_pool(tx, call.pool.pool_id))
    names = {("CustomDomain" if one.is_custom else "Domain"): one.domain for one in found}
    return DescribeUserPoolResponse(user_pool=shown(call, call.pool, count, names))


@operation
async def list_user_pools(call: Call, request: ListUserPoolsRequest) -> ListUserPoolsResponse:
    """The pools, a page at a time, in the order of their ids."""
    after = key_of_token(call.world, "ListUserPools", request.next_token)
    limit = request.max_results
    page = await call.world.database.read(lambda tx: user_pools.page(tx, after, limit + 1))
    more = len(page) > limit
    return ListUserPoolsResponse(
        user_pools=[
            UserPoolDescriptionType(
                id=pool.pool_id,
                name=pool.name,
                lambda_config=msgspec.convert(
                    pool.settings["LambdaConfig"], UserPoolType.__annotations__["lambda_config"]
                ),
                last_modified_date=pool.modified_ms / 1000,
                creation_date=pool.created_ms / 1000,
            )
            for pool in page[:limit]
        ],
        next_token=token_after(call.world, "ListUserPools", page[limit - 1].pool_id) if more else None,
    )


@operation
async def update_user_pool(call: Call, request: UpdateUserPoolRequest) -> UpdateUserPoolResponse:
    """Set a pool up anew: what is not given goes back to its default."""
    await pools.update_pool(call.world, call.pool, request.pool_name, msgspec.to_builtins(request))
    return UpdateUserPoolResponse()


@operation
async def add_custom_attributes(call: Call, request: AddCustomAttributesRequest) -> AddCustomAttributesResponse:
    """Add attributes to the schema of a pool; the users that it has already do not have them."""
    asked = msgspec.to_builtins(request.custom_attributes)

    def change(settings: Mapping[str, Any]) -> Mapping[str, Any]:
        return settings_with_attributes(settings, asked)

    await pools.change_pool(call.world, call.pool, change, during_imports=False)
    return AddCustomAttributesResponse()


@operation
async def delete_user_pool(call: Call, request: DeleteUserPoolRequest) -> None:
    """Delete a pool with everything in it."""
    await pools.delete_pool(call.world, call.pool)


@operation
async def get_signing_certificate(call: Call, request: GetSigningCertificateRequest) -> GetSigningCertificateResponse:
    """The certificate by which SAML providers know the pool's requests."""
    key = await saml_key_of(call.world, call.pool)
    return GetSigningCertificateResponse(certificate=base64.b64encode(key.certificate).decode())


def shown(call: Call, pool: UserPool, user_count: int, domain_names: Mapping[str, str] | None = None) -> UserPoolType:
    """A pool as Create and Describe answer it."""
    return msgspec.convert(
        {
            **pool.settings,
            **(domain_names or {}),
            "Id": pool.pool_id,
            "Name": pool.name,
            "Arn": pool_arn(call.world.facts.account_id, pool),
            "CreationDate": pool.created_ms / 1000,
            "LastModifiedDate": pool.modified_ms / 1000,
            "EstimatedNumberOfUsers": user_count,
        },
        UserPoolType,
    )
