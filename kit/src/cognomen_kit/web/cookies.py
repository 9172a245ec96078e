"""Cookies as values: names, flags, and how a long value is spread over several."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from cognomen_kit.web.visits import Visit

MOST_CHARACTERS = 3800  # of one value; browsers allow 4096 bytes for name, value and attributes
MOST_PARTS = 5
HOST_PREFIX = "__Host-"


@dataclass(frozen=True, slots=True)
class Cookie:
    """One cookie to set; `max_age` in seconds, 0 deletes it. Always Path=/, HttpOnly and SameSite=Lax."""

    name: str
    value: str = field(repr=False)
    max_age: int
    secure: bool

    def header(self) -> str:
        """The value of a Set-Cookie header."""
        flags = "; Secure" if self.secure else ""
        return f"{self.name}={self.value}; Max-Age={self.max_age}; Path=/; HttpOnly; SameSite=Lax{flags}"


def name_of(name: str, visit: Visit) -> str:
    """Over TLS a cookie carries the prefix that keeps subdomains and plain HTTP from setting it."""
    return HOST_PREFIX + name if visit.is_https else name


def written(name: str, value: str, max_age: int, visit: Visit) -> Iterator[Cookie]:
    """The cookies that carry a value, and the end of parts that an older, longer value had."""
    parts = [value[start : start + MOST_CHARACTERS] for start in range(0, len(value), MOST_CHARACTERS)]
    if len(parts) > MOST_PARTS:
        raise ValueError(f"{name} is too long for cookies: {len(value)} characters")
    for number, part in enumerate(parts):
        yield Cookie(_part(name, number, visit), part, max_age, _is_secure(visit))
    yield from _ended(name, len(parts), visit)


def ended(name: str, visit: Visit) -> Iterator[Cookie]:
    """The end of a value, as far as the browser has it."""
    return _ended(name, 0, visit)


def answered(visit: Visit, cookies: Iterable[Cookie]) -> Visit:
    """The visit as it would be with these cookies, for whoever looks at it later in the same request."""
    return replace(visit, cookies={**visit.cookies, **{cookie.name: cookie.value for cookie in cookies}})


def read(name: str, visit: Visit) -> str | None:
    """The value that the browser sent back, put together; None where there is none."""
    parts = list(_parts(name, visit.cookies, visit))
    return "".join(parts) or None


def _ended(name: str, first: int, visit: Visit) -> Iterator[Cookie]:
    for number in range(first, MOST_PARTS):
        part = _part(name, number, visit)
        if part in visit.cookies:
            yield Cookie(part, "", 0, _is_secure(visit))


def _parts(name: str, cookies: Mapping[str, str], visit: Visit) -> Iterator[str]:
    for number in range(MOST_PARTS):
        part = cookies.get(_part(name, number, visit))
        if not part:
            return
        yield part


def _part(name: str, number: int, visit: Visit) -> str:
    whole = name_of(name, visit)
    return f"{whole}.{number}" if number else whole


def _is_secure(visit: Visit) -> bool:
    """Browsers keep Secure cookies of this machine only over TLS; anywhere else nothing is sent in the clear."""
    return visit.is_https or not visit.is_local
