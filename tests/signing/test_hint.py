import base64
import json

import jwt as pyjwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given
from hypothesis import strategies as st

from cognomen.signing.jwt import MAX_LENGTH, hint_of
from cognomen.signing.port import TokenHint, TokenUnreadable

POOL, KEY_ID = "us-east-1_AbCdEfGhI", "xR2vSP6kG7RXnpqRdIjqEh9QPNGxwmxKNXCFrE4BpQA="
HEAD, CLAIMS = {"kid": KEY_ID, "alg": "RS256"}, {"iss": f"http://127.0.0.1:9229/{POOL}"}


def token_of(head, payload):
    """A token that nobody signed."""
    parts = (part if isinstance(part, bytes) else json.dumps(part).encode() for part in (head, payload))
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts) + ".AAAA"


@pytest.mark.parametrize(
    "issuer",
    [
        f"http://127.0.0.1:9229/{POOL}",
        f"https://cognito-idp.us-east-1.amazonaws.com/{POOL}",
        f"http://host:1/under/a/path/{POOL}",
        POOL,
    ],
)
def test_hint(issuer):
    """A token names its pool and its key, whatever the form of the issuer, signed or not."""
    claims = {"sub": "x", "iss": issuer, "exp": 1}
    signed = pyjwt.encode(claims, rsa.generate_private_key(65537, 2048), "RS256", headers={"kid": KEY_ID})
    assert hint_of(signed) == hint_of(token_of({**HEAD, "alg": "none"}, claims)) == TokenHint(POOL, KEY_ID)


@pytest.mark.parametrize(
    "head",
    [
        {},
        {"alg": "RS256"},
        {"kid": 1},
        {"kid": None},
        {"kid": [KEY_ID]},
        [KEY_ID],
        b"",
        b"\xff",
        b'{"kid":"\xed\xa0\x80"}',
        b'{"a":' * 9000,
    ],
    ids=lambda head: repr(head)[:40],
)
def test_head_refused(head):
    """A head that names no key by a text is refused, so that the answer can be looked up."""
    with pytest.raises(TokenUnreadable):
        hint_of(token_of(head, CLAIMS))


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"iss": None},
        {"iss": [POOL]},
        {"iss": 5},
        [POOL],
        b"",
        b"\xff",
        b'{"iss":' * 9000,
        b'{"a":' * 9000,
        {"iss": ""},
        {"iss": f"http://host/{POOL}/"},
        {"iss": "http://host/no-pool"},
        {"iss": f"http://host/{POOL}\0"},
        {"iss": f"http://host/{POOL}\n"},
        {"iss": f"http://host/{POOL}?x"},
        {"iss": "http://host/us-east-1_Ünicode"},
        {"iss": "http://host/" + "x" * 54 + "_A"},
    ],
    ids=lambda payload: repr(payload)[:40],
)
def test_issuer_refused(payload):
    """Claims whose issuer does not end in a pool id are refused, so that no odd text reaches a store."""
    with pytest.raises(TokenUnreadable):
        hint_of(token_of(HEAD, payload))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda token: token.partition(".")[2],
        lambda token: token + ".AAAA",
        lambda token: token.replace(".", "=.", 1),
        lambda token: " " + token,
        lambda token: token + "A" * MAX_LENGTH,
    ],
    ids=["two parts", "four parts", "padded", "space", "huge"],
)
def test_form_refused(spoil):
    """What has not the form of a token is refused before it is parsed."""
    with pytest.raises(TokenUnreadable):
        hint_of(spoil(token_of(HEAD, CLAIMS)))


@given(st.text() | st.builds(token_of, st.binary(max_size=60), st.binary(max_size=60)))
def test_any_text(token):
    """Any text at all is refused with TokenUnreadable and nothing else."""
    with pytest.raises(TokenUnreadable):
        hint_of(token)
