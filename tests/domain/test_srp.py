import base64
import json
from pathlib import Path

import pytest

from cognomen import errors
from cognomen.domain import srp

VECTORS = json.loads((Path(__file__).parent / "srp_vectors.json").read_text(encoding="utf-8"))
CASES = [pytest.param(case, id=case["name"]) for case in VECTORS["cases"]]


def number(text):
    return int(text, 16)


def salt_of(case):
    return number(case["salt"]).to_bytes(srp.SALT_BYTES, "big")


def identity_of(case):
    maker = srp.device_identity if "device_key" in case["identity"] else srp.user_identity
    return maker(**case["identity"])


def test_multiplier():
    """k is derived from the group with Cognito's padding."""
    assert format(srp.MULTIPLIER, "x") == VECTORS["multiplier"]


@pytest.mark.parametrize(
    ("value", "padded"),
    [(0, "00"), (1, "01"), (0x7F, "7f"), (0x80, "0080"), (0xFF, "00ff"), (0x100, "0100"), (0x8000, "008000")],
)
def test_pad(value, padded):
    """Padding adds a zero byte only where the number would look negative."""
    assert srp.pad(value).hex() == padded


@pytest.mark.parametrize("case", CASES)
def test_padding_of_vectors(case):
    """Salts, verifiers and secrets are padded as the clients pad them."""
    for name in ("salt", "verifier", "shared_secret"):
        assert srp.pad(number(case[name])).hex() == case[f"padded_{name}"]


@pytest.mark.parametrize("case", CASES)
def test_verifier(case):
    """x and v are those that the clients derive from identity, salt and password."""
    identity, password = identity_of(case), case["password"]
    assert srp.private_key(identity, salt_of(case), password) == number(case["private_key"])
    assert srp.verifier(identity, salt_of(case), password, pow) == number(case["verifier"])


@pytest.mark.parametrize("case", CASES)
def test_exchange(case):
    """B, u, S, the session key and the claim signature are those that the clients find."""
    client_public, server_secret = number(case["client_public"]), number(case["server_secret"])
    verifier = number(case["verifier"])

    server_public = srp.server_public(server_secret, verifier, pow)
    scrambler = srp.scrambler(client_public, server_public)
    shared = srp.shared_secret(client_public, scrambler, verifier, server_secret, pow)
    key = srp.session_key(shared, scrambler)
    block = base64.b64decode(case["secret_block_base64"])

    assert server_public == number(case["server_public"])
    assert scrambler == number(case["scrambler"])
    assert shared == number(case["shared_secret"])
    assert key.hex() == case["session_key"]
    assert srp.claim_signature(key, identity_of(case), block, case["timestamp_text"]) == case["signature_base64"]


@pytest.mark.parametrize("case", CASES)
def test_client_agrees(case):
    """A client that knows the password reaches the server's secret, and one that does not reaches another."""
    secret, server_public = number(case["client_secret"]), number(case["server_public"])
    scrambler = number(case["scrambler"])

    def client_finds(password):
        x = srp.private_key(identity_of(case), salt_of(case), password)
        base = server_public - srp.MULTIPLIER * pow(srp.GENERATOR, x, srp.PRIME)
        return pow(base, secret + scrambler * x, srp.PRIME)

    assert pow(srp.GENERATOR, secret, srp.PRIME) == number(case["client_public"])
    assert client_finds(case["password"]) == number(case["shared_secret"])
    assert client_finds(case["password"] + "!") != number(case["shared_secret"])


@pytest.mark.parametrize("case", CASES)
def test_client_public_accepts(case):
    """SRP_A is read in either case, and with the zero byte that some clients put in front."""
    text = case["client_public"]
    for spelling in (text, text.upper(), f"00{text}", text.lstrip("0")):
        assert srp.client_public(spelling) == number(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0",
        "0" * 768,
        format(srp.PRIME, "x"),
        format(srp.PRIME, "X"),
        f"00{srp.PRIME:x}",
        format(srp.PRIME * 2, "x"),
        "f" * 771,
        "0x1f",
        "1_f",
        " 1f",
        "1f\n",
        "+1f",
        "-1f",
        "xyz",
        "\u0661",
    ],
)
def test_client_public_refuses(text):
    """An SRP_A that is no hex number, too long, or 0 modulo the prime is refused before it is used."""
    with pytest.raises(errors.InvalidParameterException):
        srp.client_public(text)


def test_user_identity():
    """The pool's part of a user's identity is what stands behind its region."""
    assert srp.user_identity("us-east-1_AbCdEfGhI", "al_ice") == "AbCdEfGhIal_ice"
