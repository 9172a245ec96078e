"""Work that is begun at once, and is a task only where it has to wait."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from contextvars import ContextVar
from typing import Any

import pytest
import uvloop

from cognomen.edge.found import found_by
from cognomen.tasks import become_a_task, begin

PATIENCE = 10
WHERE: ContextVar[str] = ContextVar("where", default="outside")

Work = Callable[[list[str]], Coroutine[Any, Any, None]]
InACallback = Callable[[Work], list[str]]


@pytest.fixture(params=[asyncio.new_event_loop, uvloop.new_event_loop], ids=["asyncio", "uvloop"])
def in_a_callback(request: pytest.FixtureRequest) -> InACallback:
    """Begins work where bytes arrive: in a callback of a loop, outside of every task; answers what the work noted."""

    def run(work: Work) -> list[str]:
        async def main() -> list[str]:
            loop, notes = asyncio.get_running_loop(), list[str]()
            ended = loop.create_future()

            def arrived() -> None:
                task = begin(loop, work(notes))
                notes.append("returned")
                if task is None:
                    ended.set_result(None)
                else:
                    task.add_done_callback(lambda done: ended.set_result(done.cancelled() or done.exception()))

            loop.call_soon(arrived)
            fault = await asyncio.wait_for(ended, PATIENCE)
            return [*notes, *([repr(fault)] if fault else [])]

        with asyncio.Runner(loop_factory=request.param) as runner:
            return runner.run(main())

    return run


def test_what_need_not_wait_is_done_at_once(in_a_callback: InACallback) -> None:
    """No task is made, and nothing is left for later."""

    async def work(notes: list[str]) -> None:
        notes.append(f"done in {asyncio.current_task()}")

    assert in_a_callback(work) == ["done in None", "returned"]


def test_what_waits_goes_on_as_a_task(in_a_callback: InACallback) -> None:
    """It gets what it waited for, or the fault of that."""

    async def work(notes: list[str]) -> None:
        loop = asyncio.get_running_loop()
        right, wrong = loop.create_future(), loop.create_future()
        loop.call_soon(right.set_result, "an answer")
        loop.call_soon(wrong.set_exception, OSError("a fault"))
        notes.append(await right)
        with suppress(OSError):
            await wrong
            notes.append("no fault came")
        notes.append(f"a task: {asyncio.current_task() is not None}")

    assert in_a_callback(work) == ["returned", "an answer", "a task: True"]


@pytest.mark.parametrize("early", [True, False])
def test_what_fails_fails(in_a_callback: InACallback, early: bool) -> None:
    """After a wait in the task; before it in the caller's face."""

    async def work(notes: list[str]) -> None:
        if not early:
            await asyncio.sleep(0)
        raise LookupError

    async def caught(notes: list[str]) -> None:
        with pytest.raises(LookupError):
            begin(asyncio.get_running_loop(), work(notes))

    assert in_a_callback(caught if early else work) == ["returned"] if early else ["returned", "LookupError()"]


def test_a_task_that_is_cancelled_cancels_its_work(in_a_callback: InACallback) -> None:
    """Which may tidy up, waiting, and is over then."""

    async def work(notes: list[str]) -> None:
        await become_a_task()
        task = asyncio.current_task()
        assert task
        asyncio.get_running_loop().call_soon(task.cancel)
        try:
            await asyncio.sleep(PATIENCE)
        finally:
            await asyncio.sleep(0)
            notes.append("tidied")

    assert in_a_callback(work) == ["returned", "tidied", "True"]


def test_a_task_that_is_cancelled_before_it_began_cancels_its_work(in_a_callback: InACallback) -> None:
    """The work has begun, and learns of it where it waits."""

    async def work(notes: list[str]) -> None:
        inner: list[asyncio.Task[None]] = []

        async def waits() -> None:
            try:
                await asyncio.sleep(PATIENCE)
            finally:
                await asyncio.sleep(0)
                notes.append("tidied")

        loop, over = asyncio.get_running_loop(), asyncio.Event()

        def arrived() -> None:
            task = begin(loop, waits())
            assert task
            inner.append(task)
            task.add_done_callback(lambda _: over.set())
            task.cancel()

        loop.call_soon(arrived)
        await over.wait()
        notes.append(f"cancelled: {inner[0].cancelled()}")

    assert in_a_callback(work) == ["returned", "tidied", "cancelled: True"]


def test_one_context_from_beginning_to_end(in_a_callback: InACallback) -> None:
    """What is set before a wait holds after it, can be reset there, and is not seen by the caller."""

    async def work(notes: list[str]) -> None:
        mark = WHERE.set("inside")
        await asyncio.sleep(0)
        notes.append(WHERE.get())
        WHERE.reset(mark)
        notes.append(WHERE.get())

    assert in_a_callback(work) == ["returned", "inside", "outside"]
    assert WHERE.get() == "outside"


def test_time_limits_need_a_task(in_a_callback: InACallback) -> None:
    """`become_a_task` makes one where there is none, and does nothing where there is."""

    async def work(notes: list[str]) -> None:
        with pytest.raises(RuntimeError):
            async with asyncio.timeout(0):
                await asyncio.sleep(PATIENCE)
        await become_a_task()
        first = asyncio.current_task()
        await become_a_task()
        notes.append(f"the same: {asyncio.current_task() is first}")
        with suppress(TimeoutError):
            async with asyncio.timeout(0):
                await asyncio.sleep(PATIENCE)
                notes.append("no limit")

    assert in_a_callback(work) == ["returned", "the same: True"]


@pytest.mark.parametrize("factory", [asyncio.new_event_loop, uvloop.new_event_loop])
def test_what_is_found_in_one_round_was_found_at_one_time(factory: Callable[[], asyncio.AbstractEventLoop]) -> None:
    """However long the round takes; the next one has its own time."""

    async def main() -> list[float]:
        loop, times = asyncio.get_running_loop(), list[float]()
        ended = loop.create_future()

        def arrived() -> None:
            times.append(found_by(loop).at(loop))
            while loop.time() - times[0] < 0.01:
                pass
            times.append(found_by(loop).at(loop))
            loop.call_later(0.01, later)

        def later() -> None:
            times.append(found_by(loop).at(loop))
            ended.set_result(None)

        loop.call_soon(arrived)
        await ended
        return times

    with asyncio.Runner(loop_factory=factory) as runner:
        first, same, next_one = runner.run(main())
    assert first == same < next_one
