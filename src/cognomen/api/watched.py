"""What threat protection observes of a call: who does what, from where, and what came of it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from cognomen import errors
from cognomen.api.call import Call, Handler
from cognomen.domain.app_client import REFRESHES
from cognomen.domain.auth_events import NOWHERE, SHOWN_AS, EventKind, Outcome, Place, device_name_of
from cognomen.domain.fingerprints import fingerprint_of
from cognomen.domain.risk import is_address
from cognomen.flows.threat_protection import Noted, Observed, begin, end, end_refused

OFF = "OFF"
CUSTOM_AUTH = "CUSTOM_AUTH"
BY_PROOF = (CUSTOM_AUTH, "USER_SRP_AUTH")  # begin without the password itself


async def run_watched(call: Call, name: str, request: Any, handler: Handler) -> Any:
    """Run an operation, and note what came of it where its pool wants that; raises RequestBlocked."""
    observed = OBSERVED[name](call, request) if name in OBSERVED else None
    if observed is None or observed.mode == OFF:
        return await handler(call, request)
    noted = await begin(call.world, call.pool, call.known_client, observed)
    if noted is None:
        return await handler(call, request)
    try:
        answer = await handler(_watched(call, noted), request)
    except errors.Refusal as refusal:
        await end_refused(call.world, noted, refusal)
        raise
    await end(call.world, noted, _came_of(answer))
    return answer


def _watched(call: Call, noted: Noted) -> Call:
    """The same call, whose world keeps notes, and whose pool insists on MFA where the risk asks for it."""
    return replace(call, world=replace(call.world, watch=noted.watch), known_pool=noted.pool)


def _came_of(answer: Any) -> Outcome:
    return Outcome.IN_PROGRESS if getattr(answer, "challenge_name", None) else Outcome.PASS


def _began(call: Call, request: Any) -> Observed | None:
    if request.auth_flow in REFRESHES:
        return None
    given = request.auth_parameters or {}
    custom = request.auth_flow == CUSTOM_AUTH
    mode = call.pool.custom_protection if custom else call.pool.protection
    challenge = "Password" if given.get("PASSWORD") and request.auth_flow not in BY_PROOF else ""
    return Observed(EventKind.SIGN_IN, given.get("USERNAME") or "", place_of(call, request), mode, challenge)


def _answered(call: Call, request: Any) -> Observed:
    given = request.challenge_responses or {}
    challenge = SHOWN_AS.get(request.challenge_name, "")
    if request.challenge_name == "SELECT_CHALLENGE" and given.get("PASSWORD"):
        challenge = "Password"
    mode = call.pool.protection if call.pool.protection != OFF else call.pool.custom_protection
    return Observed(
        *(EventKind.SIGN_IN, given.get("USERNAME") or "", place_of(call, request), mode, challenge),
        handle=request.session or given.get("PASSWORD_CLAIM_SECRET_BLOCK") or "",
    )


def _named(kind: EventKind) -> Callable[[Call, Any], Observed]:
    return lambda call, request: Observed(kind, request.username, place_of(call, request), call.pool.protection)


def _changed(call: Call, request: Any) -> Observed:
    return Observed(EventKind.PASSWORD_CHANGE, call.user.username, place_of(call, request), call.pool.protection)


OBSERVED: Mapping[str, Callable[[Call, Any], Observed | None]] = {
    "InitiateAuth": _began,
    "AdminInitiateAuth": _began,
    "RespondToAuthChallenge": _answered,
    "AdminRespondToAuthChallenge": _answered,
    "SignUp": _named(EventKind.SIGN_UP),
    "ResendConfirmationCode": _named(EventKind.RESEND_CODE),
    "ForgotPassword": _named(EventKind.FORGOT_PASSWORD),
    "ConfirmForgotPassword": _named(EventKind.PASSWORD_CHANGE),
    "ChangePassword": _changed,
}


def place_of(call: Call, request: Any) -> Place:
    """Where the user is: a server tells it in ContextData, an app in UserContextData; else where the call is from.

    Raises NotAnAddress.
    """
    if hasattr(request, "context_data"):
        return _told_by_server(request.context_data)
    context = getattr(request, "user_context_data", None)
    fingerprint = fingerprint_of(context.encoded_data if context else None)
    device = device_name_of(fingerprint.user_agent or call.visitor.user_agent)
    told = context.ip_address if context and call.client.is_believed else None
    return Place(_checked(told) if told else call.visitor.ip_address, device, fingerprint.timezone)


def _told_by_server(context: Any) -> Place:
    if context is None:
        return NOWHERE
    fingerprint = fingerprint_of(context.encoded_data)
    headers = {(one.header_name or "").lower(): one.header_value or "" for one in context.http_headers}
    device = device_name_of(fingerprint.user_agent or headers.get("user-agent", ""))
    return Place(_checked(context.ip_address), device, fingerprint.timezone)


def _checked(address: str) -> str:
    if not is_address(address):
        raise errors.NotAnAddress
    return address
