"""An authenticator for passkeys, written from the WebAuthn specification: one key of P-256 in software."""

import base64
import hashlib
import json
import secrets
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

RP_ID = "localhost"
ORIGIN = "http://localhost:8080"
PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


def text(raw: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def raw(text_: str) -> bytes:
    return base64.urlsafe_b64decode(text_ + "=" * (-len(text_) % 4))


def cbor(value: Any) -> bytes:
    """As much of RFC 8949 as an attestation needs."""
    if isinstance(value, bool):
        return b"\xf5" if value else b"\xf4"
    if isinstance(value, int):
        return _head(0, value) if value >= 0 else _head(1, -1 - value)
    if isinstance(value, bytes):
        return _head(2, len(value)) + value
    if isinstance(value, str):
        return _head(3, len(value.encode())) + value.encode()
    parts = [cbor(key) + cbor(each) for key, each in value.items()]
    return _head(5, len(parts)) + b"".join(parts)


def _head(kind: int, number: int) -> bytes:
    if number < 24:
        return bytes([kind << 5 | number])
    size, code = (1, 24) if number < 256 else (2, 25) if number < 65536 else (4, 26)
    return bytes([kind << 5 | code]) + number.to_bytes(size, "big")


@dataclass
class Authenticator:
    """One passkey of P-256 in software. What it says can be bent, to see it refused."""

    rp_id: str = RP_ID
    origin: str = ORIGIN
    flags: int = PRESENT | VERIFIED
    algorithm: int = -7
    counts: bool = True
    aaguid: bytes = bytes(16)
    bend: Callable[[dict[str, Any]], dict[str, Any]] = dict  # of what the browser says
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    user_handle: bytes = b""
    count: int = 0

    def create(self, options: Mapping[str, Any]) -> dict[str, Any]:
        """A RegistrationResponseJSON."""
        self.user_handle = raw(options["user"]["id"])
        attested = self.aaguid + struct.pack(">H", len(self.credential_id)) + self.credential_id + self._cose()
        data = self._data(self.flags | ATTESTED) + attested
        attestation = cbor({"fmt": "none", "attStmt": {}, "authData": data})
        response = {
            "attestationObject": text(attestation),
            "clientDataJSON": text(self._client_data("webauthn.create", options["challenge"])),
            "transports": ["internal", "hybrid"],
        }
        return {**self._named(), "authenticatorAttachment": "platform", "response": response}

    def get(self, options: Mapping[str, Any]) -> dict[str, Any]:
        """An AuthenticationResponseJSON."""
        self.count += self.counts
        data, said = self._data(self.flags), self._client_data("webauthn.get", options["challenge"])
        signature = self.key.sign(data + hashlib.sha256(said).digest(), ec.ECDSA(SHA256()))
        response = {
            "authenticatorData": text(data),
            "clientDataJSON": text(said),
            "signature": text(signature),
            "userHandle": text(self.user_handle),
        }
        return {**self._named(), "authenticatorAttachment": "platform", "response": response}

    def copy(self) -> "Authenticator":
        """The same key in other hands, with the count that it has now."""
        return replace(self)

    def _named(self) -> dict[str, Any]:
        name = text(self.credential_id)
        return {"id": name, "rawId": name, "type": "public-key", "clientExtensionResults": {}}

    def _data(self, flags: int) -> bytes:
        return hashlib.sha256(self.rp_id.encode()).digest() + bytes([flags]) + struct.pack(">I", self.count)

    def _client_data(self, kind: str, challenge: str) -> bytes:
        said = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps(self.bend(said)).encode()

    def _cose(self) -> bytes:
        numbers = self.key.public_key().public_numbers()
        x, y = numbers.x.to_bytes(32, "big"), numbers.y.to_bytes(32, "big")
        return cbor({1: 2, 3: self.algorithm, -1: 1, -2: x, -3: y})
