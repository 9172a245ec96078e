"""Texts in policies: wildcards, and variables such as ``${aws:username}`` (IAM user guide, "Policy variables")."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import TypeAlias

from cognomen.domain.policy_keys import Lookup, key_named

SPECIAL = re.compile(r"\$\{([^{}]*)\}|([*?])|(\$\{)")
VARIABLE = re.compile(r"\s*([^\s,']+)\s*(?:,\s*'([^']*)'\s*)?")
LITERALS = frozenset("*?$")  # ${*}, ${?} and ${$} stand for the characters themselves
ARN_PARTS = 6


class Wildcard(Enum):
    """What stands for other characters."""

    ANY = "*"
    ONE = "?"


@dataclass(frozen=True, slots=True)
class Variable:
    """Stands for the one value of a condition key, or for a default where the request has none."""

    key: str
    default: str | None

    def value(self, lookup: Lookup) -> str | None:
        """None where there is no value, or more than one."""
        values = lookup(self.key)
        return values[0] if values is not None and len(values) == 1 else self.default


Token: TypeAlias = str | Variable | Wildcard
Tokens: TypeAlias = tuple[Token, ...]


def tokens_of(text: str, *, wild: bool) -> Tokens:
    """Take a text apart; without `wild`, ``*`` and ``?`` are themselves. Raises ValueError."""
    return tuple(token for token in _tokens(text, wild) if token)


def _tokens(text: str, wild: bool) -> Iterator[Token]:
    at = 0
    for found in SPECIAL.finditer(text):
        yield text[at : found.start()]
        at = found.end()
        if found[3]:
            raise ValueError("a variable begins with ${ and does not end")
        if found[2]:
            yield Wildcard(found[2]) if wild else found[2]
        else:
            yield found[1] if found[1] in LITERALS else _variable(found[1])
    yield text[at:]


def _variable(inner: str) -> Variable:
    found = VARIABLE.fullmatch(inner)
    if found is None:
        raise ValueError(f"${{{inner}}} is no variable")
    return Variable(key_named(found[1]), found[2])


def variables_in(tokens: Tokens) -> Iterator[str]:
    """The condition keys that a text asks for."""
    return (token.key for token in tokens if isinstance(token, Variable))


def resolved(tokens: Tokens, lookup: Lookup) -> str | None:
    """A text without wildcards, its variables filled in; None where one has no value."""
    parts = [token.value(lookup) if isinstance(token, Variable) else str(token) for token in tokens]
    return None if None in parts else "".join(filter(None, parts))


def regex_of(tokens: Tokens, lookup: Lookup, anything: str = ".") -> str | None:
    """The regular expression of a text; None where a variable has no value. What a variable holds is no wildcard.

    `anything` is what one character of a wildcard may be.
    """
    segments = [""]
    for token in tokens:
        if token is Wildcard.ANY:
            segments.append("")
            continue
        value = token.value(lookup) if isinstance(token, Variable) else token
        if value is None:
            return None
        segments[-1] += anything if isinstance(value, Wildcard) else re.escape(value)
    return _joined(segments, anything)


def _joined(segments: Sequence[str], anything: str) -> str:
    """Atomic groups take the first place where a segment fits, so that no text costs more than a walk along it."""
    first, *rest = segments
    if not rest:
        return first
    *middle, last = rest
    return first + "".join(f"(?>{anything}*?{segment})" for segment in middle) + f"{anything}*{last}"


def arn_regex_of(tokens: Tokens, lookup: Lookup) -> str | None:
    """The regular expression of an ARN, whose six parts are compared one by one."""
    parts = _arn_parts(tokens)
    regexes = [regex_of(part, lookup, "[^:]") for part in parts[:-1]] + [regex_of(parts[-1], lookup)]
    return None if None in regexes else ":".join(regex for regex in regexes if regex is not None)


def _arn_parts(tokens: Tokens) -> list[Tokens]:
    """Raises ValueError where there are fewer than six."""
    parts: list[list[Token]] = [[]]
    for token in tokens:
        if not isinstance(token, str):
            parts[-1].append(token)
            continue
        first, *others = token.split(":", ARN_PARTS - len(parts))
        parts[-1].append(first)
        parts.extend([other] for other in others)
    if len(parts) < ARN_PARTS:
        raise ValueError("an ARN has six parts, with colons between them")
    return [tuple(part) for part in parts]


@lru_cache(maxsize=4096)
def compiled(regex: str) -> re.Pattern[str]:
    """The expression, for whole texts; remembered, since the same users come again and again."""
    return re.compile(f"(?s:{regex})")


def nothing(_key: str) -> None:
    """The lookup of a request that has no keys at all."""


class Patterns:
    """Several texts, one of which has to fit: sorted into those that can be compared at once and those that cannot."""

    __slots__ = ("_exact", "_varying", "_wild", "keys")

    def __init__(self, texts: Iterable[str]) -> None:
        """Raises ValueError where a text cannot be read."""
        read = [tokens_of(text, wild=True) for text in texts]
        fixed = [tokens for tokens in read if not any(variables_in(tokens))]
        plain = {tokens for tokens in fixed if all(isinstance(token, str) for token in tokens)}
        wild = [regex for tokens in fixed if tokens not in plain and (regex := regex_of(tokens, nothing)) is not None]
        self.keys = frozenset(key for tokens in read for key in variables_in(tokens))
        self._exact = frozenset("".join(map(str, tokens)) for tokens in plain)
        self._wild = compiled("|".join(wild)).fullmatch if wild else None
        self._varying = tuple(tokens for tokens in read if tokens not in fixed)

    def fit(self, text: str, lookup: Lookup) -> bool:
        """Whether one of them is this text."""
        if text in self._exact or (self._wild is not None and self._wild(text)):
            return True
        return any(fits(regex_of(tokens, lookup), text) for tokens in self._varying)


def fits(regex: str | None, text: str) -> bool:
    """Whether an expression is a whole text; one whose variable has no value is none."""
    return regex is not None and compiled(regex).fullmatch(text) is not None
