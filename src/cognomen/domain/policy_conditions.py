"""Conditions of policies (IAM user guide, "Condition operators" and "Multivalued context keys")."""

import operator
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import IPv6Address, ip_address, ip_network
from math import isfinite
from typing import NamedTuple, TypeAlias

from cognomen.domain.policy_keys import Lookup, key_named
from cognomen.domain.policy_texts import Patterns, Tokens, arn_regex_of, fits, resolved, tokens_of, variables_in

# Whether a value of the request is what one of the policy's values says.
Matches: TypeAlias = Callable[[str, Lookup], bool]
OPERATOR = re.compile(r"(?:(ForAnyValue|ForAllValues):)?(\w+?)(IfExists)?")
TRUTHS = ("true", "false")


class Compared(NamedTuple):
    """How an operator compares, and the keys that its values ask for by variables."""

    matches: Matches
    keys: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Condition:
    """One key of one operator: `matches` says which values are meant, `negated` that they must not be there.

    `any_will_do` holds where one value of the request is enough, `when_absent` is the answer where it has none.
    """

    key: str
    matches: Matches
    negated: bool
    any_will_do: bool
    when_absent: bool
    keys: frozenset[str]

    def holds(self, lookup: Lookup) -> bool:
        """Whether a request meets it."""
        values = lookup(self.key)
        if values is None:
            return self.when_absent
        met = (self.matches(value, lookup) is not self.negated for value in values)
        return any(met) if self.any_will_do else all(met)


def condition_of(name: str, key: str, values: Sequence[str]) -> Condition:
    """Read one key of one operator, such as ``StringEquals``; raises ValueError."""
    found = OPERATOR.fullmatch(name)
    if found is not None and found[0] == "Null":
        return _presence(key_named(key), values)
    if found is None or found[2] not in OPERATORS:
        raise ValueError(f"{name} is no operator that this server knows")
    over, plain, if_exists = found.groups()
    kind = OPERATORS[plain]
    compared = kind.compare(values)
    return Condition(
        key_named(key),
        compared.matches,
        kind.negated,
        any_will_do=over == "ForAnyValue" or (over is None and not kind.negated),
        when_absent=bool(if_exists) or over == "ForAllValues" or (over is None and kind.negated),
        keys=compared.keys | {key_named(key)},
    )


def _presence(key: str, values: Sequence[str]) -> Condition:
    """``Null``: true asks that the key is not there, false that it is."""
    asked = {_truth(value) for value in values}
    absent, present = "true" in asked, "false" in asked
    return Condition(key, lambda *_: present, False, any_will_do=True, when_absent=absent, keys=frozenset({key}))


# Texts


def _equal(values: Sequence[str]) -> Compared:
    return _texts(values, str)


def _equal_in_any_case(values: Sequence[str]) -> Compared:
    return _texts(values, str.casefold)


def _texts(values: Sequence[str], form: Callable[[str], str]) -> Compared:
    read = [tokens_of(value, wild=False) for value in values]
    keys = frozenset(_keys(read))
    fixed = frozenset(form("".join(map(str, tokens))) for tokens in read if not any(variables_in(tokens)))
    varying = [tokens for tokens in read if any(variables_in(tokens))]

    def matches(given: str, lookup: Lookup) -> bool:
        text = form(given)
        return text in fixed or any(_form_of(resolved(tokens, lookup), form) == text for tokens in varying)

    return Compared(matches, keys)


def _form_of(text: str | None, form: Callable[[str], str]) -> str | None:
    return None if text is None else form(text)


def _keys(read: Sequence[Tokens]) -> Iterator[str]:
    return (key for tokens in read for key in variables_in(tokens))


def _like(values: Sequence[str]) -> Compared:
    patterns = Patterns(values)
    return Compared(patterns.fit, patterns.keys)


