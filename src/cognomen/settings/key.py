"""What a setting is: its meaning, unit and default, and what is hidden when it is shown."""

import re
from collections.abc import Callable, Mapping
from dataclasses import Field, dataclass, field
from dataclasses import fields as fields_of
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from cognomen.settings.kind import Kind

MASK = "***"


@dataclass(frozen=True, slots=True)
class Key:
    """What is said of one setting. `dev_default`, unless None, replaces the default in the dev profile."""

    meaning: str
    kind: Kind
    unit: str = ""
    dev_default: Any = None
    default_words: str = ""
    mask: Callable[[Any], object] | None = None


def key(meaning: str, kind: Kind, default: Any, **more: Any) -> Any:
    """A dataclass field that carries its Key; a callable default is called for every instance."""
    metadata = {"key": Key(meaning, kind, **more)}
    if callable(default):
        return field(default_factory=default, metadata=metadata)
    return field(default=default, metadata=metadata)


def key_of(entry: Field[Any]) -> Key | None:
    """What is said of a field; None where the field is a section."""
    said: Key | None = entry.metadata.get("key")
    return said


class Masked:
    """A dataclass whose repr hides what its keys call secret."""

    __slots__ = ()

    def __repr__(self) -> str:
        shown = (f"{entry.name}={_shown(entry, getattr(self, entry.name))!r}" for entry in fields_of(self))  # type: ignore[arg-type]
        return f"{type(self).__name__}({', '.join(shown)})"


def _shown(entry: Field[Any], value: Any) -> Any:
    said = key_of(entry)
    return said.mask(value) if said and said.mask and value else value


def hidden(_value: object) -> str:
    """Nothing of a secret."""
    return MASK


def hidden_values(table: Mapping[str, str]) -> dict[str, str]:
    """The names of a table of secrets, without the secrets."""
    return dict.fromkeys(table, MASK)


def hidden_password(url: str) -> str:
    """A URL whose password is hidden, both before the host and among the parameters."""
    parts = urlsplit(url)
    user, at, host = parts.netloc.rpartition("@")
    name, colon, _password = user.partition(":")
    netloc = f"{name}:{MASK}@{host}" if colon else user + at + host
    query = re.sub(r"(?i)(password=)[^&]*", rf"\g<1>{MASK}", parts.query)
    return urlunsplit(parts._replace(netloc=netloc, query=query))
