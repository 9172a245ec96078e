"""Reads the members of an answer into frozen dataclasses whose fields are AWS's names in snake_case.

A field whose name on the wire is irregular says so in its metadata: `{"wire": "UserMFASettingList"}`.
"""

import types
from collections.abc import Callable, Hashable, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any, TypeAlias, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from cognomen_kit.calls import JsonObject
from cognomen_kit.errors import CognitoUnavailable

T = TypeVar("T")
Attributes: TypeAlias = Mapping[str, str]
Reader: TypeAlias = Callable[[Any], Any]


def attribute_list(attributes: Attributes | None) -> list[dict[str, str]] | None:
    """Attributes as AWS writes them: a list of names and values."""
    if attributes is None:
        return None
    return [{"Name": name, "Value": value} for name, value in attributes.items()]


def read_members(kind: type[T], members: JsonObject) -> T:
    """Build the result; unknown members are ignored, a missing or ill-typed one is an error."""
    values = {}
    for member in _table(cast("Hashable", kind)):
        value = members.get(member.wire_name)
        if value is None:
            _insist_optional(kind, member)
            continue
        values[member.name] = _read(kind, member, value)
    return kind(**values)


@dataclass(frozen=True, slots=True)
class _Member:
    name: str
    wire_name: str
    read: Reader
    required: bool


@cache
def _table(kind: Any) -> tuple[_Member, ...]:
    hints = get_type_hints(kind)
    return tuple(
        _Member(
            name=each.name,
            wire_name=each.metadata.get("wire") or _camel(each.name),
            read=_reader(hints[each.name]),
            required=each.default is MISSING and each.default_factory is MISSING,
        )
        for each in fields(kind)
        if each.init
    )


def _camel(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))


def _insist_optional(kind: type[Any], member: _Member) -> None:
    if member.required:
        raise CognitoUnavailable(f"the answer lacks {member.wire_name}, which {kind.__name__} needs")


def _read(kind: type[Any], member: _Member, value: Any) -> Any:
    try:
        return member.read(value)
    except (TypeError, ValueError, KeyError, AttributeError) as wrong:
        raise CognitoUnavailable(f"{member.wire_name} is not what {kind.__name__} needs") from wrong


def _reader(hint: Any) -> Reader:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in {Union, types.UnionType}:
        return _reader(next(each for each in arguments if each is not types.NoneType))
    if origin is tuple:
        return _list_reader(_reader(arguments[0]))
    if is_dataclass(hint):
        return lambda value: read_members(hint, _exactly(dict, value))  # type: ignore[arg-type]
    plain = origin or hint
    return READERS.get(plain) or (lambda value: _exactly(plain, value))


def _list_reader(read: Reader) -> Reader:
    return lambda value: tuple(read(each) for each in _exactly(list, value))


def _exactly(kind: type[T], value: Any) -> T:
    if not isinstance(value, kind):
        raise TypeError(kind.__name__)
    return value


def _attributes(value: Any) -> Attributes:
    """Both spellings of the wire: a list of names and values, or a plain object."""
    if isinstance(value, dict):
        return {str(name): str(each) for name, each in value.items()}
    return {str(each["Name"]): str(each.get("Value", "")) for each in _exactly(list, value)}


def _moment(value: Any) -> datetime:
    return datetime.fromtimestamp(float(value), UTC)


READERS: Mapping[Any, Reader] = {
    Mapping: _attributes,
    datetime: _moment,
    Any: lambda value: value,
    int: int,
}
