"""The outbox: every message goes out, once where nothing breaks, and nothing that breaks loses one."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cognomen.delivery.port import DeliveryFailed, Message
from cognomen.delivery.recording import RecordingCourier
from cognomen.delivery.smtp import Relay, Security, SmtpCourier
from cognomen.flows.deliver import NOBODY
from cognomen.jobs import outbox as outbox_job
from cognomen.jobs.outbox import AT_ONCE, HANGS_SECONDS, LEASE_SECONDS, LOOK_AGAIN_SECONDS, SEND_SECONDS
from cognomen.jobs.runner import Runner
from cognomen.storage import outbox
from cognomen.storage.database import StorageFailed
from delivery.mail_server import Mailbox, mail_server
from delivery.post_world import MESSAGE, MovedClock, new_world
from faults.processes import reserved
from jobs.post import Failing, Gated, Post, settle, some_messages, until_empty

pytestmark = pytest.mark.anyio

HOUR, DAY = 3600, 86_400
SECRETS = (MESSAGE.code, MESSAGE.to, MESSAGE.body, MESSAGE.subject, MESSAGE.username)


@pytest.fixture
async def post(tmp_path: Path) -> AsyncIterator[Post]:
    clock = MovedClock()
    world = await new_world(clock, str(tmp_path / "store.db"))
    yield Post(world, clock)
    await world.database.close()


async def test_what_waits_is_sent_and_forgotten(post: Post) -> None:
    """Messages go out as they were written, oldest first where they go one by one, and leave the store."""
    courier = RecordingCourier()
    messages = some_messages(10)
    await post.put(*messages)
    assert await settle(post.job(courier)) == LOOK_AGAIN_SECONDS
    assert courier.messages == messages
    assert await post.waiting() == 0
    assert post.events() == ["message sent"] * 10


async def test_a_message_to_nobody_is_taken_and_forgotten(post: Post) -> None:
    """Made for a user who is imagined, it takes the way of all others, but for the courier and the log."""
    courier = RecordingCourier()
    await post.put(replace(MESSAGE, message_id="id-nobody", to=NOBODY), MESSAGE)
    await settle(post.job(courier))
    assert courier.messages == [MESSAGE]
    assert await post.waiting() == 0
    assert post.events() == ["message sent"]


async def test_a_ring_delivers_without_waiting(post: Post) -> None:
    """A running job that is rung delivers at once, though it would have slept for seconds."""
    courier = Gated()
    job = post.job(courier)
    runner = Runner([job], post.log)
    runner.start()
    await asyncio.sleep(0)
    await post.put(MESSAGE)
    post.world.bell.ring()
    async with asyncio.timeout(30):
        assert await courier.begun.get() == MESSAGE
        courier.gate.set()
        await runner.stop()
    assert courier.messages == [MESSAGE]
    assert await post.waiting() == 0


async def test_mail_server_down_then_back(post: Post) -> None:
    """While the mail server is down a message waits; when it is back the message goes out, and once."""
    box, place = Mailbox(), reserved()  # nobody else may come to listen there while it is down
    port = place.getsockname()[1]
    courier = SmtpCourier(Relay("localhost", port, "no-reply@example.com", Security.NONE))
    job = post.job(courier)
    await post.put(MESSAGE)
    assert await settle(job) == 5
    assert (await post.waiting(), box.mails) == (1, [])
    post.clock.advance(4.999)
    assert await settle(job) == pytest.approx(0.001)
    assert (await post.waiting(), len(post.events())) == (1, 1)
    async with mail_server(box, port=port):
        post.clock.advance(0.001)
        await settle(job)
        post.clock.advance(HOUR)
        await settle(job)
    assert [(mail["To"], mail.get_content().strip()) for mail in box.mails] == [(MESSAGE.to, MESSAGE.body.strip())]
    assert await post.waiting() == 0
    assert post.events() == ["message waits", "message sent"]
    assert "SMTPConnectError" in post.logged.entries[0]["reason"]
    place.close()


async def test_ten_thousand_seconds_of_an_unplugged_mail_server_lose_nothing(post: Post) -> None:
    """Many messages outlive a long failure and all go out."""
    courier = Failing(post.clock)
    job = post.job(courier)
    messages = some_messages(25)
    await post.put(*messages)
    for _ in range(20):
        await settle(job)
        post.clock.advance(500)
    courier.fault = None
    post.clock.advance(HOUR)
    await settle(job)
    assert sorted(courier.messages, key=lambda message: message.message_id) == messages
    assert await post.waiting() == 0


async def test_tries_come_later_and_later_until_a_day_has_passed(post: Post) -> None:
    """After 5 s, 30 s, 2 min, 10 min and then every hour; a day after it was written the message is dropped."""
    courier = Failing(post.clock)
    job = post.job(courier)
    await post.put(replace(MESSAGE, expires_ms=MESSAGE.created_ms + 7 * DAY * 1000))
    await until_empty(post, job)
    offsets = [(ms - MESSAGE.created_ms) // 1000 for ms in courier.asked_ms]
    assert offsets[:5] == [0, 5, 35, 155, 755]
    assert offsets[5:] == list(range(755 + HOUR, DAY, HOUR))
    assert post.events() == ["message waits"] * (len(offsets) - 1) + ["message dropped"]


@pytest.mark.parametrize(("life", "tries"), [(4, 1), (6, 2), (HOUR, 5), (3 * 60, 4)])
async def test_a_message_does_not_outlive_its_code(post: Post, life: int, tries: int) -> None:
    """When no try would come before the code expires, the message is dropped."""
    courier = Failing(post.clock)
    job = post.job(courier)
    await post.put(replace(MESSAGE, expires_ms=MESSAGE.created_ms + life * 1000))
    await until_empty(post, job)
    assert len(courier.asked_ms) == tries
    assert post.events()[-1] == "message dropped"


async def test_a_server_that_was_away_too_long_sends_no_dead_codes(post: Post) -> None:
    """A message whose code has expired meanwhile is dropped unsent."""
    courier = RecordingCourier()
    await post.put(MESSAGE)
    post.clock.advance(DAY)
    await settle(post.job(courier))
    assert (courier.messages, await post.waiting()) == ([], 0)
    assert post.logged.entries[0]["reason"] == "too old"


async def test_a_hopeless_message_is_dropped_at_once(post: Post) -> None:
    """What no later try can send is not tried again."""
    courier = Failing(post.clock, DeliveryFailed("an address is no plain mailbox", hopeless=True))
    await post.put(MESSAGE)
    await settle(post.job(courier))
    assert (len(courier.asked_ms), await post.waiting()) == (1, 0)
    assert post.events() == ["message dropped"]


@pytest.mark.parametrize("fault", [RuntimeError(MESSAGE.to), OSError(MESSAGE.code), TimeoutError(MESSAGE.body)])
async def test_a_fault_of_a_courier_loses_nothing(post: Post, fault: Exception) -> None:
    """A courier that raises something unforeseen has not sent: the message waits and goes out later."""
    courier = Failing(post.clock, fault)
    job = post.job(courier)
    await post.put(MESSAGE)
    await settle(job)
    assert await post.waiting() == 1
    courier.fault = None
    post.clock.advance(5)
    await settle(job)
    assert courier.messages == [MESSAGE]
    assert post.events() == ["message waits", "message sent"]
    assert not [secret for secret in SECRETS if secret in repr(post.logged.entries)]


@pytest.mark.parametrize("fault", [None, DeliveryFailed("450"), DeliveryFailed("no", hopeless=True)])
async def test_the_log_holds_ids_only(post: Post, fault: Exception | None) -> None:
    """Nothing that is logged of a message tells its recipient or its words."""
    courier = RecordingCourier() if fault is None else Failing(post.clock, fault)
    await post.put(MESSAGE)
    await settle(post.job(courier))
    (entry,) = post.logged.entries
    assert (entry["pool_id"], entry["message_id"], entry["tries"]) == (MESSAGE.pool_id, MESSAGE.message_id, 1)
    assert not [secret for secret in SECRETS if secret in repr(entry)]


async def test_a_send_that_takes_too_long_is_cut_off(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    """No courier holds a message longer than its lease."""
    assert outbox_job.SEND_SECONDS < LEASE_SECONDS
    monkeypatch.setattr(outbox_job, "SEND_SECONDS", 0.01)
    courier = Gated()
    await post.put(MESSAGE)
    await settle(post.job(courier))
    assert (courier.messages, await post.waiting()) == ([], 1)
    assert "not sent within" in post.logged.entries[0]["reason"]


async def test_only_so_many_at_once_and_never_idle(post: Post) -> None:
    """At most four sends run at the same time, and the end of one begins the next."""
    courier = Gated()
    job = post.job(courier)
    await post.put(*some_messages(AT_ONCE + 3))
    assert await job.work() == HANGS_SECONDS
    for _ in range(AT_ONCE):
        await courier.begun.get()
    job.bell.clear()
    await job.work()
    assert courier.begun.empty()
    courier.gate.set()
    async with asyncio.timeout(30):
        await job.bell.wait()
    await settle(job)
    assert (courier.most_at_once, len(courier.messages)) == (AT_ONCE, AT_ONCE + 3)


async def test_a_slow_message_does_not_hold_up_the_others(post: Post) -> None:
    """While one send hangs, all other messages go out."""
    courier = Gated("user0@example.com")
    job = post.job(courier)
    messages = some_messages(12)
    await post.put(*messages)
    async with asyncio.timeout(30):
        while len(courier.messages) < 11:
            job.bell.clear()
            await job.work()
            await job.bell.wait()
    assert courier.messages == messages[1:]
    courier.gate.set()
    await settle(job)
    assert len(courier.messages) == 12


async def test_two_processes_send_each_message_once(post: Post, tmp_path: Path) -> None:
    """Two jobs with connections of their own to one store never send the same message."""
    other = Post(await new_world(post.clock, str(tmp_path / "store.db")), post.clock)
    first, second = Gated(), Gated()
    first.gate.set()
    second.gate.set()
    messages = some_messages(60)
    await post.put(*messages)
    await asyncio.gather(settle(post.job(first)), settle(other.job(second)))
    assert first.messages
    assert second.messages
    assert sorted(sent_ids(first.messages + second.messages)) == [message.message_id for message in messages]
    assert await post.waiting() == 0
    await other.world.database.close()


def sent_ids(messages: Iterable[Message]) -> list[str]:
    return [message.message_id for message in messages]


async def test_a_process_that_dies_while_sending_loses_nothing(post: Post, tmp_path: Path) -> None:
    """Nobody else touches a message under way; when its lease ends without an answer, another process sends it."""
    dying, living = Gated(), RecordingCourier()
    await post.put(MESSAGE)
    job = post.job(dying)
    await job.work()
    await dying.begun.get()
    other = Post(await new_world(post.clock, str(tmp_path / "store.db")), post.clock)
    heir = other.job(living)
    post.clock.advance(LEASE_SECONDS - 1)
    assert await settle(heir) == 1
    assert living.messages == []
    for sending in job._under_way:
        sending.cancel()
    post.clock.advance(1)
    await settle(heir)
    assert living.messages == [MESSAGE]
    assert await post.waiting() == 0
    await other.world.database.close()


async def test_a_store_that_is_away_after_a_send_repeats_nothing(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    """STO-13: who has sent a message remembers it until the store takes the news, and it is not sent again."""
    courier = RecordingCourier()
    job = post.job(courier)
    await post.put(MESSAGE)
    done, failing = outbox.done, [StorageFailed("away")] * 3

    async def away(*given: Any) -> None:
        if failing:
            raise failing.pop()
        await done(*given)

    monkeypatch.setattr(outbox_job, "SETTLE_SECONDS", (0, 0, 0))
    monkeypatch.setattr(outbox, "done", away)
    await settle(job)
    assert post.events() == ["message sent"]
    post.clock.advance(LEASE_SECONDS)
    await settle(job)
    assert courier.messages == [MESSAGE]
    assert await post.waiting() == 0


async def test_a_crash_between_sending_and_forgetting_repeats_the_message(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the store stays away after a send, the message is sent a second time rather than lost."""
    assert SEND_SECONDS + sum(outbox_job.SETTLE_SECONDS) < LEASE_SECONDS
    monkeypatch.setattr(outbox_job, "SETTLE_SECONDS", (0, 0))
    courier = RecordingCourier()
    job = post.job(courier)
    await post.put(MESSAGE)

    async def full(*_: Any) -> None:
        raise StorageFailed("disk full")

    with monkeypatch.context() as broken:
        broken.setattr(outbox, "done", full)
        await settle(job)
    assert post.events() == ["message not settled"]
    post.clock.advance(LEASE_SECONDS)
    await settle(job)
    assert courier.messages == [MESSAGE, MESSAGE]
    assert await post.waiting() == 0


