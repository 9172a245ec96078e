"""Messages: in the outbox until a courier took them, in the inbox for developers to read."""

import asyncio
from dataclasses import replace

import pytest

from cognomen.storage import inbox, outbox
from cognomen.storage.database import Database, Tx
from cognomen.storage.inbox import Kept
from cognomen.storage.outbox import Waiting
from storage.samples import NOW, OTHER_POOL, POOL

pytestmark = pytest.mark.anyio


async def lease(database: Database, now_ms: int, limit: int = 10) -> list[Waiting]:
    return await database.write(lambda tx: outbox.lease(tx, now_ms, 60, limit))


async def put(database: Database, *ids: str, at_ms: int = NOW) -> None:
    async def work(tx: Tx) -> None:
        for message_id in ids:
            await outbox.put(tx, POOL, message_id, b"\x00" + message_id.encode(), at_ms)

    await database.write(work)


async def test_a_message_is_due_at_once_and_leased_whole(database: Database) -> None:
    """A new message is leased as it was put, counted as its first try."""
    await put(database, "m1")
    assert await lease(database, NOW) == [Waiting(POOL, "m1", b"\x00m1", NOW, 1)]


async def test_a_leased_message_is_not_leased_again_before_its_time(database: Database) -> None:
    """During the lease nobody else gets the message; when it has run out, the next one does."""
    await put(database, "m1")
    await lease(database, NOW)
    assert await lease(database, NOW + 59_999) == []
    assert [message.tries for message in await lease(database, NOW + 60_000)] == [2]


async def test_what_is_done_is_gone(database: Database) -> None:
    """A message that its courier took is never leased again."""
    await put(database, "m1", "m2")
    first, second = await lease(database, NOW)
    await database.write(lambda tx: outbox.done(tx, first))
    assert await lease(database, NOW + 60_000) == [replace(second, tries=2)]


async def test_a_message_can_wait(database: Database) -> None:
    """After a failed delivery a message becomes due when it was said to."""
    await put(database, "m1")
    (message,) = await lease(database, NOW)
    await database.write(lambda tx: outbox.again_at(tx, message, NOW + 5000))
    assert await lease(database, NOW + 4999) == []
    assert len(await lease(database, NOW + 5000)) == 1


async def test_a_late_courier_cannot_end_the_lease_of_another(database: Database) -> None:
    """Whoever comes back after its lease ran out does not make the message due while the next one works on it."""
    await put(database, "m1")
    (late,) = await lease(database, NOW)
    await lease(database, NOW + 60_000)
    await database.write(lambda tx: outbox.again_at(tx, late, NOW + 60_001))
    assert await lease(database, NOW + 60_002) == []


async def test_a_lease_takes_the_oldest_first_and_not_too_many(database: Database) -> None:
    """Messages go out in the order they came in, a bounded number at a time."""
    await put(database, "m3", at_ms=NOW)
    await put(database, "m1", "m2", at_ms=NOW + 1)
    taken = [await lease(database, NOW + 1, limit=2) for _ in range(3)]
    assert [[message.message_id for message in messages] for messages in taken] == [["m3", "m1"], ["m2"], []]


async def test_the_outbox_tells_when_it_has_work(database: Database) -> None:
    """The next due time is that of the earliest message; an empty outbox has none."""
    assert await database.read(outbox.next_due_ms) is None
    await put(database, "m1", at_ms=NOW + 7)
    await put(database, "m2", at_ms=NOW + 3)
    assert await database.read(outbox.next_due_ms) == NOW + 3


async def test_a_rolled_back_write_sends_nothing(database: Database) -> None:
    """A message exists only with the change it tells of."""

    async def work(tx: Tx) -> None:
        await outbox.put(tx, POOL, "m1", b"sealed", NOW)
        raise LookupError

    with pytest.raises(LookupError):
        await database.write(work)
    assert await lease(database, NOW) == []


# The inbox


def kept(message_id: str, to: str = "ada@example.com", kind: str = "SignUp", pool_id: str = POOL) -> Kept:
    return Kept(pool_id, message_id, to, kind, b"\x00" + message_id.encode())


async def keep(database: Database, *messages: Kept) -> None:
    for message in messages:
        await database.write(lambda tx, message=message: inbox.put(tx, message))


async def ids_after(database: Database, message_id: str = "", to: str = "", kind: str = "") -> list[str]:
    messages = await database.read(lambda tx: inbox.after(tx, message_id, to, kind))
    return [message.message_id for message in messages]


async def test_messages_stand_in_the_order_of_their_arrival(database: Database) -> None:
    """What arrives later stands behind, whatever its id, so that nobody who follows the inbox misses one."""
    await keep(database, kept("m9"), kept("m1"), kept("m5", pool_id=OTHER_POOL))
    assert await ids_after(database) == ["m9", "m1", "m5"]
    assert await ids_after(database, "m9") == ["m1", "m5"]
    assert await ids_after(database, "m5") == []
    await keep(database, kept("m0"))
    assert await ids_after(database, "m5") == ["m0"]


async def test_messages_are_found_by_recipient_and_kind(database: Database) -> None:
    """Each filter narrows, both together narrow more, none takes all."""
    await keep(
        database,
        kept("m1"),
        kept("m2", to="bob@example.com"),
        kept("m3", kind="ResendCode"),
        kept("m4", to="bob@example.com", kind="ResendCode"),
    )
    assert await ids_after(database) == ["m1", "m2", "m3", "m4"]
    assert await ids_after(database, to="bob@example.com") == ["m2", "m4"]
    assert await ids_after(database, kind="ResendCode") == ["m3", "m4"]
    assert await ids_after(database, "m2", "bob@example.com", "ResendCode") == ["m4"]
    assert await ids_after(database, to="bob") == []


async def test_a_message_delivered_twice_is_kept_once(database: Database) -> None:
    """A repeated delivery changes neither the message nor its place."""
    await keep(database, kept("m1"), kept("m2"), kept("m1", to="mallory@example.com"))
    assert await database.read(lambda tx: inbox.after(tx, "")) == [kept("m1"), kept("m2")]


async def test_a_cleared_inbox_is_empty(database: Database) -> None:
    """After clearing nothing is left, a forgotten id begins at the start, and later messages still arrive."""
    await keep(database, kept("m1"), kept("m2"))
    await database.write(inbox.clear)
    assert await ids_after(database) == []
    await keep(database, kept("m3"))
    assert await ids_after(database, "m2") == ["m3"]


async def test_racing_arrivals_are_all_seen(database: Database) -> None:
    """Somebody who follows the inbox while many messages arrive at once sees each of them once."""
    arriving = asyncio.gather(*(keep(database, kept(f"m{number}")) for number in range(40)))
    seen: list[str] = []
    while not arriving.done() or len(seen) < 40:
        seen += await ids_after(database, seen[-1] if seen else "")
        await asyncio.sleep(0)
    assert sorted(seen) == sorted(f"m{number}" for number in range(40))
