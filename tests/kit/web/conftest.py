"""A site's account pages, on a pool of the server of this repository."""

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from cognomen_kit import Cognito, TokenVerifier, TrustedPool
from cognomen_kit.web import Account, WebSettings
from kit.web.visiting import Visiting

PASSWORD = "Correct-Horse-9"


@pytest.fixture
def pool(make_pool: Callable[..., Any]) -> Any:
    return make_pool(secret=True, AutoVerifiedAttributes=["email"], UsernameAttributes=["email"])


@pytest.fixture
def make_site(pool: Any) -> Iterator[Callable[..., Visiting]]:
    """A browser at a site with these settings; its clients are closed at the end."""
    opened: list[Any] = []

    def make(settings: WebSettings | None = None, *, at: Any = None, **options: Any) -> Visiting:
        of = at or pool
        client = Cognito(
            client_id=of.client_id,
            client_secret=of.secret,
            region="us-east-1",
            endpoint=of.server.url,
            **options,
        )
        verifier = TokenVerifier(TrustedPool.of(of.pool_id, of.client_id, endpoint=of.server.url))
        opened.extend((client, verifier))
        return Visiting(Account(client, verifier, settings or WebSettings(site_name="Shop")))

    yield make
    for each in opened:
        each.close()


@pytest.fixture
def site(make_site: Callable[..., Visiting]) -> Visiting:
    return make_site()


@pytest.fixture
def email(pool: Any) -> str:
    """A confirmed account."""
    made = f"karla-{uuid.uuid4().hex[:12]}@shop.example"
    pool.confirmed(made, UserAttributes=[{"Name": "email", "Value": made}, {"Name": "name", "Value": "Karla"}])
    pool.cognito.admin_update_user_attributes(
        UserPoolId=pool.pool_id, Username=made, UserAttributes=[{"Name": "email_verified", "Value": "true"}]
    )
    return made


@pytest.fixture
def signed_in(site: Visiting, email: str) -> Visiting:
    site.open("sign-in")
    assert site.fill(email=email, password=PASSWORD).location == "/"
    return site
