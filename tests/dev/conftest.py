"""An application of the dev profile, and messages in its inbox."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from asgi import Browser
from cognomen import settings, wiring
from cognomen.delivery.port import Medium, Message
from cognomen.flows.deliver import keep_in_inbox


@pytest.fixture
async def application() -> AsyncIterator[wiring.Application]:
    chosen = settings.load({"data": ":memory:", "port": "9229", "log_level": "error"}, environment={})
    built = await wiring.build(chosen)
    yield built
    await built.world.database.close()


@pytest.fixture
def browser(application: wiring.Application) -> Browser:
    return Browser(application.app)


Deliver = Callable[..., Awaitable[str]]


@pytest.fixture
def deliver(application: wiring.Application) -> Deliver:
    """Puts a message into the inbox, as the courier does, and answers its id."""

    async def keep(to: str = "ana@example.com", kind: str = "SignUp", code: str = "123456", **more: Any) -> str:
        now_ms = application.clock.now_ms()
        facts = {
            "message_id": application.world.ids.ordered(now_ms),
            "pool_id": "us-east-1_abcdefghi",
            "username": "ana",
            "medium": Medium.EMAIL,
            "subject": "Your verification code",
            "body": f"Your confirmation code is {code}",
            "created_ms": 1_700_000_000_123,
            "expires_ms": now_ms + 3_600_000,
        }
        message = Message(to=to, kind=kind, code=code, **{**facts, **more})
        await keep_in_inbox(application.world, message)
        return message.message_id

    return keep
