"""The account pages of a FastAPI application, against the server of this repository."""

from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, Any

import pytest
from fastapi import Depends, FastAPI
from fastapi.responses import HTMLResponse, PlainTextResponse
from jinja2 import DictLoader
from starlette.testclient import TestClient

from cognomen_kit import AsyncCognito
from cognomen_kit.calls import ConnectionFailed
from cognomen_kit.fastapi import Accounts, Visitor, WebSettings
from cognomen_kit.surroundings import clock
from kit.site import Answer, Site
from kit.site_stories import STORIES, a_customer, tokens_of
from kit.test_end_to_end import settings_for

FLOWS = ["ALLOW_USER_SRP_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]


class FastAPISite(Site):
    """A FastAPI application under its own test client."""

    def __init__(self, pool: Any) -> None:
        super().__init__(pool)
        self.moved = 0.0
        self.accounts = Accounts(cognito=AsyncCognito(**settings_for(pool), clock=lambda: clock() + self.moved))
        self.app = shop(self.accounts)
        self.client = TestClient(self.app, follow_redirects=False, base_url="https://testserver")

    def ask(self, method: str, path: str, headers: Mapping[str, str], body: Any) -> Answer:
        kind = "json" if headers.get("Content-Type") == "application/json" else "data"
        done = self.client.request(method, path, headers=dict(headers), **{kind: body})
        is_json = done.headers.get("Content-Type", "").startswith("application/json")
        return Answer(done.status_code, Headers(done.headers), done.text, done.json() if is_json else None)

    def cookies(self) -> Mapping[str, str]:
        return dict(self.client.cookies)

    def later(self, seconds: float) -> None:
        self.moved += seconds


class Headers(dict[str, str]):
    """Headers by any spelling."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        super().__init__({name.lower(): value for name, value in headers.items()})

    def __getitem__(self, name: str) -> str:
        return super().__getitem__(name.lower())

    def get(self, name: str, otherwise: Any = None) -> Any:
        return super().get(name.lower(), otherwise)


def shop(accounts: Accounts) -> FastAPI:
    """An application with something to protect."""
    app = FastAPI()
    accounts.install(app)

    @app.get("/mine")
    @app.post("/mine")
    async def mine(user: Annotated[Visitor, Depends(accounts.current_user)]) -> str:
        return f"{user.email or user.claims.all['username']} {user.username}"

    @app.get("/staff")
    async def staff(user: Annotated[Visitor, Depends(accounts.require_groups("staff", "chiefs"))]) -> Any:
        return PlainTextResponse(f"{user.email} {user.username}")

    @app.get("/orders")
    async def orders(user: Annotated[Visitor, Depends(accounts.require_scopes("orders/read"))]) -> str:
        return f"{user.username}"

    @app.get("/greeting")
    async def greeting(
        user: Annotated[Visitor | None, Depends(accounts.optional_user)],
        again: Annotated[Visitor | None, Depends(accounts.optional_user)],
    ) -> Any:
        assert user is again
        return HTMLResponse(f"Hello {user.email if user else 'you'}")

    return app


@pytest.fixture
def site(make_pool: Callable[..., Any]) -> Iterator[FastAPISite]:
    pool = make_pool(secret=True, client={"ExplicitAuthFlows": FLOWS}, AutoVerifiedAttributes=["email"])
    made = FastAPISite(pool)
    with made.client:
        yield made


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
def test_every_story_of_a_site(site: FastAPISite, story: Callable[[Site], None]) -> None:
    """What every adapter promises (site_stories)."""
    story(site)


def test_an_endpoint_may_look(site: FastAPISite) -> None:
    """Who is asking is found out once a request, and nobody is an answer, too."""
    assert site.get("/greeting").text == "Hello you"
    email = a_customer(site)
    site.sign_in(email)
    assert site.get("/greeting").text == f"Hello {email}"
    told = site.program("GET", "/account/me").json
    assert (told["email"], told["groups"], told["scopes"]) == (email, [], ["aws.cognito.signin.user.admin"])
    bad = site.get("/greeting", Authorization="Bearer nonsense")
    assert (bad.status, bad.location) == (401, "")


def test_a_program_is_asked_for_what_is_missing(site: FastAPISite) -> None:
    """Without a page, every answer says which form is next and which fields it has."""
    asked = site.program("GET", "/account/sign-in")
    assert [each["name"] for each in asked.json["next"]["fields"]] == ["email", "password"]
    email = a_customer(site)
    sent = site.program("POST", "/account/forgot", {"email": email})
    assert (sent.status, sent.json["next"]["form"]) == (200, "reset")
    assert sent.json["notice"].startswith("A code is on its way to k***@")
    led = site.program("GET", "/account/profile")
    assert (led.status, led.json["location"]) == (401, "/account/sign-in?next=/account/profile")


def test_a_program_changes_one_attribute(site: FastAPISite) -> None:
    """What is left out of a profile stays; what must not be empty may not be emptied."""
    email = a_customer(site)
    site.sign_in(email)
    assert site.program("POST", "/account/profile", {"name": "Karla"}).status == 200
    assert site.get("/account/profile").page.fields["email"] == email
    refused = site.program("POST", "/account/profile", {"email": ""})
    assert refused.json["error"] == {"code": "FieldsMissing", "message": "Please fill in: E-mail address."}


def test_the_api_is_described(site: FastAPISite) -> None:
    """OpenAPI knows every form, its fields and its answer; pages and files are no part of it."""
    described = site.program("GET", "/openapi.json").json
    paths = {path for path in described["paths"] if path.startswith("/account/")}
    assert len(paths) == 12
    body = described["paths"]["/account/sign-up"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert (set(body["properties"]), body["required"]) == ({"email", "name", "password"}, ["email", "password"])
    assert described["paths"]["/account/sign-in"]["post"]["responses"]["200"]["content"]


BODIES: Mapping[str, tuple[int, str, bytes]] = {
    "no JSON": (400, "application/json", b"{"),
    "no object": (400, "application/json", b"[1]"),
    "deep": (400, "application/json", b"[" * 60_000),
    "too long": (413, "application/x-www-form-urlencoded", b"a=" + b"b" * 70_000),
    "too many": (400, "application/x-www-form-urlencoded", b"&".join(b"a=b" for _ in range(200))),
    "another type": (415, "multipart/form-data; boundary=x", b"--x--"),
    "JSON in disguise": (415, "text/plain", b'{"email": "karla@deno.example"}'),
    "no UTF-8": (400, "application/x-www-form-urlencoded", b"\xff"),
}


@pytest.mark.parametrize(("status", "kind", "body"), BODIES.values(), ids=BODIES)
def test_odd_bodies_are_refused(site: FastAPISite, status: int, kind: str, body: bytes) -> None:
    """What is neither a form nor JSON, or too much of it, never reaches the account life."""
    done = site.client.post("/account/sign-in", content=body, headers={"Content-Type": kind})
    assert done.status_code == status


def test_templates_of_ones_own(site: FastAPISite) -> None:
    """A loader is asked before ours."""
    mine = DictLoader({"cognomen/page.html": "<h1>{{ page.form.title }}!</h1>"})
    app = FastAPI()
    accounts = Accounts(WebSettings(base="/me"), cognito=site.accounts.cognito, templates=mine)
    accounts.install(app)
    assert TestClient(app).get("/me/sign-in").text == "<h1>Sign in!</h1>"


def test_a_missing_middleware_is_named(site: FastAPISite) -> None:
    """Without it cookies would be lost in silence."""
    app = FastAPI()
    app.include_router(Accounts(cognito=site.accounts.cognito).router)
    with pytest.raises(RuntimeError, match="AccountCookies is missing"):
        TestClient(app).get("/account/sign-in")


async def away(_: Any) -> Any:
    raise ConnectionFailed("away", unsent=True)


async def no_pause(_: float) -> None: ...


def test_a_service_that_is_away(site: FastAPISite) -> None:
    """503 and a patient sentence, in pages and in endpoints; nobody is signed out for it."""
    email = a_customer(site)
    site.sign_in(email)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(site.accounts.cognito, "_send", away)
        patch.setattr(site.accounts.cognito, "_sleep", no_pause)
        assert site.get("/mine").status == 200
        site.later(3600)
        for path in ("/mine", "/account/profile"):
            answer = site.get(path)
            assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
    assert email in site.get("/mine").text


def test_bearer_tokens_need_a_pool(make_pool: Callable[..., Any]) -> None:
    """Where the id of the pool is not known, tokens cannot be verified, and are refused."""
    pool = make_pool(AutoVerifiedAttributes=["email"], secret=True)
    given = {**settings_for(pool), "user_pool_id": None}
    app = shop(Accounts(cognito=AsyncCognito(**given)))
    site = FastAPISite(pool)
    token = tokens_of(site, a_customer(site))["AccessToken"]
    with TestClient(app) as client:
        assert client.get("/mine", headers={"Authorization": f"Bearer {token}"}).status_code == 401
