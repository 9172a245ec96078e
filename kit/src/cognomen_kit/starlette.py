"""Starlette: the account life as routes, and who is asking (extra `starlette`); FastAPI's adapter stands on it.

    pages = AccountPages(AsyncAccount(AsyncCognito()))
    app = Starlette(
        routes=[*pages.routes(), ...],
        middleware=[Middleware(AccountCookies)],
        exception_handlers={Away: pages.turn_away},
    )

The guide is docs/guides/fastapi.md.
"""

import json
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from jinja2 import BaseLoader, ChoiceLoader, Environment, FileSystemLoader
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cognomen_kit.errors import CognitoError
from cognomen_kit.refused_tokens import TokenRefused
from cognomen_kit.web import (
    FORM_NAMES,
    PAGE_HEADERS,
    STATIC,
    TEMPLATES,
    AsyncAccount,
    Cookie,
    Reply,
    SignInNeeded,
    Visit,
    Visitor,
    insist,
)
from cognomen_kit.web.replies import message_page
from cognomen_kit.web.turned_away import (
    SAFE_METHODS,
    NobodyCanTell,
    TurnedAway,
    rides_on_a_cookie,
    turned_away,
    wants_a_page,
    wants_json,
)
from cognomen_kit.web.visits import FORM_TYPE

__all__ = ["AccountCookies", "AccountPages", "Away"]

MOST_BYTES = 64 * 1024  # of a submission
MOST_FIELDS = 100
STATIC_FILES = frozenset(each.name for each in STATIC.iterdir())
COOKIES = "cognomen_cookies"
SEEN = "cognomen_seen"
STATIC_HEADERS = {"Cache-Control": "public, max-age=3600", "X-Content-Type-Options": "nosniff"}
TITLES = {401: "Please sign in", 403: "Not for you", 503: "Please try again later"}
Endpoint = Callable[[Request], Awaitable[Response]]


class Away(HTTPException):
    """Somebody may not; `AccountPages.turn_away` makes the answer, and without it the framework a plain one."""

    def __init__(self, told: TurnedAway) -> None:
        where = {} if told.location is None else {"Location": told.location}
        super().__init__(told.status if told.location is None else 303, told.message, {**told.headers, **where})
        self.told: TurnedAway = told


