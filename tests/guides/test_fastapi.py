"""docs/guides/fastapi.md: every block of Python runs as it stands, and the application does what the page says."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from guides.kit_pages import python

PAGE = Path(__file__).parents[2] / "docs/guides/fastapi.md"
BROWSER = {"Accept": "text/html"}
EMAIL = "ann@example.com"


@pytest.fixture
def guide(make_pool: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the page has made, with Ann, who is no member of the staff."""
    flows = ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
    members = {"AutoVerifiedAttributes": ["email"], "UsernameAttributes": ["email"]}
    pool = make_pool(secret=True, client={"ExplicitAuthFlows": flows}, **members)
    pool.confirmed(EMAIL, UserAttributes=[{"Name": "email", "Value": EMAIL}])
    for name, value in {
        "AWS_COGNITO_CLIENT_ID": pool.client_id,
        "AWS_COGNITO_APP_CLIENT_SECRET": pool.secret,
        "AWS_COGNITO_USER_POOL_ID": pool.pool_id,
        "AWS_REGION": "us-east-1",
        "AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER": pool.server.url,
    }.items():
        monkeypatch.setenv(name, value)
    namespace: dict[str, Any] = {"__name__": "guide"}
    for block in python(PAGE):
        exec(compile("\n" * (block.line - 1) + block.text, PAGE, "exec"), namespace)
    return namespace


def test_the_page_runs(guide: dict[str, Any]) -> None:
    """And what it says of browsers and rights is so."""
    with TestClient(guide["app"], follow_redirects=False) as stranger:
        assert stranger.get("/").json() == "Hello"
        led = stranger.get("/orders", headers=BROWSER)
        assert (led.status_code, led.headers["Location"]) == (303, "/account/sign-in?next=/orders")
        assert stranger.get("/orders").status_code == 401
    with guide["client"] as ann:
        assert ann.get("/").json() == f"Hello {EMAIL}"
        assert ann.get("/orders").status_code == 200
        assert [ann.get(path).status_code for path in ("/api/orders", "/api/stock")] == [403, 403]
