"""What the outbox does where a trigger sends: nothing is lost, nothing is told, and no courier hears of it."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cognomen import errors
from cognomen.delivery.port import TriggerCall
from cognomen.delivery.recording import RecordingCourier
from cognomen.signing.code_keys import AesCodeKeys
from cognomen.triggers.port import AnswerUnreadable, HandlerFailed, TargetUnreachable
from delivery.post_world import MESSAGE, MovedClock, new_world
from encryption_sdk import KEY, KEY_ARN, decrypted
from jobs.post import Post, settle

pytestmark = pytest.mark.anyio

CALL = TriggerCall("CustomEmailSender", "arn:mail", KEY_ARN, {"request": {"type": "x", "code": None}})
SENT = replace(MESSAGE, by=CALL)


class Handlers:
    """Raises what a test says, else keeps what it is given."""

    def __init__(self, *faults: Exception) -> None:
        self.faults = list(faults)
        self.events: list[Mapping[str, Any]] = []

    async def invoke(self, arn: str, event: Mapping[str, Any], seconds: float | None = None) -> Any:
        assert (arn, seconds) == (CALL.arn, 45.0)
        if self.faults:
            raise self.faults.pop(0)
        self.events.append(event)


@pytest.fixture
async def post(tmp_path: Path) -> AsyncIterator[Post]:
    clock = MovedClock()
    world = replace(await new_world(clock, str(tmp_path / "store.db")), code_keys=AesCodeKeys({KEY_ARN: KEY}))
    yield Post(world, clock)
    await world.database.close()


def with_handlers(post: Post, handlers: Any) -> Post:
    return Post(replace(post.world, triggers=handlers), post.clock, post.logged)


async def test_a_trigger_sends_in_the_place_of_a_courier(post: Post) -> None:
    """It is given the event with the code encrypted; the message leaves the store, and no courier saw it."""
    handlers, courier = Handlers(), RecordingCourier()
    await post.put(SENT)
    await settle(with_handlers(post, handlers).job(courier))
    (event,) = handlers.events
    code, context, _ = decrypted(event["request"]["code"])
    assert (code, context) == (MESSAGE.code, {"userpool-id": MESSAGE.pool_id})
    assert courier.messages == []
    assert await post.waiting() == 0
    assert post.events() == ["message sent"]


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (HandlerFailed(f"no route for {MESSAGE.code}"), "CustomEmailSender failed"),
        (TargetUnreachable("HTTP status 503"), "CustomEmailSender was not invoked: HTTP status 503"),
        (errors.TooManyRequestsException(), "CustomEmailSender was not invoked: too many triggers run"),
    ],
)
async def test_a_failure_is_tried_again_and_told_without_words(post: Post, fault: Exception, reason: str) -> None:
    """Five seconds later the same code goes out; the log says why, and not in the handler's words."""
    handlers = Handlers(fault)
    job = with_handlers(post, handlers).job(RecordingCourier())
    await post.put(SENT)
    await settle(job)
    assert handlers.events == []
    post.clock.advance(5)
    await settle(job)
    assert decrypted(handlers.events[0]["request"]["code"])[0] == MESSAGE.code
    assert post.events() == ["message waits", "message sent"]
    assert post.logged.entries[0]["reason"] == reason


async def test_an_answer_that_cannot_be_read_is_an_answer(post: Post) -> None:
    """The handler ran to its end: asking it again would send the message twice."""
    await post.put(SENT)
    await settle(with_handlers(post, Handlers(AnswerUnreadable("no JSON"))).job(RecordingCourier()))
    assert await post.waiting() == 0


async def test_a_key_that_the_settings_lost_may_come_back(post: Post) -> None:
    """Without its key the code is not sent in the clear, and waits."""
    handlers = Handlers()
    without = replace(post.world, triggers=handlers, code_keys=AesCodeKeys({}))
    await post.put(SENT)
    await settle(Post(without, post.clock, post.logged).job(RecordingCourier()))
    assert handlers.events == []
    assert KEY_ARN in post.logged.entries[0]["reason"]
    post.clock.advance(5)
    await settle(with_handlers(post, handlers).job(RecordingCourier()))
    assert len(handlers.events) == 1


async def test_a_code_that_expired_is_not_sent(post: Post) -> None:
    """Nobody is told a code that does not work any more."""
    handlers = Handlers(*[HandlerFailed("down")] * 100)
    job = with_handlers(post, handlers).job(RecordingCourier())
    await post.put(SENT)
    await settle(job)
    post.clock.advance(86_400)
    handlers.faults.clear()
    await settle(job)
    assert handlers.events == []
    assert await post.waiting() == 0


async def test_a_message_without_a_code_has_none(post: Post) -> None:
    """Nothing is encrypted where there is nothing to keep."""
    handlers = Handlers()
    await post.put(replace(SENT, code=""))
    await settle(with_handlers(post, handlers).job(RecordingCourier()))
    assert handlers.events[0]["request"]["code"] is None


async def test_the_store_shows_nothing(post: Post) -> None:
    """The event waits sealed, like the message that it is part of."""
    about = {"request": {"userAttributes": {"email": "planted@example.com"}}}
    await post.put(replace(MESSAGE, by=replace(CALL, event=about)))
    row = await post.world.database.read(lambda tx: tx.one("select sealed from outbox"))
    assert row is not None
    assert b"planted" not in bytes(row[0])
    assert "planted" not in repr(replace(CALL, event=about))
