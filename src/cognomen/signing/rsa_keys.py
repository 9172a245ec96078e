"""RSA key pairs for tokens: generated ahead of need in a thread, kept sealed, loaded in microseconds."""

import asyncio
import base64
import hashlib
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
    load_pem_private_key,
)

from cognomen.domain.signing_keys import CertifiedKey, StoredKey, TokenUse
from cognomen.signing.certificates import self_signed
from cognomen.signing.jwt import RsaSigningKey
from cognomen.signing.port import KeyUnusable, Sealer, SigningKey

KEY_BITS: Final = 2048
PUBLIC_EXPONENT: Final = 65_537


@dataclass(frozen=True, slots=True)
class KeyPair:
    """A fresh key pair that belongs to no pool yet."""

    key_id: str
    pkcs8: bytes = field(repr=False)


def generate_key_pair() -> KeyPair:
    """40 to 120 ms of work, most of it without the interpreter's lock."""
    return key_pair_of(rsa.generate_private_key(PUBLIC_EXPONENT, KEY_BITS))


def key_pair_of(private: rsa.RSAPrivateKey) -> KeyPair:
    """The key pair of a private key."""
    pkcs8 = private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return KeyPair(key_id_of(private.public_key()), pkcs8)


def key_id_of(public: rsa.RSAPublicKey) -> str:
    """The ``kid``: base64 of the SHA-256 of the public key, 44 characters as AWS's are (reference 07)."""
    info = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(hashlib.sha256(info).digest()).decode()


class RsaKeyFactory:
    """Makes and loads signing keys; once `start` was called, so many `spares` wait for the next pools."""

    def __init__(self, sealer: Sealer, spares: int = 2) -> None:
        self._sealer = sealer
        self._wanted = spares
        self._spares: deque[Future[KeyPair]] = deque()
        self._generator = ThreadPoolExecutor(1, thread_name_prefix="rsa-keys")

    def start(self) -> None:
        """Have the spares made; returns at once."""
        while len(self._spares) < self._wanted:
            self._order()

    async def create(self, pool_id: str, token_use: TokenUse, now_ms: int) -> StoredKey:
        """The oldest spare, sealed for this pool and use."""
        return self._kept(await self._take(), pool_id, token_use, now_ms)

    def adopt(self, pool_id: str, token_use: TokenUse, pem: str, now_ms: int) -> StoredKey:
        """A given key pair, sealed for this pool and use; raises KeyUnusable. Checking it takes 35 ms."""
        try:
            private = load_pem_private_key(pem.encode(), password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            raise KeyUnusable("is not a private key in PEM without a passphrase") from None
        if not isinstance(private, rsa.RSAPrivateKey) or private.key_size < KEY_BITS:
            raise KeyUnusable(f"is not an RSA key of {KEY_BITS} bits or more")
        return self._kept(key_pair_of(private), pool_id, token_use, now_ms)

    def _kept(self, pair: KeyPair, pool_id: str, token_use: TokenUse, now_ms: int) -> StoredKey:
        sealed = self._sealer.seal(pair.pkcs8, key_purpose(pool_id, token_use, pair.key_id))
        return StoredKey(pool_id, pair.key_id, token_use, sealed, now_ms)

    async def create_certified(self, pool_id: str, now_ms: int) -> CertifiedKey:
        """The oldest spare with a certificate of its own, sealed for this pool's requests to SAML providers."""
        pair = await self._take()
        certificate = self_signed(_private_key(pair.pkcs8), pool_id, now_ms)
        return CertifiedKey(pool_id, self._sealer.seal(pair.pkcs8, saml_purpose(pool_id)), certificate, now_ms)

    async def _take(self) -> KeyPair:
        """A spare; another is ordered in its place."""
        self._order()
        return await asyncio.wrap_future(self._spares.popleft())

    def load(self, stored: StoredKey) -> SigningKey:
        """The usable key; raises SealBroken."""
        purpose = key_purpose(stored.pool_id, stored.token_use, stored.key_id)
        return RsaSigningKey(stored.key_id, _private_key(self._sealer.open(stored.sealed, purpose)))

    def close(self) -> None:
        """Drop the spares and let the thread end; takes as long as the key that is being made."""
        self._generator.shutdown(wait=True, cancel_futures=True)
        self._spares.clear()

    def _order(self) -> None:
        self._spares.append(self._generator.submit(generate_key_pair))


def _private_key(pkcs8: bytes) -> rsa.RSAPrivateKey:
    """The key in a sealed PKCS#8.

    Only this server can have made it, so its numbers are not checked once more, which would take 35 ms.
    """
    private = load_der_private_key(pkcs8, password=None, unsafe_skip_rsa_key_validation=True)
    assert isinstance(private, rsa.RSAPrivateKey)
    return private


def saml_purpose(pool_id: str) -> str:
    """What the key for requests to SAML providers is sealed for."""
    return f"saml-key {pool_id}"


def key_purpose(pool_id: str, token_use: TokenUse, key_id: str) -> str:
    """What a signing key is sealed for."""
    return f"signing-key {pool_id} {token_use} {key_id}"
