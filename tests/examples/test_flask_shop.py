"""The Flask shop in a real browser, from sign-up to sign-out: the same person as at the FastAPI shop."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from browsers import needs_browser
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

SHOP = Path(__file__).parents[2] / "examples" / "flask_shop"


@contextmanager
def flask_running(folder: Path, environment: Mapping[str, str]) -> Iterator[str]:
    """The application as its README starts it, on a free port; yields its URL, which its first lines tell."""
    command = [sys.executable, "-m", "flask", "--app", "shop:make_app", "run", "--port", "0"]
    environment = {"PATH": os.environ["PATH"], **environment}
    with subprocess.Popen(command, cwd=folder, env=environment, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        try:
            told = (re.search(r"http://127.0.0.1:\d+", line) for line in process.stderr)
            yield next(found[0] for found in told if found)
        finally:
            process.terminate()
            process.communicate()


@pytest.fixture
def shop(pool: Any) -> Iterator[str]:
    """The shop with the three values of its README, and the one that leaves AWS."""
    environment = {
        "AWS_COGNITO_CLIENT_ID": pool.client_id,
        "AWS_COGNITO_APP_CLIENT_SECRET": pool.secret,
        "AWS_REGION": "us-east-1",
        "AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER": pool.server.url,
    }
    with flask_running(SHOP, environment) as url:
        yield url
