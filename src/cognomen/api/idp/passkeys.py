"""StartWebAuthnRegistration, CompleteWebAuthnRegistration, ListWebAuthnCredentials, DeleteWebAuthnCredential."""

from cognomen.api.call import Call, operation
from cognomen.api.paging import Asked, page
from cognomen.domain.passkeys import Passkey
from cognomen.flows import passkeys as flow
from cognomen.storage import passkeys
from cognomen.storage.database import Tx
from cognomen.wire.idp import (
    CompleteWebAuthnRegistrationRequest,
    CompleteWebAuthnRegistrationResponse,
    DeleteWebAuthnCredentialRequest,
    DeleteWebAuthnCredentialResponse,
    ListWebAuthnCredentialsRequest,
    ListWebAuthnCredentialsResponse,
    StartWebAuthnRegistrationRequest,
    StartWebAuthnRegistrationResponse,
    WebAuthnCredentialDescription,
)

MOST = 20  # on a page


@operation
async def start_web_authn_registration(
    call: Call, request: StartWebAuthnRegistrationRequest
) -> StartWebAuthnRegistrationResponse:
    """Begin to register a passkey of the signed-in user."""
    options = await flow.start(call.world, call.pool, call.client, call.user)
    return StartWebAuthnRegistrationResponse(credential_creation_options=options)


@operation
async def complete_web_authn_registration(
    call: Call, request: CompleteWebAuthnRegistrationRequest
) -> CompleteWebAuthnRegistrationResponse:
    """Register the passkey that a browser made."""
    await flow.complete(call.world, call.pool, call.client, call.user, request.credential)
    return CompleteWebAuthnRegistrationResponse()


@operation
async def list_web_authn_credentials(
    call: Call, request: ListWebAuthnCredentialsRequest
) -> ListWebAuthnCredentialsResponse:
    """The passkeys of the signed-in user, the oldest first."""
    pool_id, sub = call.user.pool_id, call.user.sub

    async def read(tx: Tx, after: str, limit: int) -> list[Passkey]:
        known = await passkeys.of_user(tx, pool_id, sub)
        return [passkey for passkey in known if key_of(passkey) > after][:limit]

    asked = Asked(f"passkeys:{pool_id}:{sub}", request.next_token, request.max_results or MOST)
    found, token = await page(call.world, asked, read, key_of)
    return ListWebAuthnCredentialsResponse(credentials=[description_of(one) for one in found], next_token=token)


@operation
async def delete_web_authn_credential(
    call: Call, request: DeleteWebAuthnCredentialRequest
) -> DeleteWebAuthnCredentialResponse:
    """Take a passkey of the signed-in user away."""
    await flow.delete(call.world, call.user, request.credential_id)
    return DeleteWebAuthnCredentialResponse()


def key_of(passkey: Passkey) -> str:
    """By what passkeys are listed, as text that sorts alike."""
    return f"{passkey.created_ms:016} {passkey.credential_id}"


def description_of(passkey: Passkey) -> WebAuthnCredentialDescription:
    """A passkey as the wire shows it."""
    return WebAuthnCredentialDescription(
        credential_id=passkey.credential_id,
        friendly_credential_name=passkey.name,
        relying_party_id=passkey.rp_id,
        authenticator_attachment=passkey.attachment,
        authenticator_transports=list(passkey.transports),
        created_at=passkey.created_ms / 1000,
    )
