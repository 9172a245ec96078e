"""From what CreateUserPoolClient was asked to what DescribeUserPoolClient shows (reference 03, client defaults)."""

from collections.abc import Mapping
from typing import Any

from cognomen import errors
from cognomen.domain.app_client import DAY, LEGACY_FLOWS, MACHINE_FLOW, seconds_of
from cognomen.domain.attributes import NEVER_WRITTEN_BY_USERS, AttributeSchema

Document = Mapping[str, Any]

DEFAULTS: Document = {
    "RefreshTokenValidity": 30,
    "TokenValidityUnits": {},
    "AllowedOAuthFlowsUserPoolClient": False,
    "EnableTokenRevocation": True,
    "EnablePropagateAdditionalUserContextData": False,
    "AuthSessionValidity": 3,
}
NOT_KEPT = {"UserPoolId", "ClientId", "ClientName", "GenerateSecret", "ClientSecret"}

# The shortest and the longest life of each token, in seconds (reference 07, validity).
VALIDITIES: Mapping[str, tuple[int, int]] = {
    "AccessToken": (300, DAY),
    "IdToken": (300, DAY),
    "RefreshToken": (3600, 3650 * DAY),
}


def settings_of_new_client(schema: Mapping[str, AttributeSchema], asked: Document) -> dict[str, Any]:
    """The settings of a client made or changed by this request: what it leaves out has its default.

    Raises InvalidParameterException.
    """
    if asked.get("GenerateSecret") and asked.get("ClientSecret"):
        raise errors.InvalidParameterException("GenerateSecret and ClientSecret cannot be given together.")
    settings = {**DEFAULTS, **{name: value for name, value in asked.items() if name not in NOT_KEPT}}
    if not settings["RefreshTokenValidity"]:
        settings["RefreshTokenValidity"] = DEFAULTS["RefreshTokenValidity"]
    if settings.get("RefreshTokenRotation"):
        settings["RefreshTokenRotation"] = {"RetryGracePeriodSeconds": 0, **settings["RefreshTokenRotation"]}
    _check_flows(settings.get("ExplicitAuthFlows") or [])
    _check_rotation(settings)
    _check_validities(settings)
    _check_attributes(schema, settings)
    return settings


def _check_flows(flows: list[str]) -> None:
    legacy = LEGACY_FLOWS.intersection(flows)
    if legacy and len(legacy) != len(set(flows)):
        text = "ExplicitAuthFlows cannot mix values that start with ALLOW_ and values that do not."
        raise errors.InvalidParameterException(text)
    if MACHINE_FLOW in flows and len(set(flows)) > 1:
        raise errors.MachineAuthNotAlone


def _check_rotation(settings: Document) -> None:
    rotation = settings.get("RefreshTokenRotation") or {}
    if rotation.get("Feature") == "ENABLED" and "ALLOW_REFRESH_TOKEN_AUTH" in (settings.get("ExplicitAuthFlows") or ()):
        raise errors.RotationWithRefreshFlow


def _check_validities(settings: Document) -> None:
    """Each life is within its range, and no ID or access token outlives the refresh token that it came with."""
    lives = {token: seconds_of(settings, token) for token in VALIDITIES}
    in_range = all(shortest <= lives[token] <= longest for token, (shortest, longest) in VALIDITIES.items())
    if not in_range or max(lives.values()) > lives["RefreshToken"]:
        raise errors.InvalidTokenValidity


def _check_attributes(schema: Mapping[str, AttributeSchema], settings: Document) -> None:
    known = {name for name, attribute in schema.items() if not attribute.developer_only}
    if not known.issuperset(settings.get("ReadAttributes") or ()):
        raise errors.InvalidParameterException("Invalid read attributes specified while creating a client")
    writable = set(settings.get("WriteAttributes") or ())
    required = {name for name, attribute in schema.items() if attribute.required and name != "sub"}
    if writable and not required <= writable <= known - NEVER_WRITTEN_BY_USERS:
        raise errors.InvalidParameterException("Invalid write attributes specified while creating a client")
