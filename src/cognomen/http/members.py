"""Requests whose members stand in a file: held to the model as on the wire, and stricter, for a file has an author."""

import re
from collections.abc import Iterator, Mapping
from types import UnionType
from typing import Any, Union, get_args, get_origin

import msgspec

from cognomen import errors
from cognomen.admin.seed_file import MembersRefused
from cognomen.api.not_yet import refuse_unbuilt_members
from cognomen.http.limits import broken_limits
from cognomen.wire._base import WireStruct
from cognomen.wire.idp import OPERATIONS

MISFIT = re.compile(r"(?P<words>.*?)(?: - at `\$\.?(?P<path>.*)`)?")
INDEX = re.compile(r"\.([0-9]+)\.member")


def read_members(operation: str, members: Mapping[str, Any]) -> Mapping[str, Any]:
    """The members of a request, by their wire names; raises MembersRefused with every unknown or unfit one."""
    modelled = OPERATIONS[operation]
    unknown = [(path, "unknown key") for path in _unknown(modelled.input, members, "")]
    if unknown:
        raise MembersRefused(unknown)
    try:
        request = msgspec.convert(members, modelled.input)
    except msgspec.ValidationError as fault:
        raise MembersRefused([_misfit(str(fault))]) from None
    broken = [
        (_as_written(path), f"{f'is {shown.strip()}: ' if shown else ''}{rule}")
        for path, shown, rule in broken_limits(modelled, request)
    ]
    if broken:
        raise MembersRefused(broken)
    try:
        refuse_unbuilt_members(operation, request)
    except errors.Refusal as refusal:
        raise MembersRefused([("", str(refusal))]) from None
    found: dict[str, Any] = msgspec.to_builtins(request)
    return found


def _unknown(kind: Any, value: Any, path: str) -> Iterator[str]:
    """The paths of keys that the model lacks."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in {Union, UnionType}:
        yield from _unknown(arguments[0], value, path)
    elif origin is list and isinstance(value, list):
        for index, one in enumerate(value):
            yield from _unknown(arguments[0], one, f"{path}[{index}]")
    elif origin is dict and isinstance(value, dict):
        for name, one in value.items():
            yield from _unknown(arguments[1], one, f"{path}.{name}")
    elif isinstance(kind, type) and issubclass(kind, WireStruct) and isinstance(value, dict):
        known = {entry.encode_name: entry.type for entry in msgspec.structs.fields(kind)}
        for name, one in value.items():
            below = f"{path}.{name}" if path else name
            yield from _unknown(known[name], one, below) if name in known else (below,)


def _misfit(fault: str) -> tuple[str, str]:
    parts = MISFIT.fullmatch(fault)
    return (parts["path"] or "", parts["words"]) if parts else ("", fault)


def _as_written(path: str) -> str:
    """``userAttributes.1.member.name`` -> ``UserAttributes[0].Name``: the place as a file writes it."""
    counted = INDEX.sub(lambda found: f"[{int(found[1]) - 1}]", path)
    return ".".join(part[:1].upper() + part[1:] for part in counted.split("."))
