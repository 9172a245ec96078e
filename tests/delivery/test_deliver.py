"""Where a code goes, what its message is, and how it is kept until it is sent."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from cognomen import errors
from cognomen.delivery.port import Medium, Message
from cognomen.domain.messages import MessageKind
from cognomen.domain.pool import UserPool
from cognomen.domain.user import User, UserStatus
from cognomen.flows.deliver import (
    MessageUnreadable,
    Occasion,
    Target,
    choose_medium,
    compose,
    enqueue,
    keep_in_inbox,
    require_courier,
    unseal,
)
from cognomen.services import Services
from cognomen.storage import inbox, outbox
from delivery.post_world import FACTS, MESSAGE, MovedClock, new_world

pytestmark = pytest.mark.anyio

MAIL = {"email": "kim@example.com"}
PHONE = {"phone_number": "+15555550100"}
KIM = User("eu-west-1_abcdefghi", "sub-of-kim", "kim", UserStatus.UNCONFIRMED, True, MAIL | PHONE, None, 0, 0)
TO_MAIL = Target("email", Medium.EMAIL, "kim@example.com")
TO_PHONE = Target("phone_number", Medium.SMS, "+15555550100")


def pool_of(**settings: Any) -> UserPool:
    return UserPool("eu-west-1_abcdefghi", "test", 0, 0, settings)


@pytest.fixture
async def world() -> AsyncIterator[Services]:
    made = await new_world(MovedClock())
    yield made
    await made.database.close()


@pytest.mark.parametrize(
    ("verifies", "attributes", "target"),
    [
        (["email", "phone_number"], MAIL | PHONE, TO_PHONE),
        (["email", "phone_number"], MAIL, TO_MAIL),
        (["email", "phone_number"], PHONE, TO_PHONE),
        (["email"], MAIL | PHONE, TO_MAIL),
        (["phone_number"], MAIL | PHONE, TO_PHONE),
        (["phone_number"], MAIL, None),
        (["email"], PHONE, None),
        (["email"], {"email": ""}, None),
        (["email", "phone_number"], MAIL | {"phone_number": ""}, TO_MAIL),
        ([], MAIL | PHONE, None),
        (None, MAIL | PHONE, None),
        (["email"], {}, None),
    ],
)
def test_where_a_code_goes(verifies: list[str] | None, attributes: dict[str, str], target: Target | None) -> None:
    """Only to what the pool verifies and the user gave; by SMS alone where that is both."""
    assert choose_medium(pool_of(AutoVerifiedAttributes=verifies), attributes) == target


@pytest.mark.parametrize(("target", "masked"), [(TO_MAIL, "k***@e***"), (TO_PHONE, "+*******0100")])
def test_answers_mask_the_destination(target: Target, masked: str) -> None:
    """CodeDeliveryDetails shows enough to recognise, and the repr shows nothing of it."""
    assert target.masked == masked
    assert target.destination not in repr(target)


async def test_a_medium_without_courier_is_refused(world: Services) -> None:
    """Without somebody to carry it, the call is refused by name instead of losing the code."""
    require_courier(world, pool_of(), TO_MAIL)
    with pytest.raises(errors.CodeDeliveryFailureException, match="no courier for SMS is configured"):
        require_courier(world, pool_of(), TO_PHONE)
    with_sms = replace(world, facts=replace(FACTS, media=frozenset({"SMS"})))
    require_courier(with_sms, pool_of(), TO_PHONE)


async def test_a_pool_that_sends_by_itself_needs_no_courier(world: Services) -> None:
    """A trigger for text messages carries them, and mails still need a courier."""
    sender = {"LambdaVersion": "V1_0", "LambdaArn": "arn:sms"}
    pool = pool_of(LambdaConfig={"CustomSMSSender": sender, "KMSKeyID": "arn:key"})
    silent = replace(world, facts=replace(FACTS, media=frozenset()))
    require_courier(silent, pool, TO_PHONE)
    with pytest.raises(errors.CodeDeliveryFailureException):
        require_courier(silent, pool, TO_MAIL)
    occasion = Occasion(MessageKind.SIGN_UP, "123456", 1)
    assert compose(silent, pool, KIM, TO_MAIL, occasion).by is None
    call = compose(silent, pool, KIM, TO_PHONE, occasion).by
    assert call is not None
    assert (call.trigger, call.arn, call.key_arn) == ("CustomSMSSender", "arn:sms", "arn:key")
    assert "123456" not in str(call.event)


async def test_a_message_has_all_that_a_courier_needs(world: Services) -> None:
    """The pool's words, its sender and its reply address; the time of now; an id that sorts by time."""
    pool = pool_of(
        EmailVerificationMessage="<b>{####}</b>",
        EmailConfiguration={"From": "Shop <hi@shop.example>", "ReplyToEmailAddress": "ask@shop.example"},
    )
    occasion = Occasion(MessageKind.SIGN_UP, "123456", MESSAGE.expires_ms)
    message = compose(world, pool, KIM, TO_MAIL, occasion)
    assert message == replace(
        MESSAGE,
        message_id=message.message_id,
        body="123456",
        html="<b>123456</b>",
        sender="Shop <hi@shop.example>",
        reply_to="ask@shop.example",
    )
    assert message.message_id > world.ids.ordered(world.now_ms() - 1)
    assert "123456" not in repr(message) + repr(occasion)
    assert "kim@" not in repr(message)


