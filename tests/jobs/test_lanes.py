"""Where one way for messages hangs, the others go on."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from cognomen.delivery.port import Medium, Message
from cognomen.jobs import outbox as outbox_job
from cognomen.jobs.bell import wait
from cognomen.jobs.lanes import Lanes, WayHangs
from cognomen.jobs.outbox import AT_ONCE
from delivery.post_world import MESSAGE, MovedClock, new_world
from jobs.post import Gated, Post, some_messages, until_empty

pytestmark = pytest.mark.anyio


@pytest.fixture
async def post(tmp_path: Path) -> AsyncIterator[Post]:
    clock = MovedClock()
    world = await new_world(clock, str(tmp_path / "store.db"))
    yield Post(world, clock)
    await world.database.close()


def test_a_way_that_is_full_is_refused_and_others_are_free() -> None:
    """So many are on one way; whoever takes long is said to hang, until they are through."""
    seconds = [0.0]
    lanes = Lanes(2, 5.0, lambda: seconds[0])
    with lanes.on("a"), lanes.on("b"):
        seconds[0] = 4.0
        with lanes.on("a"):
            assert (lanes.hanging(), lanes.seconds_to_next()) == (0, 1.0)
            with pytest.raises(WayHangs), lanes.on("a"):
                pass
            seconds[0] = 5.0
            assert (lanes.hanging(), lanes.seconds_to_next()) == (2, 4.0)
        assert lanes.seconds_to_next() is None
    assert lanes.hanging() == 0


async def test_a_mail_server_that_hangs_holds_up_no_text_message(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    """STO-06 (app and mail): behind a hundred mails that hang a text message goes out, and no mail loses a try."""
    monkeypatch.setattr(outbox_job, "HANGS_SECONDS", 0.01)
    mails = some_messages(100)
    text = replace(MESSAGE, message_id="id-text", medium=Medium.SMS, to="+15550100")
    courier = Gated(*(mail.to for mail in mails))
    job = post.job(courier)
    await post.put(*mails, text)
    async with asyncio.timeout(60):
        while text not in courier.messages:
            job.bell.clear()
            await wait(job.bell, await job.work())
    assert courier.messages == [text]
    assert courier.begun.qsize() == AT_ONCE + 1
    courier.gate.set()
    await until_empty(post, job)
    assert sorted(courier.messages, key=id_of) == sorted([*mails, text], key=id_of)
    assert {entry["tries"] for entry in post.logged.entries} == {1}


def id_of(message: Message) -> str:
    return message.message_id
