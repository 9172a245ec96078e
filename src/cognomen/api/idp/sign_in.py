"""InitiateAuth and AdminInitiateAuth."""

from cognomen.api.call import Call, operation
from cognomen.flows.sign_in import Attempt, initiate
from cognomen.flows.tokens import Tokens
from cognomen.wire.idp import (
    AdminInitiateAuthRequest,
    AdminInitiateAuthResponse,
    AuthenticationResultType,
    InitiateAuthRequest,
    InitiateAuthResponse,
)


@operation
async def initiate_auth(call: Call, request: InitiateAuthRequest) -> InitiateAuthResponse:
    """Begin to sign in, as the user's own app does it."""
    attempt = Attempt(call.pool, call.client, request.auth_parameters or {}, by_admin=False)
    tokens = await initiate(call.world, request.auth_flow, attempt)
    return InitiateAuthResponse(authentication_result=authentication_result(tokens), challenge_parameters={})


@operation
async def admin_initiate_auth(call: Call, request: AdminInitiateAuthRequest) -> AdminInitiateAuthResponse:
    """Begin to sign a user in from a trusted server."""
    attempt = Attempt(call.pool, call.client, request.auth_parameters or {}, by_admin=True)
    tokens = await initiate(call.world, request.auth_flow, attempt)
    return AdminInitiateAuthResponse(authentication_result=authentication_result(tokens), challenge_parameters={})


def authentication_result(tokens: Tokens) -> AuthenticationResultType:
    """Tokens as the wire shows them."""
    return AuthenticationResultType(
        access_token=tokens.access_token,
        expires_in=tokens.expires_in,
        token_type="Bearer",  # noqa: S106
        refresh_token=tokens.refresh_token,
        id_token=tokens.id_token,
    )
