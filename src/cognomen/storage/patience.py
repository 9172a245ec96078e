"""How long one call waits for the store in all: what is slow twenty times over is as good as away.

Whoever serves a call says where it begins and how long it may wait (`one_call`); a store that has to be waited for
counts (`wait`). Work that belongs to no call, as that of jobs and commands, has only the limit of each wait.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from time import monotonic
from typing import TypeVar

from cognomen.storage.database import StorageFailed

T = TypeVar("T")

LEAST_SECONDS = 0.05
AS_LONG_AGAIN = 1.25  # an answer that would not come in time is not asked for: cutting it off costs the connection
NEARLY_ALL = 0.85  # of the time of a statement: a store that is there ends it before


class Slow(StorageFailed):
    """The call has waited for the store as long as it may; what it did is undone."""


@dataclass(slots=True)
class Waiting:
    """Seconds that a call may wait in all and has left, and the shortest of its statements, which is the way there."""

    whole_s: float
    left_s: float
    shortest_s: float | None = None


_CALL: ContextVar[Waiting | None] = ContextVar("waiting_for_the_store", default=None)


@contextmanager
def one_call(seconds: float | None) -> Iterator[None]:
    """What is waited for in this block counts together, and with nothing else; with None each wait for itself."""
    mark = _CALL.set(None if seconds is None else Waiting(seconds, seconds))
    try:
        yield
    finally:
        _CALL.reset(mark)


@contextmanager
def for_all() -> Iterator[None]:
    """Wait on behalf of other calls, too, with as much time as a call has that begins now."""
    waiting = _CALL.get()
    with one_call(waiting.whole_s if waiting else None):
        yield


@contextmanager
def counted() -> Iterator[None]:
    """Count what is waited for here, without a limit."""
    began = monotonic()
    try:
        yield
    finally:
        if waiting := _CALL.get():
            waiting.left_s -= monotonic() - began


@contextmanager
def wait(most_s: float, *, in_line: bool = False) -> Iterator[float]:
    """One wait, which may take so many seconds: `most_s`, or what is left for the call. Raises Slow.

    Waiting `in_line` says nothing of how far away the store is.
    """
    waiting = _CALL.get()
    if waiting is None:
        yield most_s
        return
    refuse_in_vain()
    given_s, began = min(most_s, waiting.left_s), monotonic()
    try:
        yield given_s
    except TimeoutError as late:
        if given_s < NEARLY_ALL * most_s:
            raise Slow("the store took too long over what one call asked") from late
        raise
    finally:
        took_s = monotonic() - began
        waiting.left_s -= took_s
        if not in_line:
            waiting.shortest_s = min(waiting.shortest_s or took_s, took_s)


async def share(asking: asyncio.Task[T]) -> T:
    """Wait for what is asked on behalf of others, too. Raises Slow, and what it raises."""
    waiting = _CALL.get()
    if waiting is None:
        return await asyncio.shield(asking)
    with counted():
        await asyncio.wait({asking}, timeout=max(LEAST_SECONDS, waiting.left_s))
    if not asking.done():
        raise Slow("the store took too long over what many calls wait for")
    return asking.result()


def refuse_in_vain() -> None:
    """Raise Slow where an answer would come too late even over the fastest way that the call has seen so far.

    Asked before each statement, and before a commit, whose outcome would be left open.
    """
    waiting = _CALL.get()
    if waiting and waiting.left_s < max(LEAST_SECONDS, AS_LONG_AGAIN * (waiting.shortest_s or 0.0)):
        raise Slow(f"the store has taken {waiting.whole_s - waiting.left_s:.1f} s over what one call asked")
