"""The account pages of a Flask application, against the server of this repository."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from flask import Flask, render_template_string

from cognomen_kit import Cognito, ConfigurationMissing, TokenRefused, TokenVerifier, errors
from cognomen_kit.flask import (
    AccountPages,
    NobodySignedIn,
    current_user,
    require_groups,
    require_scopes,
    sign_in_required,
    visitor,
)
from cognomen_kit.surroundings import clock
from cognomen_kit.trust import pool_of_app
from kit.site import Answer, Site
from kit.site_stories import STORIES, a_customer
from kit.test_end_to_end import settings_for


class FlaskSite(Site):
    """A Flask application under its own test client."""

    def __init__(self, pool: Any) -> None:
        super().__init__(pool)
        self.moved = 0.0
        self.cognito = Cognito(**settings_for(pool), clock=lambda: clock() + self.moved)
        self.verifier = TokenVerifier(pool_of_app(self.cognito.app))
        self.app = shop(AccountPages(cognito=self.cognito, verifier=self.verifier))
        self.client = self.app.test_client()

    def ask(self, method: str, path: str, headers: Mapping[str, str], body: Any) -> Answer:
        kind = "json" if headers.get("Content-Type") == "application/json" else "data"
        with self.client.open(path, method=method, headers=dict(headers), **{kind: body}) as done:
            text, told = done.get_data(as_text=True), done.get_json(silent=True)
        return Answer(done.status_code, dict(done.headers), text, told)

    def cookies(self) -> Mapping[str, str]:
        return {name: cookie.value for (_, _, name), cookie in self.client._cookies.items()}

    def later(self, seconds: float) -> None:
        self.moved += seconds


def shop(pages: AccountPages) -> Flask:
    """An application with something to protect."""
    app = Flask(__name__)
    app.config["PROPAGATE_EXCEPTIONS"] = False

    @app.route("/mine", methods=["GET", "POST"])
    @sign_in_required
    def mine() -> str:
        return f"{current_user.username} {current_user.email}"

    @app.get("/staff")
    @require_groups("staff", "chiefs")
    def staff() -> str:
        return f"{current_user.email or current_user.username}"

    @app.get("/orders")
    @require_scopes("orders/read")
    async def orders() -> str:
        return "orders"

    @app.get("/greeting")
    def greeting() -> str:
        return render_template_string("Hello {% if current_user %}{{ current_user.email }}{% else %}you{% endif %}")

    @app.get("/by-hand")
    def by_hand() -> str:
        return str(visitor()) + str(current_user.username)

    @app.get("/broken")
    def broken() -> str:
        raise errors.UserNotFoundException("nobody")

    pages.init_app(app)
    return app


@pytest.fixture
def site(make_pool: Callable[..., Any]) -> Iterator[FlaskSite]:
    pool = make_pool(
        secret=True,
        client={"ExplicitAuthFlows": ["ALLOW_USER_SRP_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]},
        AutoVerifiedAttributes=["email"],
    )
    made = FlaskSite(pool)
    yield made
    made.cognito.close()
    made.verifier.close()


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
def test_every_story_of_a_site(site: FlaskSite, story: Callable[[Site], None]) -> None:
    """What every adapter promises (site_stories)."""
    story(site)


def test_a_view_may_look(site: FlaskSite) -> None:
    """`current_user` is false for nobody, in views and templates, and asking it for more leads to the sign-in."""
    assert site.get("/greeting").text == "Hello you"
    assert site.get("/by-hand").location == "/account/sign-in?next=/by-hand"
    email = a_customer(site)
    site.sign_in(email)
    assert site.get("/greeting").text == f"Hello {email}"
    with site.app.test_request_context("/"):
        assert not current_user
        assert visitor() is None
        with pytest.raises(NobodySignedIn):
            current_user.username  # noqa: B018
    with site.app.test_request_context("/", headers={"Authorization": "Bearer nonsense"}), pytest.raises(TokenRefused):
        visitor()


def test_what_nobody_looks_at_costs_nothing(site: FlaskSite) -> None:
    """A view that does not ask who is there is no different for a bad token, nor for caches."""
    answer = site.program("GET", "/account/static/account.css", Authorization="Bearer nonsense")
    assert answer.status == 200
    assert "Vary" not in answer.headers


def test_a_person_who_may_not_sees_a_page(site: FlaskSite) -> None:
    """It is the application's own page of this status, not JSON."""
    site.sign_in(a_customer(site))
    forbidden = site.get("/staff")
    assert (forbidden.status, "text/html" in forbidden.headers["Content-Type"]) == (403, True)


def test_refusals_of_views_stay_their_own(site: FlaskSite) -> None:
    """Only the question who is there is answered here: what a view asks the service and is refused is its own fault."""
    assert site.get("/broken").status == 500


def test_a_silent_service_is_not_nobody(site: FlaskSite) -> None:
    """Where the token has to be renewed and the service is silent, the answer is 503 and the session stays."""
    site.sign_in(a_customer(site))
    site.later(3600)
    silent = Cognito(
        **{**settings_for(site.pool), "endpoint": "http://127.0.0.1:9"}, clock=site.cognito.surroundings.clock
    )
    with silent:
        down = shop(AccountPages(cognito=silent)).test_client()
        down._cookies = site.client._cookies
        answers = [down.get(path, headers={"Accept": "text/html"}) for path in ("/mine", "/account/profile")]
    assert [answer.status_code for answer in answers] == [503, 503]
    assert all("try again later" in answer.text for answer in answers)
    assert site.get("/mine").status == 200


def test_cookies_over_tls(site: FlaskSite) -> None:
    """Behind TLS no subdomain and no plain page can set or read a cookie of ours."""
    with site.client.get("/account/sign-in", base_url="https://shop.example") as shown:
        cookies = shown.headers.getlist("Set-Cookie")
    assert cookies
    for cookie in cookies:
        assert cookie.startswith("__Host-")
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))


def test_a_template_of_the_application_wins(site: FlaskSite, tmp_path: Any) -> None:
    """`cognomen/layout.html` in the application's own templates takes the place of ours."""
    (tmp_path / "cognomen").mkdir()
    (tmp_path / "cognomen" / "layout.html").write_text("OURS {% block main %}{% endblock %}")
    site.app.jinja_loader.searchpath.insert(0, str(tmp_path))  # type: ignore[union-attr,attr-defined]
    shown = site.get("/account/sign-in")
    assert shown.text.startswith("OURS")
    assert shown.page.title == "Sign in"


def test_what_is_missing_is_said_at_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """An application without an app client does not start, and says which variable to set."""
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    with pytest.raises(ConfigurationMissing, match="AWS_COGNITO"):
        AccountPages(Flask(__name__))
