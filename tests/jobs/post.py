"""One process with an outbox, and couriers that fail or wait as a test tells them."""

import asyncio
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
import structlog
from structlog.testing import LogCapture

from cognomen.delivery.port import Courier, DeliveryFailed, Message
from cognomen.delivery.recording import RecordingCourier
from cognomen.flows.deliver import enqueue
from cognomen.jobs.bell import JobBell
from cognomen.jobs.outbox import OutboxJob
from cognomen.services import Services
from delivery.post_world import MESSAGE, MovedClock


@dataclass
class Post:
    """One process: a world on a store, and its log."""

    world: Services
    clock: MovedClock
    logged: LogCapture = field(default_factory=LogCapture)

    @property
    def log(self) -> Any:
        return structlog.wrap_logger(None, processors=[self.logged])

    def job(self, courier: Courier) -> OutboxJob:
        bell = self.world.bell
        assert isinstance(bell, JobBell)
        return OutboxJob(self.world, courier, bell, self.log)

    async def put(self, *messages: Message) -> None:
        for message in messages:
            await self.world.database.write(lambda tx, message=message: enqueue(tx, self.world, message))

    async def waiting(self) -> int:
        row = await self.world.database.read(lambda tx: tx.one("select count(*) from outbox"))
        assert row is not None
        return int(row[0])

    def events(self) -> list[str]:
        return [entry["event"] for entry in self.logged.entries]


async def settle(job: OutboxJob) -> float:
    """Work until nothing is under way; answers in how many seconds the job would look again."""
    async with asyncio.timeout(60):
        while True:
            seconds = await job.work()
            if not job._under_way:
                return seconds
            await asyncio.wait(set(job._under_way))


async def until_empty(post: Post, job: OutboxJob) -> None:
    """Work and let the time pass that the job would sleep, until no message waits any more."""
    for _ in range(6000):
        seconds = await settle(job)
        if not await post.waiting():
            return
        post.clock.advance(seconds)
    pytest.fail("a message waits for ever")


def some_messages(count: int) -> list[Message]:
    return [replace(MESSAGE, message_id=f"id-{i:04}", to=f"user{i}@example.com") for i in range(count)]


class Failing(RecordingCourier):
    """Fails as long as it is told to, and remembers when it was asked."""

    def __init__(self, clock: MovedClock, fault: Exception | None = None) -> None:
        super().__init__()
        self.fault: Exception | None = fault or DeliveryFailed("SMTPConnectError: nobody listens")
        self.asked_ms: list[int] = []
        self._clock = clock

    async def send(self, message: Message) -> None:
        self.asked_ms.append(self._clock.ms)
        if self.fault:
            raise self.fault
        await super().send(message)


class Gated(RecordingCourier):
    """Holds every send, or only those to some recipients, until it is let go."""

    def __init__(self, *held: str) -> None:
        super().__init__()
        self.gate = asyncio.Event()
        self.begun: asyncio.Queue[Message] = asyncio.Queue()
        self.at_once = 0
        self.most_at_once = 0
        self._held = held

    async def send(self, message: Message) -> None:
        self.at_once += 1
        self.most_at_once = max(self.at_once, self.most_at_once)
        self.begun.put_nowait(message)
        try:
            if not self._held or message.to in self._held:
                await self.gate.wait()
        finally:
            self.at_once -= 1
        await super().send(message)
