"""CreateUserPool, DescribeUserPool, ListUserPools, AddCustomAttributes, DeleteUserPool."""

import msgspec

from cognomen.api.call import Call, operation
from cognomen.api.paging import key_of_token, token_after
from cognomen.domain.arns import pool_arn
from cognomen.domain.pool import UserPool
from cognomen.domain.pool_settings import settings_with_attributes
from cognomen.flows import pools
from cognomen.storage import user_pools, users
from cognomen.wire.idp import (
    AddCustomAttributesRequest,
    AddCustomAttributesResponse,
    CreateUserPoolRequest,
    CreateUserPoolResponse,
    DeleteUserPoolRequest,
    DescribeUserPoolRequest,
    DescribeUserPoolResponse,
    ListUserPoolsRequest,
    ListUserPoolsResponse,
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
    return DescribeUserPoolResponse(user_pool=shown(call, call.pool, count))


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
async def add_custom_attributes(call: Call, request: AddCustomAttributesRequest) -> AddCustomAttributesResponse:
    """Add attributes to the schema of a pool; the users that it has already do not have them."""
    asked = msgspec.to_builtins(request.custom_attributes)
    await pools.change_pool(call.world, call.pool, lambda settings: settings_with_attributes(settings, asked))
    return AddCustomAttributesResponse()


@operation
async def delete_user_pool(call: Call, request: DeleteUserPoolRequest) -> None:
    """Delete a pool with everything in it."""
    await pools.delete_pool(call.world, call.pool)


def shown(call: Call, pool: UserPool, user_count: int) -> UserPoolType:
    """A pool as Create and Describe answer it."""
    return msgspec.convert(
        {
            **pool.settings,
            "Id": pool.pool_id,
            "Name": pool.name,
            "Arn": pool_arn(call.world.facts.account_id, pool),
            "CreationDate": pool.created_ms / 1000,
            "LastModifiedDate": pool.modified_ms / 1000,
            "EstimatedNumberOfUsers": user_count,
        },
        UserPoolType,
    )
