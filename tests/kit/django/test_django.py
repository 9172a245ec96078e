"""The account pages of a Django project, against the server of this repository."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from cognomen_kit.errors import UserNotFoundException
from kit.django.configured import TEMPLATES
from kit.django.conftest import DjangoSite
from kit.site import Site
from kit.site_stories import STORIES, a_customer

from django.test import override_settings  # isort: skip - settings come first

WITHOUT_USERS = """
import django
from django.conf import settings
from django.urls import include, path

settings.configure(
    ROOT_URLCONF=__name__,
    ALLOWED_HOSTS=["*"],
    INSTALLED_APPS=["cognomen_kit.django"],
    MIDDLEWARE=["cognomen_kit.django.middleware.CognitoMiddleware"],
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
    COGNITO_CLIENT={"client_id": "1", "client_secret": "s", "endpoint": "http://127.0.0.1:9"},
)
django.setup()
urlpatterns = [path("me/", include("cognomen_kit.django.urls"))]
from django.test import Client
shown = Client().get("/me/sign-in")
print(shown.status_code, 'action="/me/sign-in"' in shown.content.decode(), Client().get("/me/profile")["Location"])
"""


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
def test_every_story_of_a_site(site: DjangoSite, story: Callable[[Site], None]) -> None:
    """What every adapter promises (site_stories)."""
    story(site)


def test_a_view_may_look(site: DjangoSite) -> None:
    """`request.cognito_user` is None for nobody, in views and in templates, also with a token that is not accepted."""
    assert site.get("/greeting").text == "Hello you"
    assert site.get("/greeting", Authorization="Bearer nonsense").text == "Hello you"
    email = a_customer(site)
    site.sign_in(email)
    assert site.get("/greeting").text == f"Hello {email}"


def test_a_person_who_may_not_sees_a_page(site: DjangoSite) -> None:
    """It is the project's own page of this status, not JSON."""
    site.sign_in(a_customer(site))
    forbidden = site.get("/staff")
    assert (forbidden.status, "text/html" in forbidden.headers["Content-Type"]) == (403, True)


def test_refusals_of_views_stay_their_own(site: DjangoSite) -> None:
    """Only the question who is there is answered here: what a view asks the service and is refused is its own fault."""
    with pytest.raises(UserNotFoundException):
        site.get("/broken")


def test_a_silent_service_is_not_nobody(site: DjangoSite) -> None:
    """Where the token has to be renewed and the service is silent, the answer is 503 and the session stays."""
    site.sign_in(a_customer(site))
    site.later(3600)
    with override_settings(COGNITO_CLIENT={**site.options, "endpoint": "http://127.0.0.1:9"}):
        answers = [site.get(path) for path in ("/mine", "/account/profile", "/greeting")]
    assert [answer.status for answer in answers] == [503, 503, 200]
    assert all("try again later" in answer.text for answer in answers[:2])
    assert site.get("/mine").status == 200


def test_cookies_over_tls(site: DjangoSite) -> None:
    """Behind TLS no subdomain and no plain page can set or read a cookie of ours."""
    cookies = site.client.get("/account/sign-in", secure=True).cookies
    assert cookies
    for name, cookie in cookies.items():
        assert name.startswith("__Host-")
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.OutputString().split("; "))


def test_a_template_of_the_project_wins(site: DjangoSite, tmp_path: Path) -> None:
    """`cognomen/layout.html` in the project's own templates takes the place of ours."""
    (tmp_path / "cognomen").mkdir()
    (tmp_path / "cognomen" / "layout.html").write_text("OURS {% block main %}{% endblock %}")
    with override_settings(TEMPLATES=[{**TEMPLATES, "DIRS": [tmp_path]}]):
        shown = site.get("/account/sign-in")
    assert shown.text.startswith("OURS")
    assert shown.page.title == "Sign in"


def test_a_view_with_djangos_own_proof_asks_for_it(site: DjangoSite) -> None:
    """A view that is not exempt is guarded by Django's CSRF middleware as any other."""
    site.sign_in(a_customer(site))
    assert site.program("POST", "/protected", {}).status == 403


def test_a_project_without_users_of_its_own() -> None:
    """Neither django.contrib.auth nor a database is needed, and the pages are wherever the URLs put them."""
    done = subprocess.run([sys.executable, "-c", WITHOUT_USERS], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "200 True /me/sign-in?next=/me/profile\n"
