"""The passphrase or the key that a backup is sealed under, from a file that nobody else may read."""

import base64
import binascii
from dataclasses import dataclass
from pathlib import Path

from cognomen.process.refused import StartRefused
from cognomen.settings.files import open_to_others
from cognomen.signing.sealed_files import KEY_BYTES, FileSecret, SecretKind

LEAST_CHARACTERS = 12
MAKE_ONE = "make one with `(umask 077; head -c 32 /dev/urandom | base64 > {file})`"


@dataclass(frozen=True, slots=True)
class SecretFiles:
    """Where the secret is: one of the two."""

    passphrase: Path | None
    key: Path | None

    def read(self) -> FileSecret:
        """The secret; raises StartRefused."""
        if self.passphrase and self.key is None:
            return _passphrase_in(self.passphrase)
        if self.key and self.passphrase is None:
            return _key_in(self.key)
        raise StartRefused("a backup is sealed under one secret: give --passphrase-file or --key-file")


def _passphrase_in(file: Path) -> FileSecret:
    """The first line, of which what stands around it counts, too."""
    content = _content(file, f"a line of {LEAST_CHARACTERS} characters or more")
    line = content.split(b"\n", 1)[0].removesuffix(b"\r")
    if len(line.decode(errors="replace")) < LEAST_CHARACTERS:
        raise StartRefused(f"the passphrase in {file} has fewer than {LEAST_CHARACTERS} characters")
    return FileSecret(SecretKind.PASSPHRASE, line)


def _key_in(file: Path) -> FileSecret:
    try:
        key = base64.b64decode(_content(file, MAKE_ONE.format(file=file)).strip(), validate=True)
    except binascii.Error:
        key = b""
    if len(key) != KEY_BYTES:
        raise StartRefused(f"{file} holds no {KEY_BYTES} bytes in base64: {MAKE_ONE.format(file=file)}")
    return FileSecret(SecretKind.KEY, key)


def _content(file: Path, wanted: str) -> bytes:
    try:
        content = file.read_bytes()
    except OSError as fault:
        raise StartRefused(f"{file} cannot be read ({fault.strerror}): {wanted}") from fault
    if open_to_others(file):
        raise StartRefused(f"the secret in {file} is open to other users of the machine: `chmod 600 {file}`")
    return content
