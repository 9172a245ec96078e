"""What users may ask and change about themselves: GetUser, their attributes and factors, and their account's end."""

from cognomen import errors
from cognomen.api.call import Call, operation
from cognomen.api.idp.shapes import attribute_list, delivery_details, factors_shown, pairs_of, sms_options
from cognomen.domain.attribute_changes import Author
from cognomen.domain.auth_factors import configured_factors
from cognomen.domain.client_attributes import check_writable, readable_attributes
from cognomen.flows import user_attributes
from cognomen.storage import users
from cognomen.wire.idp import (
    DeleteUserAttributesRequest,
    DeleteUserAttributesResponse,
    DeleteUserRequest,
    GetUserAttributeVerificationCodeRequest,
    GetUserAttributeVerificationCodeResponse,
    GetUserAuthFactorsRequest,
    GetUserAuthFactorsResponse,
    GetUserRequest,
    GetUserResponse,
    UpdateUserAttributesRequest,
    UpdateUserAttributesResponse,
    VerifyUserAttributeRequest,
    VerifyUserAttributeResponse,
)


@operation
async def get_user(call: Call, request: GetUserRequest) -> GetUserResponse:
    """The signed-in user's attributes, as far as the app client may read them."""
    shown = readable_attributes(call.pool, call.client, call.user.attributes)
    return GetUserResponse(
        username=call.user.username,
        user_attributes=attribute_list(call.user, shown),
        mfa_options=sms_options(call.user),
        **factors_shown(call.user),
    )


@operation
async def get_user_auth_factors(call: Call, request: GetUserAuthFactorsRequest) -> GetUserAuthFactorsResponse:
    """With what the signed-in user could sign in."""
    factors = configured_factors(call.pool, call.user)
    return GetUserAuthFactorsResponse(
        username=call.user.username, configured_user_auth_factors=factors, **factors_shown(call.user)
    )


@operation
async def update_user_attributes(call: Call, request: UpdateUserAttributesRequest) -> UpdateUserAttributesResponse:
    """Set attributes that the app client may write, all or none; an empty value takes one away."""
    given = pairs_of(request.user_attributes)
    check_writable(call.pool, call.client, given)
    targets = await user_attributes.change_attributes(call.world, call.pool, call.user, given, Author.USER)
    return UpdateUserAttributesResponse(code_delivery_details_list=[delivery_details(target) for target in targets])


@operation
async def delete_user_attributes(call: Call, request: DeleteUserAttributesRequest) -> DeleteUserAttributesResponse:
    """Take away attributes that the app client may write, all or none."""
    names = request.user_attribute_names
    check_writable(call.pool, call.client, names)
    await user_attributes.delete_attributes(call.world, call.pool, call.user, names, Author.USER)
    return DeleteUserAttributesResponse()


@operation
async def get_user_attribute_verification_code(
    call: Call, request: GetUserAttributeVerificationCodeRequest
) -> GetUserAttributeVerificationCodeResponse:
    """Send a code that proves an e-mail address or phone number."""
    target = await user_attributes.send_code(call.world, call.pool, call.user, request.attribute_name)
    return GetUserAttributeVerificationCodeResponse(code_delivery_details=delivery_details(target))


@operation
async def verify_user_attribute(call: Call, request: VerifyUserAttributeRequest) -> VerifyUserAttributeResponse:
    """Prove an e-mail address or phone number by its code."""
    await user_attributes.verify_attribute(call.world, call.pool, call.user, request.attribute_name, request.code)
    return VerifyUserAttributeResponse()


@operation
async def delete_user(call: Call, request: DeleteUserRequest) -> None:
    """Delete the signed-in user with everything that belongs to them; of several calls at once one does it."""
    if not await call.world.database.write(lambda tx: users.delete(tx, call.user.pool_id, call.user.sub)):
        raise errors.UserNotFoundException
