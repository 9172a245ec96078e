"""The files with the AES keys that stand behind the KMSKeyID of pools."""

import base64
import binascii
from collections.abc import Mapping
from pathlib import Path

from cognomen.settings.files import open_to_others

KEY_BYTES = 32


def read_code_keys(files: Mapping[str, str]) -> tuple[Mapping[str, bytes], list[str]]:
    """The keys by their ARNs, and what keeps lines of the settings from working; says nothing of what is in a file."""
    keys, problems = {}, []
    for arn, file in files.items():
        try:
            keys[arn] = _read(Path(file))
        except ValueError as fault:
            problems.append(f'[kms_keys] "{arn}" = "{file}": {fault}')
    return keys, problems


def _read(file: Path) -> bytes:
    """Raises ValueError with what to do."""
    try:
        key = base64.b64decode(file.read_bytes().strip(), validate=True)
    except (OSError, binascii.Error):
        key = b""
    if len(key) != KEY_BYTES:
        raise ValueError(
            f"the file holds no {KEY_BYTES} bytes in base64: make one with"
            f" `(umask 077; head -c {KEY_BYTES} /dev/urandom | base64 > {file})`"
        )
    if open_to_others(file):
        raise ValueError(f"the key is open to other users of the machine: `chmod 600 {file}`")
    return key