async def test_an_sms_has_a_body_alone(world: Services) -> None:
    """A text message has neither subject nor markup."""
    pool = pool_of(SmsVerificationMessage="Code {####}")
    message = compose(world, pool, KIM, TO_PHONE, Occasion(MessageKind.RESEND_CODE, "123456", 1))
    assert (message.medium, message.to, message.kind) == ("SMS", "+15555550100", "ResendCode")
    assert (message.subject, message.body, message.html) == ("", "Code 123456", "")


def bytes_of(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.iterdir())


def dump_of(path: Path, table: str) -> str:
    with closing(sqlite3.connect(path)) as connection:
        return repr(connection.execute(f"select * from {table}").fetchall())


@pytest.mark.parametrize("place", ["outbox", "inbox"])
async def test_messages_rest_sealed(tmp_path: Path, place: str) -> None:
    """Neither the tables nor the bytes of the database files hold a code or a word of a message."""
    path = tmp_path / "store.db"
    world = await new_world(MovedClock(), str(path))
    if place == "outbox":
        await world.database.write(lambda tx: enqueue(tx, world, MESSAGE))
    else:
        await keep_in_inbox(world, MESSAGE)
    files, dump = bytes_of(tmp_path), dump_of(path, place)
    await world.database.close()
    assert MESSAGE.message_id in dump
    assert MESSAGE.message_id.encode() in files
    for secret in (MESSAGE.code, MESSAGE.body, MESSAGE.subject):
        assert secret not in dump
        assert secret.encode() not in files
    assert (MESSAGE.to in dump) is (place == "inbox")  # the developer's inbox is searched by recipient


async def test_what_was_kept_can_be_read_again(world: Services) -> None:
    """Outbox and inbox give back the message as it was, and the inbox keeps it once."""
    message = replace(MESSAGE, html="<b>ü</b>", sender="a@example.com", reply_to="b@example.com")
    await world.database.write(lambda tx: enqueue(tx, world, message))
    await keep_in_inbox(world, message)
    await keep_in_inbox(world, message)
    waiting = await world.database.write(lambda tx: outbox.lease(tx, world.now_ms(), 60, 10))
    kept = await world.database.read(lambda tx: inbox.after(tx, ""))
    assert [unseal(world, row.message_id, row.sealed) for row in (*waiting, *kept)] == [message, message]


async def test_a_message_is_due_at_once_and_only_with_its_change(world: Services) -> None:
    """A write that fails takes its message with it."""

    async def fail(tx: Any) -> None:
        await enqueue(tx, world, MESSAGE)
        raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        await world.database.write(fail)
    assert await world.database.read(outbox.next_due_ms) is None
    await world.database.write(lambda tx: enqueue(tx, world, MESSAGE))
    assert await world.database.read(outbox.next_due_ms) == world.now_ms()


async def test_what_cannot_be_read_says_so_without_its_content(world: Services) -> None:
    """Another id, a changed byte, another key and another version's form are all told as unreadable."""
    sealer = world.sealer
    sealed = sealer.seal(msgspec.json.encode(MESSAGE), f"message:{MESSAGE.message_id}")
    older = sealer.seal(b'{"message_id": "123456"}', f"message:{MESSAGE.message_id}")
    foreign = (await new_world(MovedClock(), key=b"o" * 32)).sealer
    cases = {
        "another id": ("01890000-0000-7000-8000-000000000002", sealed),
        "a changed byte": (MESSAGE.message_id, sealed[:-1] + bytes([sealed[-1] ^ 1])),
        "another key": (MESSAGE.message_id, foreign.seal(b"{}", f"message:{MESSAGE.message_id}")),
        "another version": (MESSAGE.message_id, older),
        "nothing": (MESSAGE.message_id, b""),
    }
    for message_id, content in cases.values():
        with pytest.raises(MessageUnreadable) as unreadable:
            unseal(world, message_id, content)
        assert "123456" not in str(unreadable.value)
    read: Message = unseal(world, MESSAGE.message_id, sealed)
    assert read == MESSAGE
