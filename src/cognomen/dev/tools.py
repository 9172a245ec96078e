"""What the pages under ``/_dev`` may use."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from cognomen.clock import Clock
from cognomen.services import Services


def _never() -> bool:
    return False


async def _nothing() -> None:
    """The start state of a server without a seed."""


@dataclass(frozen=True, slots=True)
class DevTools:
    """The world and the handles that only the dev profile gives away.

    `stopping` tells that the server is about to end, so that waiting requests do not keep it up.
    `plant` brings back what the server began with. `alone` is false where other workers serve beside this process.
    """

    world: Services
    clock: Clock
    stopping: Callable[[], bool] = _never
    plant: Callable[[], Awaitable[object]] = _nothing
    alone: bool = True
