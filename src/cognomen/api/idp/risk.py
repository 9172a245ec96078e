"""Set/DescribeRiskConfiguration, AdminListUserAuthEvents and what is said of events (Admin)UpdateAuthEventFeedback."""

from typing import Any

import msgspec

from cognomen.api.call import Call, operation
from cognomen.api.paging import Asked, page
from cognomen.domain.auth_events import Assessment, AuthEvent, Feedback, Place
from cognomen.domain.risk import EVERY_CLIENT, RiskConfiguration
from cognomen.flows import auth_events as flow
from cognomen.flows import risk
from cognomen.flows.accounts import require_user
from cognomen.storage import auth_events, risk_configurations
from cognomen.wire.idp import (
    AdminListUserAuthEventsRequest,
    AdminListUserAuthEventsResponse,
    AdminUpdateAuthEventFeedbackRequest,
    AdminUpdateAuthEventFeedbackResponse,
    AuthEventType,
    ChallengeResponseType,
    DescribeRiskConfigurationRequest,
    DescribeRiskConfigurationResponse,
    EventContextDataType,
    EventFeedbackType,
    EventRiskType,
    RiskConfigurationType,
    SetRiskConfigurationRequest,
    SetRiskConfigurationResponse,
    UpdateAuthEventFeedbackRequest,
    UpdateAuthEventFeedbackResponse,
)

PARTS = {
    "CompromisedCredentialsRiskConfiguration": "compromised_credentials_risk_configuration",
    "AccountTakeoverRiskConfiguration": "account_takeover_risk_configuration",
    "RiskExceptionConfiguration": "risk_exception_configuration",
}


@operation
async def set_risk_configuration(call: Call, request: SetRiskConfigurationRequest) -> SetRiskConfigurationResponse:
    """Say what a pool, or one of its clients, does about risk."""
    given: dict[str, Any] = {name: getattr(request, part) for name, part in PARTS.items()}
    settings = {name: msgspec.to_builtins(value) for name, value in given.items() if value is not None}
    kept = await risk.configure(call.world, call.pool, request.client_id or EVERY_CLIENT, settings)
    return SetRiskConfigurationResponse(risk_configuration=shown(kept))


@operation
async def describe_risk_configuration(
    call: Call, request: DescribeRiskConfigurationRequest
) -> DescribeRiskConfigurationResponse:
    """What was set for a pool, or for one of its clients; nothing where nothing was."""
    flow.require_protection(call.pool)
    pool_id, client_id = call.pool.pool_id, request.client_id or EVERY_CLIENT
    kept = await call.world.database.read(lambda tx: risk_configurations.of_pool(tx, pool_id))
    nothing = RiskConfiguration(pool_id, client_id, {}, call.pool.modified_ms)
    return DescribeRiskConfigurationResponse(risk_configuration=shown(kept.get(client_id, nothing)))


@operation
async def admin_list_user_auth_events(
    call: Call, request: AdminListUserAuthEventsRequest
) -> AdminListUserAuthEventsResponse:
    """What a user did, the newest first."""
    flow.require_protection(call.pool)
    user = await require_user(call.world, call.pool, request.username)
    asked = Asked(f"AuthEvents:{user.pool_id}:{user.sub}", request.next_token, request.max_results)
    found, token = await page(
        call.world,
        asked,
        lambda tx, before, limit: auth_events.page(tx, user.pool_id, user.sub, before, limit),
        lambda event: event.event_id,
    )
    return AdminListUserAuthEventsResponse(auth_events=[shown_event(one) for one in found], next_token=token)


@operation
async def admin_update_auth_event_feedback(
    call: Call, request: AdminUpdateAuthEventFeedbackRequest
) -> AdminUpdateAuthEventFeedbackResponse:
    """Say as an administrator that an event was valid or not."""
    flow.require_protection(call.pool)
    user = await require_user(call.world, call.pool, request.username)
    await flow.say(call.world, user, request.event_id, request.feedback_value, flow.ADMIN)
    return AdminUpdateAuthEventFeedbackResponse()


@operation
async def update_auth_event_feedback(
    call: Call, request: UpdateAuthEventFeedbackRequest
) -> UpdateAuthEventFeedbackResponse:
    """Say by the token of a mail that an event was valid or not."""
    named = request.username, request.event_id, request.feedback_token
    user = await flow.user_of_token(call.world, call.pool, *named)
    await flow.say(call.world, user, request.event_id, request.feedback_value, flow.USER)
    return UpdateAuthEventFeedbackResponse()


def shown(kept: RiskConfiguration) -> RiskConfigurationType:
    """A configuration as answers hold it."""
    of_client = {} if kept.client_id == EVERY_CLIENT else {"ClientId": kept.client_id}
    members = {"UserPoolId": kept.pool_id, **of_client, **kept.settings, "LastModifiedDate": kept.modified_ms / 1000}
    return msgspec.convert(members, RiskConfigurationType)


def shown_event(event: AuthEvent) -> AuthEventType:
    """An event as lists hold it."""
    return AuthEventType(
        event_id=event.event_id,
        event_type=event.kind,
        creation_date=event.created_ms / 1000,
        event_response=event.outcome,
        event_risk=_risk(event.risk),
        challenge_responses=[
            ChallengeResponseType(challenge_name=name, challenge_response=result) for name, result in event.challenges
        ],
        event_context_data=_context(event.place),
        event_feedback=_feedback(event.feedback) if event.feedback else None,
    )


def _risk(risk: Assessment) -> EventRiskType:
    return EventRiskType(
        risk_decision=risk.decision, risk_level=risk.level, compromised_credentials_detected=risk.leaked
    )


def _context(place: Place) -> EventContextDataType:
    return EventContextDataType(
        ip_address=place.ip_address or None, device_name=place.device_name or None, timezone=place.timezone or None
    )


def _feedback(feedback: Feedback) -> EventFeedbackType:
    return EventFeedbackType(
        feedback_value=feedback.value, provider=feedback.provider, feedback_date=feedback.given_ms / 1000
    )
