"""Applications on stores in memory, and a client that reaches them without a network."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from asgi import Browser
from cognomen import settings, wiring

Build = Callable[..., Awaitable[wiring.Application]]


@pytest.fixture
async def build() -> AsyncIterator[Build]:
    """Builds applications on stores in memory, and closes the stores."""
    built: list[wiring.Application] = []

    async def make(**flags: Any) -> wiring.Application:
        chosen = {"data": ":memory:", "port": "9229", "log_level": "error", **flags}
        built.append(await wiring.build(settings.load(chosen, environment={})))
        return built[-1]

    yield make
    for application in built:
        await application.world.database.close()


@pytest.fixture
async def application(build: Build) -> wiring.Application:
    return await build()


@pytest.fixture
def browser(application: wiring.Application) -> Browser:
    return Browser(application.app)
