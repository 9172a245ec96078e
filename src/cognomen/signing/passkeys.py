"""Reading and verifying what browsers say of passkeys (WebAuthn level 3, sections 7.1 and 7.2), by py_webauthn.

Everything here is bytes of strangers: whatever goes wrong while they are read means that they are no credential.
"""

import hashlib
from collections.abc import Mapping
from typing import Any, Final

from webauthn import verify_authentication_response, verify_registration_response
from webauthn.helpers import (
    parse_attestation_object,
    parse_authentication_credential_json,
    parse_client_data_json,
    parse_registration_credential_json,
)
from webauthn.helpers.cose import COSEAlgorithmIdentifier
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import AuthenticationCredential, RegistrationCredential
from webauthn.registration.verify_registration_response import VerifiedRegistration

from cognomen.domain import base64url
from cognomen.domain.passkeys import ALGORITHMS, LONGEST_ID, Expected, Passkey
from cognomen.signing.port import (
    AuthenticatorUnsupported,
    ClientData,
    CredentialRefused,
    CredentialUnreadable,
    NewPasskey,
    PasskeyUse,
    RelyingPartyDiffers,
)

SUPPORTED: Final = [COSEAlgorithmIdentifier(number) for number in ALGORITHMS]
LONGEST_KEY = 1200  # bytes; an RSA key of 8192 bits fits
Credential = Mapping[str, Any]


class WebAuthnJudge:
    """The judge of the `webauthn` library."""

    def new_client_data(self, credential: Credential) -> ClientData:
        """What the browser says of a registration; raises CredentialUnreadable."""
        return _client_data(_registration(credential))

    def used_client_data(self, credential: Credential) -> ClientData:
        """What the browser says of a sign-in; raises CredentialUnreadable."""
        return _client_data(_assertion(credential))

    def judge_new(self, credential: Credential, expected: Expected) -> NewPasskey:
        """The passkey that was made.

        Raises CredentialUnreadable, RelyingPartyDiffers, AuthenticatorUnsupported.
        """
        parsed = _registration(credential)
        if _party_of(parsed) != _digest(expected.rp_id):
            raise RelyingPartyDiffers
        made = _verified(parsed, expected)
        if len(made.credential_id) > LONGEST_ID or len(made.credential_public_key) > LONGEST_KEY:
            raise AuthenticatorUnsupported
        if made.credential_id != parsed.raw_id:
            raise CredentialUnreadable
        return NewPasskey(
            base64url.text_of(made.credential_id), made.credential_public_key, made.sign_count, made.aaguid
        )

    def judge_use(self, credential: Credential, expected: Expected, passkey: Passkey) -> PasskeyUse:
        """That this passkey answered; raises CredentialUnreadable, CredentialRefused."""
        parsed = _assertion(credential)
        handle = parsed.response.user_handle
        if parsed.id != passkey.credential_id or handle not in (None, b"", passkey.sub.encode()):
            raise CredentialRefused
        try:
            used = verify_authentication_response(
                credential=parsed,
                expected_challenge=expected.challenge,
                expected_rp_id=expected.rp_id,
                expected_origin=_client_data(parsed).origin,  # judged by whom asks
                credential_public_key=passkey.public_key,
                credential_current_sign_count=passkey.sign_count,
                require_user_verification=expected.verified,
            )
        except Exception as refused:  # the library lets errors of its parsers through
            raise CredentialRefused from refused
        return PasskeyUse(used.new_sign_count)


def _registration(credential: Credential) -> RegistrationCredential:
    try:
        return parse_registration_credential_json(dict(credential))
    except Exception as unreadable:
        raise CredentialUnreadable from unreadable


def _assertion(credential: Credential) -> AuthenticationCredential:
    try:
        return parse_authentication_credential_json(dict(credential))
    except Exception as unreadable:
        raise CredentialUnreadable from unreadable


def _client_data(credential: RegistrationCredential | AuthenticationCredential) -> ClientData:
    try:
        said = parse_client_data_json(credential.response.client_data_json)
    except Exception as unreadable:
        raise CredentialUnreadable from unreadable
    if not isinstance(said.origin, str):
        raise CredentialUnreadable
    return ClientData(said.challenge, said.origin, framed=bool(said.cross_origin))


def _party_of(credential: RegistrationCredential) -> bytes:
    try:
        return parse_attestation_object(credential.response.attestation_object).auth_data.rp_id_hash
    except Exception as unreadable:
        raise CredentialUnreadable from unreadable


def _verified(credential: RegistrationCredential, expected: Expected) -> VerifiedRegistration:
    try:
        return verify_registration_response(
            credential=credential,
            expected_challenge=expected.challenge,
            expected_rp_id=expected.rp_id,
            expected_origin=_client_data(credential).origin,  # judged by whom asks
            require_user_verification=expected.verified,
            supported_pub_key_algs=SUPPORTED,
        )
    except WebAuthnException as refused:
        raise AuthenticatorUnsupported from refused
    except Exception as unreadable:
        raise CredentialUnreadable from unreadable


def _digest(rp_id: str) -> bytes:
    return hashlib.sha256(rp_id.encode()).digest()
