"""GetTokensFromRefreshToken, RevokeToken, GlobalSignOut, AdminUserGlobalSignOut."""

from cognomen import errors
from cognomen.api.call import Call, operation
from cognomen.api.idp.sign_in import authentication_result
from cognomen.flows.accounts import require_user
from cognomen.flows.revocation import revoke_refresh_token, sign_out_everywhere
from cognomen.flows.rotation import Refresh, refresh
from cognomen.wire.idp import (
    AdminUserGlobalSignOutRequest,
    AdminUserGlobalSignOutResponse,
    GetTokensFromRefreshTokenRequest,
    GetTokensFromRefreshTokenResponse,
    GlobalSignOutRequest,
    GlobalSignOutResponse,
    RevokeTokenRequest,
    RevokeTokenResponse,
)


@operation
async def get_tokens_from_refresh_token(
    call: Call, request: GetTokensFromRefreshTokenRequest
) -> GetTokensFromRefreshTokenResponse:
    """New tokens for a refresh token, and a new one in its place where the app client rotates them."""
    device_key = request.device_key or ""
    asked = Refresh(call.pool, call.client, request.refresh_token, call.visitor, device_key=device_key)
    try:
        tokens = await refresh(call.world, asked)
    except errors.PasswordResetRequiredException as required:  # not modelled here
        raise errors.NotAuthorizedException(str(required)) from required
    return GetTokensFromRefreshTokenResponse(authentication_result=authentication_result(tokens))


@operation
async def revoke_token(call: Call, request: RevokeTokenRequest) -> RevokeTokenResponse:
    """End the sign-in of a refresh token; it came through no other session that could be ended with it."""
    await revoke_refresh_token(call.world, call.client, request.token)
    return RevokeTokenResponse()


@operation
async def global_sign_out(call: Call, request: GlobalSignOutRequest) -> GlobalSignOutResponse:
    """End all sign-ins of the signed-in user, this one included."""
    await sign_out_everywhere(call.world, call.user)
    return GlobalSignOutResponse()


@operation
async def admin_user_global_sign_out(
    call: Call, request: AdminUserGlobalSignOutRequest
) -> AdminUserGlobalSignOutResponse:
    """End all sign-ins of a user."""
    await sign_out_everywhere(call.world, await require_user(call.world, call.pool, request.username))
    return AdminUserGlobalSignOutResponse()
