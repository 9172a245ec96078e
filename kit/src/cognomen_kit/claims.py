"""What a verified token says, as types."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar

from cognomen_kit.calls import JsonObject
from cognomen_kit.refused_tokens import Reason, TokenRefused

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """What both kinds of token say; `all` holds every claim as it stands in the token."""

    sub: str
    client_id: str
    issuer: str
    groups: frozenset[str]
    expires_at: datetime
    issued_at: datetime
    all: Mapping[str, Any] = field(repr=False)

    def in_any_group(self, groups: Iterable[str] | str) -> bool:
        """Whether the owner is in at least one of these groups; a text may name several, with spaces."""
        return not self.groups.isdisjoint(_names(groups))


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessClaims(Claims):
    """An access token: what its bearer may do; `username` is None in the token of a machine."""

    username: str | None
    scopes: frozenset[str]

    def has_scopes(self, scopes: Iterable[str] | str) -> bool:
        """Whether all of these scopes are granted; a text may name several, with spaces."""
        return self.scopes.issuperset(_names(scopes))


@dataclass(frozen=True, slots=True, kw_only=True)
class IdClaims(Claims):
    """An ID token: who somebody is; attributes the app client may not read are None."""

    username: str
    email: str | None = field(repr=False)
    email_verified: bool
    phone_number: str | None = field(repr=False)
    phone_number_verified: bool


def access_claims(claims: JsonObject) -> AccessClaims:
    """Read a verified access token; its client is in `client_id`."""
    return AccessClaims(
        **_shared(claims, "client_id"),
        username=_optional(claims, "username", str),
        scopes=frozenset((_optional(claims, "scope", str) or "").split()),
    )


def id_claims(claims: JsonObject) -> IdClaims:
    """Read a verified ID token; its client is in `aud`."""
    return IdClaims(
        **_shared(claims, "aud"),
        username=_required(claims, "cognito:username", str),
        email=_optional(claims, "email", str),
        email_verified=_optional(claims, "email_verified", bool) or False,
        phone_number=_optional(claims, "phone_number", str),
        phone_number_verified=_optional(claims, "phone_number_verified", bool) or False,
    )


def insist_on_time(claims: JsonObject, now: float, leeway: float) -> None:
    """Refuse what has expired, and what was issued or begins later than now (RFC 7519 section 4.1)."""
    if _required(claims, "exp", int) <= now - leeway:
        raise TokenRefused(Reason.EXPIRED)
    begins = max(_required(claims, "iat", int), _optional(claims, "nbf", int) or 0)
    if begins > now + leeway:
        raise TokenRefused(Reason.NOT_YET_VALID)


def _names(names: Iterable[str] | str) -> Iterable[str]:
    return names.split() if isinstance(names, str) else names


def _shared(claims: JsonObject, client: str) -> dict[str, Any]:
    return {
        "sub": _required(claims, "sub", str),
        "client_id": _required(claims, client, str),
        "issuer": _required(claims, "iss", str),
        "groups": _groups(claims),
        "expires_at": _moment(claims, "exp"),
        "issued_at": _moment(claims, "iat"),
        "all": claims,
    }


def _groups(claims: JsonObject) -> frozenset[str]:
    groups = _optional(claims, "cognito:groups", list) or []
    if not all(isinstance(group, str) for group in groups):
        raise TokenRefused(Reason.CLAIMS)
    return frozenset(groups)


def _moment(claims: JsonObject, name: str) -> datetime:
    try:
        return datetime.fromtimestamp(_required(claims, name, int), UTC)
    except (OverflowError, ValueError, OSError):
        raise TokenRefused(Reason.CLAIMS) from None


def _required(claims: JsonObject, name: str, kind: type[T]) -> T:
    value = _optional(claims, name, kind)
    if value is None or value == "":
        raise TokenRefused(Reason.CLAIMS)
    return value


def _optional(claims: JsonObject, name: str, kind: type[T]) -> T | None:
    """The claim; `true` is not a number here, though Python thinks so."""
    value = claims.get(name)
    if value is not None and (not isinstance(value, kind) or (kind is int and isinstance(value, bool))):
        raise TokenRefused(Reason.CLAIMS)
    return value
