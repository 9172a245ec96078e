"""Tokens after the sign-in: refreshed, revoked, signed out everywhere; tokens for machines."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from cognomen_kit.app import CLIENT_SECRET, ConfigurationMissing
from cognomen_kit.calls import Call, share
from cognomen_kit.challenges import signed_in
from cognomen_kit.context import NO_CONTEXT, Context
from cognomen_kit.core import Core
from cognomen_kit.members import read_members
from cognomen_kit.operations import operation
from cognomen_kit.results import SignedIn


class UsernameNeeded(ValueError):  # noqa: N818 - reads as the sentence it is
    """A refresh with SECRET_HASH must be made with the canonical username, and nobody told which that is."""


@dataclass(frozen=True, slots=True)
class ClientToken:
    """An access token of the app client itself (client credentials)."""

    access_token: str = field(repr=False)
    expires_in: int
    token_type: str


@dataclass(frozen=True, slots=True)
class _Refresh:
    """One refresh: whose token, and from which device."""

    refresh_token: str = field(repr=False)
    username: str | None
    device_key: str | None
    context: Context

    @property
    def key(self) -> str:
        """The same for everybody who refreshes with the same token."""
        return "refresh " + hashlib.sha256(self.refresh_token.encode()).hexdigest()


class Tokens(Core):
    """Operations on tokens; several refreshes with one token at the same time are one call."""

    @operation
    def refresh(
        self,
        tokens: SignedIn | str,
        *,
        username: str | None = None,
        device_key: str | None = None,
        context: Context = NO_CONTEXT,
    ) -> Call[SignedIn]:
        """New tokens for a `SignedIn` or its refresh token (InitiateAuth, REFRESH_TOKEN_AUTH).

        The SECRET_HASH is made with the canonical username, not with the alias that signed in: `SignedIn` knows
        it, and a client remembers it for the tokens it has seen. A bare refresh token from elsewhere needs
        `username`, and raises `UsernameNeeded` without it. Where the app client rotates refresh tokens use
        `get_tokens_from_refresh_token`.
        """
        wish = self._wish(tokens, username, device_key, context)
        if wish.username is None and self.app.client_secret is not None:
            raise UsernameNeeded(
                "REFRESH_TOKEN_AUTH of an app client with a secret needs the canonical username: pass the SignedIn "
                "or username=, or call get_tokens_from_refresh_token(), which needs none"
            )
        return (yield from share(wish.key, lambda: _refresh_by_flow(self, wish)))

    @operation
    def get_tokens_from_refresh_token(
        self, tokens: SignedIn | str, *, device_key: str | None = None, context: Context = NO_CONTEXT
    ) -> Call[SignedIn]:
        """New tokens, and a new refresh token where the app client rotates them (GetTokensFromRefreshToken)."""
        wish = self._wish(tokens, None, device_key, context)
        return (yield from share(wish.key, lambda: _refresh_by_operation(self, wish)))

    @operation
    def revoke_token(self, tokens: SignedIn | str, *, revoke_associated_sessions: str | None = None) -> Call[None]:
        """Revoke a refresh token and the access tokens made from it (RevokeToken)."""
        members = {
            "Token": _refresh_token(tokens),
            "ClientId": self.app.required_client_id,
            "ClientSecret": self.app.client_secret,
            "RevokeAssociatedSessions": revoke_associated_sessions,
        }
        yield from self.send("RevokeToken", members)

    @operation
    def global_sign_out(self, access_token: str) -> Call[None]:
        """End all sessions of the person (GlobalSignOut)."""
        yield from self.send("GlobalSignOut", {"AccessToken": access_token})

    @operation
    def get_client_token(
        self, scopes: Iterable[str] | None = None, *, context: Context = NO_CONTEXT
    ) -> Call[ClientToken]:
        """An access token for a machine; an app client with a secret proves itself (GetClientToken)."""
        if self.app.client_secret is None:
            raise ConfigurationMissing(f"GetClientToken needs a secret: pass client_secret= or set {CLIENT_SECRET}")
        members = {
            "ClientId": self.app.required_client_id,
            "Secret": self.app.client_secret,
            "Scopes": None if scopes is None else list(scopes),
            **context.metadata(),
        }
        answer = yield from self.send("GetClientToken", members)
        return read_members(ClientToken, answer.get("ClientAuthenticationResult") or {})

    def _wish(self, tokens: SignedIn | str, username: str | None, device_key: str | None, context: Context) -> _Refresh:
        refresh_token = _refresh_token(tokens)
        known = tokens.username if isinstance(tokens, SignedIn) else self.names.of(refresh_token)
        return _Refresh(refresh_token, username or known, device_key, context)


def _refresh_token(tokens: SignedIn | str) -> str:
    token = tokens.refresh_token if isinstance(tokens, SignedIn) else tokens
    if not token:
        raise ValueError("there is no refresh token")
    return token


def _refresh_by_flow(core: Core, wish: _Refresh) -> Call[SignedIn]:
    secret_hash = None if wish.username is None else core.app.secret_hash(wish.username)
    parameters = {"REFRESH_TOKEN": wish.refresh_token, "SECRET_HASH": secret_hash, "DEVICE_KEY": wish.device_key}
    members = {
        "ClientId": core.app.required_client_id,
        "AuthFlow": "REFRESH_TOKEN_AUTH",
        "AuthParameters": {name: value for name, value in parameters.items() if value is not None},
        **wish.context.members(),
    }
    hashed = wish.username if secret_hash else None
    answer = yield from core.send("InitiateAuth", members, hashed)
    return _renewed(core, wish, answer.get("AuthenticationResult") or {})


def _refresh_by_operation(core: Core, wish: _Refresh) -> Call[SignedIn]:
    members = {
        "ClientId": core.app.required_client_id,
        "ClientSecret": core.app.client_secret,
        "RefreshToken": wish.refresh_token,
        "DeviceKey": wish.device_key,
        **wish.context.metadata(),
    }
    answer = yield from core.send("GetTokensFromRefreshToken", members)
    return _renewed(core, wish, answer.get("AuthenticationResult") or {})


def _renewed(core: Core, wish: _Refresh, result: dict[str, object]) -> SignedIn:
    """The refresh token stays the same where the answer brings no new one."""
    tokens = signed_in(core, wish.username, {"RefreshToken": wish.refresh_token, **result})
    return replace(tokens, refresh_token=tokens.refresh_token or wish.refresh_token)
