"""Requests made from the service model that look valid but for a few hostile places; one number makes one request."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from cognomen.wire._base import Operation
from modelled import PATTERNS, raw, request_shape

PLANT = "xyzzyPLANTED"  # begins every hostile text in a secret's place, and is in no text of the server
KNOWN_SHARE, OPTIONAL_SHARE, LEFT_OUT_SHARE, BROKEN_SHARE = 0.95, 0.1, 0.01, 0.03
HOSTILITIES = (0.0, 0.04, 0.04, 0.15, 0.5)  # how much of one request is hostile

TEXTS = (
    "",
    " ",
    "a" * 129,
    "a" * 2049,
    "a" * 70_000,
    "\x00",
    "a\x00b",
    "\x00@domain.example",
    "\x07\x1b[31m\x7f",
    "a\r\nSet-Cookie: a=b",
    "\u202eevil\u202c",
    "a\u200db\ufeff",
    "\uff21\uff4e\uff4e",  # full-width letters
    "\u0430nn",  # a Cyrillic letter
    "e\u0301\u0327" * 60,
    "\u0130\u0131\u00df\u017f",  # letters whose case changes their length
    "\U0001f4a9",
    "\ud800",  # half of a pair: the encoder writes it as an escape
    "a\udfffb",
    "\ue000\ufffe",
    "\u0661\u0662\u0663\u0664\u0665\u0666",  # Arabic digits
    "' OR 1=1 --",
    '"; drop table users; --',
    "%s%n%x{0}{x.__class__}",
    "${jndi:ldap://a}{{7*7}}",
    "<script>alert(1)</script>",
    "../../../etc/passwd",
    "%00%0a",
    "%_*?[",
    "null",
    "9" * 400,
    "-1e999",
    "a.b.c",
    "eyJhbGciOiJub25lIn0.e30.",
    'status = "' + "\\" * 99,
    'username ^= "\x00"',
    "arn:aws:cognito-idp:us-east-1:123456789012:userpool/\x00",
)
VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 7, 2**31, 2**63, -(2**63) - 1, 10**400, 1.5, 1e308, -0.0),
    *([], {}, [[]], [None], [{}], {"": ""}, {"a": None}, {"\x00": "\x00"}, ["a"] * 300),
)
ENDS = (b"", b"}", b"\x00", b"\xff", b'{"a":1}', b" " * 9, b"\xef\xbb\xbf")
BODIES = (b"[]", b"null", b"7", b'"a"', b"{", b"", b"\xff\xfe", b"[" * 100_000, b'{"a":' * 100_000, b'{"a":1,"a":2}')


@dataclass(frozen=True)
class Known:
    """What a prepared world offers by the names of members, and which of those names stand for secrets."""

    values: Mapping[str, Sequence[Any]]
    secret_names: frozenset[str]


def nested(depth: int) -> Any:
    """Lists in objects in lists."""
    value: Any = "deep"
    for level in range(depth):
        value = [value] if level % 2 else {"a": value}
    return value


class Maker:
    """Makes the bodies of requests; equal seeds and worlds make equal bodies."""

    def __init__(self, seed: str, known: Known) -> None:
        self._dice = Random(seed)
        self._known = known
        self._hostility = self._dice.choice(HOSTILITIES)

    def body(self, operation: Operation) -> bytes:
        """The body of one request, which a few times is no JSON any more."""
        request = self._structure(request_shape(operation))
        if self._happens(self._hostility):
            request[self._text("")] = self._hostile("")
        body = json.dumps(request).encode()
        return self._broken(body) if self._happens(BROKEN_SHARE) else body

    def _broken(self, body: bytes) -> bytes:
        place = self._dice.randrange(len(body))
        cut = body[:place] + self._dice.choice(ENDS)
        return self._dice.choice((cut, cut + body[place:], self._dice.choice(BODIES), body + body))

    def _happens(self, share: float) -> bool:
        return self._dice.random() < share

    def _structure(self, shape: Any, within: str = "") -> dict[str, Any]:
        """A structure; its members are known by their names at the top alone."""
        required = set(shape.required_members)
        return {
            name: self._member(member, within + name)
            for name, member in shape.members.items()
            if self._happens(1 - LEFT_OUT_SHARE if name in required else self._share_of(name))
        }

    def _share_of(self, name: str) -> float:
        """An optional member that the world knows a value of is what makes a request go deep."""
        return KNOWN_SHARE if name in self._known.values else OPTIONAL_SHARE

    def _member(self, shape: Any, name: str) -> Any:
        if self._happens(self._hostility):
            return self._hostile(name)
        values = self._known.values.get(name)
        if values and self._happens(KNOWN_SHARE):
            return self._made(self._dice.choice(values))
        return self._modelled(shape, name)

    def _made(self, value: Any) -> Any:
        """A value of the world; of a map, some pairs are left out or hostile."""
        if not isinstance(value, Mapping):
            return value
        return {
            name: self._hostile(name) if self._happens(self._hostility) else each
            for name, each in value.items()
            if self._happens(KNOWN_SHARE)
        }

    def _modelled(self, shape: Any, name: str) -> Any:
        kind = shape.type_name
        if raw(shape).get("document"):
            return nested(3)
        if kind == "structure":
            return self._structure(shape, f"{name}.")
        if kind == "list":
            return [self._member(shape.member, f"{name}.") for _ in range(self._dice.randint(0, 3))]
        if kind == "map":
            return {self._text(""): self._member(shape.value, f"{name}.") for _ in range(self._dice.randint(0, 3))}
        if kind == "string":
            return self._fitting(raw(shape))
        numbers = (raw(shape).get("min", 0), raw(shape).get("max", 60), 1, 60)
        return {"boolean": self._happens(0.5), "timestamp": 1548099495.428, "blob": "aGk="}.get(
            kind, self._dice.choice(numbers)
        )

    def _fitting(self, model: Mapping[str, Any]) -> str:
        """A text that the model allows, at one of the ends of its length."""
        if model.get("enum"):
            return str(self._dice.choice(model["enum"]))
        text = self._dice.choice(PATTERNS[model["pattern"]][0] if "pattern" in model else ["x", "a b", "\x00", "<b>"])
        length = self._dice.choice((len(text), model.get("min", 0), min(model.get("max", 9), 3000)))
        return text + "x" * (length - len(text))

    def _hostile(self, name: str) -> Any:
        if self._happens(0.6):
            return self._text(name)
        return self._dice.choice((*VALUES, nested(40), nested(70)))

    def _text(self, name: str) -> str:
        """A hostile text; in the place of a secret it carries the plant, so that an echo of it is seen."""
        text = self._dice.choice(TEXTS)
        return f"{PLANT}{text}" if name in self._known.secret_names else text
