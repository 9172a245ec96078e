"""Tokens that somebody made up from a real one: each must be refused, whatever it claims."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa


def _encoded(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _head(token: str) -> dict[str, Any]:
    return dict(json.loads(_decoded(token.partition(".")[0])))


def _claims(token: str) -> dict[str, Any]:
    return dict(json.loads(_decoded(token.split(".")[1])))


def _unsigned(head: Mapping[str, Any], claims: Mapping[str, Any]) -> str:
    return ".".join(_encoded(json.dumps(part).encode()) for part in (head, claims))


@cache
def _own_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def _signed_by_own_key(head: Mapping[str, Any], claims: Mapping[str, Any]) -> str:
    text = _unsigned(head, claims)
    return f"{text}.{_encoded(_own_key().sign(text.encode(), padding.PKCS1v15(), hashes.SHA256()))}"


def _own_jwk() -> dict[str, str]:
    numbers = _own_key().public_key().public_numbers()
    return {"kty": "RSA", "e": "AQAB", "n": _encoded(numbers.n.to_bytes(256, "big"))}


def with_changed_claims(token: str) -> str:
    """Somebody else's sub under the old signature."""
    head, _, signature = token.split(".")
    claims = _claims(token) | {"sub": "00000000-0000-4000-8000-000000000000"}
    return f"{head}.{_encoded(json.dumps(claims).encode())}.{signature}"


def with_changed_signature(token: str) -> str:
    """One byte in the middle of the signature is another."""
    head, claims, signature = token.split(".")
    spoilt = bytearray(_decoded(signature))
    spoilt[len(spoilt) // 2] ^= 1
    return f"{head}.{claims}.{_encoded(bytes(spoilt))}"


def without_signature(token: str) -> str:
    """The signature is cut off, its dot is not."""
    return token.rpartition(".")[0] + "."


def of_algorithm_none(token: str) -> str:
    """alg none, RFC 8725 section 2.1."""
    return _unsigned(_head(token) | {"alg": "none"}, _claims(token)) + "."


def of_algorithm_hs256(token: str) -> str:
    """The kid, which everybody knows, as a shared secret (RFC 8725 section 2.1)."""
    head = _head(token) | {"alg": "HS256"}
    text = _unsigned(head, _claims(token))
    return f"{text}.{_encoded(hmac.digest(head['kid'].encode(), text.encode(), hashlib.sha256))}"


def signed_by_another_key(token: str) -> str:
    """Another key under the name of the right one."""
    return _signed_by_own_key(_head(token), _claims(token))


def bringing_its_own_key(token: str) -> str:
    """Another key, which the head itself carries."""
    return _signed_by_own_key({**_head(token), "jwk": _own_jwk()}, _claims(token))


def of_an_unknown_key(token: str) -> str:
    """Another key under a name that nobody knows."""
    return _signed_by_own_key(_head(token) | {"kid": _encoded(hashlib.sha256(b"nobody").digest())}, _claims(token))


def of_another_issuer(token: str) -> str:
    """Another issuer and its key."""
    return _signed_by_own_key(_head(token), _claims(token) | {"iss": "https://login.example.com/us-east-1_Unknown00"})


def in_five_parts(token: str) -> str:
    """As many parts as a JWE has."""
    return f"{token}.AAAA.AAAA"


def cut_in_half(token: str) -> str:
    """The first half."""
    return token[: len(token) // 2]


FORGERIES: Mapping[str, Callable[[str], str]] = {
    f"access_token_{forge.__name__}": forge
    for forge in (
        with_changed_claims,
        with_changed_signature,
        without_signature,
        of_algorithm_none,
        of_algorithm_hs256,
        signed_by_another_key,
        bringing_its_own_key,
        of_an_unknown_key,
        of_another_issuer,
        in_five_parts,
        cut_in_half,
    )
}
