"""The Django shop in a real browser, from sign-up to sign-out: the same person as at the FastAPI shop."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from browsers import needs_browser, uvicorn_running
from examples.test_fastapi_shop import (  # noqa: F401 - fixtures and promises of every shop
    chromium,
    customer,
    karla,
    page,
    pool,
    test_a_forgotten_password,
    test_a_wrong_password_is_told_kindly,
    test_forged_and_replayed_requests_are_refused,
    test_from_sign_up_to_sign_out,
    test_the_profile,
)

pytestmark = needs_browser

SHOP = Path(__file__).parents[2] / "examples" / "django_shop"


@pytest.fixture
def shop(pool: Any) -> Iterator[str]:
    """The shop with the three values of its README, and the one that leaves AWS."""
    environment = {
        "DJANGO_SETTINGS_MODULE": "settings",
        "AWS_COGNITO_CLIENT_ID": pool.client_id,
        "AWS_COGNITO_APP_CLIENT_SECRET": pool.secret,
        "AWS_REGION": "us-east-1",
        "AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER": pool.server.url,
    }
    with uvicorn_running("django.core.asgi:get_asgi_application", SHOP, environment) as url:
        yield url
