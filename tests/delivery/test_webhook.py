"""Text messages by webhook: signed, retried by the outbox, never waited for."""

import asyncio
import base64
import hashlib
import hmac
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cognomen.delivery.port import DeliveryFailed, Medium
from cognomen.delivery.webhook import Webhook, WebhookCourier
from cognomen.settings.webhook_secrets import read_webhook_secrets
from conftest import PASSWORD, sdk_client
from delivery.post_world import MESSAGE, MovedClock, new_world
from delivery.receiver import Receiver, receiving
from jobs.post import Post, settle
from served import Served, serve

SECRET, OLDER = b"s" * 32, b"o" * 24
GUIDE = Path(__file__).parents[2] / "docs" / "guides" / "sms.md"
TEXT = replace(MESSAGE, medium=Medium.SMS, to="+15555550100", subject="", body="Your code is 123456. ")


def courier(url: str, *secrets: bytes, seconds: float = 5) -> WebhookCourier:
    return WebhookCourier(Webhook(url, secrets or (SECRET,), timeout_seconds=seconds), lambda: 1_700_000_000_999)


def is_signed_by(secret: bytes, headers: dict[str, str], body: bytes) -> bool:
    """What the guide tells receivers to do, written here a second time."""
    signed = headers["webhook-id"].encode() + b"." + headers["webhook-timestamp"].encode() + b"." + body
    right = base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()
    return any(hmac.compare_digest(one, f"v1,{right}") for one in headers["webhook-signature"].split())


@pytest.mark.anyio
async def test_the_call_says_where_and_what() -> None:
    """The body has recipient, text and what the message is for; times are in seconds."""
    async with receiving() as receiver:
        sender = courier(receiver.url)
        await sender.send(TEXT)
        await sender.rest()
    [(headers, body)] = receiver.calls
    assert json.loads(body) == {
        "type": "sms",
        "id": TEXT.message_id,
        "to": "+15555550100",
        "text": "Your code is 123456. ",
        "kind": "SignUp",
        "pool_id": TEXT.pool_id,
        "username": "kim",
        "created_at": TEXT.created_ms // 1000,
        "expires_at": TEXT.expires_ms // 1000,
    }
    assert headers["content-type"] == "application/json"
    assert (headers["webhook-id"], headers["webhook-timestamp"]) == (TEXT.message_id, "1700000000")


@pytest.mark.anyio
async def test_a_receiver_can_tell_who_called() -> None:
    """Each secret signs id, time and body; nobody else's secret does, and nothing of them can be changed."""
    async with receiving() as receiver:
        sender = courier(receiver.url, SECRET, OLDER)
        await sender.send(TEXT)
        await sender.rest()
    [(headers, body)] = receiver.calls
    assert is_signed_by(SECRET, headers, body)
    assert is_signed_by(OLDER, headers, body)
    assert not is_signed_by(b"x" * 32, headers, body)
    assert not is_signed_by(SECRET, headers, body + b" ")
    assert not is_signed_by(SECRET, {**headers, "webhook-timestamp": "1700000001"}, body)
    assert not is_signed_by(SECRET, {**headers, "webhook-id": "another"}, body)


@pytest.mark.anyio
async def test_the_guide_tells_receivers_how() -> None:
    """The function in docs/guides/sms.md takes a call that has just come, and none that is old or by somebody else."""
    code: dict[str, Any] = {}
    exec(GUIDE.read_text("utf-8").split("```python")[1].split("```")[0], code)
    secret, other = (f"whsec_{base64.b64encode(one).decode()}" for one in (SECRET, OLDER))
    async with receiving() as receiver:
        for age_ms in (0, 301_000):
            sender = WebhookCourier(Webhook(receiver.url, (SECRET,)), lambda: round(time.time() * 1000) - age_ms)  # noqa: B023
            await sender.send(TEXT)
            await sender.rest()
    fresh, old = receiver.calls
    assert code["is_ours"](secret, *fresh)
    assert not code["is_ours"](other, *fresh)
    assert not code["is_ours"](secret, *old)


@pytest.mark.anyio
@pytest.mark.parametrize("status", [302, 400, 401, 404, 410, 429, 500, 503])
async def test_only_2xx_is_delivered(status: int) -> None:
    """Everything else is tried again, redirections included, which are not followed."""
    async with receiving(status) as receiver:
        sender = courier(receiver.url)
        with pytest.raises(DeliveryFailed, match=f"answered {status}") as failed:
            await sender.send(TEXT)
        await sender.send(TEXT)
        await sender.rest()
    assert not failed.value.hopeless
    assert len(receiver.calls) == 2
    assert {headers["webhook-id"] for headers, _ in receiver.calls} == {TEXT.message_id}


@pytest.mark.anyio
async def test_a_receiver_that_does_not_answer_is_given_up() -> None:
    """After the time of the settings, so that it holds up nobody."""
    async with receiving(silent=True) as receiver:
        sender = courier(receiver.url, seconds=1)
        with pytest.raises(DeliveryFailed, match="no answer within 1 s"):
            await sender.send(TEXT)
        await sender.rest()
    assert len(receiver.calls) == 1


