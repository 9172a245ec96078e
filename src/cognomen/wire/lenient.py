"""Values as a shape of the model wants them, from writers who cannot tell text from numbers: templates, for one."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from msgspec import inspect

from cognomen.wire._base import WireStruct

TRUTH = {"true": True, "false": False}


def as_typed(shape: type[WireStruct], members: Mapping[str, Any]) -> Any:
    """The members with text where text is wanted, and numbers and truth values where these are.

    What cannot be read so stays as it is, for the decoder to refuse.
    """
    return _typed(inspect.type_info(shape), members)


def _typed(wanted: inspect.Type, value: Any) -> Any:
    if isinstance(wanted, inspect.UnionType):
        wanted = next(one for one in wanted.types if not isinstance(one, inspect.NoneType))
    if isinstance(value, Mapping):
        return {name: _typed(_inner(wanted, name), item) for name, item in value.items()}
    if isinstance(value, list):
        inner = wanted.item_type if isinstance(wanted, inspect.ListType) else inspect.AnyType()
        return [_typed(inner, item) for item in value]
    read = READERS.get(type(wanted))
    return read(value) if read else value


def _inner(wanted: inspect.Type, name: str) -> inspect.Type:
    if isinstance(wanted, inspect.StructType):
        return next((one.type for one in wanted.fields if one.encode_name == name), inspect.AnyType())
    return wanted.value_type if isinstance(wanted, inspect.DictType) else inspect.AnyType()


def _text(value: Any) -> Any:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | float) else value


def _number(kind: type[int] | type[float]) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        try:
            return msgspec.convert(value, kind, strict=False)
        except msgspec.ValidationError:
            return value

    return read


def _truth(value: Any) -> Any:
    return TRUTH.get(value.lower(), value) if isinstance(value, str) else value


READERS: Mapping[type[inspect.Type], Callable[[Any], Any]] = {
    inspect.StrType: _text,
    inspect.EnumType: _text,
    inspect.LiteralType: _text,
    inspect.IntType: _number(int),
    inspect.FloatType: _number(float),
    inspect.BoolType: _truth,
}
