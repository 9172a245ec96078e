"""Groups and who is in them: CreateGroup to DeleteGroup, AdminAddUserToGroup and its like."""

from cognomen.api.call import Call, operation
from cognomen.api.idp.shapes import listed_user
from cognomen.api.paging import Asked, page
from cognomen.domain.groups import Group
from cognomen.domain.user import User
from cognomen.flows import groups as flow
from cognomen.flows.accounts import require_user
from cognomen.storage import groups, users
from cognomen.storage.database import Tx
from cognomen.storage.groups import Change
from cognomen.wire.idp import (
    AdminAddUserToGroupRequest,
    AdminListGroupsForUserRequest,
    AdminListGroupsForUserResponse,
    AdminRemoveUserFromGroupRequest,
    CreateGroupRequest,
    CreateGroupResponse,
    DeleteGroupRequest,
    GetGroupRequest,
    GetGroupResponse,
    GroupType,
    ListGroupsRequest,
    ListGroupsResponse,
    ListUsersInGroupRequest,
    ListUsersInGroupResponse,
    UpdateGroupRequest,
    UpdateGroupResponse,
)


@operation
async def create_group(call: Call, request: CreateGroupRequest) -> CreateGroupResponse:
    """Make a group."""
    group = await flow.create_group(call.world, call.pool, request.group_name, asked_of(request))
    return CreateGroupResponse(group=shown(group))


@operation
async def get_group(call: Call, request: GetGroupRequest) -> GetGroupResponse:
    """Everything that is known of a group."""
    return GetGroupResponse(group=shown(await flow.require_group(call.world, call.pool, request.group_name)))


@operation
async def update_group(call: Call, request: UpdateGroupRequest) -> UpdateGroupResponse:
    """Change what is given of a group; the rest stays."""
    group = await flow.change_group(call.world, call.pool, request.group_name, asked_of(request))
    return UpdateGroupResponse(group=shown(group))


@operation
async def delete_group(call: Call, request: DeleteGroupRequest) -> None:
    """Delete a group; its users stay."""
    await flow.delete_group(call.world, call.pool, request.group_name)


@operation
async def list_groups(call: Call, request: ListGroupsRequest) -> ListGroupsResponse:
    """The groups of a pool, a page at a time, in the order of their names."""
    pool_id = call.pool.pool_id

    async def read(tx: Tx, after: str, limit: int) -> list[Group]:
        return await groups.page(tx, pool_id, after, limit)

    asked = Asked(f"ListGroups:{pool_id}", request.next_token, request.limit)
    found, token = await page(call.world, asked, read, lambda group: group.name)
    return ListGroupsResponse(groups=[shown(group) for group in found], next_token=token)


@operation
async def list_users_in_group(call: Call, request: ListUsersInGroupRequest) -> ListUsersInGroupResponse:
    """The users in a group, a page at a time."""
    group = await flow.require_group(call.world, call.pool, request.group_name)

    async def read(tx: Tx, after: str, limit: int) -> list[User]:
        return await users.page_of_group(tx, group.pool_id, group.group_id, after, limit)

    asked = Asked(f"ListUsersInGroup:{group.group_id}", request.next_token, request.limit)
    found, token = await page(call.world, asked, read, lambda user: user.sub)
    return ListUsersInGroupResponse(users=[listed_user(user) for user in found], next_token=token)


@operation
async def admin_add_user_to_group(call: Call, request: AdminAddUserToGroupRequest) -> None:
    """Put a user into a group; again does no harm."""
    user = await require_user(call.world, call.pool, request.username)
    await flow.add_to_group(call.world, user, request.group_name)


@operation
async def admin_remove_user_from_group(call: Call, request: AdminRemoveUserFromGroupRequest) -> None:
    """Take a user out of a group; one who is not in it stays out."""
    user = await require_user(call.world, call.pool, request.username)
    group = await flow.require_group(call.world, call.pool, request.group_name)
    await call.world.database.write(lambda tx: groups.remove_member(tx, group, user.sub))


@operation
async def admin_list_groups_for_user(
    call: Call, request: AdminListGroupsForUserRequest
) -> AdminListGroupsForUserResponse:
    """The groups that a user is in, a page at a time, in the order of their names."""
    user = await require_user(call.world, call.pool, request.username)

    async def read(tx: Tx, after: str, limit: int) -> list[Group]:
        return await groups.page_of_user(tx, user.pool_id, user.sub, after, limit)

    asked = Asked(f"AdminListGroupsForUser:{user.sub}", request.next_token, request.limit)
    found, token = await page(call.world, asked, read, lambda group: group.name)
    return AdminListGroupsForUserResponse(groups=[shown(group) for group in found], next_token=token)


def asked_of(request: CreateGroupRequest | UpdateGroupRequest) -> Change:
    """What a group is to be."""
    return Change(request.description, request.role_arn, request.precedence)


def shown(group: Group) -> GroupType:
    """A group as answers hold it."""
    return GroupType(
        group_name=group.name,
        user_pool_id=group.pool_id,
        description=group.description,
        role_arn=group.role_arn,
        precedence=group.precedence,
        last_modified_date=group.modified_ms / 1000,
        creation_date=group.created_ms / 1000,
    )
