"""The limits of the model, checked in one walk that finds everything wrong and words it as AWS does.

Wording: reference 01, "Validation errors". The limits of plain elements of lists and maps are told together, in
brackets; a structure in a list or map is named by its place, as in ``userAttributes.1.member.name``.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple

from cognomen.errors import InvalidParameterException, Refusal, ValidationException
from cognomen.http.patterns import whole
from cognomen.wire._base import Blob, Items, Member, Number, Operation, Pairs, Structure, Text, WireStruct
from cognomen.wire.limits import LIMITS

REFUSALS: dict[str, type[Refusal]] = {
    "cognito-idp": InvalidParameterException,
    "cognito-identity": ValidationException,
}
# AWS takes what its model does not: the names of custom domains have dots. The rest of such a name is judged with it.
ALSO_TAKEN = {r"^[a-z0-9](?:[a-z0-9\-]{0,61}[a-z0-9])?$": r"^[a-z0-9](?:[a-z0-9\-.]{0,61}[a-z0-9])?$"}
# The guide has this flow where the model forgets it (reference 07, GetClientToken).
ALSO_VALUES = {"ALLOW_USER_AUTH": "ALLOW_CLIENT_TOKEN_AUTH"}
NOT_NULL = "Member must not be null"
MOST_TOLD = 100  # without an end, 1 MiB of empty structures would earn 40 MiB of answer


class Broken(NamedTuple):
    """One broken limit: where, by which value (as the refusal shows it), and what is asked for."""

    path: str
    shown: str
    rule: str


class Rule(NamedTuple):
    """What a value may not break, and its words."""

    breaks: Callable[[Any], bool]
    words: str


class Rules(NamedTuple):
    """The rules of a value of some shape, and what finds the broken limits of the structures inside it."""

    own: Sequence[Rule] = ()
    inside: Callable[[Any], Iterable[Broken]] | None = None


Find = Callable[[str], Rules]


def check(operation: Operation, request: WireStruct) -> None:
    """Refuse a request that breaks limits, and name all it breaks.

    Raises InvalidParameterException, for cognito-identity ValidationException.
    """
    broken = broken_limits(operation, request)
    if broken:
        raise REFUSALS[operation.service](_told(broken))


def broken_limits(operation: Operation, request: WireStruct) -> list[Broken]:
    """Every limit that a request breaks."""
    inside = _rules(operation.service, operation.input.__name__).inside
    return list(inside(request)) if inside else []


def _told(broken: Sequence[Broken]) -> str:
    errors = "error" if len(broken) == 1 else "errors"
    told = (
        f"Value {shown}at '{path}' failed to satisfy constraint: {rule}" for path, shown, rule in broken[:MOST_TOLD]
    )
    return f"{len(broken)} validation {errors} detected: {'; '.join(told)}"


@cache
def _rules(service: str, shape: str) -> Rules:
    """The rules of a shape, made of the table once; of a shape without limits there are none."""
    limit = LIMITS[service].get(shape)
    return RULES[type(limit)](limit, lambda part: _rules(service, part)) if limit else Rules()


# Values: the pattern is told first, in brackets last


def _text(limit: Text, _: Find) -> Rules:
    rules = _sized(limit, len, "length")
    if limit.pattern is not None:
        fits = whole(ALSO_TAKEN.get(limit.pattern, limit.pattern))
        words = f"Member must satisfy regular expression pattern: {limit.pattern}"
        rules.insert(0, Rule(lambda text: not fits(text), words))
    if limit.values:
        values = frozenset((*limit.values, *(more for one, more in ALSO_VALUES.items() if one in limit.values)))
        words = f"Member must satisfy enum value set: [{', '.join(limit.values)}]"
        rules.append(Rule(lambda text: text not in values, words))
    return Rules(rules)


def _number(limit: Number, _: Find) -> Rules:
    return Rules(_sized(limit, int, "value"))


def _blob(limit: Blob, _: Find) -> Rules:
    return Rules(_sized(limit, len, "length"))


def _sized(limit: Text | Number | Blob | Items | Pairs, size: Callable[[Any], int], noun: str) -> list[Rule]:
    rules = []
    low, high = limit.low, limit.high
    if low is not None:
        words = f"Member must have {noun} greater than or equal to {low}"
        rules.append(Rule(_never if low == 0 and size is len else lambda value: size(value) < low, words))
    if high is not None:
        words = f"Member must have {noun} less than or equal to {high}"
        rules.append(Rule(lambda value: size(value) > high, words))
    return rules


def _never(_: object) -> bool:
    """No length is below zero; the rule is told in brackets all the same."""
    return False


# Lists, maps, structures


def _items(limit: Items, find: Find) -> Rules:
    element = find(limit.element)
    bad = _any_of(element.own)
    words = _in_brackets("Member", [NOT_NULL, *(rule.words for rule in element.own)])
    every = Rule(lambda values: None in values or bad(values), words)
    return Rules([*_sized(limit, len, "length"), every], _within(element, lambda values: enumerate(values, 1)))


def _pairs(limit: Pairs, find: Find) -> Rules:
    key, value = find(limit.key), find(limit.value)
    bad_keys, bad_values = _any_of(key.own), _any_of(value.own)
    rules = [
        *_sized(limit, len, "length"),
        Rule(bad_keys, _in_brackets("Map keys", [rule.words for rule in key.own])),
        Rule(
            lambda pairs: None not in pairs.values() and bad_values(pairs.values()),
            _in_brackets("Map value", [rule.words for rule in value.own]),
        ),
        Rule(lambda pairs: None in pairs.values(), _in_brackets("Map value", [NOT_NULL])),
    ]
    return Rules(rules, _within(value, lambda pairs: pairs.items()))


def _any_of(rules: Sequence[Rule]) -> Callable[[Iterable[Any]], bool]:
    """Whether any of some values breaks any of the rules."""
    tests = [rule.breaks for rule in rules if rule.breaks is not _never]
    return lambda values: any(any(map(breaks, values)) for breaks in tests)


def _in_brackets(who: str, words: Sequence[str]) -> str:
    return f"{who} must satisfy constraint: [{', '.join(reversed(words))}]"


def _within(
    element: Rules, places: Callable[[Any], Iterable[tuple[object, Any]]]
) -> Callable[[Any], Iterator[Broken]] | None:
    """What looks into the structures of a list or map, where it has any."""
    inside = element.inside
    if inside is None:
        return None

    def look(values: Any) -> Iterator[Broken]:
        for place, value in places(values):
            if value is not None:
                for path, shown, rule in inside(value):
                    yield Broken(f"{place}.member.{path}", shown, rule)

    return look


def _structure(limit: Structure, find: Find) -> Rules:
    rows = [(member, find(member.shape)) for member in limit.members]

    def look(structure: Any) -> Iterator[Broken]:
        for member, (own, inside) in rows:
            value = getattr(structure, member.attribute)
            if value is None:
                if member.required:
                    yield Broken(member.path, "null ", NOT_NULL)
                continue
            for rule in own:
                if rule.breaks(value):
                    yield Broken(member.path, _shown(member, value), rule.words)
            if inside is not None:
                for path, shown, words in inside(value):
                    yield Broken(f"{member.path}.{path}", shown, words)

    return Rules(inside=look)


RULES: dict[type, Callable[[Any, Find], Rules]] = {
    Text: _text,
    Number: _number,
    Blob: _blob,
    Items: _items,
    Pairs: _pairs,
    Structure: _structure,
}


# Values as Java prints them


def _shown(member: Member, value: object) -> str:
    """The value as the refusal shows it, with the space after it; nothing for what is sensitive."""
    return "" if member.sensitive else f"'{_printed(value)}' "


def _printed(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, list):
        return f"[{', '.join(map(_printed, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key}={_printed(each)}' for key, each in value.items())}}}"
    if isinstance(value, WireStruct):
        return type(value).__name__
    if isinstance(value, bytes):
        return f"java.nio.HeapByteBuffer[pos=0 lim={len(value)} cap={len(value)}]"
    return str(value)
