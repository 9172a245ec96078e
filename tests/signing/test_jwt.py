import base64
import hashlib
import hmac
import json

import jwt as pyjwt
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS, PKCS1v15
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt as joserfc_jwt
from joserfc.jwk import KeySet

from cognomen.signing.jwt import MAX_LENGTH, RsaSigningKey
from cognomen.signing.port import TokenUnreadable
from cognomen.signing.rsa_keys import key_id_of

PRIVATE = rsa.generate_private_key(65537, 2048)
FOREIGN = rsa.generate_private_key(65537, 2048)
KEY_ID = key_id_of(PRIVATE.public_key())
KEY = RsaSigningKey(KEY_ID, PRIVATE)
ISSUER = "http://127.0.0.1:9229/us-east-1_AbCdEfGhI"
CLAIMS = {
    "sub": "5f0c3b1e-3f7a-4d21-9a55-0d6f2f1f7a10",
    "cognito:groups": ["admins", "Gäste"],
    "iss": ISSUER,
    "client_id": "1example23456789abcdefghij",
    "token_use": "access",
    "exp": 4102444800,
    "email_verified": True,
    "address": {"formatted": "Straße 1\nOrt"},
}
TOKEN = KEY.sign(CLAIMS)
PEM = PRIVATE.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
HEAD = {"kid": KEY_ID, "alg": "RS256"}
PROBABILISTIC = PSS(MGF1(hashes.SHA256()), 32)


