"""APIs of Django REST framework, against the server of this repository."""

from collections.abc import Iterator

import pytest

from cognomen_kit import TokenVerifier, TrustedPool
from cognomen_kit.django import the_account
from kit.django.configured import BACKEND, MIDDLEWARE
from kit.django.conftest import DjangoSite
from kit.site_stories import a_customer, tokens_of

from django.contrib.auth import get_user_model  # isort: skip - settings come first
from django.test import override_settings  # isort: skip

OURS = "cognomen_kit.django.middleware.CognitoMiddleware"
BARE = [each for each in MIDDLEWARE if each != OURS]


@pytest.fixture(params=[MIDDLEWARE, BARE], ids=["middleware", "none"])
def anyhow(request: pytest.FixtureRequest, site: DjangoSite) -> Iterator[DjangoSite]:
    """A site with and without the middleware: bearer tokens need none."""
    with override_settings(MIDDLEWARE=request.param):
        site.client.handler.load_middleware()
        yield site


def test_a_bearer_token_is_a_user(anyhow: DjangoSite) -> None:
    """`request.auth` is the visitor, `request.user` somebody who is authenticated."""
    email = a_customer(anyhow, groups=("staff",))
    good = f"Bearer {tokens_of(anyhow, email)['AccessToken']}"
    told = anyhow.program("POST", "/api/mine", {}, Authorization=good)
    assert told.status == 200
    assert told.json["is"] == "TokenUser"
    assert told.json["user"] == told.json["sub"]
    assert anyhow.program("GET", "/api/staff", Authorization=good).status == 200
    lacking = anyhow.program("GET", "/api/orders", Authorization=good)
    assert (lacking.status, lacking.json) == (403, {"detail": "Needs orders/read."})
    with override_settings(AUTHENTICATION_BACKENDS=[BACKEND]):
        assert anyhow.program("GET", "/api/mine", Authorization=good).json["is"] == "User"
        get_user_model().objects.filter(username=told.json["sub"]).update(is_active=False)
        assert anyhow.program("GET", "/api/mine", Authorization=good).status == 401


def test_what_is_no_access_token_is_refused(anyhow: DjangoSite) -> None:
    """Nothing, an ID token, a forged one: 401, and the header says what is wanted."""
    tokens = tokens_of(anyhow, a_customer(anyhow))
    for sent in ({}, *({"Authorization": f"Bearer {bad}"} for bad in (tokens["IdToken"], "nonsense"))):
        refused = anyhow.program("GET", "/api/mine", **sent)
        assert (refused.status, refused.headers["WWW-Authenticate"]) == (401, "Bearer")
    outsider = f"Bearer {tokens['AccessToken']}"
    assert anyhow.program("GET", "/api/staff", Authorization=outsider).status == 403


def test_keys_that_cannot_be_had_are_503(anyhow: DjangoSite) -> None:
    """Not 401: the token may be good, and nobody can tell."""
    good = f"Bearer {tokens_of(anyhow, a_customer(anyhow))['AccessToken']}"
    url = anyhow.pool.server.url
    pool = TrustedPool.of(anyhow.pool.pool_id, anyhow.pool.client_id, endpoint=url, jwks="http://127.0.0.1:9/jwks")
    with TokenVerifier(pool) as verifier, pytest.MonkeyPatch.context() as patch:
        patch.setattr(the_account, "verifier", lambda: verifier)
        assert anyhow.program("GET", "/api/mine", Authorization=good).status == 503
    the_account.account.cache_clear()


def test_the_session_of_the_pages(site: DjangoSite) -> None:
    """Pages of the same site may ask with the cookie; another site's page may read nothing and change nothing."""
    email = a_customer(site)
    site.sign_in(email)
    assert site.program("GET", "/api/mine").status == 200
    assert site.program("POST", "/api/mine", {}, Origin="http://testserver").status == 200
    assert site.program("POST", "/api/mine", {}, Origin="https://evil.example").status == 403


def test_without_the_middleware_no_cookie_counts(site: DjangoSite) -> None:
    """Nobody would keep the renewed ones."""
    site.sign_in(a_customer(site))
    with override_settings(MIDDLEWARE=BARE):
        site.client.handler.load_middleware()
        assert site.program("GET", "/api/mine").status == 401
    site.client.handler.load_middleware()
