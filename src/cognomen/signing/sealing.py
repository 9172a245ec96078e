"""The master keys, which live in a file outside the database, and what is sealed and digested under them."""

import base64
import binascii
import hashlib
import hmac
import os
import secrets
import stat
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
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

_NONCE_AT = len(FORMAT) + KEY_ID_BYTES
_CONTENT_AT = _NONCE_AT + NONCE_BYTES


class MasterKeyUnusable(Exception):  # noqa: N818
    """The master key file cannot be used; the message says why and never what is in it."""


@dataclass(frozen=True, slots=True)
class MasterKeys:
    """The master keys, 32 bytes each: the first seals, all of them open."""

    keys: tuple[bytes, ...] = field(repr=False)

    def __post_init__(self) -> None:
        if not self.keys or any(len(key) != KEY_BYTES for key in self.keys):
            raise ValueError(f"a master key has {KEY_BYTES} bytes, and at least one is needed")

    @classmethod
    def fresh(cls) -> "MasterKeys":
        """One new key, for a store that lives no longer than its process."""
        return cls((secrets.token_bytes(KEY_BYTES),))


def master_key_id(key: bytes) -> str:
    """The name of a master key, in hex; says nothing of the key."""
    return hashlib.sha256(key).digest()[:KEY_ID_BYTES].hex()


class AesGcmSealer:
    """AES-256-GCM and HMAC-SHA256, each under keys derived from the master keys (HKDF, RFC 5869)."""

    def __init__(self, keys: MasterKeys) -> None:
        self._ciphers = {_head_of(key): AESGCM(_derived(key, "sealing")) for key in keys.keys}
        self._digest_keys = tuple(_derived(key, "digests") for key in keys.keys)
        self._head = _head_of(keys.keys[0])

    def seal(self, plain: bytes, purpose: str) -> bytes:
        """Sealed under the current master key, to be opened for this purpose alone."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return self._head + nonce + self._ciphers[self._head].encrypt(nonce, plain, purpose.encode())

    def open(self, sealed: bytes, purpose: str) -> bytes:
        """The plain bytes again, under whichever master key they were sealed; raises SealBroken."""
        cipher = self._ciphers.get(sealed[:_NONCE_AT])
        if cipher is None or len(sealed) < _CONTENT_AT:
            raise SealBroken("sealed in another format, or under a master key that is not known")
        try:
            return cipher.decrypt(sealed[_NONCE_AT:_CONTENT_AT], sealed[_CONTENT_AT:], purpose.encode())
        except InvalidTag:
            raise SealBroken("changed, or sealed for another purpose") from None

    def digest(self, plain: bytes, purpose: str) -> bytes:
        """HMAC-SHA256 under the current master key's key for this purpose."""
        return _digest(self._digest_keys[0], plain, purpose)

    def digests(self, plain: bytes, purpose: str) -> tuple[bytes, ...]:
        """The digests under every known master key, the current one first."""
        return tuple(_digest(key, plain, purpose) for key in self._digest_keys)


def _head_of(key: bytes) -> bytes:
    return FORMAT + bytes.fromhex(master_key_id(key))


def _derived(key: bytes, use: str) -> bytes:
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=f"cognomen {use}".encode()).derive(key)


def _digest(key: bytes, plain: bytes, purpose: str) -> bytes:
    """HMAC under HKDF-Expand of the key for this purpose, which costs 1 µs: purposes may name a user."""
    return hmac.digest(hmac.digest(key, purpose.encode() + b"\x01", "sha256"), plain, "sha256")


@dataclass(frozen=True, slots=True)
class MasterKeyFile:
    """What a master key file holds, and whether others than its owner may read or write it."""

    keys: MasterKeys
    exposed: bool


def read_master_key_file(path: Path) -> MasterKeyFile:
    """One key in base64 a line, the current one first; raises MasterKeyUnusable."""
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            content = file.read()
    except OSError as error:
        raise MasterKeyUnusable(f"master key file {path} cannot be read: {error.strerror}") from error
    exposed = bool(mode & (stat.S_IRWXG | stat.S_IRWXO))
    return MasterKeyFile(MasterKeys(tuple(_keys_in(content, path))), exposed)


def _keys_in(content: bytes, path: Path) -> list[bytes]:
    lines = [(number, line.strip()) for number, line in enumerate(content.splitlines(), start=1)]
    keys = [_key_of(line, f"line {number} of master key file {path}") for number, line in lines if line]
    if not keys:
        raise MasterKeyUnusable(f"master key file {path} holds no key")
    return keys


def _key_of(line: bytes, where: str) -> bytes:
    try:
        key = base64.b64decode(line, validate=True)
    except binascii.Error:
        raise MasterKeyUnusable(f"{where} is not base64") from None
    if len(key) != KEY_BYTES:
        raise MasterKeyUnusable(f"{where} holds {len(key)} bytes; a master key has {KEY_BYTES}")
    return key


def create_master_key_file(path: Path) -> bool:
    """Put a fresh key there, for its owner alone; False where a file already is; raises MasterKeyUnusable.

    The file appears whole or not at all, and of two processes at once one makes it: the other finds it made.
    """
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        _write_private(draft, base64.b64encode(secrets.token_bytes(KEY_BYTES)) + b"\n")
        path.hardlink_to(draft)
    except FileExistsError:
        return False
    except OSError as error:
        raise MasterKeyUnusable(f"master key file {path} cannot be created: {error.strerror}") from error
    finally:
        draft.unlink(missing_ok=True)
    _flush_directory(path.parent)
    return True


def _write_private(path: Path, content: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _flush_directory(path: Path) -> None:
    """So that a power cut cannot take the key away from what is sealed under it; Windows has no such call."""
    with suppress(PermissionError):
        directory = os.open(path, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)
