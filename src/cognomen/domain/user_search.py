"""Searching users: the filter of ListUsers, and the form in which values are compared (reference 03, ListUsers)."""

import re
from dataclasses import dataclass
from typing import TypeAlias

from cognomen import errors
from cognomen.domain.user import User, UserStatus

# Attributes that are searched without regard to case; the user name, the states and sub are compared as they are.
SEARCHABLE = ("email", "phone_number", "name", "given_name", "family_name", "preferred_username")
LONGEST = 256  # characters: no filter is longer, and every engine can index so many
HIGHEST = "\U0010ffff" * LONGEST  # sorts behind whatever may follow a prefix
ENABLED = ("Disabled", "Enabled")  # the names of false and true under which `status` is searched

FILTER = re.compile(r'\s*(?:"([^"]+)"|([^\s"=^]+))\s*(\^?=)\s*"((?:[^"\\]|\\.)*)"\s*', re.DOTALL)
ESCAPED = re.compile(r'\\(["\\])')


@dataclass(frozen=True, slots=True)
class Stretch:
    """Users between two values of an attribute, both included, in the order of the values and then of subs."""

    attribute: str
    first: str
    last: str


@dataclass(frozen=True, slots=True)
class State:
    """Whether an account is enabled, and where it stands."""

    enabled: bool
    status: UserStatus


States: TypeAlias = tuple[State, ...]  # users in one state after the other, in the order of subs within each
Search: TypeAlias = Stretch | States
EVERYBODY = Stretch("sub", "", HIGHEST)


def folded(value: str) -> str:
    """A value of a searchable attribute as it is kept and compared; PostgreSQL takes no NUL."""
    return value.casefold()[:LONGEST].replace("\0", "\ufffd")


def search_terms(user: User | None) -> dict[str, str]:
    """What a user is found by, besides sub and state. Where the user name is the sub it need not be kept twice."""
    if user is None:
        return {}
    terms = {name: folded(user.attributes[name]) for name in SEARCHABLE if user.attributes.get(name)}
    return terms if user.username == user.sub else {**terms, "username": user.username}


def search_of(text: str, *, names_are_subs: bool) -> Search:
    """Read a filter, ``attribute = "value"`` or ``attribute ^= "beginning"``; an empty one asks for everybody.

    Raises FilterUnreadable, NotSearchable.
    """
    if not text.strip():
        return EVERYBODY
    found = FILTER.fullmatch(text)
    if found is None:
        raise errors.FilterUnreadable
    quoted, plain, operator, escaped = found.groups()
    attribute, value = quoted or plain, ESCAPED.sub(r"\1", escaped).replace("\0", "\ufffd")
    if attribute == "username" and names_are_subs:
        attribute = "sub"
    if attribute in {"status", "cognito:user_status"}:
        return _states(attribute, value, begins=operator == "^=")
    return _stretch(attribute, value, begins=operator == "^=")


def _stretch(attribute: str, value: str, *, begins: bool) -> Stretch:
    if attribute not in {*SEARCHABLE, "username", "sub"}:
        raise errors.NotSearchable(attribute=attribute)
    first = folded(value) if attribute in SEARCHABLE else value
    return Stretch(attribute, first, first + HIGHEST if begins else first)


def _states(attribute: str, value: str, *, begins: bool) -> States:
    """The states with such a name, in the order of the attribute: `status` is about being enabled, and has its case."""
    wanted = value if attribute == "status" else value.upper()

    def fits(name: str) -> bool:
        return name.startswith(wanted) if begins else name == wanted

    if attribute == "status":
        return tuple(State(bool(on), status) for on in (0, 1) if fits(ENABLED[on]) for status in UserStatus)
    return tuple(State(on, status) for status in sorted(UserStatus) if fits(status) for on in (True, False))
