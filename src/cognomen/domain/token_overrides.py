"""What the trigger for token generation may change of tokens: claims, groups and scopes (reference 07, 08)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cognomen import errors
from cognomen.domain import trigger_answers as read
from cognomen.domain.groups import GroupClaims

# Claims that say who made the token, for whom and for how long: what a trigger says of them is passed over.
KEPT = frozenset(
    (
        *("acr", "amr", "at_hash", "auth_time", "azp", "client_id", "device_key", "event_id", "exp", "iat"),
        *("identities", "iss", "jti", "nbf", "nonce", "origin_jti", "s_hash", "scope", "sub", "token_use"),
        *("username", "version"),
    )
)
RESERVED = ("cognito:", "dev:")
OF_GROUPS = frozenset({"cognito:groups", "cognito:roles", "cognito:preferred_role"})  # may be suppressed, not set


@dataclass(frozen=True, slots=True)
class ClaimChanges:
    """What is added to, or put in place in, one token, and what is left out of it."""

    put: Mapping[str, Any] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()
    scopes_added: tuple[str, ...] = ()
    scopes_left_out: tuple[str, ...] = ()

    def applied(self, claims: Mapping[str, Any]) -> dict[str, Any]:
        """The claims of the token, changed as far as they may be."""
        changed = {name: value for name, value in claims.items() if not self._leaves_out(name)}
        audience = claims.get("client_id")  # the one that an access token may name
        fits = {name: value for name, value in self.put.items() if name != "aud" or value == audience}
        changed |= {name: value for name, value in fits.items() if _may_be_put(name)}
        if self.scopes_added or self.scopes_left_out:
            changed["scope"] = " ".join(self._scopes(claims["scope"].split()))
        return changed

    def _leaves_out(self, name: str) -> bool:
        return name in self.left_out and name != "aud" and (name in OF_GROUPS or _may_be_put(name))

    def _scopes(self, given: Iterable[str]) -> list[str]:
        every = dict.fromkeys((*given, *self.scopes_added))
        return [scope for scope in every if scope not in self.scopes_left_out]


def _may_be_put(name: str) -> bool:
    return name not in KEPT and not name.startswith(RESERVED)


@dataclass(frozen=True, slots=True)
class TokenOverrides:
    """What a trigger changes of the two tokens; `groups` is None where they stay."""

    id_token: ClaimChanges
    access_token: ClaimChanges
    groups: GroupClaims | None = None


NO_OVERRIDES = TokenOverrides(ClaimChanges(), ClaimChanges())


def overrides_of(response: read.Response, version: str, held: GroupClaims) -> TokenOverrides:
    """What the answer of a trigger of this version asks for; raises InvalidLambdaResponseException."""
    if version == "1":
        details = read.table(response, "claimsOverrideDetails")
        put = read.table_of_texts(details, "claimsToAddOrOverride")
        changes = ClaimChanges(put, read.texts(details, "claimsToSuppress") or ())
        return TokenOverrides(changes, ClaimChanges(), _groups(details, held))
    details = read.table(response, "claimsAndScopeOverrideDetails")
    id_token = _changes(read.table(details, "idTokenGeneration"))
    access = read.table(details, "accessTokenGeneration")
    access_token = _changes(access, access)
    return TokenOverrides(id_token, access_token, _groups(details, held))


def _changes(details: read.Response, scopes: read.Response | None = None) -> ClaimChanges:
    return ClaimChanges(
        read.table(details, "claimsToAddOrOverride"),
        read.texts(details, "claimsToSuppress") or (),
        _scopes(scopes or {}, "scopesToAdd"),
        _scopes(scopes or {}, "scopesToSuppress"),
    )


def _scopes(details: read.Response, name: str) -> tuple[str, ...]:
    found = read.texts(details, name) or ()
    if any(scope.split() != [scope] for scope in found):
        raise errors.InvalidLambdaResponseException
    return found


def _groups(details: read.Response, held: GroupClaims) -> GroupClaims | None:
    given = read.table(details, "groupOverrideDetails")
    if not given:
        return None
    groups, roles = read.texts(given, "groupsToOverride"), read.texts(given, "iamRolesToOverride")
    return GroupClaims(
        held.groups if groups is None else groups,
        held.roles if roles is None else roles,
        read.text(given, "preferredRole") or (held.preferred_role if roles is None else None),
    )
