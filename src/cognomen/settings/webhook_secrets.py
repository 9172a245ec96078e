"""The file with the secrets that calls of a webhook are signed with."""

import base64
import binascii
from pathlib import Path

PREFIX = "whsec_"
LEAST_BYTES = 24  # of Standard Webhooks
MOST_BYTES = 64


def read_webhook_secrets(file: Path) -> tuple[bytes, ...]:
    """The secrets of a file, one a line, ``whsec_`` and base64 of 24 to 64 bytes; raises ValueError where unusable."""
    try:
        lines = file.read_text("ascii").split()
    except (OSError, UnicodeDecodeError):
        lines = []
    secrets = tuple(map(_secret, lines))
    if not secrets:
        raise ValueError("no secret")
    return secrets


def holds_webhook_secrets(file: Path) -> bool:
    """Whether the file can be read and every line of it is a secret."""
    try:
        return bool(read_webhook_secrets(file))
    except ValueError:
        return False


def _secret(line: str) -> bytes:
    """Errors never quote the line."""
    try:
        secret = base64.b64decode(line.removeprefix(PREFIX), validate=True)
    except binascii.Error:
        secret = b""
    if not line.startswith(PREFIX) or not LEAST_BYTES <= len(secret) <= MOST_BYTES:
        raise ValueError("a line is no secret")
    return secret
