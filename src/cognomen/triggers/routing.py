"""The Triggers of a running server: ARNs to targets, a limit of time, and a log where developers want one."""

import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import msgspec

from cognomen.transactions import refuse_network_in_write
from cognomen.triggers.places import Places
from cognomen.triggers.port import AnswerUnreadable, HandlerFailed, Logged, Target, TargetUnreachable

FAULTS = (HandlerFailed, TargetUnreachable, AnswerUnreadable)
MASK = "***"


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much is run at a time, how much waits, and how long one run may take in seconds."""

    most: int
    queue: int
    seconds: float


class RoutingTriggers:
    """Sends the events of an ARN to its target. `log_size` runs are kept, none in production."""

    def __init__(self, targets: Mapping[str, Target], bounds: Bounds, now_ms: Callable[[], int], log_size: int) -> None:
        self._targets = targets
        self._seconds = bounds.seconds
        self._places = Places(bounds.most, bounds.queue)
        self._now_ms = now_ms
        self._log: deque[Logged] = deque(maxlen=log_size)

    def knows(self, arn: str) -> bool:
        """Whether the settings map the ARN to a target."""
        return arn in self._targets

    async def invoke(self, arn: str, event: Mapping[str, Any], seconds: float | None = None) -> Any:
        """The answer of the handler, which may take so many seconds; without, as many as callers wait for.

        Raises HandlerFailed, TargetUnreachable, AnswerUnreadable, TooManyRequestsException.
        """
        refuse_network_in_write()
        target = self._targets.get(arn)
        if target is None:  # the settings lost an ARN that a pool still holds
            raise TargetUnreachable(f"the settings map {arn} to no target")
        seconds = seconds or self._seconds
        at_ms, began = self._now_ms(), time.perf_counter()
        answer: Any = None
        error: str | None = None
        try:
            work = partial(target.call, arn, msgspec.json.encode(event), seconds)
            answer = _decoded(await self._places.run(work, seconds))
        except FAULTS as fault:
            error = f"{type(fault).__name__}: {fault}"
            raise
        finally:
            if self._log.maxlen:
                took_ms = round((time.perf_counter() - began) * 1000)
                self._log.append(Logged(at_ms, took_ms, arn, _shown(event), _shown(answer), error))
        return answer

    def recent(self) -> Sequence[Logged]:
        """The last runs, the newest last."""
        return tuple(self._log)

    def forget(self) -> None:
        """Empty the log."""
        self._log.clear()


def _decoded(answer: bytes) -> Any:
    try:
        return msgspec.json.decode(answer)
    except msgspec.MsgspecError:
        raise AnswerUnreadable("no JSON") from None


def _shown(event: Any) -> Any:
    """An event, or the answer that holds it again, without the password that a migration is asked with."""
    request = event.get("request") if isinstance(event, Mapping) else None
    if not isinstance(request, Mapping) or "password" not in request:
        return event
    return {**event, "request": {**request, "password": MASK}}
