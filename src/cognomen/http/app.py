"""The ASGI application: the API at ``POST /`` at once, everything else through a small router."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Mount, Route, Router
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.typing import FilteringBoundLogger

from cognomen.dev.routes import dev_routes
from cognomen.dev.tools import DevTools
from cognomen.http.access_log import QUIET, AccessLog, Entry
from cognomen.http.aws_json import Answer, AwsJson
from cognomen.http.cors import preflight_headers
from cognomen.http.crowd import ERROR as TOO_MANY
from cognomen.http.crowd import Crowd, turned_away
from cognomen.http.farewell import last_answer
from cognomen.http.greeting import greet
from cognomen.http.health import health_routes
from cognomen.http.host_check import LocalOnly
from cognomen.http.import_uploads import ImportUploads, is_upload
from cognomen.http.incoming import MIB, incoming_of
from cognomen.http.lifespan import Lifespan
from cognomen.http.proxies import Proxies
from cognomen.http.sigv4 import Signatures
from cognomen.http.store_trouble import StoreTrouble
from cognomen.http.well_known import well_known_routes
from cognomen.services import Services
from cognomen.storage.database import StorageFailed
from cognomen.storage.patience import one_call
from cognomen.tasks import become_a_task

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
    store_folder: Path | None = None
    longest_wait_s: float = 10.0
    store_patience_s: float | None = None


def make_app(world: Services, signatures: Signatures, options: Options) -> "App":
    """Put the faces together."""
    trouble = StoreTrouble(world.database, options.log, options.store_folder)
    api = AwsJson(world, signatures, options.longest_body, options.log, trouble)
    pages = Router(_routes(world, options, trouble), redirect_slashes=False, max_body_size=LONGEST_FORM)
    return App(world, api, pages, options)


def _routes(world: Services, options: Options, trouble: StoreTrouble) -> Sequence[BaseRoute]:
    dev: list[BaseRoute] = []
    if options.dev:
        guarded = LocalOnly(Router(dev_routes(options.dev), redirect_slashes=False), world.facts.public_url)
        dev = [Mount("/_dev", guarded)]
    greeting = Route("/", greet(world.facts.public_url, has_inbox=options.dev is not None))
    health = health_routes(world, options.log, options.stopping, trouble)
    return [greeting, *health, *dev, *well_known_routes(world)]


class App:
    """Serves HTTP and the server's lifespan, and writes the access log."""

    def __init__(self, world: Services, api: AwsJson, pages: ASGIApp, options: Options) -> None:
        self._new_id = world.ids.uuid
        self._api = api
        self._uploads = ImportUploads(world)
        self._pages = pages
        self._trouble = api.trouble
        self._log = options.log
        self._access_log = AccessLog(options.log)
        self._lifespan = options.lifespan
        self._proxies = options.proxies
        self._count = options.count
        self._stopping = options.stopping
        self._store_patience_s = options.store_patience_s
        self._crowd = Crowd(options.longest_wait_s, world.database.line, options.log)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one ASGI scope."""
        if scope["type"] == "lifespan":
            await self._lifespan.run(receive, send, self._log)
        elif scope["type"] == "http":
            await self._serve(scope, receive, send)
        else:
            await become_a_task()
            await self._pages(scope, receive, send)  # the router closes WebSockets: there are none

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        send = last_answer(send) if self._stopping() else send
        if self._crowd.is_too_much_for(scope) and not scope["path"].startswith(QUIET):
            await self._turn_away(scope, send)
            return
        incoming = incoming_of(scope, self._new_id(), self._proxies)
        entry = Entry(incoming.request_id, incoming.method, incoming.path, incoming.client)
        answer: Answer | None = None
        match incoming.method, incoming.path:
            case "POST", "/":
                with one_call(self._store_patience_s):
                    answer = await self._api.answer(incoming, receive, entry)
            case _ if is_upload(incoming):
                answer = await self._uploads.answer(incoming, receive, entry)
            case "OPTIONS", "/":
                answer = Answer(200, preflight_headers(incoming.headers, incoming.request_id), b"")
            case _:
                await self._page(scope, receive, send, entry)
        if answer:
            entry.status = answer.status
            if entry.shed:
                await self._crowd.hold_back(scope)
            await _send(answer, send)
        self._access_log.write(entry)
        if self._count:
            self._count(entry)

    async def _turn_away(self, scope: Scope, send: Send) -> None:
        """Answer without having looked; one line for many of these is in the log."""
        request_id = self._new_id()
        answer = turned_away(scope, request_id)
        await self._crowd.hold_back(scope)
        await _send(answer, send)
        if self._count:
            self._count(Entry(request_id, scope["method"], scope["path"], "", status=answer.status, error=TOO_MANY))

    async def _page(self, scope: Scope, receive: Receive, send: Send, entry: Entry) -> None:
        await become_a_task()

        async def watched(message: Message) -> None:
            if message["type"] == "http.response.start":
                entry.status = message["status"]
            await send(message)

        try:
            await self._pages(scope, receive, watched)
        except StorageFailed as fault:
            self._trouble.note(fault)
        except Exception:  # noqa: BLE001 (logged, and the caller learns where to look)
            self._log.exception("request failed", request_id=entry.request_id, path=entry.path)
        if not entry.status:  # nothing was said
            failed = JSONResponse({"message": f"Request id: {entry.request_id}"}, status_code=500)
            await failed(scope, receive, watched)


async def _send(answer: Answer, send: Send) -> None:
    await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
    await send({"type": "http.response.body", "body": answer.body})
