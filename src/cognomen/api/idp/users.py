"""AdminGetUser, AdminDeleteUser."""

from cognomen.api.call import Call, operation
from cognomen.api.idp.shapes import attribute_list
from cognomen.flows.accounts import require_user
from cognomen.storage import users
from cognomen.wire.idp import AdminDeleteUserRequest, AdminGetUserRequest, AdminGetUserResponse


@operation
async def admin_get_user(call: Call, request: AdminGetUserRequest) -> AdminGetUserResponse:
    """Everything that an administrator may know of a user."""
    user = await require_user(call.world, call.pool, request.username)
    return AdminGetUserResponse(
        username=user.username,
        user_attributes=attribute_list(user, user.attributes),
        user_create_date=user.created_ms / 1000,
        user_last_modified_date=user.modified_ms / 1000,
        enabled=user.enabled,
        user_status=user.status.value,
    )


@operation
async def admin_delete_user(call: Call, request: AdminDeleteUserRequest) -> None:
    """Delete a user with everything that belongs to them."""
    user = await require_user(call.world, call.pool, request.username)
    await call.world.database.write(lambda tx: users.delete(tx, user.pool_id, user.sub))
