"""Values kept as JSON text, for what no statement ever searches by."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from cognomen.domain.second_factors import SecondFactors

_encoder = msgspec.json.Encoder()
read_settings = msgspec.json.Decoder(dict[str, Any]).decode
read_documents = msgspec.json.Decoder(list[dict[str, Any]]).decode
read_attributes = msgspec.json.Decoder(dict[str, str]).decode
read_texts = msgspec.json.Decoder(tuple[str, ...]).decode
read_pairs = msgspec.json.Decoder(tuple[tuple[str, str], ...]).decode
read_factors = msgspec.json.Decoder(SecondFactors).decode


def json_text(value: Mapping[str, Any] | Sequence[Any]) -> str:
    """The value as a text column takes it."""
    return _encoder.encode(value).decode()


def factors_text(factors: SecondFactors) -> str:
    """A user's second factors as a text column takes them."""
    return _encoder.encode(factors).decode()
