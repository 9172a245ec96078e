"""Sends what waits in the outbox: at once, and again later and later where a courier fails.

A message is leased, sent and deleted, in that order. A crash between sending and deleting repeats it; nothing loses
it. Only a message that has become useless is given up: its code has expired, or it is a day old. Mail, text messages
and each trigger that sends are ways of their own: where one hangs, the others go on.
"""

import asyncio
import time
from dataclasses import dataclass
from traceback import extract_tb

from structlog.typing import FilteringBoundLogger

from cognomen.delivery.port import Courier, DeliveryFailed, Message
from cognomen.flows.custom_senders import hand_over
from cognomen.flows.deliver import NOBODY, MessageUnreadable, unseal
from cognomen.flows.pool_logs import log_undelivered
from cognomen.jobs.bell import JobBell
from cognomen.jobs.lanes import Lanes, WayHangs
from cognomen.services import Services
from cognomen.storage import outbox
from cognomen.storage.database import StorageFailed, Tx
from cognomen.storage.outbox import Waiting

AT_ONCE = 4
HANGS_SECONDS = 5.0  # a send that takes longer makes room for one of another way
HANGING = 12
SEND_SECONDS = 60
LEASE_SECONDS = 2 * SEND_SECONDS  # longer than any send, so that nobody else begins meanwhile
GRACE_SECONDS = 5  # what a send under way gets at the end; cut off, it is repeated when its lease ends
SETTLE_SECONDS = (0.5, 1, 2, 4, 8, 15, 15)  # pauses while the store is away; with a send, less than a lease
LOOK_AGAIN_SECONDS = 15.0  # for messages of other processes, which ring other bells
PAUSES_MS = (5_000, 30_000, 120_000, 600_000, 3_600_000)  # after the first try, the second, …; the last repeats
UNREADABLE_PAUSE_MS = 3_600_000
STUCK_PAUSE_MS = 10_000
KEEP_TRYING_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a message was not sent, without any of its words, and when to try again; None is never.

    It was not `tried` where others of its way hang: that is no failure of its own.
    """

    reason: str
    again_ms: int | None
    tried: bool = True


TO_NOBODY = Failure("to nobody", None)


class OutboxJob:
    """Hands messages to the courier, several at once. Any number of processes may run it on one store."""

    name = "outbox"

    def __init__(self, world: Services, courier: Courier, bell: JobBell, log: FilteringBoundLogger) -> None:
        self.bell = bell
        self._log = log
        self._world = world
        self._courier = courier
        self._under_way: set[asyncio.Task[None]] = set()
        self._lanes = Lanes(AT_ONCE, HANGS_SECONDS, time.monotonic)

    async def work(self) -> float:
        """Begin to send what is due; answers the seconds until more is due. The end of a send rings the bell."""
        free = self._free()
        if free > 0:
            for waiting in await self._lease(free):
                self._begin(waiting)
        if not self._under_way:
            await self._courier.rest()
        return await self._seconds_to_next()

    async def finish(self) -> None:
        """Let sends under way come to their end, for a few seconds."""
        if self._under_way:
            _, late = await asyncio.wait(self._under_way, timeout=GRACE_SECONDS)
            for sending in late:
                sending.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        await self._courier.rest()

    def _free(self) -> int:
        hanging = min(self._lanes.hanging(), HANGING)
        return AT_ONCE - (len(self._under_way) - hanging)

    async def _lease(self, limit: int) -> list[Waiting]:
        now_ms = self._world.now_ms()
        return await self._world.database.write(lambda tx: outbox.lease(tx, now_ms, LEASE_SECONDS, limit))

    async def _seconds_to_next(self) -> float:
        if self._free() <= 0:
            return self._lanes.seconds_to_next() or HANGS_SECONDS
        due_ms = await self._world.database.read(outbox.next_due_ms)
        if due_ms is None:
            return LOOK_AGAIN_SECONDS
        return min(LOOK_AGAIN_SECONDS, max(0.0, (due_ms - self._world.now_ms()) / 1000))

    def _begin(self, waiting: Waiting) -> None:
        sending = asyncio.create_task(self._deliver(waiting))
        self._under_way.add(sending)
        sending.add_done_callback(self._ended)

    def _ended(self, sending: asyncio.Task[None]) -> None:
        self._under_way.discard(sending)
        self.bell.ring()

    async def _deliver(self, waiting: Waiting) -> None:
        ids = {"pool_id": waiting.pool_id, "message_id": waiting.message_id, "tries": waiting.tries}
        try:
            failure = await self._attempt(waiting)
            await self._settle_patiently(waiting, failure)
        except Exception:  # noqa: BLE001  (one message must not stop the others)
            # The lease ends by itself, and then it is tried again.
            self._log.exception("message not settled", **ids)
            return
        if failure is TO_NOBODY or (failure and not failure.tried):
            return
        if failure is None:
            self._log.info("message sent", **ids)
        elif failure.again_ms is None:
            self._log.error("message dropped", reason=failure.reason, **ids)
        else:
            self._log.warning("message waits", reason=failure.reason, again_ms=failure.again_ms, **ids)

    async def _attempt(self, waiting: Waiting) -> Failure | None:
        """Send one message; None is success."""
        try:
            message = unseal(self._world, waiting.message_id, waiting.sealed)
        except MessageUnreadable as unreadable:
            # A master key that was left out may come back.
            return self._failed(f"unreadable: {unreadable}", UNREADABLE_PAUSE_MS, _last_ms(waiting))
        last_ms = min(_last_ms(waiting), message.expires_ms)
        if self._world.now_ms() >= last_ms:
            return Failure("too old", None)
        if message.to == NOBODY:
            return TO_NOBODY
        return await self._try(waiting, message, last_ms)

    async def _try(self, waiting: Waiting, message: Message, last_ms: int) -> Failure | None:
        try:
            with self._lanes.on(message.by.arn if message.by else message.medium):
                await self._send(message)
        except WayHangs:
            return Failure("others of its way hang", self._world.now_ms() + STUCK_PAUSE_MS, tried=False)
        except DeliveryFailed as failed:
            if failed.hopeless:
                return Failure(str(failed), None)
            return self._failed(str(failed), _pause_ms(waiting), last_ms)
        return None

    async def _send(self, message: Message) -> None:
        """Send within the time allowed, by the pool's trigger or a courier; whatever goes wrong is DeliveryFailed."""
        try:
            async with asyncio.timeout(SEND_SECONDS):
                if message.by:
                    await hand_over(self._world, message, message.by)
                else:
                    await self._courier.send(message)
        except DeliveryFailed:
            raise
        except TimeoutError:
            raise DeliveryFailed(f"not sent within {SEND_SECONDS} s") from None
        except Exception as fault:  # noqa: BLE001  (a courier may be somebody else's code)
            raise DeliveryFailed(_place_of(fault)) from None

    def _failed(self, reason: str, pause_ms: int, last_ms: int) -> Failure:
        again_ms = self._world.now_ms() + pause_ms
        return Failure(reason, again_ms if again_ms < last_ms else None)

    async def _settle_patiently(self, waiting: Waiting, failure: Failure | None) -> None:
        """Write down what became of a message; what was sent is sent again where that is given up."""
        for seconds in SETTLE_SECONDS:
            try:
                return await self._settle(waiting, failure)
            except StorageFailed:
                await asyncio.sleep(seconds)
        return await self._settle(waiting, failure)

    async def _settle(self, waiting: Waiting, failure: Failure | None) -> None:
        async def work(tx: Tx) -> None:
            if failure is None or failure.again_ms is None:
                await outbox.done(tx, waiting)
            else:
                await outbox.again_at(tx, waiting, failure.again_ms, tried=failure.tried)
            if failure and failure.tried and failure is not TO_NOBODY:
                await log_undelivered(tx, self._world, waiting.pool_id, _told(waiting, failure))

        await self._world.database.write(work)


def _place_of(fault: Exception) -> str:
    """What kind of fault it was and where, without its text, which may quote the message."""
    frame = extract_tb(fault.__traceback__)[-1]
    return f"{type(fault).__name__} at {frame.filename}:{frame.lineno}"


def _told(waiting: Waiting, failure: Failure) -> str:
    """What the pool's log says of a try that failed."""
    then = "it is given up" if failure.again_ms is None else "it is tried again"
    return f"Message {waiting.message_id} was not sent at try {waiting.tries}: {failure.reason}; {then}."


def _last_ms(waiting: Waiting) -> int:
    return waiting.created_ms + KEEP_TRYING_MS


def _pause_ms(waiting: Waiting) -> int:
    return PAUSES_MS[min(waiting.tries, len(PAUSES_MS)) - 1]
