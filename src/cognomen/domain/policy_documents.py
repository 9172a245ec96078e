"""Reading policy documents: JSON of version 2012-10-17, checked once and wholly, each fault with its place."""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from cognomen.domain.policies import Effect, Policy, Statement
from cognomen.domain.policy_conditions import Condition, condition_of
from cognomen.domain.policy_texts import Patterns

VERSION = "2012-10-17"
LONGEST = 6144  # characters that are no white space, as of AWS's managed policies
ACTION = re.compile(r"\*|[a-z0-9-]+:[A-Za-z0-9*?]+")
SID = re.compile(r"[A-Za-z0-9]*")
OF_POLICY = ("Version", "Id", "Statement")
OF_STATEMENT = ("Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition")
T = TypeVar("T")


class PolicyMalformed(Exception):  # noqa: N818
    """The document is no policy that this server can keep to; the text begins with the place."""


@dataclass(frozen=True, slots=True)
class Place:
    """A value in the document, and the way to it."""

    path: str
    value: Any

    def fault(self, text: str) -> PolicyMalformed:
        """What is wrong here."""
        return PolicyMalformed(f"{self.path}: {text}")

    def member(self, name: str) -> "Place":
        """What stands under a name; the value is None where nothing does."""
        return Place(f"{self.path}.{name}" if self.path != WHOLE else name, self.value.get(name))

    def items(self) -> list["Place"]:
        """The elements of a list; what is no list is its own only element."""
        if not isinstance(self.value, list):
            return [self]
        if not self.value:
            raise self.fault("is empty")
        return [Place(f"{self.path}[{index}]", value) for index, value in enumerate(self.value)]

    def members(self) -> Iterator[tuple[str, "Place"]]:
        """Each name of an object with what stands there."""
        return ((name, self.member(name)) for name in self._as_object())

    def only(self, known: Sequence[str]) -> "Place":
        """This place, which is an object with none but these members."""
        for name in self._as_object():
            if name not in known:
                raise self.member(name).fault(f"is not known; known are {', '.join(known)}")
        return self

    def text(self) -> str:
        """A text that is not empty."""
        if not isinstance(self.value, str) or not self.value:
            raise self.fault("must be a text")
        return self.value

    def _as_object(self) -> Mapping[str, Any]:
        if not isinstance(self.value, dict) or not self.value:
            raise self.fault("must be a JSON object that is not empty")
        return self.value

    def read(self, reading: Callable[[], T]) -> T:
        """What `reading` gives; where it raises ValueError, that is a fault of this place."""
        try:
            return reading()
        except ValueError as fault:
            raise self.fault(str(fault)) from fault


WHOLE = "the policy"


def read_policy(text: str) -> Policy:
    """Read a document; raises PolicyMalformed."""
    if sum(not character.isspace() for character in text) > LONGEST:
        raise PolicyMalformed(f"{WHOLE}: is longer than {LONGEST} characters, white space not counted")
    document = Place(WHOLE, _decoded(text)).only(OF_POLICY)
    if document.member("Version").value != VERSION:
        raise document.member("Version").fault(f'must be "{VERSION}"')
    if document.value.get("Id") is not None:
        document.member("Id").text()
    if document.member("Statement").value is None:
        raise document.member("Statement").fault("is missing")
    statements = document.member("Statement").items()
    _refuse_same_sids(statements)
    return Policy(tuple(map(_statement, statements)))


def _decoded(text: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_object, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as fault:
        raise PolicyMalformed(f"{WHOLE}: is not JSON: {fault}") from fault


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The second of two members with one name would quietly win, and a condition be lost."""
    names = [name for name, _ in pairs]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ValueError(f"{twice} stands there twice")
    return dict(pairs)


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no number")


def _refuse_same_sids(statements: Sequence[Place]) -> None:
    seen = set()
    for statement in statements:
        sid = statement.only(OF_STATEMENT).member("Sid")
        if sid.value is None:
            continue
        if not isinstance(sid.value, str) or not SID.fullmatch(sid.value):
            raise sid.fault("may hold letters and digits alone")
        if sid.value in seen:
            raise sid.fault(f"{sid.value} names another statement already")
        seen.add(sid.value)


def _statement(place: Place) -> Statement:
    effect = place.member("Effect")
    if effect.value not in ("Allow", "Deny"):
        raise effect.fault("must be Allow or Deny")
    actions, resources = _one_of(place, "Action"), _one_of(place, "Resource")
    return Statement(
        Effect(effect.value),
        _actions(actions),
        actions.path.endswith("NotAction"),
        _resources(resources),
        resources.path.endswith("NotResource"),
        tuple(_conditions(place.member("Condition"))),
    )


def _one_of(place: Place, name: str) -> Place:
    """The member of this name, or the one that means everything else."""
    given = [member for member in (place.member(name), place.member(f"Not{name}")) if member.value is not None]
    if len(given) != 1:
        raise place.fault(f"needs {name} or Not{name}, and not both")
    return given[0]


def _actions(place: Place) -> Patterns:
    for item in place.items():
        if not ACTION.fullmatch(item.text()):
            raise item.fault(f"{item.value} is neither * nor a service and an action, such as cognito-idp:AdminGetUser")
    return Patterns(item.value.lower() for item in place.items())


def _resources(place: Place) -> Patterns:
    for item in place.items():
        _check_resource(item)
        patterns = item.read(partial(Patterns, [item.value]))
        if patterns.keys and place.path.endswith("NotResource"):
            raise item.fault("takes no variables: one without a value would spare nothing")
    return Patterns(item.value for item in place.items())


def _check_resource(item: Place) -> None:
    text = item.text()
    complete = text.startswith("arn:") and (text.count(":") >= 5 or text.endswith("*"))  # noqa: PLR2004 (six parts)
    if text != "*" and not complete:
        raise item.fault(f"{text} is neither * nor an ARN, such as arn:aws:cognito-idp:*:*:userpool/*")


def _conditions(place: Place) -> Iterator[Condition]:
    if place.value is None:
        return
    for operator, keys in place.members():
        for key, values in keys.members():
            texts = [_scalar(value) for value in values.items()]
            yield values.read(partial(condition_of, operator, key, texts))


def _scalar(place: Place) -> str:
    """Numbers and truths may stand there without quotes."""
    match place.value:
        case bool():
            return str(place.value).lower()
        case str() | int() | float():
            return str(place.value)
        case _:
            raise place.fault("must be a text, a number, true or false")
