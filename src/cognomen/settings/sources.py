"""Where settings are given: the command line, the environment, a TOML file; and how each spells a key."""

import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cognomen.settings.known import SECTIONS, TABLES

PREFIX = "COGNOMEN_"
DEFAULT_FILE = Path("cognomen.toml")


class SettingsRefused(Exception):  # noqa: N818
    """The settings cannot be used; the text has one line for each fault."""


@dataclass(frozen=True, slots=True)
class Source:
    """One place where settings are given. `is_text` says that every value is written as text there."""

    where: str
    spell: Callable[[str], str]
    is_text: bool


@dataclass(frozen=True, slots=True)
class Given:
    """A value that somebody gave, by its dotted key."""

    name: str
    value: object
    source: Source

    @property
    def place(self) -> str:
        """The key as it is written there, and where that is."""
        return f"{self.source.spell(self.name)} {self.source.where}"


def as_flag(name: str) -> str:
    """How the command line spells a key."""
    return "--" + name.replace("_", "-")


def as_variable(name: str) -> str:
    """How the environment spells a key: sections nest with two underscores."""
    return PREFIX + name.replace(".", "__").upper()


COMMAND_LINE = Source("on the command line", as_flag, is_text=True)
ENVIRONMENT = Source("in the environment", as_variable, is_text=True)


def from_flags(flags: Mapping[str, str | bool | None]) -> Iterator[Given]:
    """What the command line gives; a flag that is None was left out."""
    return (Given(name, value, COMMAND_LINE) for name, value in flags.items() if value is not None)


def from_environment(environment: Mapping[str, str]) -> Iterator[Given]:
    """What the variables that begin with COGNOMEN_ give; one variable is one entry of a table."""
    for variable, value in sorted(environment.items()):
        if variable.startswith(PREFIX):
            first, _, rest = variable.removeprefix(PREFIX).partition("__")
            yield _from_variable(first.lower(), rest, value)


def _from_variable(first: str, rest: str, value: str) -> Given:
    if first in TABLES and rest:
        return Given(first, {rest: value}, ENVIRONMENT)
    name = f"{first}.{rest.replace('__', '.').lower()}" if rest else first
    return Given(name, value, ENVIRONMENT)


def from_file(chosen: Path | None) -> Iterator[Given]:
    """What the TOML file gives: the chosen one, which must be there, or ./cognomen.toml where it is there."""
    file = chosen or DEFAULT_FILE
    if chosen is None and not file.exists():
        return
    source = Source(f"in {file}", str, is_text=False)
    for name, value in _parsed(file).items():
        if name in SECTIONS and isinstance(value, dict):
            yield from (Given(f"{name}.{inner}", given, source) for inner, given in value.items())
        else:
            yield Given(name, value, source)


def _parsed(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise SettingsRefused(f"{file} is not valid TOML: {fault}") from fault
    except OSError as fault:
        raise SettingsRefused(f"the settings file {file} cannot be read: {fault.strerror}") from fault
