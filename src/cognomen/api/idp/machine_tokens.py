"""GetClientToken."""

from cognomen import errors
from cognomen.api.call import Call, operation
from cognomen.domain.token_exchange import BEARER
from cognomen.flows.machine_tokens import machine_token
from cognomen.wire.idp import ClientAuthenticationResultType, GetClientTokenRequest, GetClientTokenResponse


@operation
async def get_client_token(call: Call, request: GetClientTokenRequest) -> GetClientTokenResponse:
    """A token for the app client itself, which a user's session has nothing to do with."""
    if not call.client.secrets:
        raise errors.ClientSecretWrong(client_id=call.client.client_id)
    token = await machine_token(call.world, call.pool, call.client, request.scopes)
    result = ClientAuthenticationResultType(
        access_token=token.access_token, expires_in=token.expires_in, token_type=BEARER
    )
    return GetClientTokenResponse(client_authentication_result=result)
