"""Compact RS256 tokens (RFC 7515, RFC 7519) as Cognito writes them (reference 07)."""

import re
from collections.abc import Mapping
from typing import Any, Final

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

from cognomen.domain import base64url
from cognomen.signing.port import TokenHint, TokenUnreadable

ALGORITHM: Final = "RS256"
MAX_LENGTH: Final = 131_072  # of a token, in characters: what the model allows a SubjectToken

_PADDING = PKCS1v15()
_HASH = hashes.SHA256()
_POOL_ID = re.compile(r"(?=.{1,55}\Z)[\w-]+_[0-9a-zA-Z]+", re.ASCII)  # UserPoolIdType of the model


class _Head(msgspec.Struct):
    kid: str


class _Origin(msgspec.Struct):
    iss: str


_HEAD = msgspec.json.Decoder(_Head)
_ORIGIN = msgspec.json.Decoder(_Origin)
_CLAIMS = msgspec.json.Decoder(dict[str, Any])
# Everything that decoding untrusted text can raise: msgspec's and binascii's errors are ValueErrors.
_UNREADABLE = (ValueError, RecursionError, InvalidSignature)


class RsaSigningKey:
    """The SigningKey of this server: signs its tokens, and reads only what it signed itself."""

    def __init__(self, key_id: str, private: RSAPrivateKey) -> None:
        self.key_id: Final = key_id
        self._private = private
        self._public = private.public_key()
        self.jwk: Final = jwk_of(key_id, self._public)
        self._head = base64url.text_of(msgspec.json.encode({"kid": key_id, "alg": ALGORITHM}))

    def sign(self, claims: Mapping[str, Any]) -> str:
        """A compact JWT with exactly these claims, in their order."""
        signed = f"{self._head}.{base64url.text_of(msgspec.json.encode(claims))}"
        signature = self._private.sign(signed.encode(), _PADDING, _HASH)
        return f"{signed}.{base64url.text_of(signature)}"

    def read(self, token: str) -> dict[str, Any]:
        """The claims; raises TokenUnreadable. The head must be, byte for byte, the one that this key writes.

        That refuses any other algorithm or key, `crit`, doubled members and padding without a rule for each.
        """
        try:
            head, payload, signature = _parts(token)
            if head != self._head:
                raise TokenUnreadable("this key writes another head")
            self._public.verify(base64url.bytes_of(signature), f"{head}.{payload}".encode(), _PADDING, _HASH)
            return _CLAIMS.decode(base64url.bytes_of(payload))
        except _UNREADABLE:
            raise TokenUnreadable("not a token of this key") from None


def hint_of(token: str) -> TokenHint:
    """The pool named at the end of ``iss`` and the key named in the head; raises TokenUnreadable.

    The pool id has the form of one, so that no odd text reaches a store.
    """
    try:
        head, payload, _ = _parts(token)
        key_id = _HEAD.decode(base64url.bytes_of(head)).kid
        pool_id = _ORIGIN.decode(base64url.bytes_of(payload)).iss.rpartition("/")[2]
    except _UNREADABLE:
        raise TokenUnreadable("does not say where it comes from") from None
    if not _POOL_ID.fullmatch(pool_id):
        raise TokenUnreadable("its issuer is no pool")
    return TokenHint(pool_id, key_id)


def jwk_of(key_id: str, public: RSAPublicKey) -> dict[str, str]:
    """A public key as RFC 7517 and RFC 7518 section 6.3.1 show it, members in Cognito's order."""
    numbers = public.public_numbers()
    return {
        "alg": ALGORITHM,
        "e": _text_of_number(numbers.e),
        "kid": key_id,
        "kty": "RSA",
        "n": _text_of_number(numbers.n),
        "use": "sig",
    }


def _parts(token: str) -> tuple[str, str, str]:
    """The three parts; raises ValueError for any other number of them, or a token too long to look at."""
    if len(token) > MAX_LENGTH:
        raise ValueError
    head, payload, signature = token.split(".", 3)
    return head, payload, signature


def _text_of_number(number: int) -> str:
    return base64url.text_of(number.to_bytes((number.bit_length() + 7) // 8, "big"))
