"""Passkeys of a signed-in person: register, list, remove."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cognomen_kit.calls import Call, JsonObject
from cognomen_kit.core import Core
from cognomen_kit.operations import operation


@dataclass(frozen=True, slots=True)
class PasskeyRegistration:
    """`credential_creation_options` is what the browser's `navigator.credentials.create` takes as JSON."""

    credential_creation_options: JsonObject


@dataclass(frozen=True, slots=True)
class WebAuthnCredential:
    """A registered passkey."""

    credential_id: str
    friendly_credential_name: str
    relying_party_id: str
    created_at: datetime
    authenticator_transports: tuple[str, ...] = ()
    authenticator_attachment: str | None = None


@dataclass(frozen=True, slots=True)
class WebAuthnCredentials:
    """One page of passkeys; `next_token` asks for the next."""

    credentials: tuple[WebAuthnCredential, ...]
    next_token: str | None = None


class Passkeys(Core):
    """Operations under an access token."""

    @operation
    def start_web_authn_registration(self, access_token: str) -> Call[PasskeyRegistration]:
        """Begin to register a passkey (StartWebAuthnRegistration)."""
        members = {"AccessToken": access_token}
        return (yield from self.ask(PasskeyRegistration, "StartWebAuthnRegistration", members))

    @operation
    def complete_web_authn_registration(self, access_token: str, credential: Mapping[str, Any]) -> Call[None]:
        """Register what the browser answered, a RegistrationResponseJSON (CompleteWebAuthnRegistration)."""
        members = {"AccessToken": access_token, "Credential": dict(credential)}
        yield from self.send("CompleteWebAuthnRegistration", members)

    @operation
    def list_web_authn_credentials(
        self, access_token: str, *, max_results: int | None = None, next_token: str | None = None
    ) -> Call[WebAuthnCredentials]:
        """The passkeys of the account (ListWebAuthnCredentials)."""
        members = {"AccessToken": access_token, "MaxResults": max_results, "NextToken": next_token}
        return (yield from self.ask(WebAuthnCredentials, "ListWebAuthnCredentials", members))

    @operation
    def delete_web_authn_credential(self, access_token: str, credential_id: str) -> Call[None]:
        """Remove a passkey (DeleteWebAuthnCredential)."""
        members = {"AccessToken": access_token, "CredentialId": credential_id}
        yield from self.send("DeleteWebAuthnCredential", members)
