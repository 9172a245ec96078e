"""JSON to requests and answers to JSON; a body that two readers could understand differently is refused."""

import json
import math
import re
from functools import cache
from types import GenericAlias, UnionType
from typing import Any, NoReturn, Union, cast, get_args, get_origin

import msgspec

from cognomen.errors import SerializationException
from cognomen.wire._base import Operation, WireStruct

DEEPEST = 64
ESCAPE = re.compile(rb"\\.", re.DOTALL)
STRING = re.compile(rb'"[^"]*"?')
# U+0000 as an escape, which has an odd number of backslashes; unescaped, no JSON may hold it.
NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
BRACKETS = bytes.maketrans(b"{}", b"[]")
NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))

# How AWS words a value of the wrong type (reference 01, "Front-end errors").
STARTS = {
    "array": "Start of list found where not expected",
    "object": "Start of structure or map found where not expected.",
}
FOUND = {"str": "STRING_VALUE", "int": "NUMBER_VALUE", "float": "NUMBER_VALUE", "bool": "BOOLEAN_VALUE"}
WANTED = {"str": "a String", "int": "an Integer", "float": "a Timestamp", "bool": "a Boolean", "bytes": "a Blob"}
NO_BLOB = "STRING_VALUE can not be converted to a Blob"
OUT_OF_RANGE = "NUMBER_VALUE can not be converted to an Integer"
MISFIT = re.compile(r"Expected `(?P<wanted>\w+)[^`]*`, got `(?P<found>\w+)`(?: - at `(?P<place>.*)`)?")

# Maps in which null is the same as nothing: amazon-cognito-identity-js sends "DEVICE_KEY": null from every browser that
# is no known device.
SPARSE = ("AuthParameters", "ChallengeResponses")

_encoder = msgspec.json.Encoder()


def encode(answer: WireStruct | None) -> bytes:
    """The body of an answer; of an operation without an output, no bytes at all (reference 01)."""
    return b"" if answer is None else _encoder.encode(answer)


def decode(operation: Operation, body: bytes) -> WireStruct:
    """The request in a body; an empty body stands for ``{}``, and members that the model lacks are ignored.

    It is of the operation's input type, unless required members are missing or null: then it is a draft, which has
    None in their places and never passes ``limits.check``.
    Raises SerializationException.
    """
    body = body or b"{}"
    _refuse_what_readers_dispute(body)
    try:
        return _decoder(operation.input).decode(body)
    except msgspec.ValidationError:
        return _decode_again(operation, _without_nulls(body))
    except msgspec.DecodeError as fault:
        raise SerializationException(f"The body is not JSON: {fault}") from None


def _decode_again(operation: Operation, body: bytes) -> WireStruct:
    try:
        return _decoder(operation.input).decode(body)
    except msgspec.ValidationError:
        return _decode_draft(operation, body)


def _without_nulls(body: bytes) -> bytes:
    """The same body, or one without the nulls of sparse maps where it has any."""
    document = json.loads(body)
    maps = {name: document.get(name) for name in SPARSE} if isinstance(document, dict) else {}
    found = {name: pairs for name, pairs in maps.items() if isinstance(pairs, dict) and None in pairs.values()}
    if not found:
        return body
    kept = {name: {key: one for key, one in pairs.items() if one is not None} for name, pairs in found.items()}
    return _encoder.encode({**document, **kept})


def _decode_draft(operation: Operation, body: bytes) -> WireStruct:
    try:
        return _decoder(_draft(operation.input)).decode(body)
    except msgspec.ValidationError as fault:
        raise SerializationException(_misfit(str(fault))) from None


@cache
def _decoder(kind: type[WireStruct]) -> msgspec.json.Decoder[WireStruct]:
    return msgspec.json.Decoder(kind)


# What the typed decoder lets pass


def _refuse_what_readers_dispute(body: bytes) -> None:
    if _is_too_deep(body):
        raise SerializationException(f"The body is not JSON, or nested deeper than {DEEPEST} levels")
    try:
        text = body.decode()
        _strict.decode(text)
        if "\\ud" in text or "\\uD" in text:
            json.dumps(json.loads(text), ensure_ascii=False).encode()
        if "\\u0000" in text and NUL.search(text):
            raise SerializationException("The body holds the character U+0000")  # PostgreSQL keeps no such text
    except UnicodeEncodeError:
        raise SerializationException("The body holds half of a surrogate pair") from None
    except UnicodeDecodeError:
        raise SerializationException("The body is not UTF-8") from None
    except ValueError as fault:
        raise SerializationException(f"The body is not JSON: {fault}") from None


def _is_too_deep(body: bytes) -> bool:
    """Whether brackets nest too deep or are not closed: one round takes the innermost pairs away."""
    if body.count(b"[") + body.count(b"{") <= DEEPEST:
        return False
    brackets = STRING.sub(b"", ESCAPE.sub(b"", body)).translate(BRACKETS, NO_BRACKETS)
    for _ in range(DEEPEST):
        brackets = brackets.replace(b"[]", b"")
    return bool(brackets)


def _distinct(pairs: list[tuple[str, Any]]) -> None:
    if len(dict(pairs)) != len(pairs):
        raise SerializationException("A member of an object stands there twice")


def _fits_64_bits(digits: str) -> None:
    if len(digits) > len(str(-(2**63))) or not -(2**63) <= int(digits) < 2**63:
        raise SerializationException("A number is too large")


def _finite(digits: str) -> None:
    if math.isinf(float(digits)):
        raise SerializationException("A number is too large")


def _no_number(name: str) -> NoReturn:
    raise SerializationException(f"The body is not JSON: {name} is no number")


_strict = json.JSONDecoder(
    object_pairs_hook=_distinct, parse_int=_fits_64_bits, parse_float=_finite, parse_constant=_no_number
)


# Requests that lack required members


@cache
def _draft(kind: type[WireStruct]) -> type[WireStruct]:
    """The same structure, in which every member, element and value may be missing or null."""
    fields = [
        (field.name, _drafted(field.type) | None, msgspec.field(default=None, name=field.encode_name))
        for field in msgspec.structs.fields(kind)
    ]
    secret = {"sensitive": kind.sensitive}
    draft = msgspec.defstruct(kind.__name__, fields, bases=(WireStruct,), namespace=secret, kw_only=True)
    return cast("type[WireStruct]", draft)


def _drafted(annotation: Any) -> Any:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin in {list, dict}:
        return GenericAlias(origin, (*arguments[:-1], _drafted(arguments[-1]) | None))
    if origin in {Union, UnionType}:
        return _drafted(arguments[0]) | None
    is_structure = isinstance(annotation, type) and issubclass(annotation, WireStruct)
    return _draft(annotation) if is_structure else annotation


# Wording


def _misfit(fault: str) -> str:
    """AWS's words for a fault that msgspec found."""
    parts = MISFIT.match(fault)
    if parts is None:
        return NO_BLOB if "base64" in fault else OUT_OF_RANGE
    wanted, found, place = parts["wanted"], parts["found"], parts["place"]
    if found in STARTS:
        return STARTS[found]
    if wanted == "array":
        return "Expected list or null"
    if wanted == "object":
        return _no_object(place)
    return f"{FOUND[found]} can not be converted to {WANTED[wanted]}"


def _no_object(place: str | None) -> str:
    if place is None:
        return "The body is not a JSON object"
    return "Unexpected value type in payload" if place.endswith("]") else "Expected map or null"