async def test_an_unreadable_message_is_set_aside(post: Post) -> None:
    """A message that cannot be opened is logged and looked at hourly, holds up nobody, and is dropped after a day."""
    courier = RecordingCourier()
    job = post.job(courier)
    good = some_messages(3)
    await post.world.database.write(lambda tx: outbox.put(tx, "p", "aaa-broken", b"torn", post.clock.ms))
    await post.put(*good)
    assert await settle(job) == LOOK_AGAIN_SECONDS
    assert courier.messages == good
    broken = [entry for entry in post.logged.entries if entry["message_id"] == "aaa-broken"]
    assert [(entry["event"], entry["again_ms"] - post.clock.ms) for entry in broken] == [("message waits", HOUR * 1000)]
    assert broken[0]["reason"].startswith("unreadable: ")
    await until_empty(post, job)
    assert DAY - HOUR <= (post.clock.ms - MESSAGE.created_ms) // 1000 < DAY
    assert post.events()[-1] == "message dropped"


async def test_a_master_key_that_comes_back_frees_the_message(post: Post, tmp_path: Path) -> None:
    """A message sealed under a key that was missing goes out once the key is known again."""
    foreign = Post(await new_world(post.clock, str(tmp_path / "store.db"), key=b"o" * 32), post.clock)
    courier = RecordingCourier()
    await post.put(MESSAGE)
    await settle(foreign.job(courier))
    assert courier.messages == []
    post.clock.advance(HOUR)
    await settle(post.job(courier))
    assert courier.messages == [MESSAGE]
    await foreign.world.database.close()


