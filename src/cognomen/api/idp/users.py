"""Users as administrators make, find, change and delete them: AdminCreateUser to AdminDeleteUser, and ListUsers."""

from collections.abc import Collection, Sequence

from cognomen import errors
from cognomen.api.call import Call, operation
from cognomen.api.idp.shapes import attribute_list, factors_shown, listed_user, pairs_of, sms_options
from cognomen.api.paging import Asked, page
from cognomen.delivery.port import Medium
from cognomen.domain.attribute_changes import Author
from cognomen.domain.auth_factors import configured_factors
from cognomen.domain.pool import UserPool
from cognomen.domain.user_search import search_of
from cognomen.flows import enabling, new_user
from cognomen.flows.accounts import require_user
from cognomen.flows.user_attributes import change_attributes, delete_attributes
from cognomen.storage import user_lists, users
from cognomen.storage.user_lists import Found
from cognomen.wire.idp import (
    AdminCreateUserRequest,
    AdminCreateUserResponse,
    AdminDeleteUserAttributesRequest,
    AdminDeleteUserAttributesResponse,
    AdminDeleteUserRequest,
    AdminDisableUserRequest,
    AdminDisableUserResponse,
    AdminEnableUserRequest,
    AdminEnableUserResponse,
    AdminGetUserAuthFactorsRequest,
    AdminGetUserAuthFactorsResponse,
    AdminGetUserRequest,
    AdminGetUserResponse,
    AdminUpdateUserAttributesRequest,
    AdminUpdateUserAttributesResponse,
    ListUsersRequest,
    ListUsersResponse,
)

TOKEN_MS = 3_600_000  # how long the token of a page works (reference 13)


@operation
async def admin_create_user(call: Call, request: AdminCreateUserRequest) -> AdminCreateUserResponse:
    """Make a user and send an invitation, or send it once more."""
    asked = new_user.Invitation(
        username=request.username,
        password=request.temporary_password,
        attributes=pairs_of(request.user_attributes),
        media=frozenset(map(Medium, request.desired_delivery_mediums or ())),
        silent=request.message_action == "SUPPRESS",
        force_alias=bool(request.force_alias_creation),
    )
    step = new_user.invite_again if request.message_action == "RESEND" else new_user.invite
    return AdminCreateUserResponse(user=listed_user(await step(call.world, call.pool, asked)))


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
        mfa_options=sms_options(user),
        **factors_shown(user),
    )


@operation
async def admin_get_user_auth_factors(
    call: Call, request: AdminGetUserAuthFactorsRequest
) -> AdminGetUserAuthFactorsResponse:
    """With what a user could begin to sign in."""
    user = await require_user(call.world, call.pool, request.username)
    return AdminGetUserAuthFactorsResponse(
        username=user.username,
        configured_user_auth_factors=configured_factors(call.pool, user),
        **factors_shown(user),
    )


@operation
async def admin_update_user_attributes(
    call: Call, request: AdminUpdateUserAttributesRequest
) -> AdminUpdateUserAttributesResponse:
    """Set attributes of a user; an empty value takes one away."""
    given = pairs_of(request.user_attributes)
    user = await require_user(call.world, call.pool, request.username)
    await change_attributes(call.world, call.pool, user, given, Author.ADMIN)
    return AdminUpdateUserAttributesResponse()


@operation
async def admin_delete_user_attributes(
    call: Call, request: AdminDeleteUserAttributesRequest
) -> AdminDeleteUserAttributesResponse:
    """Take attributes of a user away."""
    user = await require_user(call.world, call.pool, request.username)
    await delete_attributes(call.world, call.pool, user, request.user_attribute_names, Author.ADMIN)
    return AdminDeleteUserAttributesResponse()


@operation
async def admin_enable_user(call: Call, request: AdminEnableUserRequest) -> AdminEnableUserResponse:
    """Let a user sign in again."""
    await enabling.enable(call.world, await require_user(call.world, call.pool, request.username))
    return AdminEnableUserResponse()


@operation
async def admin_disable_user(call: Call, request: AdminDisableUserRequest) -> AdminDisableUserResponse:
    """Let a user in no more."""
    await enabling.disable(call.world, await require_user(call.world, call.pool, request.username))
    return AdminDisableUserResponse()


@operation
async def admin_delete_user(call: Call, request: AdminDeleteUserRequest) -> None:
    """Delete a user with everything that belongs to them."""
    user = await require_user(call.world, call.pool, request.username)
    await call.world.database.write(lambda tx: users.delete(tx, user.pool_id, user.sub))


@operation
async def list_users(call: Call, request: ListUsersRequest) -> ListUsersResponse:
    """The users of a pool, or those that a filter finds, a page at a time."""
    pool = call.pool
    search = search_of(request.filter or "", names_are_subs=bool(pool.username_attributes))
    wanted = frozenset(request.attributes_to_get or ())
    found, token = await page(
        call.world,
        Asked(f"ListUsers:{pool.pool_id}:{request.filter or ''}", request.pagination_token, request.limit, TOKEN_MS),
        lambda tx, after, limit: user_lists.page(tx, pool.pool_id, search, after, limit),
        lambda one: one.key,
    )
    _require_attributes(pool, found, wanted)
    return ListUsersResponse(users=[listed_user(one.user, wanted) for one in found], pagination_token=token)


def _require_attributes(pool: UserPool, found: Sequence[Found], wanted: Collection[str]) -> None:
    """Refuse attributes that the pool does not know, or that a user on the page lacks, as AWS does.

    Raises RequestedAttributeMissing.
    """
    needed = set(wanted) - {"sub"}
    if not needed <= pool.schema.keys() or not all(needed <= one.user.attributes.keys() for one in found):
        raise errors.RequestedAttributeMissing