def _arn_like(values: Sequence[str]) -> Compared:
    read = [tokens_of(value, wild=True) for value in values]
    for tokens in read:
        arn_regex_of(tokens, lambda _: ("",))  # so that what is no ARN is refused now

    def matches(given: str, lookup: Lookup) -> bool:
        return any(fits(arn_regex_of(tokens, lookup), given) for tokens in read)

    return Compared(matches, frozenset(_keys(read)))


# Numbers, times, truths, addresses: these take no variables


def _number(text: str) -> float:
    number = float(text)
    if not isfinite(number):
        raise ValueError(f"{text} is no number")
    return number


def _moment(text: str) -> float:
    """ISO 8601, UTC where it names no zone, or seconds since 1970."""
    if re.fullmatch(r"-?\d+(\.\d+)?", text):
        return float(text)
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _truth(text: str) -> str:
    truth = text.lower()
    if truth not in TRUTHS:
        raise ValueError(f"{text} is neither true nor false")
    return truth


def _ordered(read: Callable[[str], float], holds: Callable[[float, float], bool]) -> "Compare":
    def compare(values: Sequence[str]) -> Compared:
        bounds = [_read(read, value) for value in values]

        def matches(given: str) -> bool:
            number = read(given)
            return any(holds(number, bound) for bound in bounds)

        return _safely(matches)

    return compare


def _read(read: Callable[[str], float], value: str) -> float:
    try:
        return read(value)
    except ValueError:
        kind = "a number" if read is _number else "a time such as 2026-01-01T00:00:00Z"
        raise ValueError(f"{value} is not {kind}") from None


def _bool(values: Sequence[str]) -> Compared:
    truths = frozenset(map(_truth, values))
    return _safely(lambda given: _truth(given) in truths)


def _in_network(values: Sequence[str]) -> Compared:
    networks = [ip_network(value, strict=False) for value in values]

    def matches(given: str) -> bool:
        address = ip_address(given)
        if isinstance(address, IPv6Address) and address.ipv4_mapped:
            address = address.ipv4_mapped
        return any(address in network for network in networks)

    return _safely(matches)


def _safely(matches: Callable[[str], bool]) -> Compared:
    """A value of the request that cannot be read is none of the policy's."""

    def safe(given: str, _lookup: Lookup) -> bool:
        try:
            return matches(given)
        except ValueError:
            return False

    return Compared(safe)


Compare: TypeAlias = Callable[[Sequence[str]], Compared]


class Kind(NamedTuple):
    """What an operator does with the policy's values."""

    compare: Compare
    negated: bool = False


ORDERS: Mapping[str, tuple[Callable[[float, float], bool], bool]] = {
    "Equals": (operator.eq, False),
    "NotEquals": (operator.eq, True),
    "LessThan": (operator.lt, False),
    "LessThanEquals": (operator.le, False),
    "GreaterThan": (operator.gt, False),
    "GreaterThanEquals": (operator.ge, False),
}
OPERATORS: Mapping[str, Kind] = {
    "StringEquals": Kind(_equal),
    "StringNotEquals": Kind(_equal, negated=True),
    "StringEqualsIgnoreCase": Kind(_equal_in_any_case),
    "StringNotEqualsIgnoreCase": Kind(_equal_in_any_case, negated=True),
    "StringLike": Kind(_like),
    "StringNotLike": Kind(_like, negated=True),
    "ArnEquals": Kind(_arn_like),
    "ArnNotEquals": Kind(_arn_like, negated=True),
    "ArnLike": Kind(_arn_like),
    "ArnNotLike": Kind(_arn_like, negated=True),
    "Bool": Kind(_bool),
    "IpAddress": Kind(_in_network),
    "NotIpAddress": Kind(_in_network, negated=True),
    **{f"Numeric{name}": Kind(_ordered(_number, order), negated) for name, (order, negated) in ORDERS.items()},
    **{f"Date{name}": Kind(_ordered(_moment, order), negated) for name, (order, negated) in ORDERS.items()},
}
