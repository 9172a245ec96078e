"""Many callers at once, in one event loop: as fast as answers come, or so many a second whether answers come or not.

Requests are bytes that were made before, so that the callers take little of the machine that they share with the
server.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import cycle
from statistics import quantiles
from time import perf_counter
from typing import cast

TICK_S = 0.01
MOST_CONNECTIONS = 1000
SHED = b"TooManyRequestsException"


@dataclass
class Outcome:
    """What became of the calls of some seconds; waits are in seconds."""

    seconds: float = 0.0
    good: list[float] = field(default_factory=list)
    shed: list[float] = field(default_factory=list)
    failed: int = 0  # any other answer, or none
    late: int = 0  # answered after the caller's patience
    unsent: int = 0  # no connection was free

    @property
    def goodput(self) -> float:
        """Good answers a second, in time."""
        return len(self.good) / self.seconds

    @property
    def offered(self) -> float:
        """Calls a second."""
        return (len(self.good) + len(self.shed) + self.failed + self.late + self.unsent) / self.seconds

    def __str__(self) -> str:
        return (
            f"{self.offered:.0f}/s offered, {self.goodput:.0f}/s good ({waits(self.good)}),"
            f" {len(self.shed) / self.seconds:.0f}/s shed ({waits(self.shed)}),"
            f" {self.late} late, {self.failed} failed, {self.unsent} unsent"
        )


def waits(seconds: Sequence[float]) -> str:
    """The median wait and that of the slowest hundredth."""
    if len(seconds) < 2:
        return "-"
    cuts = quantiles(seconds, n=100)
    return f"p50 {cuts[49] * 1000:.0f} ms, p99 {cuts[98] * 1000:.0f} ms"


class Caller(asyncio.Protocol):
    """One connection; `done` is told of it when it is free again."""

    def __init__(self, outcome: Outcome, patience: float, done: Callable[["Caller"], None]) -> None:
        self._outcome = outcome
        self._patience = patience
        self._done = done
        self._received = bytearray()
        self._asked_at: float | None = None
        self.alive = True

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)

    def ask(self, request: bytes) -> None:
        self._asked_at = perf_counter()
        self._received.clear()
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._received += data
        end = self._received.find(b"\r\n\r\n")
        if end < 0:
            return
        start = self._received.lower().find(b"content-length:", 0, end)
        length = int(bytes(self._received[start + 15 : end]).split(b"\r\n", 1)[0]) if start >= 0 else 0
        if len(self._received) >= end + 4 + length:
            self._answered()

    def _answered(self) -> None:
        if self._asked_at is None:
            return
        wait = perf_counter() - self._asked_at
        self._asked_at = None
        if wait > self._patience:
            self._outcome.late += 1
        elif self._received[9:12] == b"200":
            self._outcome.good.append(wait)
        elif SHED in self._received:
            self._outcome.shed.append(wait)
        else:
            self._outcome.failed += 1
        self._done(self)

    def connection_lost(self, _exc: Exception | None) -> None:
        self.alive = False
        if self._asked_at is not None:
            self._asked_at = None
            self._outcome.failed += 1
            self._done(self)


@dataclass
class Crowd:
    """Callers of one server."""

    port: int
    requests: Sequence[bytes]
    patience: float = 5.0

    def __post_init__(self) -> None:
        self._next = cycle(self.requests)

    async def closed(self, connections: int, seconds: float) -> Outcome:
        """So many callers, each of whom asks again as soon as it is answered."""
        outcome, stopping = Outcome(seconds), False

        def again(caller: Caller) -> None:
            if not stopping and caller.alive:
                caller.ask(next(self._next))

        callers = [await self._connect(outcome, again) for _ in range(connections)]
        for caller in callers:
            again(caller)
        await asyncio.sleep(seconds)
        stopping = True
        return self._over(outcome, callers)

    async def open(self, per_second: float, seconds: float) -> Outcome:
        """So many calls a second, on as many connections as that needs."""
        outcome, free = Outcome(seconds), deque[Caller]()

        def back(caller: Caller) -> None:
            if caller.alive:
                free.append(caller)

        callers = [await self._connect(outcome, back) for _ in range(MOST_CONNECTIONS)]
        free.extend(callers)
        began, asked = perf_counter(), 0
        while (passed := perf_counter() - began) < seconds:
            due = int(passed * per_second)
            while asked < due:
                asked += 1
                if free:
                    free.popleft().ask(next(self._next))
                else:
                    outcome.unsent += 1
            await asyncio.sleep(TICK_S)
        return self._over(outcome, callers)

    async def _connect(self, outcome: Outcome, done: Callable[[Caller], None]) -> Caller:
        loop = asyncio.get_running_loop()
        _, caller = await loop.create_connection(lambda: Caller(outcome, self.patience, done), "127.0.0.1", self.port)
        return caller

    def _over(self, outcome: Outcome, callers: Sequence[Caller]) -> Outcome:
        """Hang up; calls that are still under way count as neither."""
        for caller in callers:
            caller._asked_at = None  # noqa: SLF001
            with suppress(OSError):
                caller.transport.abort()
        return outcome
