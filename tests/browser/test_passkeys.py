"""Passkeys in a real browser: a page of ours that uses the browser's own functions, and a virtual authenticator."""

import functools
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from browser.chromium import PROGRAM, Browser, PageFailed, chromium
from passkey import Keyed, keyed

pytestmark = pytest.mark.skipif(
    PROGRAM is None, reason="THE BROWSER'S PART OF PASSKEYS IS NOT TESTED: chromium is not installed"
)
PAGE = "passkeys.html"


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves the page and writes no log."""

    def log_message(self, *_: Any) -> None: ...


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """Where the page is."""
    handler = functools.partial(Quiet, directory=str(Path(__file__).parent))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


@pytest.fixture
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def pool(make_pool: Any) -> Keyed:
    made = keyed(make_pool)
    made.pool.confirmed("ada")
    return made


def test_a_passkey_lives_from_registration_to_deletion(browser: Browser, pool: Keyed, port: int) -> None:
    """Register, sign in twice, delete: after that the name leads to a choice without passkeys."""
    url, token = pool.pool.server.url, pool.token("ada")
    browser.open(f"http://localhost:{port}/{PAGE}")
    made = browser.run("register", url, token)
    (shown,) = pool.passkeys(token)
    assert (shown["CredentialId"], shown["AuthenticatorAttachment"]) == (made, "platform")
    assert shown["AuthenticatorTransports"] == ["internal"]
    for _ in range(2):
        signed_in = browser.run("signIn", url, pool.pool.client_id, "ada")
        assert pool.cognito.get_user(AccessToken=signed_in)["Username"] == "ada"
    with pytest.raises(PageFailed, match="InvalidStateError"):  # excludeCredentials names it
        browser.run("register", url, token)
    pool.cognito.delete_web_authn_credential(AccessToken=token, CredentialId=made)
    with pytest.raises(PageFailed, match="SELECT_CHALLENGE"):
        browser.run("signIn", url, pool.pool.client_id, "ada")


def test_a_page_elsewhere_is_refused(browser: Browser, make_pool: Any, port: int) -> None:
    """The browser makes no passkey for another domain; one made for the page's own is refused by the server."""
    pool = keyed(make_pool, passkeys={"RelyingPartyId": "app.localhost"})
    pool.pool.confirmed("ada")
    url, token = pool.pool.server.url, pool.token("ada")
    browser.open(f"http://localhost:{port}/{PAGE}")
    with pytest.raises(PageFailed, match="SecurityError"):
        browser.run("register", url, token)
    bent = {"rp": {"id": "localhost", "name": "localhost"}}
    with pytest.raises(PageFailed, match="WebAuthnOriginNotAllowedException"):
        browser.run("register", url, token, bent)
    browser.open(f"http://below.app.localhost:{port}/{PAGE}")
    bent = {"rp": {"id": "below.app.localhost", "name": "below"}}
    with pytest.raises(PageFailed, match="WebAuthnRelyingPartyMismatchException"):
        browser.run("register", url, token, bent)
    browser.run("register", url, token)
    assert browser.run("signIn", url, pool.pool.client_id, "ada")
