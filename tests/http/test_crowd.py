"""Requests that have waited too long are turned away before anything is done for them."""

import io
import json
from dataclasses import replace
from time import monotonic

import pytest

from asgi import Browser
from cognomen.http.app import Options, make_app
from cognomen.http.crowd import Crowd
from cognomen.http.log_lines import make_logger
from cognomen.http.sigv4 import AnyWellFormedSignature
from cognomen.storage.line import TURNS, Line

pytestmark = pytest.mark.anyio
LONGEST_S = 1.0
NOW = 1000.0


def crowd(line=None, log=None, now=lambda: NOW):
    return Crowd(LONGEST_S, line or Line(), make_logger("info", "json", log or io.StringIO()), now)


@pytest.mark.parametrize(
    ("arrived", "refused"),
    [
        pytest.param(NOW, False, id="at once"),
        pytest.param(NOW - LONGEST_S, False, id="just in time"),
        pytest.param(NOW - LONGEST_S - 0.001, True, id="too late"),
        pytest.param(None, False, id="a server that does not say when"),
    ],
)
def test_the_wait_of_a_request_decides(arrived, refused):
    """Neither how many there are nor what they ask for."""
    scope = {} if arrived is None else {"arrived": arrived}
    assert crowd().is_too_much_for(scope) is refused


class Waiting(Line):
    """A line of so many, of whom the first one came so long ago, and which moves on every so often."""

    def __init__(self, many, first_s, pace_s):
        super().__init__()
        self._since = dict.fromkeys(range(many), NOW - first_s)
        self._pace_s = pace_s


@pytest.mark.parametrize(
    ("line", "refused"),
    [
        pytest.param(Waiting(0, 0, 9), False, id="nobody waits"),
        pytest.param(Waiting(900, 0.1, 0.0001), False, id="many, and it moves fast"),
        pytest.param(Waiting(100, 0.1, LONGEST_S / (100 * TURNS) + 0.001), True, id="it moves slowly"),
        pytest.param(Waiting(1, LONGEST_S + 0.1, 0.0001), True, id="it does not move at all"),
    ],
)
def test_the_line_at_the_store_decides_for_those_who_would_join_it(line, refused):
    """A request that was read in time is turned away where it would wait too long for the store."""
    assert crowd(line).is_too_much_for({"arrived": NOW}) is refused


def test_a_line_learns_its_pace_from_those_who_leave():
    """Turns that take no time leave no pace behind."""
    line = Line()
    for _ in range(50):
        with line.place():
            assert not line.is_long(LONGEST_S, monotonic())
    assert not line.is_long(LONGEST_S, monotonic() + 3600)


def test_the_log_tells_of_it_once_in_a_while():
    """One line, and another ten seconds later with the number of all who were turned away."""
    log, clock = io.StringIO(), [NOW]
    judge = crowd(log=log, now=lambda: clock[0])
    for seconds in (0, 1, 9, 10):
        clock[0] = NOW + seconds
        assert judge.is_too_much_for({"arrived": 0.0})
    told = [json.loads(line)["turned_away"] for line in log.getvalue().splitlines()]
    assert told == [1, 4]


@pytest.fixture
def late(application):
    """The application as it answers requests that waited for an hour, and what it counts."""
    counted = []
    options = Options(make_logger("error", "json", io.StringIO()), count=counted.append)
    app = make_app(replace(application.world), AnyWellFormedSignature("123456789012"), options)

    async def an_hour_later(scope, receive, send):
        await app({**scope, "arrived": monotonic() - 3600}, receive, send)

    return Browser(an_hour_later), counted


async def test_a_late_call_is_refused_as_aws_refuses_one_too_many(late):
    """HTTP 400 and TooManyRequestsException, so that every SDK waits and tries again; it is counted as such."""
    browser, counted = late
    reply = await browser.call("SignUp", {"anything": "at all"})
    assert (reply.status, reply.type, reply.json["message"]) == (400, "TooManyRequestsException", "Too many requests")
    assert reply.headers["x-amzn-errortype"] == "TooManyRequestsException:"
    assert len(reply.headers["x-amzn-requestid"]) == 36
    assert reply.headers["access-control-allow-origin"] == "*"
    assert [(entry.status, entry.error) for entry in counted] == [(400, "TooManyRequestsException")]


async def test_a_late_page_is_refused_in_the_words_of_http(late):
    """503 and when to come again."""
    reply = await late[0].get("/us-east-1_Pool/.well-known/jwks.json")
    assert (reply.status, reply.headers["retry-after"]) == (503, "1")


@pytest.mark.parametrize("state", ["live", "ready"])
async def test_probes_are_always_answered(late, state):
    """A supervisor that hears nothing would end a server that has much to do."""
    assert (await late[0].get(f"/health/{state}")).status == 200
