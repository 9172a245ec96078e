"""FastAPI: the account life as pages and as a JSON API, and dependencies that say who is asking (extra `fastapi`).

    accounts = Accounts(WebSettings(site_name="Shop"))
    app = FastAPI()
    accounts.install(app)

    @app.get("/orders")
    async def orders(user: Annotated[Visitor, Depends(accounts.require_groups("staff"))]) -> list[str]: ...

Everything else comes from the environment, as for `AsyncCognito()`. The guide is docs/guides/fastapi.md.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, Request
from jinja2 import BaseLoader
from pydantic import BaseModel

from cognomen_kit.client import AsyncCognito
from cognomen_kit.starlette import AccountCookies, AccountPages, Away, static_file
from cognomen_kit.trust import pool_of_app
from cognomen_kit.verifier import AsyncTokenVerifier
from cognomen_kit.web import FORM_NAMES, AsyncAccount, Visitor, WebSettings
from cognomen_kit.web.forms import FORMS

__all__ = ["AccountReply", "Accounts", "AskedField", "Me", "NextForm", "Problem", "Visitor", "WebSettings"]

Dependency = Callable[..., Awaitable[Visitor]]
REFUSALS = (400, 401, 403, 409, 429)


class AskedField(BaseModel):
    """One value that the next form wants; a passkey's `value` are the options for the browser, as JSON."""

    name: str
    label: str
    kind: str
    required: bool
    value: str | None = None
    hint: str | None = None
    choices: list[str] | None = None


class NextForm(BaseModel):
    """What to send next, and where: the last part of the URL is `form`."""

    form: str
    title: str
    fields: list[AskedField]


class Problem(BaseModel):
    """`code` is AWS's name of the refusal; `message` may be shown to people."""

    code: str
    message: str


class AccountReply(BaseModel):
    """The answer of every call: the next form, or the place of the site where a person goes from here."""

    next: NextForm | None
    location: str | None
    notice: str | None
    error: Problem | None


class Me(BaseModel):
    """Who is asking."""

    sub: str
    username: str | None
    email: str | None
    name: str | None
    scopes: list[str]
    groups: list[str]


class Accounts:
    """The account life of one site; without arguments everything comes from the environment, as in `AsyncCognito`.

    `templates` is a loader of Jinja2 with templates of your own, asked before ours.
    """

    def __init__(
        self,
        settings: WebSettings | None = None,
        *,
        cognito: AsyncCognito | None = None,
        verifier: AsyncTokenVerifier | None = None,
        templates: BaseLoader | None = None,
    ) -> None:
        self.cognito: AsyncCognito = cognito or AsyncCognito()
        self.verifier: AsyncTokenVerifier | None = verifier or _verifier_beside(self.cognito)
        self.account: AsyncAccount = AsyncAccount(self.cognito, self.verifier, settings)
        self.settings: WebSettings = self.account.settings
        self.pages: AccountPages = AccountPages(self.account, templates)
        self.router: APIRouter = APIRouter(prefix=self.settings.base, tags=["account"], lifespan=self._lifespan)
        self._fill_router()

    def install(self, app: FastAPI) -> None:
        """Add the router, the middleware that sets cookies, and the answer to whom is turned away."""
        app.include_router(self.router)
        app.add_middleware(AccountCookies)
        app.add_exception_handler(Away, self.pages.turn_away)

    async def optional_user(self, request: Request) -> Visitor | None:
        """A dependency: who is asking, or None; a bad bearer token is refused with 401."""
        return await self.pages.visitor(request)

    async def current_user(self, request: Request) -> Visitor:
        """A dependency: who is asking; a browser is led to the sign-in and back, a program is told 401."""
        return await self.pages.insist(request)

    def require_scopes(self, *scopes: str) -> Dependency:
        """A dependency: somebody whose token has all of these scopes; else 403."""

        async def dependency(request: Request) -> Visitor:
            return await self.pages.insist(request, scopes=scopes)

        return dependency

    def require_groups(self, *groups: str) -> Dependency:
        """A dependency: somebody who is in at least one of these groups; else 403."""

        async def dependency(request: Request) -> Visitor:
            return await self.pages.insist(request, groups=groups)

        return dependency

    async def close(self) -> None:
        """Close the connections; an application with the router does it at its end."""
        await self.cognito.close()
        if self.verifier is not None:
            await self.verifier.close()

    @asynccontextmanager
    async def _lifespan(self, _: Any) -> AsyncIterator[None]:
        yield
        await self.close()

    def _fill_router(self) -> None:
        current_user = Depends(self.current_user)

        @self.router.get("/me", summary="Who is asking")
        async def me(user: Annotated[Visitor, current_user]) -> Me:
            return _me(user)

        self.router.add_api_route("/static/{file}", static_file, include_in_schema=False)
        for name in FORM_NAMES:
            self._add_form(name)

    def _add_form(self, name: str) -> None:
        """One form: GET says what it asks for, POST takes it; a page to a browser, JSON to a program."""
        title = name.replace("-", " ").capitalize()
        self.router.add_api_route(
            f"/{name}",
            self.pages.show(name),
            methods=["GET"],
            summary=f"{title}: what it asks for",
            operation_id=f"show-{name}",
            response_model=AccountReply,
        )
        self.router.add_api_route(
            f"/{name}",
            self.pages.submit(name),
            methods=["POST"],
            summary=title,
            operation_id=name,
            response_model=AccountReply,
            responses={status: {"model": AccountReply} for status in REFUSALS},
            openapi_extra=_body_of_form(name, self.settings),
        )


def _me(user: Visitor) -> Me:
    return Me(
        sub=user.sub,
        username=user.username,
        email=user.email,
        name=user.name,
        scopes=sorted(user.scopes),
        groups=sorted(user.groups),
    )


def _verifier_beside(cognito: AsyncCognito) -> AsyncTokenVerifier | None:
    """Bearer tokens are taken where the id of the pool is known."""
    return AsyncTokenVerifier(pool_of_app(cognito.app)) if cognito.app.user_pool_id else None


def _body_of_form(name: str, settings: WebSettings) -> dict[str, Any]:
    """The body as OpenAPI describes it; what a challenge asks for is said by the answer before it."""
    form = FORMS[name](settings) if name in FORMS else None
    fields = form.fields if form else ()
    kinds = {each.name: "boolean" if each.kind == "checkbox" else "string" for each in fields}
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {each.name: {"type": kinds[each.name], "title": each.label} for each in fields},
        "required": [each.name for each in fields if each.required and not (form and form.partial)],
    }
    return {"requestBody": {"content": {"application/json": {"schema": schema}}}}
