"""Requests made up from AWS's own model: valid in form, with as few members as possible."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from modelled import MODELS, raw, text_of

PREFIXES = {
    "cognito-idp": "AWSCognitoIdentityProviderService",
    "cognito-identity": "AWSCognitoIdentityService",
}


def operations() -> list[tuple[str, str]]:
    """Service and name of every operation there is."""
    return [(service, name) for service, model in MODELS.items() for name in sorted(model.operation_names)]


def modelled(operation: tuple[str, str]) -> Any:
    """What the model says of an operation."""
    return MODELS[operation[0]].operation_model(operation[1])


def target_of(service: str, operation: str) -> str:
    """X-Amz-Target."""
    return f"{PREFIXES[service]}.{operation}"


def request_for(service: str, operation: str, known: Mapping[str, Any]) -> dict[str, Any]:
    """The required members, and every known one that the operation has, at the top and with its known value."""
    shape = modelled((service, operation)).input_shape
    made = value_for(shape) if shape else {}
    named = {name: value for name, value in known.items() if shape and name in shape.members}
    return {**made, **named}


def value_for(shape: Any) -> Any:
    """A value that breaks no limit of the shape."""
    return MAKERS[shape.type_name](shape)


def _structure(shape: Any) -> dict[str, Any]:
    return {name: value_for(shape.members[name]) for name in shape.required_members}


def _list(shape: Any) -> list[Any]:
    return [value_for(shape.member) for _ in range(raw(shape).get("min", 1))]


def _number(shape: Any) -> int:
    return int(raw(shape).get("min", 1))


MAKERS: Mapping[str, Callable[[Any], Any]] = {
    "string": text_of,
    "structure": _structure,
    "list": _list,
    "map": lambda shape: {value_for(shape.key): value_for(shape.value)},
    "integer": _number,
    "long": _number,
    "boolean": lambda _: True,
    "timestamp": lambda _: 1_700_000_000,
    "blob": lambda _: "bWFkZSB1cA==",
}


def leaves_of(shape: Any) -> Iterator[tuple[str, ...]]:
    """Every member that a structure has, down to those that have none of their own, as paths.

    Lists and maps add nothing to a path.
    """
    for name, member in shape.members.items():
        inner = innermost(member)
        if inner.type_name == "structure" and inner.members:
            yield from ((name, *path) for path in leaves_of(inner))
        else:
            yield (name,)


def innermost(shape: Any) -> Any:
    """What lists and maps of this shape are made of."""
    while shape.type_name in {"list", "map"}:
        shape = shape.member if shape.type_name == "list" else shape.value
    return shape
