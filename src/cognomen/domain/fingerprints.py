"""What the context data library of a browser tells of its device: EncodedData of requests (guide, adaptive).

The text is base64 of ``{"payload": "...", "signature": "...", "version": "..."}``; the payload is JSON, and its
contextData holds what the device is. Its signature is made with the client's id, which is no secret: it proves
nothing.
"""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

LONGEST = 256  # characters of one value that are kept


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """The browser and the time zone, as far as they were told."""

    user_agent: str = ""
    timezone: str = ""


NOTHING_TOLD = Fingerprint()


def fingerprint_of(encoded: str | None) -> Fingerprint:
    """What an EncodedData tells; what cannot be read tells nothing, as on AWS."""
    told = _object(_object(_decoded(encoded or "")).get("payload")).get("contextData")
    if not isinstance(told, dict):
        return NOTHING_TOLD
    return Fingerprint(_text(told.get("UserAgent")), _text(told.get("ClientTimezone")))


def _decoded(encoded: str) -> str:
    try:
        return base64.b64decode(encoded, validate=True).decode()
    except (binascii.Error, ValueError):
        return ""


def _object(text: Any) -> Mapping[str, Any]:
    try:
        read = json.loads(text) if isinstance(text, str) else None
    except (ValueError, RecursionError):
        return {}
    return read if isinstance(read, dict) else {}


def _text(value: Any) -> str:
    kept = value[:LONGEST] if isinstance(value, str) else ""
    return kept.replace("\0", "").encode(errors="ignore").decode()
