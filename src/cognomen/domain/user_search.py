"""Searching users: the filter of ListUsers, and the form in which values are compared (reference 03, ListUsers)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from cognomen import errors

# Attributes that are searched without regard to case; username, status and sub are compared as they are.
SEARCHABLE = ("email", "phone_number", "name", "given_name", "family_name", "preferred_username")
LONGEST = 256  # characters: no filter is longer, and every engine can index so many
HIGHEST = "\U0010ffff"  # sorts behind whatever may follow a prefix
ENABLED = ("Disabled", "Enabled")  # the names of false and true under which `status` is searched

FILTER = re.compile(r'\s*(?:"([^"]+)"|([^\s"=^]+))\s*(\^?=)\s*"((?:[^"\\]|\\.)*)"\s*', re.DOTALL)
ESCAPED = re.compile(r'\\(["\\])')


@dataclass(frozen=True, slots=True)
class Place:
    """Where a user stands in a list that is ordered by an attribute and then by sub."""

    value: str | int
    sub: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """Users between two values of an attribute, both included, in the order of the values."""

    attribute: str
    first: str | int
    last: str | int

    @property
    def beginning(self) -> Place:
        """Right before the first user."""
        return Place(self.first, "")


def folded(value: str) -> str:
    """A value of a searchable attribute as it is kept and compared; PostgreSQL takes no NUL."""
    return value.casefold()[:LONGEST].replace("\0", "\ufffd")


def searchable_values(attributes: Mapping[str, str]) -> dict[str, str]:
    """What a user with these attributes is found by."""
    return {name: folded(attributes[name]) for name in SEARCHABLE if attributes.get(name)}


def stretch_of(text: str) -> Stretch | None:
    """Read a filter, ``attribute = "value"`` or ``attribute ^= "beginning"``; None where it asks for everybody.

    Raises FilterUnreadable, NotSearchable.
    """
    if not text.strip():
        return None
    found = FILTER.fullmatch(text)
    if found is None:
        raise errors.FilterUnreadable
    quoted, plain, operator, value = found.groups()
    return _stretch(quoted or plain, ESCAPED.sub(r"\1", value).replace("\0", "\ufffd"), begins=operator == "^=")


def _stretch(attribute: str, value: str, *, begins: bool) -> Stretch:
    if attribute == "status":
        return _by_enabled(value, begins=begins)
    if attribute in SEARCHABLE:
        value = folded(value)
    elif attribute == "cognito:user_status":
        value = value.upper()
    elif attribute not in {"username", "sub"}:
        raise errors.NotSearchable(attribute=attribute)
    return Stretch(attribute, value, value + HIGHEST if begins else value)


def _by_enabled(value: str, *, begins: bool) -> Stretch:
    right = [number for number, name in enumerate(ENABLED) if name == value or (begins and name.startswith(value))]
    return Stretch("status", right[0], right[-1]) if right else Stretch("status", 1, 0)
