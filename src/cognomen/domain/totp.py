"""Codes of authenticator apps (RFC 6238): SHA-1, six digits, a new one every 30 seconds."""

import base64
import binascii
import hmac

SECRET_BYTES = 32
STEP_MS = 30_000
DIGITS = 6
DRIFT = 1
"""So many steps earlier or later a code is taken as well (reference 13)."""


def secret_code(secret: bytes) -> str:
    """A secret as people and QR codes carry it: base32 without padding."""
    return base64.b32encode(secret).decode().rstrip("=")


def secret_of(code: str) -> bytes:
    """The secret behind a SecretCode; raises ValueError."""
    try:
        return base64.b32decode(code + "=" * (-len(code) % 8))
    except binascii.Error as broken:
        raise ValueError("no base32") from broken


def code_at(secret: bytes, step: int) -> str:
    """The code of one time step (RFC 4226, 5.3)."""
    digest = hmac.digest(secret, step.to_bytes(8, "big"), "sha1")
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFF_FFFF
    return f"{number % 10**DIGITS:0{DIGITS}}"


def matching_step(secret: bytes, code: str, now_ms: int) -> int | None:
    """The newest step within the drift that has this code; every step is compared, whichever is right."""
    present, given = now_ms // STEP_MS, code.encode()
    steps = range(max(0, present - DRIFT), present + DRIFT + 1)
    right = [step for step in steps if hmac.compare_digest(code_at(secret, step).encode(), given)]
    return right[-1] if right else None
