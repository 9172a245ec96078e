"""AWS JSON 1.1 on the wire: how an operation is written, and how an answer or a refusal is read."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from cognomen_kit.calls import HttpResponse, JsonObject
from cognomen_kit.errors import Circumstances, CognitoError, CognitoUnavailable, refusal

TARGET = "AWSCognitoIdentityProviderService"
CONTENT_TYPE = "application/x-amz-json-1.1"

UNSIGNED = frozenset(
    {
        "AssociateSoftwareToken",
        "ChangePassword",
        "CompleteWebAuthnRegistration",
        "ConfirmDevice",
        "ConfirmForgotPassword",
        "ConfirmSignUp",
        "DeleteUser",
        "DeleteUserAttributes",
        "DeleteWebAuthnCredential",
        "ForgetDevice",
        "ForgotPassword",
        "GetClientToken",  # SDKs sign it, the service does not ask for that: the client secret is in the body
        "GetDevice",
        "GetTokensFromRefreshToken",
        "GetUser",
        "GetUserAttributeVerificationCode",
        "GetUserAuthFactors",
        "GlobalSignOut",
        "InitiateAuth",
        "ListDevices",
        "ListUserSessions",
        "ListWebAuthnCredentials",
        "ResendConfirmationCode",
        "RespondToAuthChallenge",
        "RevokeToken",
        "RevokeUserSession",
        "SetUserMFAPreference",
        "SetUserSettings",
        "SignUp",
        "StartWebAuthnRegistration",
        "UpdateAuthEventFeedback",
        "UpdateDeviceStatus",
        "UpdateUserAttributes",
        "VerifySoftwareToken",
        "VerifyUserAttribute",
    }
)


def headers_of(operation: str) -> dict[str, str]:
    """The headers that say which operation is meant."""
    return {"content-type": CONTENT_TYPE, "x-amz-target": f"{TARGET}.{operation}"}


def body_of(members: Mapping[str, Any]) -> bytes:
    """The request body: members that are None are left out, since AWS takes null for a mistake."""
    present = {name: value for name, value in members.items() if value is not None}
    return json.dumps(present, separators=(",", ":")).encode()


def read(response: HttpResponse, operation: str, hashed_username: str | None) -> JsonObject:
    """The members of a success; raises the error of anything else."""
    at = Circumstances(
        status=response.status,
        request_id=response.headers.get("x-amzn-requestid"),
        operation=operation,
        hashed_username=hashed_username,
    )
    members = _json_object(response.body)
    if response.status == HTTPStatus.OK and members is not None:
        return members
    raise _failure(response, members or {}, at)


def _json_object(body: bytes) -> JsonObject | None:
    """The object in the body; an empty body counts as empty object, since some operations answer nothing."""
    if not body:
        return {}
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _failure(response: HttpResponse, members: JsonObject, at: Circumstances) -> CognitoError:
    name = members.get("__type") or response.headers.get("x-amzn-errortype") or ""
    code = str(name).rpartition("#")[2].partition(":")[0]
    message = members.get("message") or members.get("Message") or ""
    if not code:
        return CognitoUnavailable(f"status {response.status} without an answer of the service", at=at)
    details = {key: value for key, value in members.items() if key not in {"__type", "message", "Message"}}
    return refusal(code, str(message), _with_details(at, details))


def _with_details(at: Circumstances, details: Mapping[str, Any]) -> Circumstances:
    return Circumstances(at.status, at.request_id, at.operation, at.hashed_username, details or None)
