"""Kinds of values: how one is read from text or TOML, and the words for what is allowed."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

SWITCH = {"true": True, "false": False}


def _same(value: Any) -> Any:
    return value


@dataclass(frozen=True, slots=True)
class Kind:
    """What a value may be. `parse` reads text (flags, environment); TOML must bring one of `types` itself."""

    allowed: str
    types: tuple[type, ...]
    accepts: Callable[[Any], bool]
    parse: Callable[[Any], Any] = _same
    build: Callable[[Any], Any] = _same

    def read(self, raw: object, *, is_text: bool) -> Any:
        """The value as the program uses it; raises ValueError where it is not allowed."""
        value = self.parse(raw) if is_text and isinstance(raw, str | dict) else raw
        if not self.holds(value):
            raise ValueError(self.allowed)
        return self.build(value)

    def holds(self, value: object) -> bool:
        """Whether a value as TOML has it is one of these; exact types, so that true is no number."""
        return type(value) in self.types and self.accepts(value)


def text(allowed: str, pattern: str = r"(?s).+") -> Kind:
    """Text that matches the whole pattern."""
    matches = re.compile(pattern).fullmatch
    return Kind(allowed, (str,), lambda value: matches(value) is not None)


def path(allowed: str) -> Kind:
    """A path; a relative one starts where the server was started."""
    return Kind(allowed, (str,), bool, build=Path)


def choice(*names: str) -> Kind:
    """One of a few words."""
    return Kind(" or ".join(names), (str,), names.__contains__)


def whole_number(least: int, most: int) -> Kind:
    """A whole number within bounds."""
    bounds = range(least, most + 1)
    return Kind(f"a whole number from {least} to {most}", (int,), bounds.__contains__, int)


def decimal(most: int) -> Kind:
    """A number above zero that may have decimals."""
    return Kind(f"a number above 0, at most {most}", (float, int), lambda value: 0 < value <= most, float, float)


def switch() -> Kind:
    """Yes or no."""
    return Kind("true or false", (bool,), lambda _value: True, SWITCH.get)


def url(allowed: str, *schemes: str, may_ask: bool = False) -> Kind:
    """An absolute URL with a host and one of the schemes; a query only where it `may_ask`."""
    return Kind(allowed, (str,), lambda value: _is_url(value, schemes) and (may_ask or "?" not in value))


def database_url() -> Kind:
    """A postgresql:// URL, in which several hosts may stand, each with its port: a primary and its standbys."""
    return Kind(
        "a postgresql:// URL", (str,), lambda value: all(_is_url(one, ("postgresql",)) for one in _apart(value))
    )


def network() -> Kind:
    """An address or a range of addresses."""
    return Kind("an IP address or a network such as 10.0.0.0/8", (str,), _is_network)


def list_of(kind: Kind) -> Kind:
    """A list in TOML; in text the items stand between commas. Becomes a tuple."""
    return Kind(f"a list; each item {kind.allowed}", (list,), lambda value: all(map(kind.holds, value)), _items, tuple)


def table_of(names: Kind, values: Kind) -> Kind:
    """A table whose names the user chooses; in the environment one variable for each entry."""
    return Kind(
        f"a table; each name {names.allowed}, each value {values.allowed}",
        (dict,),
        lambda table: all(map(names.holds, table)) and all(map(values.holds, table.values())),
        lambda given: _entries(given, values),
    )


def _is_network(value: str) -> bool:
    try:
        return bool(ip_network(value))
    except ValueError:
        return False


def _entries(given: Any, values: Kind) -> Any:
    if not isinstance(given, dict):
        return given
    return {name: values.parse(value) if isinstance(value, str) else value for name, value in given.items()}


def _items(given: str) -> list[str]:
    return [item.strip() for item in given.split(",") if item.strip()]


def _apart(url: str) -> list[str]:
    """The same URL once for each host that stands before the path."""
    scheme, slashes, rest = url.partition("://")
    places, slash, more = rest.partition("/")
    user, at, hosts = places.rpartition("@")
    return [f"{scheme}{slashes}{user}{at}{host}{slash}{more}" for host in hosts.split(",")]


def _is_url(value: str, schemes: tuple[str, ...]) -> bool:
    try:
        parts = urlsplit(value)
        known = parts.port is None or parts.port > 0
    except ValueError:
        return False
    # PostgreSQL names the folder of a local socket as a parameter: postgresql:///name?host=/run/postgresql
    host = parts.hostname or parse_qs(parts.query).get("host")
    return known and parts.scheme in schemes and bool(host) and not parts.fragment and " " not in value
