"""A Django project in this process, and one browser's view of it."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

import kit.django.configured  # noqa: F401 # isort: skip - before anything of Django's
from django.core.management import call_command
from django.db import connections
from django.test import Client, override_settings

from cognomen_kit.surroundings import clock
from kit.site import Answer, Site
from kit.test_end_to_end import settings_for


class DjangoSite(Site):
    """A Django project under its own test client."""

    def __init__(self, pool: Any) -> None:
        super().__init__(pool)
        self.moved = 0.0
        self.client = Client(enforce_csrf_checks=True)

    @property
    def options(self) -> dict[str, Any]:
        return {**settings_for(self.pool), "clock": lambda: clock() + self.moved}

    def ask(self, method: str, path: str, headers: Mapping[str, str], body: Any) -> Answer:
        headers = dict(headers)
        kind = {"content_type": headers.pop("Content-Type")} if "Content-Type" in headers else {}
        done = getattr(self.client, method.lower())(path, *([] if body is None else [body]), headers=headers, **kind)
        text = b"".join(done).decode()
        done.close()
        told = done.json() if not done.streaming and done["Content-Type"] == "application/json" else None
        return Answer(done.status_code, dict(done.headers), text, told)

    def cookies(self) -> Mapping[str, str]:
        return {name: morsel.value for name, morsel in self.client.cookies.items()}

    def later(self, seconds: float) -> None:
        self.moved += seconds


@pytest.fixture(scope="session")
def database() -> Iterator[None]:
    """The tables of Django's own users, in memory."""
    call_command("migrate", verbosity=0)
    yield
    connections.close_all()


@pytest.fixture
def site(database: None, make_pool: Callable[..., Any]) -> Iterator[DjangoSite]:

    pool = make_pool(
        secret=True,
        client={"ExplicitAuthFlows": ["ALLOW_USER_SRP_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]},
        AutoVerifiedAttributes=["email"],
    )
    made = DjangoSite(pool)
    with override_settings(COGNITO_CLIENT=made.options):
        yield made