class AccountCookies:
    """Middleware that puts the cookies of a visit into its response, whatever made the response."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and add what was noted meanwhile."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope[COOKIES] = {}

        async def send_with_cookies(message: Message) -> None:
            if message["type"] == "http.response.start":
                _add_headers(MutableHeaders(scope=message), scope)
            await send(message)

        await self._app(scope, receive, send_with_cookies)


def _add_headers(headers: MutableHeaders, scope: Scope) -> None:
    """What depends on the visitor says so to caches; what sets cookies is kept by none."""
    for cookie in scope[COOKIES].values():
        headers.append("Set-Cookie", cookie.header())
    if scope[COOKIES]:
        headers.setdefault("Cache-Control", "no-store")
    if SEEN in scope:
        headers.add_vary_header("Cookie")
        headers.add_vary_header("Authorization")


class AccountPages:
    """The account life as pages and as a JSON API under the same URLs; templates of your own are asked before ours."""

    def __init__(self, account: AsyncAccount, templates: BaseLoader | None = None) -> None:
        self.account: AsyncAccount = account
        loaders = [*([templates] if templates else []), FileSystemLoader(TEMPLATES)]
        self._templates = Environment(loader=ChoiceLoader(loaders), autoescape=True, trim_blocks=True)

    def routes(self) -> list[BaseRoute]:
        """Everything under the base of the settings; needs the middleware AccountCookies around it."""
        base = self.account.settings.base
        shown = [Route(f"{base}/{name}", self.show(name), methods=["GET"]) for name in FORM_NAMES]
        taken = [Route(f"{base}/{name}", self.submit(name), methods=["POST"]) for name in FORM_NAMES]
        return [*shown, *taken, Route(f"{base}/static/{{file}}", static_file, methods=["GET"])]

    def show(self, name: str) -> Endpoint:
        """An endpoint: the page of a form, or what it asks for as JSON."""

        async def endpoint(request: Request) -> Response:
            return await self._answer(request, self.account.show(name, visit_of(request)))

        return endpoint

    def submit(self, name: str) -> Endpoint:
        """An endpoint: takes a form that was filled in, or the same as JSON."""

        async def endpoint(request: Request) -> Response:
            values = await submitted_values(request)
            return await self._answer(request, self.account.submit(name, visit_of(request), values))

        return endpoint

    async def visitor(self, request: Request) -> Visitor | None:
        """Who is asking, found out once a request; HTTPException where a token is bad or nobody can tell."""
        if SEEN not in request.scope:
            try:
                seen = await self.account.see(visit_of(request))
            except TokenRefused as refused:
                raise self.away(refused, request) from refused
            except CognitoError as error:
                raise self.away(NobodyCanTell(error), request) from error
            note(request, seen.cookies)
            request.scope[SEEN] = seen.visitor
        found: Visitor | None = request.scope[SEEN]
        return found

    async def insist(
        self, request: Request, *, scopes: Iterable[str] = (), groups: Iterable[str] | None = None
    ) -> Visitor:
        """Who is asking, with these rights; HTTPException leads a browser to the sign-in, and tells a program why."""
        try:
            visitor = insist(await self.visitor(request), scopes=scopes, groups=groups)
        except (SignInNeeded, TokenRefused) as refused:
            raise self.away(refused, request) from refused
        if rides_on_a_cookie(visitor, visit_of(request), request.method):
            raise HTTPException(403, "This was sent by another site.")
        return visitor

    def away(self, error: SignInNeeded | TokenRefused | NobodyCanTell, request: Request) -> Away:
        """The answer to somebody who may not, as an exception."""
        visit = visit_of(request)
        then = visit.path if request.method in SAFE_METHODS else None
        return Away(turned_away(error, visit, self.account.settings, then))

    async def turn_away(self, request: Request, refusal: Exception) -> Response:
        """The handler of `Away`: to the sign-in, a page for a person, JSON for a program."""
        assert isinstance(refusal, Away)
        if refusal.told.location is not None:
            return RedirectResponse(refusal.told.location, 303)
        if not wants_a_page(visit_of(request)):
            return JSONResponse(refusal.told.json(), refusal.status_code, refusal.headers)
        page = message_page(self.account.settings, TITLES[refusal.status_code], refusal.told.message)
        html = self._templates.get_template("cognomen/message.html").render(page=page)
        return HTMLResponse(html, refusal.status_code, {**PAGE_HEADERS, **(refusal.headers or {})})

    async def _answer(self, request: Request, asked: Awaitable[Reply]) -> Response:
        try:
            reply = await asked
        except CognitoError as error:
            raise self.away(NobodyCanTell(error), request) from error
        note(request, reply.cookies)
        if wants_json(visit_of(request)):
            return JSONResponse(reply.json(), reply.json_status, headers=dict(PAGE_HEADERS))
        if reply.location is not None:
            return RedirectResponse(reply.location, reply.status, headers=dict(PAGE_HEADERS))
        html = self._templates.get_template("cognomen/page.html").render(page=reply.page)
        return HTMLResponse(html, reply.status, headers=dict(PAGE_HEADERS))


async def static_file(request: Request) -> Response:
    """The style sheet and the script of the pages."""
    if request.path_params["file"] not in STATIC_FILES:
        raise HTTPException(404)
    return FileResponse(STATIC / request.path_params["file"], headers=STATIC_HEADERS)


def visit_of(request: Request) -> Visit:
    """What the account life wants to know of a request."""
    return Visit(
        scheme=request.url.scheme,
        host=request.headers.get("host", ""),
        path=request.url.path + (f"?{request.url.query}" if request.url.query else ""),
        cookies=request.cookies,
        headers=dict(request.headers),
        query=dict(request.query_params),
        ip_address=request.client.host if request.client else None,
    )


def note(request: Request, cookies: tuple[Cookie, ...]) -> None:
    """Have AccountCookies set them."""
    if COOKIES not in request.scope:
        raise RuntimeError("the middleware AccountCookies is missing: app.add_middleware(AccountCookies)")
    request.scope[COOKIES].update({cookie.name: cookie for cookie in cookies})


async def submitted_values(request: Request) -> Mapping[str, Any]:
    """The fields of a form or the members of a JSON object; HTTPException for anything else, and for too much."""
    body = await body_of(request)
    try:
        if visit_of(request).is_json:
            values = json.loads(body)
        elif request.headers.get("content-type", FORM_TYPE).split(";")[0].strip().lower() == FORM_TYPE:
            values = dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS))
        else:
            raise HTTPException(415)
    except (ValueError, RecursionError):
        raise HTTPException(400) from None
    if not isinstance(values, dict):
        raise HTTPException(400)
    return values


async def body_of(request: Request) -> bytes:
    """The whole body, as long as it is short."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            raise HTTPException(413)
    return bytes(body)
