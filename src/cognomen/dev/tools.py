"""What the pages under ``/_dev`` may use."""

from collections.abc import Callable
from dataclasses import dataclass

from cognomen.clock import Clock
from cognomen.services import Services


def _never() -> bool:
    return False


@dataclass(frozen=True, slots=True)
class DevTools:
    """The world and the handles that only the dev profile gives away.

    `stopping` tells that the server is about to end, so that waiting requests do not keep it up.
    """

    world: Services
    clock: Clock
    stopping: Callable[[], bool] = _never
