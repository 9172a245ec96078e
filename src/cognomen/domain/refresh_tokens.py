"""Refresh tokens: they name their sign-in, and mean nothing to anybody but this server (reference 07).

A token looks like the JWE that AWS gives out, since clients look at its first part. Its other parts are one run of
bytes: the origin_jti of the sign-in, random bytes, and a tag by which this server knows what it gave out.
"""

import base64
import hashlib
import re
from dataclasses import dataclass, field

from cognomen.domain import base64url

HEAD = base64url.text_of(b'{"cty":"JWT","enc":"A256GCM","alg":"RSA-OAEP"}')
ORIGIN_BYTES = 16
RANDOM_BYTES = 94
TAG_BYTES = 16
PARTS = (slice(0, 43), slice(43, 59), slice(59, 146), slice(146, 168))  # characters: four to three bytes
FORM = re.compile(re.escape(HEAD) + r"\.([\w-]{43})\.([\w-]{16})\.([\w-]{87})\.([\w-]{22})", re.ASCII)


@dataclass(frozen=True, slots=True)
class RefreshToken:
    """A refresh token, taken apart; that it has the form of one says nothing of whether it works."""

    body: bytes = field(repr=False)
    tag: bytes = field(repr=False)

    @property
    def text(self) -> str:
        """As clients have it."""
        text = base64url.text_of(self.body + self.tag)
        return ".".join((HEAD, *(text[part] for part in PARTS)))

    @property
    def digest(self) -> bytes:
        """What is kept of it; it has more than 256 random bits, so a plain hash protects it."""
        return hashlib.sha256(self.body + self.tag).digest()

    @property
    def origin_jti(self) -> str:
        """The sign-in that it says it belongs to."""
        digits = self.body[:ORIGIN_BYTES].hex()
        return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def body_of(origin_jti: str, random: bytes) -> bytes:
    """The body of a new token; `random` has RANDOM_BYTES."""
    return bytes.fromhex(origin_jti.replace("-", "")) + random


def read(text: str) -> RefreshToken | None:
    """The token with this text; None where it is none of this server's form. Each token has one spelling."""
    parts = FORM.fullmatch(text)
    if parts is None:
        return None
    content = base64.urlsafe_b64decode("".join(parts.groups()))
    return RefreshToken(content[:-TAG_BYTES], content[-TAG_BYTES:])
