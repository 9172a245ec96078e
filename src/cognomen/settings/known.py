"""Every key there is, by its dotted name, in the order of the documents."""

from collections.abc import Callable, Mapping
from dataclasses import Field, dataclass, fields
from itertools import chain, starmap
from typing import Any

from cognomen.settings.key import Key, key_of
from cognomen.settings.server import Settings


@dataclass(frozen=True, slots=True)
class Known:
    """A key: its section (None at the top), its field, and what is said of it."""

    section: str | None
    entry: Field[Any]
    said: Key

    @property
    def name(self) -> str:
        """The dotted name: ``port``, ``smtp.host``."""
        return f"{self.section}.{self.entry.name}" if self.section else self.entry.name


def _keys_of(section: str | None, holder: Any) -> list[Known]:
    return [Known(section, entry, said) for entry in fields(holder) if (said := key_of(entry))]


SECTIONS: Mapping[str, Callable[..., Any]] = {
    entry.name: entry.type for entry in fields(Settings) if key_of(entry) is None and isinstance(entry.type, type)
}
KNOWN = {
    known.name: known
    for known in (*_keys_of(None, Settings), *chain.from_iterable(starmap(_keys_of, SECTIONS.items())))
}
TABLES = frozenset(name for name, known in KNOWN.items() if dict in known.said.kind.types)
