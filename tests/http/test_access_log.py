"""The access log: one line a request, for machines, without secrets."""

import io
import json

import pytest

from asgi import SIGNED, Browser
from cognomen.http.app import Options, make_app
from cognomen.http.log_lines import make_logger
from cognomen.http.sigv4 import AnyWellFormedSignature

pytestmark = pytest.mark.anyio


class Server:
    """An application and the lines that it logs."""

    def __init__(self, world, level="info", form="json"):
        self.log = io.StringIO()
        options = Options(make_logger(level, form, self.log))
        self.browser = Browser(make_app(world, AnyWellFormedSignature("123456789012"), options))

    @property
    def lines(self):
        return [json.loads(line) for line in self.log.getvalue().splitlines()]


@pytest.fixture
def server(application):
    return Server(application.world)


async def test_a_call_is_one_line(server):
    """Who asked for what, how it ended and how long it took, under the id that the caller got."""
    reply = await server.browser.call("SignUp", b'{"ClientId": "abc", "Username": "ana", "Password": "pw"}')
    (line,) = server.lines
    assert line.pop("ms") > 0
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "request",
        "level": "info",
        "request_id": reply.headers["x-amzn-requestid"],
        "method": "POST",
        "path": "/",
        "operation": "SignUp",
        "status": 400,
        "error": "ResourceNotFoundException",
        "client_id": "abc",
        "client": "192.0.2.7",
    }


async def test_a_pool_is_told_where_the_call_names_one(server):
    """Lines can be counted by pool."""
    await server.browser.signed("DescribeUserPool", b'{"UserPoolId": "us-east-1_abcdefghi"}')
    assert server.lines[0]["pool_id"] == "us-east-1_abcdefghi"


async def test_a_page_is_one_line_without_its_query(server):
    """Queries carry codes and states; the path does not."""
    await server.browser.get("/us-east-1_x/.well-known/jwks.json?code=planted")
    assert [(line["path"], line["status"]) for line in server.lines] == [("/us-east-1_x/.well-known/jwks.json", 404)]


async def test_no_secret_is_logged(server):
    """TOK-16: Bodies, tokens and the Authorization header stay out, at every level, in refusals as well."""
    body = {"ClientId": "abc", "Username": "planted-user", "Password": "planted-pass", "SecretHash": "planted-hash"}
    await server.browser.call("SignUp", json.dumps(body).encode(), Authorization="Bearer planted-bearer")
    await server.browser.call("GetUser", b'{"AccessToken": "planted.token.x"}')
    await server.browser.call("CreateUserPool", b"{}", Authorization=SIGNED.replace("ab", "planted"))
    await server.browser.call("SignUp", b'{"Password": "planted", "Password": "planted"}')
    assert len(server.lines) == 4
    assert "planted" not in server.log.getvalue()


HOSTILE = ["a\nb", 'a"}\n{"level": "info"', "\x1b[31mred", "\u2028\u2029\x85", "\x00", "x" * 1_000_000]


@pytest.mark.parametrize("value", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("form", ["json", "plain"])
async def test_no_value_can_forge_a_line(application, value, form):
    """HTTP-08: Whatever a caller writes into a path, a pool or a client id stays within one short line."""
    server = Server(application.world, form=form)
    await server.browser.get(f"/{value}")
    body = json.dumps({"UserPoolId": value, "ClientId": value, "Username": "x"}).encode()[:1_000_000]
    await server.browser.call("SignUp", body)
    text = server.log.getvalue()
    assert len(text.splitlines()) == 2
    assert all(len(line) < 3000 and line.isprintable() for line in text.splitlines())


async def test_probes_are_quiet(application):
    """What a load balancer asks every second is logged at debug alone."""
    quiet, chatty = Server(application.world), Server(application.world, level="debug")
    for server in (quiet, chatty):
        await server.browser.get("/health/live")
    assert (len(quiet.lines), len(chatty.lines)) == (0, 1)


async def test_the_level_turns_it_off(application):
    """At warning there are no lines of requests."""
    server = Server(application.world, level="warning")
    await server.browser.get("/")
    assert server.lines == []


@pytest.mark.parametrize("form", ["json", "plain"])
def test_tracebacks_do_not_show_local_variables(form):
    """A secret in a variable of a failing function stays out of the log."""

    def fail(password):
        raise ValueError(len(password))

    log = io.StringIO()
    try:
        fail("PLANTED".lower())
    except ValueError:
        make_logger("info", form, log).exception("failed")
    assert "ValueError: 7" in log.getvalue()
    assert "planted" not in log.getvalue()
