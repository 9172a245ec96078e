"""An app client of a pool: its secrets, and what its settings allow (reference 03, 05, 07)."""

import base64
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from cognomen import errors

DAY = 86_400
UNITS = {"seconds": 1, "minutes": 60, "hours": 3600, "days": DAY}
LIVES = {"AccessToken": (1, "hours"), "IdToken": (1, "hours"), "RefreshToken": (30, "days")}  # by default
# How ExplicitAuthFlows said it first; these values and those that begin with ALLOW_ do not mix.
LEGACY_FLOWS = frozenset({"ADMIN_NO_SRP_AUTH", "CUSTOM_AUTH_FLOW_ONLY", "USER_PASSWORD_AUTH"})
REFRESHES = frozenset({"REFRESH_TOKEN_AUTH", "REFRESH_TOKEN"})  # the names of one AuthFlow
MACHINE_FLOW = "ALLOW_CLIENT_TOKEN_AUTH"  # of GetClientToken; goes with no other
DEFAULT_FLOWS = frozenset({"ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_CUSTOM_AUTH"})


@dataclass(frozen=True, slots=True)
class ClientSecret:
    """One live secret of an app client."""

    secret_id: str
    value: str = field(repr=False)
    created_ms: int


@dataclass(frozen=True)
class AppClient:
    """An app client. `settings` holds the members of UserPoolClientType as they were accepted, by their wire names."""

    pool_id: str
    client_id: str
    name: str
    created_ms: int
    modified_ms: int
    settings: Mapping[str, Any]
    secrets: tuple[ClientSecret, ...] = ()

    @cached_property
    def flows(self) -> frozenset[str]:
        """The ExplicitAuthFlows in force."""
        return frozenset(self.settings.get("ExplicitAuthFlows") or DEFAULT_FLOWS)

    @cached_property
    def hides_existence(self) -> bool:
        """Whether answers must not tell if a user exists (PreventUserExistenceErrors)."""
        return self.settings.get("PreventUserExistenceErrors") == "ENABLED"

    @cached_property
    def readable(self) -> frozenset[str] | None:
        """The attributes that users and tokens of this client show; None means all."""
        names = self.settings.get("ReadAttributes")
        return frozenset(names) if names else None

    @cached_property
    def writable(self) -> frozenset[str] | None:
        """The attributes that users of this client may write; None means every mutable, non-developer one."""
        names = self.settings.get("WriteAttributes")
        return frozenset(names) if names else None

    @cached_property
    def access_token_seconds(self) -> int:
        """AccessTokenValidity in seconds; 1 hour where it is not set."""
        return seconds_of(self.settings, "AccessToken")

    @cached_property
    def id_token_seconds(self) -> int:
        """IdTokenValidity in seconds; 1 hour where it is not set."""
        return seconds_of(self.settings, "IdToken")

    @cached_property
    def refresh_token_seconds(self) -> int:
        """RefreshTokenValidity in seconds; 30 days where it is 0 or not set."""
        return seconds_of(self.settings, "RefreshToken")

    @cached_property
    def auth_session_ms(self) -> int:
        """AuthSessionValidity, in which a challenge has to be answered; 3 minutes where it is not set."""
        return int(self.settings.get("AuthSessionValidity") or 3) * 60_000

    @cached_property
    def revokes(self) -> bool:
        """Whether refresh tokens can be revoked (EnableTokenRevocation)."""
        return bool(self.settings.get("EnableTokenRevocation", True))

    @cached_property
    def rotates(self) -> bool:
        """Whether a refresh brings a new refresh token in place of the old one (RefreshTokenRotation)."""
        return (self.settings.get("RefreshTokenRotation") or {}).get("Feature") == "ENABLED"

    @cached_property
    def rotation_grace_ms(self) -> int:
        """How long a replaced refresh token may be tried again; 0 where nothing is rotated."""
        seconds = (self.settings.get("RefreshTokenRotation") or {}).get("RetryGracePeriodSeconds") or 0
        return int(seconds) * 1000 if self.rotates else 0

    @cached_property
    def shows_origin(self) -> bool:
        """Whether tokens carry origin_jti and jti: with revocation or rotation (reference 07)."""
        return self.revokes or self.rotates

    @cached_property
    def is_believed(self) -> bool:
        """Whether what it tells of its users' addresses is believed: it has a secret, and asked for that."""
        return bool(self.secrets) and bool(self.settings.get("EnablePropagateAdditionalUserContextData"))

    def proves(self, username: str, secret_hash: str) -> bool:
        """Whether the SECRET_HASH was made with this name and any live secret of this client."""
        asked = secret_hash.encode()
        right = [
            hmac.compare_digest(secret_hash_of(s.value, username, self.client_id).encode(), asked) for s in self.secrets
        ]
        return any(right)

    def require_secret_hash(self, username: str, secret_hash: str | None) -> None:
        """Refuse a call whose SECRET_HASH is missing or wrong; raises SecretHashMissing, SecretHashWrong."""
        if not self.secrets:
            if secret_hash:
                raise errors.SecretHashWrong(client_id=self.client_id)
            return
        if not secret_hash:
            raise errors.SecretHashMissing(client_id=self.client_id)
        if not self.proves(username, secret_hash):
            raise errors.SecretHashWrong(client_id=self.client_id)


def seconds_of(settings: Mapping[str, Any], token: str) -> int:
    """The life of a client's tokens, by what its settings say of AccessToken, IdToken or RefreshToken, in seconds."""
    default, default_unit = LIVES[token]
    count = settings.get(f"{token}Validity")
    if not count:
        return default * UNITS[default_unit]
    return int(count) * UNITS[(settings.get("TokenValidityUnits") or {}).get(token) or default_unit]


def secret_hash_of(secret: str, username: str, client_id: str) -> str:
    """Base64(HMAC-SHA256(secret, username + client id)) (reference 06)."""
    mac = hmac.digest(secret.encode(), (username + client_id).encode(), "sha256")
    return base64.b64encode(mac).decode()
