"""GetDerivedToken."""

from cognomen import errors
from cognomen.api.call import Call, operation
from cognomen.api.not_yet import FEDERATION
from cognomen.domain.token_exchange import ACCESS, BEARER, NOT_A_BEARER, SAML, Presented
from cognomen.flows.token_exchange import Exchange, exchange
from cognomen.wire.idp import GetDerivedTokenRequest, GetDerivedTokenResponse


@operation
async def get_derived_token(call: Call, request: GetDerivedTokenRequest) -> GetDerivedTokenResponse:
    """A token for a downstream service, made from a user's and, where somebody acts for them, the actor's."""
    if bool(request.actor_token) != bool(request.actor_token_type):
        raise errors.ActorTokenIncomplete
    for member, kind in ("SubjectTokenType", request.subject_token_type), ("ActorTokenType", request.actor_token_type):
        if kind == SAML:
            raise errors.NotSupportedYet(member=member, reason=FEDERATION)
    if request.audiences and request.resources:
        raise errors.AudienceAndResource
    asked = Exchange(
        pool=call.pool,
        client=call.client,
        subject=Presented("subject", request.subject_token_type, request.subject_token),
        actor=Presented("actor", request.actor_token_type or "", request.actor_token) if request.actor_token else None,
        kind=request.requested_token_type or ACCESS,
        scopes=tuple(request.scopes) if request.scopes else None,
        audience=request.audiences[0] if request.audiences else None,
        resource=request.resources[0] if request.resources else None,
    )
    issued = await exchange(call.world, asked)
    return GetDerivedTokenResponse(
        issued_token=issued.token,
        issued_token_type=asked.kind,
        token_type=BEARER if asked.kind == ACCESS else NOT_A_BEARER,
        expires_in=issued.expires_in,
        scopes=issued.scopes,
    )
