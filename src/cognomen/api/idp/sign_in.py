"""InitiateAuth, RespondToAuthChallenge, AdminInitiateAuth, AdminRespondToAuthChallenge."""

from typing import Any

from cognomen.api.call import Call, operation
from cognomen.flows.answers import Answer
from cognomen.flows.challenges import Challenge, respond
from cognomen.flows.sign_in import Attempt, initiate
from cognomen.flows.tokens import Tokens
from cognomen.wire.idp import (
    AdminInitiateAuthRequest,
    AdminInitiateAuthResponse,
    AdminRespondToAuthChallengeRequest,
    AdminRespondToAuthChallengeResponse,
    AuthenticationResultType,
    InitiateAuthRequest,
    InitiateAuthResponse,
    NewDeviceMetadataType,
    RespondToAuthChallengeRequest,
    RespondToAuthChallengeResponse,
)


@operation
async def initiate_auth(call: Call, request: InitiateAuthRequest) -> InitiateAuthResponse:
    """Begin to sign in, as the user's own app does it."""
    attempt = attempt_of(call, request, by_admin=False)
    return InitiateAuthResponse(**members_of(await initiate(call.world, attempt)))


@operation
async def respond_to_auth_challenge(
    call: Call, request: RespondToAuthChallengeRequest
) -> RespondToAuthChallengeResponse:
    """Answer a challenge, as the user's own app does it."""
    return RespondToAuthChallengeResponse(**members_of(await respond(call.world, answer_of(call, request))))


@operation
async def admin_initiate_auth(call: Call, request: AdminInitiateAuthRequest) -> AdminInitiateAuthResponse:
    """Begin to sign a user in from a trusted server."""
    attempt = attempt_of(call, request, by_admin=True)
    return AdminInitiateAuthResponse(**members_of(await initiate(call.world, attempt)))


@operation
async def admin_respond_to_auth_challenge(
    call: Call, request: AdminRespondToAuthChallengeRequest
) -> AdminRespondToAuthChallengeResponse:
    """Answer a challenge from a trusted server."""
    return AdminRespondToAuthChallengeResponse(**members_of(await respond(call.world, answer_of(call, request))))


def attempt_of(call: Call, request: InitiateAuthRequest | AdminInitiateAuthRequest, *, by_admin: bool) -> Attempt:
    """A try to sign in as the flows take it."""
    parameters = request.auth_parameters or {}
    return Attempt(call.pool, call.client, request.auth_flow, parameters, by_admin, call.visitor, request.session)


def answer_of(call: Call, request: RespondToAuthChallengeRequest | AdminRespondToAuthChallengeRequest) -> Answer:
    """An answer as the flows take it."""
    responses = request.challenge_responses or {}
    return Answer(call.pool, call.client, request.challenge_name, request.session or "", responses, call.visitor)


def members_of(outcome: Tokens | Challenge) -> dict[str, Any]:
    """The members that all four answers have: tokens with empty ChallengeParameters, or a challenge."""
    if isinstance(outcome, Tokens):
        return {"authentication_result": authentication_result(outcome), "challenge_parameters": {}}
    return {
        "challenge_name": outcome.name,
        "session": outcome.session,
        "challenge_parameters": dict(outcome.parameters),
        "available_challenges": list(outcome.available) or None,
    }


def authentication_result(tokens: Tokens) -> AuthenticationResultType:
    """Tokens as the wire shows them."""
    return AuthenticationResultType(
        access_token=tokens.access_token,
        expires_in=tokens.expires_in,
        token_type="Bearer",  # noqa: S106
        refresh_token=tokens.refresh_token,
        id_token=tokens.id_token,
        new_device_metadata=offer_of(tokens),
    )


def offer_of(tokens: Tokens) -> NewDeviceMetadataType | None:
    """NewDeviceMetadata, where a sign-in may confirm its device."""
    if tokens.offer is None:
        return None
    return NewDeviceMetadataType(device_key=tokens.offer.device_key, device_group_key=tokens.offer.group_key)
