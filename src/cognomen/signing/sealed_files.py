"""Files that are sealed as a whole, under a passphrase or a key file, and written and read in a stream.

Plain bytes are cut into chunks of one length, each sealed by AES-256-GCM with its number and whether it is the last one
in its nonce (the STREAM construction: Hoang, Reyhanitabar, Rogaway, Vizár, CRYPTO 2015). So no chunk can be changed,
left out, moved or added, and no file cut, without being found. Each file has a key of its own, derived from the secret
and from every byte of the head.
"""

import os
import secrets
import struct
from dataclasses import dataclass, field
from enum import IntEnum
from typing import BinaryIO, Final

from argon2.exceptions import HashingError
from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MAGIC: Final = b"cognomen backup\x01"  # the last byte is the version of the format
KEY_BYTES: Final = 32
SALT_BYTES: Final = 32
TAG_BYTES: Final = 16
CHUNK: Final = 1 << 18
HEAD: Final = struct.Struct(f">{len(MAGIC)}sBIIB{SALT_BYTES}s")
LAST: Final = {False: b"\x00", True: b"\x01"}
PASSPHRASE_COST: Final = (65_536, 3, 4)  # KiB, passes, lanes: the second choice of RFC 9106, section 4
MOST_KIB, MOST_PASSES, MOST_LANES = 1 << 20, 64, 64  # a head that was changed must not make us work for hours


class SecretKind(IntEnum):
    """What opens a file."""

    KEY = 1
    PASSPHRASE = 2


SPOKEN: Final = {SecretKind.KEY: "a key file", SecretKind.PASSPHRASE: "a passphrase"}


class SealedFileUnreadable(Exception):  # noqa: N818
    """The file is not what was written, or the secret is not its own; the text says which, and never what is in it."""


@dataclass(frozen=True, slots=True)
class FileSecret:
    """A passphrase as UTF-8, or a key of KEY_BYTES."""

    kind: SecretKind
    value: bytes = field(repr=False)


class SealedFileWriter:
    """Writes plain bytes into a file as sealed chunks; nothing of the file is of use until `finish`."""

    def __init__(self, file: BinaryIO, secret: FileSecret) -> None:
        cost = PASSPHRASE_COST if secret.kind is SecretKind.PASSPHRASE else (0, 0, 0)
        head = HEAD.pack(MAGIC, secret.kind, *cost, secrets.token_bytes(SALT_BYTES))
        self._file = file
        self._cipher = _cipher(head, secret)
        self._number = 0
        self._waiting = bytearray()
        file.write(head)

    def write(self, plain: bytes) -> None:
        """Take more plain bytes; the last chunk is held back, since it is sealed as such."""
        self._waiting += plain
        while len(self._waiting) > CHUNK:
            self._seal(CHUNK, last=False)

    def finish(self) -> None:
        """Seal what is left as the last chunk, and bring everything onto the disk."""
        self._seal(len(self._waiting), last=True)
        self._file.flush()
        os.fsync(self._file.fileno())

    def _seal(self, size: int, *, last: bool) -> None:
        self._file.write(self._cipher.encrypt(_nonce(self._number, last=last), bytes(self._waiting[:size]), None))
        del self._waiting[:size]
        self._number += 1


class SealedFileReader:
    """Reads the plain bytes of a file again, from its beginning; whatever it gives out is as it was written."""

    def __init__(self, file: BinaryIO, secret: FileSecret) -> None:
        file.seek(0)
        self._file = file
        self._cipher = _cipher(_head_of(file, secret), secret)
        self._number = 0
        self._ended = False
        self._ahead = file.read(CHUNK + TAG_BYTES)
        self._opened = bytearray()

    def read(self, size: int) -> bytes:
        """So many bytes, fewer only where the content ends; raises SealedFileUnreadable."""
        while len(self._opened) < size and not self._ended:
            self._open_next()
        given = bytes(self._opened[:size])
        del self._opened[:size]
        return given

    def _open_next(self) -> None:
        sealed, self._ahead = self._ahead, self._file.read(CHUNK + TAG_BYTES)
        last = not self._ahead
        try:
            self._opened += self._cipher.decrypt(_nonce(self._number, last=last), sealed, None)
        except (InvalidTag, ValueError):  # ValueError: shorter than a tag
            raise SealedFileUnreadable(self._fault(sealed, last=last)) from None
        self._number += 1
        self._ended = last

    def _fault(self, sealed: bytes, *, last: bool) -> str:
        if last and self._is_sound(sealed):
            return "the file was cut off: its end is missing"
        if self._number == 0:
            return "the passphrase or key is not the file's own, or its beginning was changed"
        return f"the file was changed or cut off behind byte {HEAD.size + self._number * (CHUNK + TAG_BYTES)}"

    def _is_sound(self, sealed: bytes) -> bool:
        """Whether this is a chunk of the middle."""
        try:
            self._cipher.decrypt(_nonce(self._number, last=False), sealed, None)
        except (InvalidTag, ValueError):
            return False
        return True


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + LAST[last]


def _head_of(file: BinaryIO, secret: FileSecret) -> bytes:
    head = file.read(HEAD.size)
    if len(head) < HEAD.size or head[: len(MAGIC) - 1] != MAGIC[:-1]:
        raise SealedFileUnreadable("this is no backup of cognomen, or its beginning was changed")
    magic, kind, kib, passes, lanes, _ = HEAD.unpack(head)
    if magic != MAGIC:
        raise SealedFileUnreadable(
            f"the backup has format {magic[-1]}, this command knows {MAGIC[-1]}: use a newer one"
        )
    if kind not in SPOKEN or kib > MOST_KIB or passes > MOST_PASSES or lanes > MOST_LANES:
        raise SealedFileUnreadable("the beginning of the file was changed")
    if kind != secret.kind:
        raise SealedFileUnreadable(f"the file opens with {SPOKEN[SecretKind(kind)]}, not with {SPOKEN[secret.kind]}")
    return head


def _cipher(head: bytes, secret: FileSecret) -> AESGCM:
    """The cipher of one file."""
    _, _, kib, passes, lanes, salt = HEAD.unpack(head)
    material = secret.value
    if secret.kind is SecretKind.PASSPHRASE:
        try:
            material = hash_secret_raw(secret.value, salt, passes, kib, lanes, KEY_BYTES, Type.ID)
        except HashingError:  # numbers that Argon2 does not know
            raise SealedFileUnreadable("the beginning of the file was changed") from None
    return AESGCM(HKDF(SHA256(), KEY_BYTES, salt=salt, info=head).derive(material))