def part(value):
    data = value if isinstance(value, bytes) else json.dumps(value, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def signed_by(private, head, payload, padding=None):
    text = f"{part(head)}.{part(payload)}"
    return f"{text}.{part(private.sign(text.encode(), padding or PKCS1v15(), hashes.SHA256()))}"


def mac_with_public_key(head):
    text = f"{part(head)}.{part(CLAIMS)}"
    return f"{text}.{part(hmac.digest(PEM, text.encode(), hashlib.sha256))}"


def with_stray_bits(token):
    """The same signature bytes in a second spelling: the last letter carries bits that count for nothing."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    other = token[:-1] + alphabet[alphabet.index(token[-1]) ^ 1]
    first, second = (base64.urlsafe_b64decode(text.rpartition(".")[2] + "==") for text in (token, other))
    assert first == second
    return other


def unreadable(function, token):
    with pytest.raises(TokenUnreadable) as refusal:
        function(token)
    return refusal.value


ENCODED_HEAD, ENCODED_CLAIMS, ENCODED_SIGNATURE = TOKEN.split(".")

FORGED = {
    "empty": "",
    "dots": "..",
    "one part": ENCODED_CLAIMS,
    "two parts": f"{ENCODED_HEAD}.{ENCODED_CLAIMS}",
    "four parts": f"{TOKEN}.{ENCODED_SIGNATURE}",
    "five parts": f"{TOKEN}..",
    "dot behind": f"{TOKEN}.",
    "no signature": f"{ENCODED_HEAD}.{ENCODED_CLAIMS}.",
    "no payload": f"{ENCODED_HEAD}..{ENCODED_SIGNATURE}",
    "no head": f".{ENCODED_CLAIMS}.{ENCODED_SIGNATURE}",
    "truncated": TOKEN[:-1],
    "truncated by a byte": TOKEN[:-2],
    "half": TOKEN[: len(TOKEN) // 2],
    "longer": TOKEN + "A",
    "padded signature": TOKEN + "==",
    "padded head": f"{ENCODED_HEAD}==.{ENCODED_CLAIMS}.{ENCODED_SIGNATURE}",
    "second spelling": with_stray_bits(TOKEN),
    "space before": f" {TOKEN}",
    "line end behind": f"{TOKEN}\n",
    "space within": f"{ENCODED_HEAD}.{ENCODED_CLAIMS}. {ENCODED_SIGNATURE}",
    "standard alphabet": f"{ENCODED_HEAD}.{ENCODED_CLAIMS}.{'+/' + ENCODED_SIGNATURE[2:]}",
    "bearer": f"Bearer {TOKEN}",
    "not ascii": TOKEN[:-1] + "é",
    "surrogate": TOKEN[:-1] + "\ud800",
    "nul": TOKEN + "\0",
    "another signature": f"{ENCODED_HEAD}.{ENCODED_CLAIMS}.{part(bytes(256))}",
    "short signature": f"{ENCODED_HEAD}.{ENCODED_CLAIMS}.{part(bytes(16))}",
    "long signature": f"{ENCODED_HEAD}.{ENCODED_CLAIMS}.{part(bytes(512))}",
    "another payload": f"{ENCODED_HEAD}.{part({**CLAIMS, 'sub': 'x'})}.{ENCODED_SIGNATURE}",
    "foreign key": signed_by(FOREIGN, HEAD, CLAIMS),
    "foreign key and kid": signed_by(FOREIGN, {**HEAD, "kid": "x"}, CLAIMS),
    "other kid": signed_by(PRIVATE, {**HEAD, "kid": key_id_of(FOREIGN.public_key())}, CLAIMS),
    "no kid": signed_by(PRIVATE, {"alg": "RS256"}, CLAIMS),
    "kid is a path": signed_by(PRIVATE, {**HEAD, "kid": "../../etc/passwd"}, CLAIMS),
    "kid is no text": signed_by(PRIVATE, {**HEAD, "kid": [KEY_ID]}, CLAIMS),
    "HS256 with the public key": mac_with_public_key({**HEAD, "alg": "HS256"}),
    "HS256 called RS256": mac_with_public_key(HEAD),
    "PS256": signed_by(PRIVATE, {**HEAD, "alg": "PS256"}, CLAIMS, PROBABILISTIC),
    "PS256 called RS256": signed_by(PRIVATE, HEAD, CLAIMS, PROBABILISTIC),
    "crit": signed_by(PRIVATE, {**HEAD, "crit": ["exp"], "exp": 1}, CLAIMS),
    "b64": signed_by(PRIVATE, {**HEAD, "b64": False, "crit": ["b64"]}, CLAIMS),
    "embedded jwk": signed_by(FOREIGN, {**HEAD, "jwk": KEY.jwk}, CLAIMS),
    "jku": signed_by(FOREIGN, {**HEAD, "jku": "http://127.0.0.1/jwks.json"}, CLAIMS),
    "typ": signed_by(PRIVATE, {**HEAD, "typ": "JWT"}, CLAIMS),
    "doubled alg": signed_by(PRIVATE, b'{"kid":"%s","alg":"none","alg":"RS256"}' % KEY_ID.encode(), CLAIMS),
    "doubled kid": signed_by(PRIVATE, b'{"kid":"x","kid":"%s","alg":"RS256"}' % KEY_ID.encode(), CLAIMS),
    "head in other order": signed_by(PRIVATE, {"alg": "RS256", "kid": KEY_ID}, CLAIMS),
    "head with spaces": signed_by(PRIVATE, json.dumps(HEAD).encode(), CLAIMS),
    "head is no object": signed_by(PRIVATE, [KEY_ID, "RS256"], CLAIMS),
    "head is no JSON": signed_by(PRIVATE, b"\xff\xfe", CLAIMS),
    "deep head": signed_by(PRIVATE, b'{"a":' * 10_000, CLAIMS),
    "payload is a list": signed_by(PRIVATE, HEAD, [CLAIMS]),
    "payload is text": signed_by(PRIVATE, HEAD, "claims"),
    "payload is null": signed_by(PRIVATE, HEAD, None),
    "payload is no JSON": signed_by(PRIVATE, HEAD, b"\xff"),
    "payload is not UTF-8": signed_by(PRIVATE, HEAD, b'{"sub":"\xed\xa0\x80"}'),
    "payload is cut": signed_by(PRIVATE, HEAD, b'{"sub":"a"'),
    "payload is empty": signed_by(PRIVATE, HEAD, b""),
    "deep payload": signed_by(PRIVATE, HEAD, b'{"a":' * 10_000),
    "huge": signed_by(PRIVATE, HEAD, {"sub": "a" * MAX_LENGTH}),
    "huge, of dots": "." * (MAX_LENGTH + 1),
    "many dots": "." * MAX_LENGTH,
}
for spelling in (
    "none",
    "None",
    "NONE",
    "nOnE",
    "none ",
    "",
    "RS256 ",
    "rs256",
    "RS384",
    "RS512",
    "ES256",
    "EdDSA",
):
    FORGED[f"alg {spelling!r}"] = signed_by(PRIVATE, {**HEAD, "alg": spelling}, CLAIMS)
    FORGED[f"alg {spelling!r}, unsigned"] = f"{part({**HEAD, 'alg': spelling})}.{part(CLAIMS)}."


@pytest.mark.parametrize("token", [pytest.param(token, id=name) for name, token in FORGED.items()])
def test_forged(token):
    """Nothing but a token that this key signed, letter by letter, is read."""
    refusal = unreadable(KEY.read, token)
    assert refusal.__cause__ is None
    assert len(str(refusal)) < 60


def test_read():
    """A token that was signed is read back as it was, order and all."""
    assert KEY.read(TOKEN) == CLAIMS
    assert list(KEY.read(TOKEN)) == list(CLAIMS)


def test_form():
    """The head is kid and alg in this order, without typ, and no part is padded."""
    head, payload, signature = TOKEN.split(".")
    assert base64.urlsafe_b64decode(head + "==") == b'{"kid":"%s","alg":"RS256"}' % KEY_ID.encode()
    assert json.loads(base64.urlsafe_b64decode(payload + "==")) == CLAIMS
    assert len(signature) == 342
    assert "=" not in TOKEN


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abc:_é"), inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(st.text("abc:_é"), json_values, max_size=6))
def test_any_claims(claims):
    """Whatever JSON the claims are, they come back equal."""
    assert KEY.read(KEY.sign(claims)) == claims


@given(st.text() | st.lists(st.text("AQeyJ0.=-_ \0é"), min_size=3, max_size=3).map(".".join))
def test_any_text(token):
    """Any text is refused with TokenUnreadable and nothing else."""
    unreadable(KEY.read, token)


@given(st.binary(max_size=60), st.binary(max_size=60))
def test_any_signed_parts(head, payload):
    """Any head or payload, though the key signed it, gives claims or TokenUnreadable."""
    for token in (signed_by(PRIVATE, head, CLAIMS), signed_by(PRIVATE, HEAD, payload)):
        try:
            KEY.read(token)
        except TokenUnreadable:
            continue


@given(st.integers(0, len(TOKEN) - 1), st.characters())
def test_any_changed_letter(place, letter):
    """A token with any one letter changed is refused."""
    changed = TOKEN[:place] + letter + TOKEN[place + 1 :]
    if changed != TOKEN:
        unreadable(KEY.read, changed)


def test_size_bound():
    """The longest token that is allowed is read, and the next is not."""
    empty = len(KEY.sign({"a": ""}))
    filler = "x" * ((MAX_LENGTH - empty) * 3 // 4 - 3)
    token = KEY.sign({"a": filler})
    assert MAX_LENGTH - 10 < len(token) <= MAX_LENGTH
    assert KEY.read(token) == {"a": filler}
    unreadable(KEY.read, KEY.sign({"a": filler + "x" * 12}))


def test_jwk():
    """The public key is shown with Cognito's members in Cognito's order, and no private one."""
    assert list(KEY.jwk) == ["alg", "e", "kid", "kty", "n", "use"]
    assert {**KEY.jwk, "n": ""} == {
        "alg": "RS256",
        "e": "AQAB",
        "kid": KEY_ID,
        "kty": "RSA",
        "n": "",
        "use": "sig",
    }
    assert (
        int.from_bytes(base64.urlsafe_b64decode(KEY.jwk["n"] + "=="), "big") == PRIVATE.public_key().public_numbers().n
    )


def test_pyjwt_verifies():
    """PyJWT finds the key in the key set and verifies the token."""
    keys = pyjwt.PyJWKSet.from_dict({"keys": [RsaSigningKey("other", FOREIGN).jwk, KEY.jwk]})
    key = keys[pyjwt.get_unverified_header(TOKEN)["kid"]]
    assert pyjwt.decode(TOKEN, key, algorithms=["RS256"], issuer=ISSUER) == CLAIMS


def test_joserfc_verifies():
    """joserfc finds the key in the key set and verifies the token."""
    keys = KeySet.import_key_set({"keys": [RsaSigningKey("other", FOREIGN).jwk, KEY.jwk]})
    decoded = joserfc_jwt.decode(TOKEN, keys, algorithms=["RS256"])
    assert decoded.claims == CLAIMS
    assert decoded.header == HEAD


def test_their_tokens_are_read():
    """The signature is the standard's: the same text signed by PyJWT is the same token."""
    theirs = pyjwt.encode(CLAIMS, PRIVATE, "RS256", headers={"kid": KEY_ID})
    unreadable(KEY.read, theirs)  # it writes typ
    assert signed_by(PRIVATE, HEAD, json.dumps(CLAIMS, separators=(",", ":"), ensure_ascii=False).encode()) == TOKEN


def test_repr():
    """A signing key does not print itself."""
    numbers = PRIVATE.private_numbers()
    assert not any(str(secret) in f"{KEY!r}{KEY}" for secret in (numbers.p, numbers.q, numbers.d))
