"""One definition, two callables: a generator method is awaited on one client and called on the other."""

from collections.abc import Callable, Coroutine
from functools import wraps
from types import MethodType
from typing import Any, Concatenate, Generic, ParamSpec, Self, TypeVar, overload

from cognomen_kit.calls import Call
from cognomen_kit.drivers import AsyncDriver, Driver

P = ParamSpec("P")
T = TypeVar("T")
DriverT = TypeVar("DriverT", bound=AsyncDriver | Driver)


class Bound(Generic[DriverT]):
    """Something that belongs to a client and runs its calls through it."""

    client: DriverT


class Doubled:
    """Keeps the awaited and the direct form of a generator method and hands out the one its owner needs."""

    def __init__(self, method: Callable[..., Call[Any]]) -> None:
        @wraps(method)
        async def awaited(owner: Any, *args: Any, **kwargs: Any) -> Any:
            return await driver_of(owner).run(method(owner, *args, **kwargs))

        @wraps(method)
        def direct(owner: Any, *args: Any, **kwargs: Any) -> Any:
            return driver_of(owner).run(method(owner, *args, **kwargs))

        self._awaited, self._direct = awaited, direct
        self.__doc__ = method.__doc__
        self.__wrapped__ = method

    def bound_to(self, owner: Any) -> MethodType:
        """The form that fits the owner's client."""
        form = self._awaited if isinstance(driver_of(owner), AsyncDriver) else self._direct
        return MethodType(form, owner)


def driver_of(owner: Any) -> Any:
    """A client drives itself; what belongs to a client is driven by it."""
    return owner if isinstance(owner, AsyncDriver | Driver) else owner.client


class operation(Doubled, Generic[P, T]):  # noqa: N801 - it is used as a decorator
    """An operation of a client, or of something bound to one."""

    def __init__(self, method: Callable[Concatenate[Any, P], Call[T]]) -> None:
        super().__init__(method)

    @overload
    def __get__(self, owner: None, kind: type | None = None) -> Self: ...
    @overload
    def __get__(
        self, owner: AsyncDriver | Bound[AsyncDriver], kind: type | None = None
    ) -> Callable[P, Coroutine[Any, Any, T]]: ...
    @overload
    def __get__(self, owner: Driver | Bound[Driver], kind: type | None = None) -> Callable[P, T]: ...
    def __get__(self, owner: Any, kind: type | None = None) -> Any:
        return self if owner is None else self.bound_to(owner)
