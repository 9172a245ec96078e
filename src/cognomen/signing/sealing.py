"""The master keys, which live in a file outside the database, and what is sealed and digested under them.

Digests have keys of their own, so that a new master key changes none of them (decision 0011).
"""

import hashlib
import hmac
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from cognomen.signing.port import SealBroken

KEY_BYTES: Final = 32
KEY_ID_BYTES: Final = 8
NONCE_BYTES: Final = 12  # 96 bits, random: safe for 2**32 seals under one master key (NIST SP 800-38D, 8.3)
FORMAT: Final = b"\x01"
"""A sealed value is this byte, the id of the master key, the nonce, then ciphertext and tag."""

HEAD_BYTES: Final = len(FORMAT) + KEY_ID_BYTES
_CONTENT_AT = HEAD_BYTES + NONCE_BYTES


class MasterKeyUnusable(Exception):  # noqa: N818
    """The master key file cannot be used; the message says why and never what is in it."""


@dataclass(frozen=True, slots=True)
class MasterKeys:
    """The master keys, 32 bytes each: the first seals, all of them open.

    Digests are made under the first of `digest_keys`, or, where there is none, under what comes of the first master
    key; those of all others are known, too.
    """

    keys: tuple[bytes, ...] = field(repr=False)
    digest_keys: tuple[bytes, ...] = field(default=(), repr=False)

    def __post_init__(self) -> None:
        if not self.keys or any(len(key) != KEY_BYTES for key in (*self.keys, *self.digest_keys)):
            raise ValueError(f"a master key has {KEY_BYTES} bytes, and at least one is needed")

    @classmethod
    def fresh(cls) -> "MasterKeys":
        """One new key, for a store that lives no longer than its process."""
        return cls((secrets.token_bytes(KEY_BYTES),))


def master_key_id(key: bytes) -> str:
    """The name of a master key, in hex; says nothing of the key."""
    return hashlib.sha256(key).digest()[:KEY_ID_BYTES].hex()


def master_key_in(sealed: bytes) -> str:
    """The id of the master key that something is sealed under."""
    return sealed[len(FORMAT) : HEAD_BYTES].hex()


def _never() -> None:
    """The keys stay as they are."""


class AesGcmSealer:
    """AES-256-GCM and HMAC-SHA256, each under keys derived from the master keys (HKDF, RFC 5869).

    `renewed` answers other master keys where there are some now; it is asked by `renew`, and by `open` for what is
    sealed under a key that is not known. It may raise MasterKeyUnusable, and then all stays as it was.
    """

    def __init__(self, keys: MasterKeys, renewed: Callable[[], MasterKeys | None] = _never) -> None:
        self._renewed = renewed
        self._ring = _Ring.of(keys)

    @property
    def head(self) -> bytes:
        """How all begins that is sealed now."""
        return self._ring.head

    @property
    def known(self) -> frozenset[str]:
        """The ids of the master keys whose seals open."""
        return frozenset(map(master_key_in, self._ring.ciphers))

    def renew(self) -> bool:
        """Go on with other master keys where there are some; raises MasterKeyUnusable."""
        keys = self._renewed()
        if keys is None:
            return False
        self._ring = _Ring.of(keys)
        return True

    def seal(self, plain: bytes, purpose: str) -> bytes:
        """Sealed under the current master key, to be opened for this purpose alone."""
        ring, nonce = self._ring, secrets.token_bytes(NONCE_BYTES)
        return ring.head + nonce + ring.ciphers[ring.head].encrypt(nonce, plain, purpose.encode())

    def open(self, sealed: bytes, purpose: str) -> bytes:
        """The plain bytes again, under whichever master key they were sealed; raises SealBroken."""
        cipher = self._ring.ciphers.get(sealed[:HEAD_BYTES]) or self._cipher_since(sealed[:HEAD_BYTES])
        if cipher is None or len(sealed) < _CONTENT_AT:
            raise SealBroken("sealed in another format, or under a master key that is not known")
        try:
            return cipher.decrypt(sealed[HEAD_BYTES:_CONTENT_AT], sealed[_CONTENT_AT:], purpose.encode())
        except InvalidTag:
            raise SealBroken("changed, or sealed for another purpose") from None

    def digest(self, plain: bytes, purpose: str) -> bytes:
        """HMAC-SHA256 under the current master key's key for this purpose."""
        return _digest(self._ring.digest_keys[0], plain, purpose)

    def digests(self, plain: bytes, purpose: str) -> tuple[bytes, ...]:
        """The digests under every known master key, the current one first."""
        return tuple(_digest(key, plain, purpose) for key in self._ring.digest_keys)

    def _cipher_since(self, head: bytes) -> AESGCM | None:
        """That of a master key that was added a moment ago."""
        if not head.startswith(FORMAT):
            return None
        with suppress(MasterKeyUnusable):
            self.renew()
        return self._ring.ciphers.get(head)


@dataclass(frozen=True, slots=True)
class _Ring:
    """What is made of the master keys; changed as a whole, so that no call sees the half of a change."""

    head: bytes
    ciphers: Mapping[bytes, AESGCM] = field(repr=False)
    digest_keys: tuple[bytes, ...] = field(repr=False)

    @classmethod
    def of(cls, keys: MasterKeys) -> "_Ring":
        ciphers = {head_of(key): AESGCM(_derived(key, "sealing")) for key in keys.keys}
        digest_keys = dict.fromkeys((*keys.digest_keys, *map(digest_key_of, keys.keys)))
        return cls(head_of(keys.keys[0]), ciphers, tuple(digest_keys))


def head_of(key: bytes) -> bytes:
    """How all begins that is sealed under a master key."""
    return FORMAT + bytes.fromhex(master_key_id(key))


def digest_key_of(key: bytes) -> bytes:
    """The key for digests that comes with a master key; does not lead back to it."""
    return _derived(key, "digests")


def _derived(key: bytes, use: str) -> bytes:
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=f"cognomen {use}".encode()).derive(key)


def _digest(key: bytes, plain: bytes, purpose: str) -> bytes:
    """HMAC under HKDF-Expand of the key for this purpose, which costs 1 µs: purposes may name a user."""
    return hmac.digest(hmac.digest(key, purpose.encode() + b"\x01", "sha256"), plain, "sha256")
