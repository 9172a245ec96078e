"""SignUp, ConfirmSignUp, ResendConfirmationCode, AdminConfirmSignUp."""

from cognomen.api.call import Call, operation
from cognomen.api.idp.shapes import delivery_details, pairs_of
from cognomen.domain.user import UserStatus
from cognomen.flows import sign_up as flow
from cognomen.flows.accounts import require_user
from cognomen.wire.idp import (
    AdminConfirmSignUpRequest,
    AdminConfirmSignUpResponse,
    ConfirmSignUpRequest,
    ConfirmSignUpResponse,
    ResendConfirmationCodeRequest,
    ResendConfirmationCodeResponse,
    SignUpRequest,
    SignUpResponse,
)


@operation
async def sign_up(call: Call, request: SignUpRequest) -> SignUpResponse:
    """Register a user, who then confirms with a code."""
    asked = flow.Registration(request.username, request.password, pairs_of(request.user_attributes))
    done = await flow.register(call.world, call.pool, call.client, asked)
    return SignUpResponse(
        user_confirmed=done.user.status is UserStatus.CONFIRMED,
        user_sub=done.user.sub,
        code_delivery_details=delivery_details(done.target) if done.target else None,
        session=done.session,
    )


@operation
async def confirm_sign_up(call: Call, request: ConfirmSignUpRequest) -> ConfirmSignUpResponse:
    """Confirm an account by its code."""
    forced = bool(request.force_alias_creation)
    asked = flow.Confirmation(request.username, request.confirmation_code, forced, request.session)
    return ConfirmSignUpResponse(session=await flow.confirm(call.world, call.pool, call.client, asked))


@operation
async def resend_confirmation_code(
    call: Call, request: ResendConfirmationCodeRequest
) -> ResendConfirmationCodeResponse:
    """Send a fresh sign-up code."""
    target = await flow.resend(call.world, call.pool, call.client, request.username)
    return ResendConfirmationCodeResponse(code_delivery_details=delivery_details(target))


@operation
async def admin_confirm_sign_up(call: Call, request: AdminConfirmSignUpRequest) -> AdminConfirmSignUpResponse:
    """Confirm an account without a code."""
    user = await require_user(call.world, call.pool, request.username)
    await flow.confirm_by_admin(call.world, call.pool, user)
    return AdminConfirmSignUpResponse()