@pytest.mark.anyio
async def test_nobody_listens() -> None:
    """The reason names neither the URL nor its password nor a word of the message."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))  # so that nobody else can listen there
        url = f"http://user:hush@127.0.0.1:{held.getsockname()[1]}/sms"
        with pytest.raises(DeliveryFailed) as failed:
            await courier(url).send(TEXT)
    assert str(failed.value) == "ConnectError"
    assert "hush" not in repr(Webhook(url, (SECRET,)))


@pytest.mark.anyio
async def test_mail_does_not_go_this_way() -> None:
    """A message of another medium is refused for good."""
    with pytest.raises(DeliveryFailed, match="does not carry EMAIL") as failed:
        await courier("http://127.0.0.1:9/").send(MESSAGE)
    assert failed.value.hopeless


@pytest.mark.anyio
async def test_the_outbox_tries_again_until_it_is_taken() -> None:
    """A receiver that is down gets the message after 5 s, one that still fails 30 s later, and then once."""
    clock = MovedClock()
    post = Post(await new_world(clock), clock)
    async with receiving(500, 429) as receiver:
        sender = courier(receiver.url)
        job = post.job(sender)
        await post.put(TEXT)
        pauses = [await settle(job)]
        for _ in range(2):
            clock.advance(pauses[-1])
            pauses.append(await settle(job))
        while await post.waiting():
            clock.advance(await settle(job))
        await sender.rest()
    assert len(receiver.calls) == 3
    assert post.events() == ["message waits", "message waits", "message sent"]
    await post.world.database.close()


# The whole server


@contextmanager
def receiving_in_a_thread(*answers: int, silent: bool = False) -> Iterator[Receiver]:
    loop, box, ready = asyncio.new_event_loop(), {}, threading.Event()

    async def main() -> None:
        box["stop"] = asyncio.Event()
        async with receiving(*answers, silent=silent) as receiver:
            box["receiver"] = receiver
            ready.set()
            await box["stop"].wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(main(),), daemon=True)
    thread.start()
    assert ready.wait(10)
    try:
        yield box["receiver"]
    finally:
        loop.call_soon_threadsafe(box["stop"].set)
        thread.join(10)
        loop.close()


def secret_file(folder: Path) -> Path:
    file = folder / "sms.secret"
    file.write_text(f"whsec_{base64.b64encode(SECRET).decode()}\n")
    file.chmod(0o600)
    return file


def signed_up(server: Served) -> Any:
    cognito = sdk_client(server.url)
    pool_id = cognito.create_user_pool(
        PoolName="texts", AutoVerifiedAttributes=["phone_number"], SmsVerificationMessage="{####} is the code"
    )["UserPool"]["Id"]
    client_id = cognito.create_user_pool_client(UserPoolId=pool_id, ClientName="app")["UserPoolClient"]["ClientId"]
    phone = [{"Name": "phone_number", "Value": "+15555550123"}]
    answer = cognito.sign_up(ClientId=client_id, Username="kim", Password=PASSWORD, UserAttributes=phone)
    return answer, lambda code: cognito.confirm_sign_up(ClientId=client_id, Username="kim", ConfirmationCode=code)


def eventually(found: Any) -> Any:
    """What is found within ten seconds."""
    deadline = time.monotonic() + 10
    while not (got := found()):
        assert time.monotonic() < deadline, "waited in vain"
        threading.Event().wait(0.01)
    return got


def test_a_code_by_text_message_confirms_an_account(tmp_path: Path) -> None:
    """SignUp's code leaves through the webhook after a failed try, and the code that arrives works."""
    with receiving_in_a_thread(503) as receiver, serve(**flags(receiver, tmp_path)) as server:
        answer, confirm = signed_up(server)
        assert answer["CodeDeliveryDetails"]["DeliveryMedium"] == "SMS"
        eventually(lambda: receiver.calls)
        while len(receiver.calls) < 2:  # the failed try is settled some moment after it was seen
            server.advance(5)
            threading.Event().wait(0.02)
        headers, body = receiver.calls[1]
        assert is_signed_by(SECRET, headers, body)
        assert json.loads(body)["text"].endswith(" is the code")
        assert server.messages() == []  # it went out, and is not kept for developers
        confirm(json.loads(body)["text"].partition(" ")[0])


def test_no_answer_waits_for_the_webhook(tmp_path: Path) -> None:
    """While the receiver holds the call, SignUp has long been answered."""
    with receiving_in_a_thread(silent=True) as receiver, serve(**flags(receiver, tmp_path)) as server:
        answer, _ = signed_up(server)
        assert answer["CodeDeliveryDetails"]["Destination"] == "+*******0123"
        eventually(lambda: receiver.calls)


def flags(receiver: Receiver, folder: Path) -> dict[str, Any]:
    return {
        "sms.webhook_url": receiver.url,
        "sms.webhook_secret_file": str(secret_file(folder)),
        "sms.timeout_s": "1",
    }


@pytest.mark.parametrize(
    "text", ["", "\n", "secret", "whsec_", "whsec_c2hvcnQ=", "whsec_!!!", "whsec_" + "A" * 120, "whsec_ä"]
)
def test_what_is_no_secret(tmp_path: Path, text: str) -> None:
    """A secret is whsec_ and base64 of 24 to 64 bytes; the refusal does not quote the file."""
    file = tmp_path / "secret"
    file.write_text(text, "utf-8")
    with pytest.raises(ValueError, match=r"^(no secret|a line is no secret)$"):
        read_webhook_secrets(file)


def test_two_secrets(tmp_path: Path) -> None:
    """One a line, so that a new one is known to the receiver before the old one ends."""
    file = tmp_path / "secret"
    file.write_text("".join(f"whsec_{base64.b64encode(one).decode()}\n" for one in (SECRET, OLDER)))
    assert read_webhook_secrets(file) == (SECRET, OLDER)
