"""ForgotPassword, ConfirmForgotPassword, ChangePassword, AdminSetUserPassword, AdminResetUserPassword."""

from cognomen.api.call import Call, operation
from cognomen.api.idp.shapes import delivery_details
from cognomen.domain.user import UserStatus
from cognomen.flows import passwords, recovery
from cognomen.flows.accounts import require_user
from cognomen.wire.idp import (
    AdminResetUserPasswordRequest,
    AdminResetUserPasswordResponse,
    AdminSetUserPasswordRequest,
    AdminSetUserPasswordResponse,
    ChangePasswordRequest,
    ChangePasswordResponse,
    ConfirmForgotPasswordRequest,
    ConfirmForgotPasswordResponse,
    ForgotPasswordRequest,
    ForgotPasswordResponse,
)


@operation
async def forgot_password(call: Call, request: ForgotPasswordRequest) -> ForgotPasswordResponse:
    """Send a code for a new password."""
    target = await recovery.forgot(call.world, call.pool, call.client, request.username)
    return ForgotPasswordResponse(code_delivery_details=delivery_details(target))


@operation
async def confirm_forgot_password(call: Call, request: ConfirmForgotPasswordRequest) -> ConfirmForgotPasswordResponse:
    """Set a new password by the code."""
    asked = recovery.Reset(request.username, request.confirmation_code, request.password)
    await recovery.confirm(call.world, call.pool, call.client, asked)
    return ConfirmForgotPasswordResponse()


@operation
async def change_password(call: Call, request: ChangePasswordRequest) -> ChangePasswordResponse:
    """Change the signed-in user's password."""
    await passwords.change(call.world, call.pool, call.user, request.previous_password, request.proposed_password)
    return ChangePasswordResponse()


@operation
async def admin_set_user_password(call: Call, request: AdminSetUserPasswordRequest) -> AdminSetUserPasswordResponse:
    """Give a user a password, to keep or to be changed at the next sign-in."""
    user = await require_user(call.world, call.pool, request.username)
    status = UserStatus.CONFIRMED if request.permanent else UserStatus.FORCE_CHANGE_PASSWORD
    await passwords.set_by_admin(call.world, call.pool, user, request.password, status)
    return AdminSetUserPasswordResponse()


@operation
async def admin_reset_user_password(
    call: Call, request: AdminResetUserPasswordRequest
) -> AdminResetUserPasswordResponse:
    """Make a user choose another password by a code."""
    user = await require_user(call.world, call.pool, request.username)
    await recovery.reset_by_admin(call.world, call.pool, user)
    return AdminResetUserPasswordResponse()
