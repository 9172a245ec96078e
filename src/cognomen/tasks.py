"""Work that is done at once as far as it need not wait, and becomes a task only then.

A request that waits for nothing is read, served and answered in one go, while all that it touches is near the
processor. As a task it would begin behind what hundreds of others have sent, and take up to a fifth longer. Python
3.12 has eager tasks for this; they begin as tasks, and so cost what tasks cost, and other loops do not know them.

Work that has not waited yet is no task, which time limits (``asyncio.timeout``) and some libraries need: call
``become_a_task`` before these. A future that two such works wait for has to be shielded.
"""

import asyncio
from collections.abc import Coroutine, Generator
from contextvars import copy_context
from typing import Any


def begin(loop: asyncio.AbstractEventLoop, work: Coroutine[Any, Any, None]) -> asyncio.Task[None] | None:
    """Do as much as can be done without waiting; answers the task that does the rest, if there is any."""
    context = copy_context()
    try:
        waits_for = context.run(work.send, None)
    except StopIteration:
        return None
    return loop.create_task(_Begun(work, waits_for), context=context)


async def become_a_task() -> None:
    """Return in a task: in this one, or in the one that does the rest of what was begun without."""
    if asyncio.current_task() is None:
        await asyncio.sleep(0)


class _Begun(Coroutine[Any, Any, None]):
    """Work whose first step has been taken: first it says again what it waits for."""

    __slots__ = ("_waits_for", "_work")

    def __init__(self, work: Coroutine[Any, Any, None], waits_for: object) -> None:
        self._work = work
        self._waits_for: tuple[object, ...] = (waits_for,)

    def send(self, value: object) -> Any:
        """What is waited for next."""
        if self._waits_for:
            (waits_for,), self._waits_for = self._waits_for, ()
            return waits_for
        return self._work.send(value)

    def throw(self, *fault: Any) -> Any:
        """The same, after a fault, which may come before the task began."""
        self._waits_for = ()
        return self._work.throw(*fault)

    def close(self) -> None:
        """End the work."""
        self._work.close()

    def __await__(self) -> Generator[Any, Any, None]:
        """Nobody waits for it but its task."""
        raise NotImplementedError
