"""Values kept as JSON text, for what no statement ever searches by."""

from collections.abc import Mapping
from typing import Any

import msgspec

_encoder = msgspec.json.Encoder()
read_settings = msgspec.json.Decoder(dict[str, Any]).decode
read_attributes = msgspec.json.Decoder(dict[str, str]).decode


def json_text(value: Mapping[str, Any]) -> str:
    """The value as a text column takes it."""
    return _encoder.encode(value).decode()
