"""App clients and their secrets: CreateUserPoolClient to DeleteUserPoolClient, AddUserPoolClientSecret and its like."""

import msgspec

from cognomen.api.call import Call, operation
from cognomen.api.paging import key_of_token, token_after
from cognomen.domain.app_client import AppClient
from cognomen.flows import client_secrets, pools
from cognomen.storage import app_clients
from cognomen.storage import client_secrets as stored_secrets
from cognomen.wire.idp import (
    AddUserPoolClientSecretRequest,
    AddUserPoolClientSecretResponse,
    ClientSecretDescriptorType,
    CreateUserPoolClientRequest,
    CreateUserPoolClientResponse,
    DeleteUserPoolClientRequest,
    DeleteUserPoolClientSecretRequest,
    DeleteUserPoolClientSecretResponse,
    DescribeUserPoolClientRequest,
    DescribeUserPoolClientResponse,
    ListUserPoolClientSecretsRequest,
    ListUserPoolClientSecretsResponse,
    ListUserPoolClientsRequest,
    ListUserPoolClientsResponse,
    UpdateUserPoolClientRequest,
    UpdateUserPoolClientResponse,
    UserPoolClientDescription,
    UserPoolClientType,
)

PAGE = 60


@operation
async def create_user_pool_client(call: Call, request: CreateUserPoolClientRequest) -> CreateUserPoolClientResponse:
    """Make an app client, with a secret where one is asked for."""
    client = await pools.create_client(call.world, call.pool, request.client_name, msgspec.to_builtins(request))
    return CreateUserPoolClientResponse(user_pool_client=shown(client))


@operation
async def describe_user_pool_client(
    call: Call, request: DescribeUserPoolClientRequest
) -> DescribeUserPoolClientResponse:
    """Everything that is known of an app client, its secret included."""
    return DescribeUserPoolClientResponse(user_pool_client=shown(call.client))


@operation
async def list_user_pool_clients(call: Call, request: ListUserPoolClientsRequest) -> ListUserPoolClientsResponse:
    """The app clients of a pool, a page at a time, in the order of their ids."""
    listing = f"ListUserPoolClients:{call.pool.pool_id}"
    after = key_of_token(call.world, listing, request.next_token)
    limit = request.max_results or PAGE
    page = await call.world.database.read(lambda tx: app_clients.page(tx, call.pool.pool_id, after, limit + 1))
    more = len(page) > limit
    return ListUserPoolClientsResponse(
        user_pool_clients=[
            UserPoolClientDescription(client_id=one.client_id, user_pool_id=one.pool_id, client_name=one.name)
            for one in page[:limit]
        ],
        next_token=token_after(call.world, listing, page[limit - 1].client_id) if more else None,
    )


@operation
async def update_user_pool_client(call: Call, request: UpdateUserPoolClientRequest) -> UpdateUserPoolClientResponse:
    """Set an app client up anew: what is not given goes back to its default."""
    client = await pools.update_client(call.world, call.pool, call.client, msgspec.to_builtins(request))
    return UpdateUserPoolClientResponse(user_pool_client=shown(client))


@operation
async def delete_user_pool_client(call: Call, request: DeleteUserPoolClientRequest) -> None:
    """Delete an app client."""
    await pools.delete_client(call.world, call.client)


@operation
async def add_user_pool_client_secret(
    call: Call, request: AddUserPoolClientSecretRequest
) -> AddUserPoolClientSecretResponse:
    """Give an app client a second secret; only a generated one is told."""
    secret = await client_secrets.add_secret(call.world, call.client, request.client_secret)
    value = None if request.client_secret else secret.value
    descriptor = described(secret.secret_id, secret.created_ms, value)
    return AddUserPoolClientSecretResponse(client_secret_descriptor=descriptor)


@operation
async def list_user_pool_client_secrets(
    call: Call, request: ListUserPoolClientSecretsRequest
) -> ListUserPoolClientSecretsResponse:
    """The live secrets of an app client, the oldest first, without their values; never more than one page."""
    client = call.client
    key_of_token(call.world, f"ListUserPoolClientSecrets:{client.client_id}", request.next_token)
    live = await call.world.database.read(lambda tx: stored_secrets.of_client(tx, client.pool_id, client.client_id))
    return ListUserPoolClientSecretsResponse(client_secrets=[described(s.secret_id, s.created_ms) for s in live])


@operation
async def delete_user_pool_client_secret(
    call: Call, request: DeleteUserPoolClientSecretRequest
) -> DeleteUserPoolClientSecretResponse:
    """End a secret of an app client; one must be left."""
    await client_secrets.delete_secret(call.world, call.client, request.client_secret_id)
    return DeleteUserPoolClientSecretResponse()


def described(secret_id: str, created_ms: int, value: str | None = None) -> ClientSecretDescriptorType:
    """A secret as answers hold it."""
    return ClientSecretDescriptorType(
        client_secret_id=secret_id, client_secret_value=value, client_secret_create_date=created_ms / 1000
    )


def shown(client: AppClient) -> UserPoolClientType:
    """An app client as Create and Describe answer it."""
    secret = {"ClientSecret": client.secrets[-1].value} if client.secrets else {}
    return msgspec.convert(
        {
            **client.settings,
            **secret,
            "UserPoolId": client.pool_id,
            "ClientName": client.name,
            "ClientId": client.client_id,
            "CreationDate": client.created_ms / 1000,
            "LastModifiedDate": client.modified_ms / 1000,
        },
        UserPoolClientType,
    )
