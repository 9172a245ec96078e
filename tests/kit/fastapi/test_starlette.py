"""Plain Starlette: the same routes, and who is asking without dependencies."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from cognomen_kit import AsyncCognito, AsyncTokenVerifier
from cognomen_kit.starlette import AccountCookies, AccountPages, Away
from cognomen_kit.surroundings import clock
from cognomen_kit.trust import pool_of_app
from cognomen_kit.web import AsyncAccount
from kit.fastapi.test_fastapi import FLOWS, FastAPISite
from kit.site import Site
from kit.site_stories import STORIES
from kit.test_end_to_end import settings_for


class StarletteSite(FastAPISite):
    """A Starlette application under its own test client."""

    def __init__(self, pool: Any) -> None:
        Site.__init__(self, pool)
        self.moved = 0.0
        cognito = AsyncCognito(**settings_for(pool), clock=lambda: clock() + self.moved)
        self.app = shop(cognito, AsyncTokenVerifier(pool_of_app(cognito.app)))
        self.client = TestClient(self.app, follow_redirects=False, base_url="https://testserver")


def shop(cognito: AsyncCognito, verifier: AsyncTokenVerifier) -> Starlette:
    """An application with something to protect."""
    pages = AccountPages(AsyncAccount(cognito, verifier))

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with cognito, verifier:
            yield

    async def mine(request: Request) -> Response:
        user = await pages.insist(request)
        return PlainTextResponse(f"{user.email} {user.username}")

    async def staff(request: Request) -> Response:
        user = await pages.insist(request, groups=("staff", "chiefs"))
        return PlainTextResponse(f"{user.email} {user.username}")

    async def orders(request: Request) -> Response:
        await pages.insist(request, scopes=("orders/read",))
        return PlainTextResponse("orders")

    own = [Route("/mine", mine, methods=["GET", "POST"]), Route("/staff", staff), Route("/orders", orders)]
    middleware = [Middleware(AccountCookies)]
    handlers: dict[Any, Any] = {Away: pages.turn_away}
    routes = [*pages.routes(), *own]
    return Starlette(routes=routes, middleware=middleware, lifespan=lifespan, exception_handlers=handlers)


@pytest.fixture
def site(make_pool: Callable[..., Any]) -> Iterator[StarletteSite]:
    pool = make_pool(secret=True, client={"ExplicitAuthFlows": FLOWS}, AutoVerifiedAttributes=["email"])
    made = StarletteSite(pool)
    with made.client:
        yield made


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
def test_every_story_of_a_site(site: StarletteSite, story: Callable[[Site], None]) -> None:
    """What every adapter promises (site_stories)."""
    story(site)
