import asyncio
import threading

import pytest

from cognomen import errors
from cognomen.signing.bounded_threads import BoundedThreads, Room

pytestmark = pytest.mark.anyio


@pytest.fixture
def gate():
    """Work holds at this gate until the test opens it."""
    gate = threading.Event()
    yield gate
    gate.set()


@pytest.fixture
def make():
    made = []

    def one(threads, queue, longest_s=60.0):
        made.append(BoundedThreads(Room(threads, queue, longest_s), "bounded-test"))
        return made[-1]

    yield one
    for threads in made:
        threads.close()


class Counter:
    """Counts how many run at once, each until the gate opens."""

    def __init__(self, gate):
        self.gate = gate
        self.lock = threading.Lock()
        self.running = self.most = self.done = 0

    def work(self):
        with self.lock:
            self.running += 1
            self.most = max(self.most, self.running)
        self.gate.wait(10)
        with self.lock:
            self.running -= 1
            self.done += 1
        return "done"


async def until(condition):
    while not condition():  # noqa: ASYNC110 - other threads change what is waited for
        await asyncio.sleep(0.001)


async def test_burst(make, gate):
    """Of 200 at once as many run as there are threads, as many wait as the queue holds; the rest is refused."""
    threads, counter = make(2, 10), Counter(gate)
    tasks = [asyncio.create_task(threads.run(counter.work)) for _ in range(200)]
    await until(lambda: counter.running == 2)
    refused = [task for task in tasks if task.done()]
    gate.set()
    answers = await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), 10)

    assert len(refused) == 188
    assert all(isinstance(task.exception(), errors.TooManyRequestsException) for task in refused)
    assert answers.count("done") == 12 == counter.done
    assert counter.most == 2


async def test_place_is_free_after_work(make, gate):
    """A place is free again once its work has ended, however it ended."""
    threads = make(1, 0)
    gate.set()
    for _ in range(50):
        with pytest.raises(ZeroDivisionError):
            await asyncio.wait_for(threads.run(lambda: 1 // 0), 10)
        assert await asyncio.wait_for(threads.run(Counter(gate).work), 10) == "done"


async def test_cancelled_waiter_leaves(make, gate):
    """A waiter that is cancelled frees its place and its work never starts."""
    threads, counter = make(1, 1), Counter(gate)
    running = asyncio.create_task(threads.run(counter.work))
    await until(lambda: counter.running == 1)
    for _ in range(20):
        waiting = asyncio.create_task(threads.run(counter.work))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
    last = asyncio.create_task(threads.run(counter.work))
    await asyncio.sleep(0)
    gate.set()

    assert await asyncio.wait_for(asyncio.gather(running, last), 10) == ["done", "done"]
    assert counter.done == 2


async def test_cancelled_while_running_keeps_its_place(make, gate):
    """Work that runs on after its caller has gone still counts, so that no more than the bound piles up."""
    threads, counter = make(1, 0), Counter(gate)
    task = asyncio.create_task(threads.run(counter.work))
    await until(lambda: counter.running == 1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    with pytest.raises(errors.TooManyRequestsException):
        await threads.run(counter.work)
    gate.set()
    await until(lambda: not threads._running)

    assert await asyncio.wait_for(threads.run(counter.work), 10) == "done"


async def test_who_waits_too_long_is_refused_and_gives_its_place_to_others(make, gate):
    """Work is not begun for somebody who may be gone by then; it is refused as soon as anything moves."""
    threads, counter = make(1, 1, longest_s=0.0), Counter(gate)
    first = asyncio.create_task(threads.run(counter.work))
    await until(lambda: counter.running == 1)
    late = asyncio.create_task(threads.run(counter.work))
    await asyncio.sleep(0)
    later = asyncio.create_task(threads.run(counter.work))
    with pytest.raises(errors.Overloaded):
        await late
    gate.set()
    assert await first == "done"
    with pytest.raises(errors.Overloaded):
        await later
    assert counter.done == 1


async def test_close(gate):
    """Closing ends every thread, drops what waits, and starts none where none was needed."""
    threads = BoundedThreads(Room(2, 4), "closing-test")
    assert not named("closing-test")
    counter = Counter(gate)
    tasks = [asyncio.create_task(threads.run(counter.work)) for _ in range(6)]
    await until(lambda: counter.running == 2)
    gate.set()
    threads.close()
    answers = await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), 10)

    assert not named("closing-test")
    assert counter.running == 0
    assert len(answers) == 6


def named(prefix):
    return [thread for thread in threading.enumerate() if thread.name.startswith(prefix)]
