"""GetUser: what users may ask about themselves."""

from cognomen.api.call import Call, operation
from cognomen.api.idp.shapes import attribute_list
from cognomen.domain.claims import readable_attributes
from cognomen.wire.idp import GetUserRequest, GetUserResponse


@operation
async def get_user(call: Call, request: GetUserRequest) -> GetUserResponse:
    """The signed-in user's attributes, as far as the app client may read them."""
    shown = readable_attributes(call.client, call.user.attributes)
    return GetUserResponse(username=call.user.username, user_attributes=attribute_list(call.user, shown))
