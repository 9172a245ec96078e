"""The ASGI application: the API at ``POST /`` at once, everything else through a small router."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Mount, Route, Router
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.typing import FilteringBoundLogger

from cognomen.dev.routes import dev_routes
from cognomen.dev.tools import DevTools
from cognomen.http.access_log import AccessLog, Entry
from cognomen.http.aws_json import Answer, AwsJson
from cognomen.http.cors import preflight_headers
from cognomen.http.greeting import greet
from cognomen.http.health import health_routes
from cognomen.http.host_check import LocalOnly
from cognomen.http.incoming import MIB, incoming_of
from cognomen.http.lifespan import Lifespan
from cognomen.http.proxies import Proxies
from cognomen.http.sigv4 import Signatures
from cognomen.http.well_known import well_known_routes
from cognomen.services import Services

LONGEST_FORM = 65_536  # bytes of a body that is sent to a page


@dataclass(frozen=True, slots=True)
class Options:
    """What the application is told besides its world. Without `dev` there is no ``/_dev``."""

    log: FilteringBoundLogger
    dev: DevTools | None = None
    lifespan: Lifespan = field(default_factory=Lifespan)
    longest_body: int = MIB
    proxies: Proxies = field(default_factory=Proxies)
    count: Callable[[Entry], None] | None = None
    stopping: Callable[[], bool] = lambda: False


def make_app(world: Services, signatures: Signatures, options: Options) -> "App":
    """Put the faces together."""
    api = AwsJson(world, signatures, options.longest_body, options.log)
    pages = Router(_routes(world, options), redirect_slashes=False, max_body_size=LONGEST_FORM)
    return App(world, api, pages, options)


def _routes(world: Services, options: Options) -> Sequence[BaseRoute]:
    dev: list[BaseRoute] = []
    if options.dev:
        guarded = LocalOnly(Router(dev_routes(options.dev), redirect_slashes=False), world.facts.public_url)
        dev = [Mount("/_dev", guarded)]
    greeting = Route("/", greet(world.facts.public_url, has_inbox=options.dev is not None))
    return [greeting, *health_routes(world, options.log, options.stopping), *dev, *well_known_routes(world)]


class App:
    """Serves HTTP and the server's lifespan, and writes the access log."""

    def __init__(self, world: Services, api: AwsJson, pages: ASGIApp, options: Options) -> None:
        self._new_id = world.ids.uuid
        self._api = api
        self._pages = pages
        self._log = options.log
        self._access_log = AccessLog(options.log)
        self._lifespan = options.lifespan
        self._proxies = options.proxies
        self._count = options.count

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one ASGI scope."""
        if scope["type"] == "lifespan":
            await self._lifespan.run(receive, send, self._log)
        elif scope["type"] == "http":
            await self._serve(scope, receive, send)
        else:
            await self._pages(scope, receive, send)  # the router closes WebSockets: there are none

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        incoming = incoming_of(scope, self._new_id(), self._proxies)
        entry = Entry(incoming.request_id, incoming.method, incoming.path, incoming.client)
        answer: Answer | None = None
        match incoming.method, incoming.path:
            case "POST", "/":
                answer = await self._api.answer(incoming, receive, entry)
            case "OPTIONS", "/":
                answer = Answer(200, preflight_headers(incoming.headers, incoming.request_id), b"")
            case _:
                await self._page(scope, receive, send, entry)
        if answer:
            entry.status = answer.status
            await _send(answer, send)
        self._access_log.write(entry)
        if self._count:
            self._count(entry)

    async def _page(self, scope: Scope, receive: Receive, send: Send, entry: Entry) -> None:
        async def watched(message: Message) -> None:
            if message["type"] == "http.response.start":
                entry.status = message["status"]
            await send(message)

        try:
            await self._pages(scope, receive, watched)
        except Exception:  # noqa: BLE001 (logged, and the caller learns where to look)
            self._log.exception("request failed", request_id=entry.request_id, path=entry.path)
            if not entry.status:
                failed = JSONResponse({"message": f"Request id: {entry.request_id}"}, status_code=500)
                await failed(scope, receive, watched)


async def _send(answer: Answer, send: Send) -> None:
    await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
    await send({"type": "http.response.body", "body": answer.body})
