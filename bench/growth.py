"""Calls in pools of 10,000 users and more: their CPU, the store's own included, must not grow with the pool.

Pools of every size stand side by side, each in a store of its own, and are asked in turns, so that whatever else the
machine does meanwhile falls on all of them.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from statistics import median
from typing import Self, TypeAlias

from import_users import import_people, make_pool
from rows import Row
from server import Server, serving
from stores import STORES, Kept

SIZES = (10_000, 100_000, 1_000_000)
GOAL = 1.3  # times the CPU in the smallest pool
TURNS, CALLS = 7, 150  # so often in turns, so many calls at a time
Call: TypeAlias = Callable[[int], object]


@dataclass(frozen=True)
class Filled:
    """A pool of so many imported users, which has its server and its store for itself."""

    kept: Kept
    server: Server
    pool_id: str
    size: int

    def connected(self) -> Self:
        """Over a new connection: the server may have closed one that rested while another pool was worked on."""
        self.server.connect()
        return self

    def cpu_ms(self, call: Call) -> float:
        """Milliseconds of CPU of one call, in the server and in the store."""
        store = 0.0

        def measured(number: int) -> None:
            nonlocal store
            if number == 0:
                store = self.kept.cpu_s()
            call(number)

        cost = self.server.cost(CALLS, measured)
        return cost.cpu_ms + (self.kept.cpu_s() - store) * 1000 / CALLS


Prepare: TypeAlias = Callable[[Filled], Mapping[str, Call]]


def rows(prepare: Prepare, most: int) -> Iterator[Row]:
    """What the calls on a pool cost in medians, for every size up to `most` on every store."""
    for store in STORES:
        with ExitStack() as stack:
            pools = [stack.enter_context(filled(store, size)) for size in SIZES if size <= most]
            calls = [prepare(pool.connected()) for pool in pools]
            for pool in pools:
                pool.connected()
            for name in calls[0]:
                costs = [[pool.cpu_ms(own[name]) for pool, own in zip(pools, calls, strict=True)] for _ in range(TURNS)]
                yield from rows_of(name, pools, [median(of_one) for of_one in zip(*costs, strict=True)])


def rows_of(name: str, pools: list[Filled], costs: list[float]) -> Iterator[Row]:
    for pool, ms in zip(pools, costs, strict=True):
        title = f"{pool.kept.engine}, {pool.size:,}: {name}"
        yield Row(title, ms / costs[0], GOAL, "x", f"{ms:.3f} ms CPU")


@contextmanager
def filled(store: Callable[[], AbstractContextManager[Kept]], size: int) -> Iterator[Filled]:
    """A new pool with so many users."""
    with store() as kept, serving(*kept.flags) as server:
        pool_id = make_pool(server)
        import_people(kept, pool_id, size)
        kept.settle()
        yield Filled(kept, server, pool_id, size)
