"""One suite for every courier: what the outbox may rely on."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeAlias

import pytest

from cognomen.delivery.inbox import InboxCourier
from cognomen.delivery.port import Courier, DeliveryFailed, Medium, Message
from cognomen.delivery.recording import RecordingCourier
from cognomen.delivery.routing import RoutingCourier
from cognomen.delivery.smtp import Relay, Security, SmtpCourier
from cognomen.flows.deliver import keep_in_inbox, unseal
from cognomen.storage import inbox as rows
from cognomen.transactions import write_is_open
from delivery.mail_server import Mailbox, mail_server
from delivery.post_world import MESSAGE, MovedClock, new_world

pytestmark = pytest.mark.anyio

Seen: TypeAlias = tuple[str, str, str]  # recipient, subject and body


@dataclass(frozen=True)
class Post:
    """A courier, and what came out at its other end."""

    courier: Courier
    arrived: Callable[[], Awaitable[list[Seen]]]


def seen(message: Message) -> Seen:
    return message.to, message.subject, message.body.strip()


@asynccontextmanager
async def smtp() -> AsyncIterator[Post]:
    box = Mailbox()

    async def arrived() -> list[Seen]:
        return [(mail["To"], mail["Subject"], mail.get_content().strip()) for mail in box.mails]

    async with mail_server(box) as port:
        courier = SmtpCourier(Relay("localhost", port, "no-reply@example.com", Security.NONE))
        yield Post(courier, arrived)
        await courier.rest()


@asynccontextmanager
async def inbox() -> AsyncIterator[Post]:
    world = await new_world(MovedClock())

    async def arrived() -> list[Seen]:
        kept = await world.database.read(lambda tx: rows.after(tx, ""))
        return [seen(unseal(world, row.message_id, row.sealed)) for row in kept]

    yield Post(InboxCourier(partial(keep_in_inbox, world)), arrived)
    await world.database.close()


@asynccontextmanager
async def recording() -> AsyncIterator[Post]:
    courier = RecordingCourier()

    async def arrived() -> list[Seen]:
        return list(map(seen, courier.messages))

    yield Post(courier, arrived)


@asynccontextmanager
async def routing() -> AsyncIterator[Post]:
    async with recording() as post:
        yield Post(RoutingCourier({Medium.EMAIL: post.courier}), post.arrived)


COURIERS = {"smtp": smtp, "inbox": inbox, "recording": recording, "routing": routing}


@pytest.fixture(params=COURIERS.values(), ids=COURIERS.keys())
async def post(request: pytest.FixtureRequest) -> AsyncIterator[Post]:
    async with request.param() as opened:
        yield opened


async def test_what_is_sent_arrives(post: Post) -> None:
    """When send returns, the message has arrived with its recipient and its words."""
    await post.courier.send(MESSAGE)
    assert await post.arrived() == [seen(MESSAGE)]


async def test_order_is_kept(post: Post) -> None:
    """Messages sent one after the other arrive in that order."""
    messages = [replace(MESSAGE, message_id=f"id-{i}", body=f"code {i}") for i in range(5)]
    for message in messages:
        await post.courier.send(message)
    assert await post.arrived() == list(map(seen, messages))


async def test_many_at_once(post: Post) -> None:
    """Simultaneous sends all arrive, once each."""
    messages = [replace(MESSAGE, message_id=f"id-{i}", to=f"user{i}@example.com") for i in range(8)]
    await asyncio.gather(*map(post.courier.send, messages))
    assert sorted(await post.arrived()) == sorted(map(seen, messages))


async def test_rest_is_no_end(post: Post) -> None:
    """A courier may rest at any time, twice as well, and sends afterwards."""
    await post.courier.rest()
    await post.courier.send(MESSAGE)
    await post.courier.rest()
    await post.courier.rest()
    await post.courier.send(replace(MESSAGE, message_id="id-2"))
    assert len(await post.arrived()) == 2


async def test_never_while_a_write_is_open(post: Post) -> None:
    """Within a write transaction a send is refused as a fault of the program, and nothing leaves."""
    token = write_is_open.set(True)
    try:
        with pytest.raises(AssertionError, match="write transaction"):
            await post.courier.send(MESSAGE)
    finally:
        write_is_open.reset(token)
    assert await post.arrived() == []


async def test_no_courier_relies_on_the_next_one_to_refuse() -> None:
    """Inbox and routing refuse by themselves, whatever stands behind them."""
    kept: list[Message] = []

    async def keep(message: Message) -> None:
        kept.append(message)

    token = write_is_open.set(True)
    try:
        for courier in (InboxCourier(keep), RoutingCourier({})):
            with pytest.raises(AssertionError, match="write transaction"):
                await courier.send(MESSAGE)
    finally:
        write_is_open.reset(token)
    assert kept == []


async def test_a_failing_store_fails_the_send() -> None:
    """What the inbox cannot keep counts as not sent."""

    async def full(message: Message) -> None:
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        await InboxCourier(full).send(MESSAGE)


async def test_each_medium_has_its_courier() -> None:
    """Mail goes to the mail courier, SMS to the SMS courier; a medium without one is a failure tried again."""
    mail, sms = RecordingCourier(), RecordingCourier()
    text_message = replace(MESSAGE, medium=Medium.SMS, to="+15555550100")
    both = RoutingCourier({Medium.EMAIL: mail, Medium.SMS: sms})
    await both.send(MESSAGE)
    await both.send(text_message)
    assert (mail.messages, sms.messages) == ([MESSAGE], [text_message])
    assert both.media == {"EMAIL", "SMS"}
    with pytest.raises(DeliveryFailed, match="no courier for SMS") as failed:
        await RoutingCourier({Medium.EMAIL: mail}).send(text_message)
    assert not failed.value.hopeless


async def test_resting_reaches_every_courier_once() -> None:
    """A courier that carries two media is told to rest once."""
    told: list[str] = []

    class Tired(RecordingCourier):
        async def rest(self) -> None:
            told.append("rest")

    one = Tired()
    await RoutingCourier({Medium.EMAIL: one, Medium.SMS: one}).rest()
    assert told == ["rest"]
