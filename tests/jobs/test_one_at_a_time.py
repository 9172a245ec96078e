"""Jobs that one process at a time does, and messages that several processes send, each once: on either engine."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
import structlog

from cognomen.delivery.recording import RecordingCourier
from cognomen.domain.codes import Code, CodePurpose
from cognomen.jobs.bell import JobBell
from cognomen.jobs.one_at_a_time import LEASE_SECONDS, LOOK_AGAIN_SECONDS, OneAtATime
from cognomen.jobs.outbox import LEASE_SECONDS as MESSAGE_LEASE_SECONDS
from cognomen.jobs.purge import EVERY_SECONDS, PurgeJob
from cognomen.jobs.runner import Runner
from cognomen.services import Services
from cognomen.storage import codes, migrate
from cognomen.storage.wipe import wipe
from delivery.post_world import MovedClock, new_world
from jobs.post import Gated, Post, settle, some_messages
from storage.stores import POSTGRES, SHARED_ENGINES, Store

pytestmark = pytest.mark.anyio

POOL = "eu-west-1_abcdefghi"
LOG = structlog.wrap_logger(None, processors=[structlog.testing.LogCapture()])
NewNode = Callable[[], Awaitable[Services]]


@dataclass
class Sweep:
    """A job that counts its turns, and lets a test hold one up."""

    name: str = "sweep"
    bell: JobBell = field(default_factory=JobBell)
    turns: int = 0
    finished: int = 0
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    gate: asyncio.Event = field(default_factory=asyncio.Event)

    async def work(self) -> float:
        self.turns += 1
        self.begun.set()
        await self.gate.wait()
        return 30.0

    async def finish(self) -> None:
        self.finished += 1


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock()


@pytest.fixture(params=SHARED_ENGINES)
async def new_node(
    anyio_backend: str, request: pytest.FixtureRequest, tmp_path: Path, clock: MovedClock
) -> AsyncIterator[NewNode]:
    """Makes worlds that are processes to each other: connections of their own to one store, and one time."""
    address = str(tmp_path / "store.db")
    if request.param == POSTGRES:
        address = request.getfixturevalue("postgres").new_database("jobs")
    store, opened = Store(request.param, address), []

    async def make() -> Services:
        database = await store.open()
        await migrate.run(database)
        opened.append(database)
        aside = await new_world(clock)
        await aside.database.close()
        return replace(aside, database=database)

    yield make
    for database in opened:
        await database.close()


def leased(node: Services) -> tuple[OneAtATime, Sweep]:
    sweep = Sweep()
    sweep.gate.set()
    return OneAtATime(node, sweep), sweep


async def test_one_node_works_and_the_other_stands_by(new_node: NewNode, clock: MovedClock) -> None:
    """Whoever was first does every turn, for hours; who stands by looks again each minute."""
    (first, mine), (second, theirs) = leased(await new_node()), leased(await new_node())
    for _ in range(200):
        assert await first.work() == 30.0
        assert await second.work() == LOOK_AGAIN_SECONDS
        clock.advance(60)
    assert (mine.turns, theirs.turns) == (200, 0)


async def test_a_node_that_stops_hands_over_at_once(new_node: NewNode) -> None:
    """After an orderly end nobody waits for a lease."""
    (first, mine), (second, theirs) = leased(await new_node()), leased(await new_node())
    await first.work()
    await second.work()
    await second.finish()  # who does not have it takes it from nobody
    await first.work()
    await first.finish()
    await second.work()
    assert (mine.turns, mine.finished, theirs.turns, theirs.finished) == (2, 1, 1, 1)


async def test_the_job_of_a_killed_node_goes_on(new_node: NewNode, clock: MovedClock) -> None:
    """A holder that says nothing more has the job until its lease ends, and no longer."""
    (killed, mine), (heir, theirs) = leased(await new_node()), leased(await new_node())
    await killed.work()
    clock.advance(LEASE_SECONDS - 1)
    assert await heir.work() == LOOK_AGAIN_SECONDS
    clock.advance(1)
    assert await heir.work() == 30.0
    assert await killed.work() == LOOK_AGAIN_SECONDS  # it was only slow, and finds that it is no longer its turn
    assert (mine.turns, theirs.turns) == (1, 1)


async def test_the_runners_of_two_nodes_never_work_together(new_node: NewNode) -> None:
    """While one runner is in the middle of a turn the other one, rung again and again, does nothing."""
    nodes = [await new_node(), await new_node()]
    sweeps = [Sweep(), Sweep()]
    jobs = [OneAtATime(node, sweep) for node, sweep in zip(nodes, sweeps, strict=True)]
    runners = [Runner([job], LOG) for job in jobs]
    for runner in runners:
        runner.start()
    async with asyncio.timeout(60):
        begun = [asyncio.create_task(sweep.begun.wait()) for sweep in sweeps]
        _, waiting = await asyncio.wait(begun, return_when=asyncio.FIRST_COMPLETED)
        for _ in range(20):
            for job in jobs:
                job.bell.ring()
            await asyncio.sleep(0)
    assert (sum(sweep.turns for sweep in sweeps), len(waiting)) == (1, 1)
    waiting.pop().cancel()
    for sweep in sweeps:
        sweep.gate.set()
    for runner in runners:
        await runner.stop()
    assert [sweep.finished for sweep in sweeps] == [1, 1]


async def test_the_purge_is_done_by_one_node(new_node: NewNode, clock: MovedClock) -> None:
    """What has expired goes, though only one node looks; when that one is gone the other takes over."""
    first, second = [await new_node(), await new_node()]
    first_job, second_job = (OneAtATime(node, PurgeJob(node, LOG)) for node in (first, second))

    async def expire(sub: str) -> None:
        await first.database.write(lambda tx: codes.put(tx, Code(POOL, sub, CodePurpose.SIGN_UP, b"d", "e", clock.ms)))

    async def left() -> Any:
        return await second.database.read(lambda tx: tx.one("select count(*) from codes"))

    await expire("ann")
    assert await first_job.work() == EVERY_SECONDS
    await expire("ben")
    assert await second_job.work() == LOOK_AGAIN_SECONDS
    assert await left() == (1,)
    clock.advance(LEASE_SECONDS)
    assert await second_job.work() == EVERY_SECONDS
    assert await left() == (0,)


async def test_a_reset_leaves_jobs_that_go_on(new_node: NewNode) -> None:
    """After everything was wiped the next who asks has the job."""
    (first, mine), (second, theirs) = leased(await new_node()), leased(await new_node())
    await first.work()
    third = await new_node()
    await third.database.write(wipe)
    await second.work()
    await first.work()
    assert (mine.turns, theirs.turns) == (1, 1)


async def test_each_message_is_sent_by_one_of_many_couriers(new_node: NewNode, clock: MovedClock) -> None:
    """STO-13, of several nodes: five processes on one store send 200 messages, each exactly once, and all of them."""
    posts = [Post(await new_node(), clock) for _ in range(5)]
    couriers = [RecordingCourier() for _ in posts]
    await posts[0].put(*some_messages(200))
    await asyncio.gather(*(settle(post.job(courier)) for post, courier in zip(posts, couriers, strict=True)))
    sent = [message.message_id for courier in couriers for message in courier.messages]
    assert sorted(sent) == [message.message_id for message in some_messages(200)]
    assert await posts[0].waiting() == 0


async def test_only_what_a_courier_died_with_is_sent_again(new_node: NewNode, clock: MovedClock) -> None:
    """STO-13, of a courier killed midway: what it had begun goes out again, once, when its lease ends; nothing else."""
    dying, heir = Post(await new_node(), clock), Post(await new_node(), clock)
    stuck, courier = Gated(), RecordingCourier()
    messages = some_messages(10)
    await dying.put(*messages)
    job = dying.job(stuck)
    await job.work()
    begun = {(await stuck.begun.get()).message_id for _ in range(4)}
    for sending in set(job._under_way):
        sending.cancel()
    await asyncio.gather(*job._under_way, return_exceptions=True)
    await settle(heir.job(courier))
    assert {message.message_id for message in courier.messages} == {m.message_id for m in messages} - begun
    clock.advance(MESSAGE_LEASE_SECONDS)
    await settle(heir.job(courier))
    assert sorted(message.message_id for message in courier.messages) == [message.message_id for message in messages]
