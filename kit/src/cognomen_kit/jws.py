"""Reads a signed token strictly (RFC 7515, 7519, 8725): one spelling of everything, and RS256 only."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256

from cognomen_kit import base64url
from cognomen_kit.calls import JsonObject
from cognomen_kit.refused_tokens import Reason, TokenRefused

LONGEST_TOKEN = 16 * 1024
LONGEST_KEY_ID = 256
PARTS = 3
DEEPEST = 64
BRACKETS = re.compile(r"[\[\]{}]")
STRINGS = re.compile(r'"(?:[^"\\]|\\.)*"')
TYPES = frozenset({"jwt", "at+jwt", "application/at+jwt"})

# A header may not choose its own key, ask for extensions, or say that the rest is packed or encrypted.
FORBIDDEN_HEADERS: Mapping[str, Reason] = {
    "crit": Reason.CRITICAL,
    "b64": Reason.CRITICAL,
    "zip": Reason.CRITICAL,
    "enc": Reason.CRITICAL,
    "jwk": Reason.EMBEDDED_KEY,
    "jku": Reason.EMBEDDED_KEY,
    "x5u": Reason.EMBEDDED_KEY,
    "x5c": Reason.EMBEDDED_KEY,
}


@dataclass(frozen=True, slots=True)
class SignedToken:
    """A token taken apart; nothing in it is true before `verify`."""

    key_id: str
    claims: JsonObject = field(repr=False)
    signed_bytes: bytes = field(repr=False)
    signature: bytes = field(repr=False)

    def verify(self, key: RSAPublicKey) -> None:
        """Refuse the token unless this key signed it."""
        try:
            key.verify(self.signature, self.signed_bytes, PKCS1v15(), SHA256())
        except InvalidSignature:
            raise TokenRefused(Reason.SIGNATURE) from None


def read_token(token: str) -> SignedToken:
    """Take a token apart, refusing whatever is not spelt exactly as the service spells it."""
    if len(token) > LONGEST_TOKEN:
        raise TokenRefused(Reason.TOO_LONG)
    parts = token.split(".")
    if len(parts) != PARTS:
        raise TokenRefused(Reason.MALFORMED)
    header, claims = _json_object(parts[0]), _json_object(parts[1])
    signature = decode(parts[2])
    return SignedToken(_key_id(header), claims, f"{parts[0]}.{parts[1]}".encode(), signature)


def decode(text: str) -> bytes:
    """Base64url without padding in its one canonical spelling (RFC 7515 section 2)."""
    try:
        return base64url.bytes_of(text)
    except ValueError:
        raise TokenRefused(Reason.MALFORMED) from None


def _key_id(header: JsonObject) -> str:
    for name, reason in FORBIDDEN_HEADERS.items():
        if name in header:
            raise TokenRefused(reason)
    if str(header.get("typ", "JWT")).lower() not in TYPES:
        raise TokenRefused(Reason.TYPE)
    if header.get("alg") != "RS256":
        raise TokenRefused(Reason.ALGORITHM)
    key_id = header.get("kid")
    if not isinstance(key_id, str) or not 0 < len(key_id) <= LONGEST_KEY_ID:
        raise TokenRefused(Reason.KEY_ID)
    return key_id


def _json_object(part: str) -> JsonObject:
    try:
        text = _shallow(decode(part).decode("utf-8"))
        value = json.loads(text, object_pairs_hook=_without_duplicates, parse_constant=_no_constant)
        json.dumps(value, ensure_ascii=False).encode("utf-8")  # lone surrogates have no UTF-8
    except (ValueError, RecursionError):
        raise TokenRefused(Reason.MALFORMED) from None
    if not isinstance(value, dict):
        raise TokenRefused(Reason.MALFORMED)
    return value


def _shallow(text: str) -> str:
    """Refuse deep nesting before the parser meets it; how deep it would go differs between Python versions."""
    if text.count("{") + text.count("[") > DEEPEST:
        depth = 0
        for mark in BRACKETS.findall(STRINGS.sub("", text)):
            depth += 1 if mark in "[{" else -1
            if depth > DEEPEST:
                raise ValueError("nested too deep")
    return text


def _without_duplicates(pairs: list[tuple[str, Any]]) -> JsonObject:
    """Two members of one name would let two readers see two tokens (RFC 8725 section 2.4)."""
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member stands twice")
    return members


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