async def test_the_end_lets_a_send_under_way_finish(post: Post) -> None:
    """Stopping waits for the courier's answer, so that a sent message is not sent again after a restart."""
    courier = Gated()
    runner = Runner([post.job(courier)], post.log)
    await post.put(MESSAGE)
    runner.start()
    await courier.begun.get()
    stopping = asyncio.create_task(runner.stop())
    for _ in range(20):
        await asyncio.sleep(0)
    assert not stopping.done()
    courier.gate.set()
    async with asyncio.timeout(30):
        await stopping
    assert (courier.messages, await post.waiting()) == ([MESSAGE], 0)


async def test_the_end_does_not_wait_for_ever(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    """A send that does not end is cut off; its message goes out after the restart, when the lease has ended."""
    monkeypatch.setattr(outbox_job, "GRACE_SECONDS", 0.01)
    stuck = Gated()
    runner = Runner([post.job(stuck)], post.log)
    await post.put(MESSAGE)
    runner.start()
    await stuck.begun.get()
    async with asyncio.timeout(30):
        await runner.stop()
    assert (stuck.messages, await post.waiting()) == ([], 1)
    courier = RecordingCourier()
    post.clock.advance(LEASE_SECONDS)
    await settle(post.job(courier))
    assert courier.messages == [MESSAGE]


async def test_couriers_rest_when_nothing_is_left(post: Post) -> None:
    """Connections are let go when the last message is out, not between two of a burst."""
    box = Mailbox()
    async with mail_server(box) as port:
        courier = SmtpCourier(Relay("localhost", port, "no-reply@example.com", Security.NONE))
        job = post.job(courier)
        await post.put(*some_messages(AT_ONCE * 3))
        await settle(job)
        assert len(box.mails) == AT_ONCE * 3
        assert box.calls <= AT_ONCE
        assert courier._idle == []
