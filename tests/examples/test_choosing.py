"""Account pages where the first factor is the person's choice, in a real browser with an authenticator."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from browser.chromium import AUTHENTICATOR
from browsers import browser, needs_browser, opened, uvicorn_running
from passkey import Keyed, keyed

pytestmark = needs_browser

ADA = "ada@post.example"
REGISTER = """async (options) => {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
  return (await navigator.credentials.create({ publicKey })).toJSON();
}"""


@pytest.fixture
def pool(make_pool: Callable[..., Any]) -> Keyed:
    made = keyed(make_pool, secret=True, UsernameAttributes=["email"])
    made.pool.confirmed(ADA, UserAttributes=[{"Name": "email", "Value": ADA}])
    return made


@pytest.fixture
def site(pool: Keyed) -> Iterator[str]:
    environment = {
        "AWS_COGNITO_CLIENT_ID": pool.pool.client_id,
        "AWS_COGNITO_APP_CLIENT_SECRET": str(pool.pool.secret),
        "AWS_COGNITO_USER_POOL_ID": pool.pool.pool_id,
        "AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER": pool.pool.server.url,
    }
    with uvicorn_running("choosing:make_app", Path(__file__).parent, environment) as url:
        yield url.replace("127.0.0.1", "localhost")


@pytest.fixture
def page() -> Iterator[Any]:
    with browser() as chromium, opened(chromium) as page:
        devtools = page.context.new_cdp_session(page)
        devtools.send("WebAuthn.enable")
        devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
        yield page


def begin(page: Any, site: str) -> None:
    page.goto(f"{site}/account/sign-in")
    page.get_by_label("E-mail address").fill(ADA)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_label("Passkey").check()
    page.get_by_role("button", name="Continue").click()


def test_signing_in_with_a_passkey(page: Any, site: str, pool: Keyed) -> None:
    """The page asks the browser for the passkey; where the browser refuses, a person is told and starts again."""
    page.goto(f"{site}/account/sign-in")
    token = pool.token(ADA)
    pool.complete(token, page.evaluate(REGISTER, pool.options(token)))
    begin(page, site)
    page.get_by_role("button", name="Use passkey").click()
    page.get_by_role("heading", name="Your profile").wait_for()
    page.get_by_role("button", name="Sign out").click()
    begin(page, site)
    page.evaluate("() => { navigator.credentials.get = () => Promise.reject(new Error()); }")
    page.get_by_role("button", name="Use passkey").click()
    page.get_by_role("alert").get_by_text("This passkey could not be used.").wait_for()
    page.get_by_role("link", name="Start again").click()
    page.get_by_role("heading", name="Sign in").wait_for()
