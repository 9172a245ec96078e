"""CreateResourceServer, DescribeResourceServer, UpdateResourceServer, DeleteResourceServer, ListResourceServers."""

from cognomen.api.call import Call, operation
from cognomen.api.paging import Asked, page
from cognomen.domain.resource_servers import ResourceServer, Scope
from cognomen.flows import resource_servers as flow
from cognomen.storage import resource_servers
from cognomen.storage.database import Tx
from cognomen.wire.idp import (
    CreateResourceServerRequest,
    CreateResourceServerResponse,
    DeleteResourceServerRequest,
    DescribeResourceServerRequest,
    DescribeResourceServerResponse,
    ListResourceServersRequest,
    ListResourceServersResponse,
    ResourceServerScopeType,
    ResourceServerType,
    UpdateResourceServerRequest,
    UpdateResourceServerResponse,
)

PAGE = 50


@operation
async def create_resource_server(call: Call, request: CreateResourceServerRequest) -> CreateResourceServerResponse:
    """Make a resource server."""
    server = asked_of(call, request)
    await flow.create(call.world, server)
    return CreateResourceServerResponse(resource_server=shown(server))


@operation
async def describe_resource_server(
    call: Call, request: DescribeResourceServerRequest
) -> DescribeResourceServerResponse:
    """Everything that is known of a resource server."""
    server = await flow.require(call.world, call.pool, request.identifier)
    return DescribeResourceServerResponse(resource_server=shown(server))


@operation
async def update_resource_server(call: Call, request: UpdateResourceServerRequest) -> UpdateResourceServerResponse:
    """Replace name and scopes of a resource server; without scopes it has none any more."""
    server = await flow.change(call.world, asked_of(call, request))
    return UpdateResourceServerResponse(resource_server=shown(server))


@operation
async def delete_resource_server(call: Call, request: DeleteResourceServerRequest) -> None:
    """Delete a resource server."""
    await flow.delete(call.world, call.pool, request.identifier)


@operation
async def list_resource_servers(call: Call, request: ListResourceServersRequest) -> ListResourceServersResponse:
    """The resource servers of a pool, a page at a time, in the order of their identifiers."""
    pool_id = call.pool.pool_id

    async def read(tx: Tx, after: str, limit: int) -> list[ResourceServer]:
        return await resource_servers.page(tx, pool_id, after, limit)

    asked = Asked(f"ListResourceServers:{pool_id}", request.next_token, request.max_results or PAGE)
    found, token = await page(call.world, asked, read, lambda server: server.identifier)
    return ListResourceServersResponse(resource_servers=[shown(server) for server in found], next_token=token)


def asked_of(call: Call, request: CreateResourceServerRequest | UpdateResourceServerRequest) -> ResourceServer:
    """What a resource server is to be."""
    scopes = [Scope(one.scope_name, one.scope_description) for one in request.scopes or ()]
    return flow.asked_for(call.world, call.pool, request.identifier, request.name, scopes)


def shown(server: ResourceServer) -> ResourceServerType:
    """A resource server as answers hold it."""
    return ResourceServerType(
        user_pool_id=server.pool_id,
        identifier=server.identifier,
        name=server.name,
        scopes=[ResourceServerScopeType(scope_name=s.name, scope_description=s.description) for s in server.scopes],
    )
