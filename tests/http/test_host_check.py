"""Pages under /_dev answer this machine's own tools and pages, and no other site."""

import pytest

from asgi import Browser

pytestmark = pytest.mark.anyio

OWN = [
    "localhost",
    "localhost:9229",
    "LOCALHOST:1",
    "127.0.0.1",
    "127.0.0.1:9229",
    "127.8.8.8:80",
    "[::1]",
    "[::1]:9229",
    "cognomen.test:8443",
]
FOREIGN = [
    "", "evil.example", "evil.example:9229", "localhost.evil.example", "127.0.0.1.evil.example", "192.0.2.1", "0.0.0.0",
    "[::]", "[fe80::1]", "localhost:port", "localhost:", "localhost@evil.example", "http://localhost", "localhost/x",
    "local host", "1", "2130706433", "0x7f.1", "127.1", "::1", "\u00e9", "notcognomen.test", "localhost,localhost",
]  # fmt: skip


@pytest.fixture
async def browser(build):
    return Browser((await build(public_url="https://cognomen.test:8443/")).app)


@pytest.mark.parametrize("host", OWN)
async def test_loopback_and_the_public_host_are_answered(browser, host):
    """On any port: in front of the server may be a tunnel."""
    assert (await browser.get("/_dev/messages", {"Host": host})).status == 200


@pytest.mark.parametrize("host", FOREIGN)
@pytest.mark.parametrize("path", ["/_dev/messages", "/_dev/inbox", "/_dev/nothing"])
async def test_any_other_name_is_refused(browser, host, path):
    """A name that an attacker re-binds to 127.0.0.1 is still the attacker's name."""
    reply = await browser.get(path, {"Host": host})
    assert (reply.status, reply.json["message"].startswith("The Host header")) == (403, True)


async def test_a_request_with_two_hosts_is_refused(build):
    """Whoever sends two names means one of them ill."""
    app = (await build()).app
    status = []

    async def send(message):
        status.append(message.get("status"))

    headers = [(b"host", b"localhost"), (b"host", b"localhost")]
    scope = {"type": "http", "method": "GET", "path": "/_dev/messages", "query_string": b"", "headers": headers}
    await app({**scope, "client": None}, None, send)
    assert status[0] == 403


HOST = "localhost:9229"
NAVIGATION = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
FRAME = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"}
REQUESTS = [
    ("curl", "GET", {}, 200),
    ("the address bar", "GET", {"Sec-Fetch-Site": "none", **NAVIGATION}, 200),
    ("the page's own script", "GET", {"Sec-Fetch-Site": "same-origin"}, 200),
    ("its own script, with its origin", "GET", {"Origin": f"http://{HOST}", "Sec-Fetch-Site": "same-origin"}, 200),
    ("a link in a README", "GET", {"Sec-Fetch-Site": "cross-site", **NAVIGATION}, 200),
    ("a script of another site", "GET", {"Origin": "https://evil.example"}, 403),
    ("a script of another port", "GET", {"Origin": "http://localhost:3000"}, 403),
    ("a script of a sandbox", "GET", {"Origin": "null"}, 403),
    ("an origin without a name", "GET", {"Origin": ""}, 403),
    ("an image of another site", "GET", {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}, 403),
    ("a frame of another site", "GET", {"Sec-Fetch-Site": "cross-site", **FRAME}, 403),
    ("a script of another port, no origin", "GET", {"Sec-Fetch-Site": "same-site"}, 403),
    ("a form of another site", "POST", {"Sec-Fetch-Site": "cross-site", **NAVIGATION}, 403),
    ("a form of an older browser", "POST", {"Origin": "https://evil.example"}, 403),
]  # fmt: skip


@pytest.mark.parametrize(("method", "headers", "status"), [r[1:] for r in REQUESTS], ids=[r[0] for r in REQUESTS])
async def test_other_sites_reach_nothing(browser, method, headers, status):
    """Scripts, forms, images and frames of other origins are refused; a followed link shows the reader a page."""
    path = "/_dev/messages" if method == "GET" else "/_dev/clock"
    reply = await browser.send(method, path, {"Host": HOST, **headers}, [b'{"advance": 0}'])
    assert reply.status == status


PATHS = [("GET", "messages"), ("GET", "inbox"), ("GET", "nothing"), ("POST", "clock"), ("OPTIONS", "messages")]


@pytest.mark.parametrize(("method", "path"), PATHS)
@pytest.mark.parametrize("origin", [f"http://{HOST}", "https://evil.example"])
async def test_no_cors_header_ever(browser, method, path, origin):
    """Not to friends, not to strangers, not to a preflight."""
    headers = {"Host": HOST, "Origin": origin, "Access-Control-Request-Method": "POST"}
    reply = await browser.send(method, f"/_dev/{path}", headers)
    assert not [name for name in reply.headers if name.startswith("access-control-")]
