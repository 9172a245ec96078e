"""Credentials that are none, or were changed on the way, through the AWS SDK: each is a refusal and none a fault."""

import json
import uuid

import pytest

from passkey import is_signed_in, keyed, request_options
from second_factors import refusal_of
from webauthn_authenticator import ORIGIN, Authenticator, raw, text

REFUSED = ("NotAuthorizedException", "The passkey could not be verified.")
UNREADABLE = ("InvalidParameterException", "The credential is not a well-formed WebAuthn credential.")


@pytest.fixture
def pool(make_pool):
    """A pool with every first factor, whose relying party is localhost."""
    return keyed(make_pool)


@pytest.fixture
def ada(pool):
    """An access token of a confirmed user."""
    pool.pool.confirmed("ada", UserAttributes=[{"Name": "email", "Value": f"{uuid.uuid4()}@post.example"}])
    return pool.token("ada")


def mutated(whole, at, by):
    return whole[:at] + bytes([whole[at] ^ by]) + whole[at + 1 :]


@pytest.mark.parametrize("member", ["clientDataJSON", "authenticatorData", "signature"])
def test_a_changed_byte_keeps_the_user_out(pool, ada, member):
    """Whichever byte of what was signed is changed, the answer is a refusal and never a fault."""
    device = pool.register(ada)
    asked = pool.asked_for_passkey("ada")
    credential = device.get(request_options(asked))
    whole = raw(credential["response"][member])
    for at in range(0, len(whole), 3):
        changed = {**credential, "response": {**credential["response"], member: text(mutated(whole, at, 1 << at % 8))}}
        refused = refusal_of(lambda: pool.answer(asked, "ada", CREDENTIAL=json.dumps(changed)))  # noqa: B023
        assert refused in (REFUSED, UNREADABLE)
    assert is_signed_in(pool.answer(asked, "ada", CREDENTIAL=json.dumps(credential)))


def test_a_changed_byte_registers_nothing_that_is_not_whole(pool, ada):
    """Whichever byte is changed, a registration is taken or refused as modelled, and never a fault."""
    allowed = {
        *("InvalidParameterException", "WebAuthnChallengeNotFoundException", "WebAuthnCredentialNotSupportedException"),
        *("WebAuthnOriginNotAllowedException", "WebAuthnRelyingPartyMismatchException"),
    }
    options = pool.options(ada)
    made = Authenticator().create(options)
    for member in ("clientDataJSON", "attestationObject"):
        whole = raw(made["response"][member])
        for at in range(0, len(whole), 2):
            changed = text(mutated(whole, at, 1 << at % 8))
            credential = {**made, "response": {**made["response"], member: changed}}
            if not registers(pool, ada, credential, allowed):
                continue
            options = pool.options(ada)  # a byte of no meaning, such as of the AAGUID or the counter
            made = Authenticator().create(options)
            for known in pool.passkeys(ada):
                pool.cognito.delete_web_authn_credential(AccessToken=ada, CredentialId=known["CredentialId"])
    pool.complete(ada, made)


def registers(pool, token, credential, allowed):
    try:
        pool.complete(token, credential)
    except pool.cognito.exceptions.ClientError as refused:
        name = refused.response["Error"]["Code"]
    else:
        return True
    assert name in allowed
    return False


NAMED = {"id": "AA", "rawId": "AA", "type": "public-key"}
MALFORMED = {
    "nothing": {},
    "no-response": {"id": "AA", "rawId": "AA", "type": "public-key"},
    "numbers": {"id": 1, "rawId": 2, "type": 3, "response": 4},
    "not-base64": {
        **NAMED,
        "response": {"clientDataJSON": "\u00e9!", "attestationObject": "?"},
    },
    "deep-client-data": {
        **NAMED,
        "response": {"clientDataJSON": text(b"[" * 9000), "attestationObject": "oA"},
    },
    "a-list": [1, 2, 3],
    "text": "credential",
    "oversized": {"id": "A" * 33_000},
}


@pytest.mark.parametrize("shape", MALFORMED)
def test_what_is_no_credential_is_refused(pool, ada, shape):
    """CRED-22: As a new passkey and as an answer alike."""
    credential = MALFORMED[shape]
    assert refusal_of(lambda: pool.complete(ada, credential)) == UNREADABLE
    pool.register(ada)
    asked = pool.asked_for_passkey("ada")
    refused = refusal_of(lambda: pool.answer(asked, "ada", CREDENTIAL=json.dumps(credential)))
    assert refused in (UNREADABLE, REFUSED)


def test_an_answer_that_is_no_json_is_refused(pool, ada):
    """Whatever the text is."""
    pool.register(ada)
    asked = pool.asked_for_passkey("ada")
    for credential in ("{", "null", "[" * 20_000, '{"id": "\\ud800"}', "NaN"):
        assert refusal_of(lambda: pool.answer(asked, "ada", CREDENTIAL=credential)) == UNREADABLE  # noqa: B023


def test_origin_is_the_whole_of_it(pool, ada):
    """Any port of the host is good; what only begins like an origin is not."""
    for origin in ("https://localhost", "https://localhost:8443", "http://a.localhost:1"):
        pool.register(ada, Authenticator(origin=origin))
    for origin in (f"{ORIGIN}/", f"{ORIGIN}/path", f"{ORIGIN}?q", "ftp://localhost", "localhost", ""):
        made = Authenticator(origin=origin).create(pool.options(ada))
        assert refusal_of(lambda: pool.complete(ada, made))[0] == "WebAuthnOriginNotAllowedException"  # noqa: B023
