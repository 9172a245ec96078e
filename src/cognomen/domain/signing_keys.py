"""The key pairs of a pool: two RSA keys, one for ID tokens and one for access tokens (reference 07)."""

from dataclasses import dataclass, field
from enum import StrEnum


class TokenUse(StrEnum):
    """Which of a pool's two key pairs signs; the value is the token_use claim."""

    ID = "id"
    ACCESS = "access"


@dataclass(frozen=True, slots=True)
class StoredKey:
    """A signing key as it is kept: sealed PKCS#8, usable only through the master key."""

    pool_id: str
    key_id: str
    token_use: TokenUse
    sealed: bytes = field(repr=False)
    created_ms: int


@dataclass(frozen=True, slots=True)
class CertifiedKey:
    """A key pair with a certificate (DER), for requests to SAML providers; the private key is sealed PKCS#8."""

    pool_id: str
    sealed: bytes = field(repr=False)
    certificate: bytes
    created_ms: int
