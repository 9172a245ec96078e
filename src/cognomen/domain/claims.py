"""The claims of ID and access tokens (reference 07-tokens)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from cognomen.domain.app_client import AppClient
from cognomen.domain.client_attributes import readable_attributes
from cognomen.domain.groups import NO_GROUPS, GroupClaims
from cognomen.domain.identities import ATTRIBUTE, as_claim
from cognomen.domain.pool import UserPool
from cognomen.domain.user import User

SELF_SERVICE_SCOPE = "aws.cognito.signin.user.admin"
BOOLEAN = frozenset({"email_verified", "phone_number_verified"})


@dataclass(frozen=True, slots=True)
class Grant:
    """What the two tokens of one answer share. Times are in seconds since 1970."""

    issuer: str
    pool: UserPool
    client: AppClient
    user: User
    origin_jti: str
    event_id: str
    auth_time: int
    now: int
    groups: GroupClaims = NO_GROUPS
    device_key: str = ""
    scope: str = SELF_SERVICE_SCOPE


def _attribute_claim(name: str, value: str) -> Any:
    if name in BOOLEAN:
        return value == "true"
    if name == "address":
        return {"formatted": value}
    if name == "updated_at":
        return int(value)
    if name == ATTRIBUTE:
        return as_claim(value)
    return value


def id_claims(grant: Grant, jti: str) -> dict[str, Any]:
    """The claims of an ID token from an API flow."""
    shown = readable_attributes(grant.pool, grant.client, grant.user.attributes)
    return {
        "sub": grant.user.sub,
        **_groups(grant.groups),
        **_roles(grant.groups),
        **{name: _attribute_claim(name, value) for name, value in shown.items()},
        "iss": grant.issuer,
        "cognito:username": grant.user.username,
        **_revocable(grant, jti),
        "aud": grant.client.client_id,
        "event_id": grant.event_id,
        "token_use": "id",
        "auth_time": grant.auth_time,
        "exp": grant.now + grant.client.id_token_seconds,
        "iat": grant.now,
    }


def access_claims(grant: Grant, jti: str) -> dict[str, Any]:
    """The claims of an access token from an API flow."""
    return {
        "sub": grant.user.sub,
        **({"device_key": grant.device_key} if grant.device_key else {}),
        **_groups(grant.groups),
        "iss": grant.issuer,
        "client_id": grant.client.client_id,
        **_revocable(grant, jti),
        "event_id": grant.event_id,
        "token_use": "access",
        "scope": grant.scope,
        "auth_time": grant.auth_time,
        "exp": grant.now + grant.client.access_token_seconds,
        "iat": grant.now,
        "username": grant.user.username,
    }


def machine_claims(issuer: str, client: AppClient, scopes: Iterable[str], now: int, jti: str) -> dict[str, Any]:
    """The claims of an access token of a client itself."""
    return {
        "sub": client.client_id,
        "token_use": "access",
        "scope": " ".join(scopes),
        "auth_time": now,
        "iss": issuer,
        "exp": now + client.access_token_seconds,
        "iat": now,
        "version": 2,
        "jti": jti,
        "client_id": client.client_id,
    }


def _groups(held: GroupClaims) -> dict[str, Any]:
    return {"cognito:groups": list(held.groups)} if held.groups else {}


def _roles(held: GroupClaims) -> dict[str, Any]:
    return {
        **({"cognito:roles": list(held.roles)} if held.roles else {}),
        **({"cognito:preferred_role": held.preferred_role} if held.preferred_role else {}),
    }


def _revocable(grant: Grant, jti: str) -> dict[str, str]:
    if not grant.client.shows_origin:
        return {}
    return {"origin_jti": grant.origin_jti, "jti": jti}


def origin_of(claims: Mapping[str, Any]) -> str:
    """The sign-in that a token of ours goes back to: where it does not carry origin_jti, event_id is the same."""
    return str(claims.get("origin_jti") or claims["event_id"])
