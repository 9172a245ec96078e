"""The sans-I/O heart: an operation is a generator that yields what it needs done and returns what it learned.

The asynchronous and the synchronous driver perform the same few effects; nothing else touches the world.
"""

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias, TypeVar

T = TypeVar("T")

JsonObject: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """One HTTP request; the body and the headers may hold secrets and never show in a repr."""

    method: str
    url: str
    headers: Mapping[str, str] = field(repr=False, default_factory=dict)
    body: bytes = field(repr=False, default=b"")


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """What came back: header names are lower-case."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Fetch:
    """Send the request; a connection that fails is thrown back as `ConnectionFailed`."""

    request: HttpRequest


@dataclass(frozen=True, slots=True)
class Wait:
    """Let this many seconds pass."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Compute:
    """Run a slow or blocking function away from the event loop."""

    function: Callable[..., Any]
    arguments: tuple[Any, ...] = field(repr=False, default=())


@dataclass(frozen=True, slots=True)
class Share:
    """Run the call once for everybody who asks for the same key at the same time."""

    key: str = field(repr=False)
    start: Callable[[], "Call[Any]"]


@dataclass(frozen=True, slots=True)
class Background:
    """Start the call and do not wait for it; at most one runs for a key, and its failure is not reported."""

    key: str
    start: Callable[[], "Call[Any]"]


Effect: TypeAlias = Fetch | Wait | Compute | Share | Background
Call: TypeAlias = Generator[Effect, Any, T]


class ConnectionFailed(Exception):  # noqa: N818 - a fact the retry rules look at, not an error users meet
    """No answer came; `unsent` tells that the server cannot have seen the request."""

    def __init__(self, reason: str, *, unsent: bool) -> None:
        super().__init__(reason)
        self.unsent = unsent


def fetch(request: HttpRequest) -> Call[HttpResponse]:
    """Send one HTTP request."""
    response: HttpResponse = yield Fetch(request)
    return response


def compute(function: Callable[..., T], *arguments: Any) -> Call[T]:
    """Run a slow function away from the event loop."""
    result: T = yield Compute(function, arguments)
    return result


def share(key: str, start: Callable[[], Call[T]]) -> Call[T]:
    """Join the call already under way for this key, or start it."""
    result: T = yield Share(key, start)
    return result
