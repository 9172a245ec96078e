"""The clock of the dev profile: forward only, in whole seconds, within reason."""

import pytest

pytestmark = pytest.mark.anyio
TEN_YEARS = 315_360_000


@pytest.mark.parametrize("seconds", [0, 1, 3600, TEN_YEARS])
async def test_the_clock_moves_forward(application, browser, seconds):
    """Every part of the server sees the new time, and the answer tells it."""
    before = application.world.now_ms()
    reply = await browser.send("POST", "/_dev/clock", chunks=[b'{"advance": %d}' % seconds])
    after = application.world.now_ms()
    assert reply.status == 200
    assert before + seconds * 1000 <= reply.json["now_ms"] <= after
    assert list(reply.json) == ["now_ms"]


BODIES = [
    b"", b"{}", b"[]", b"null", b"{", b'{"advance": -1}', b'{"advance": 1.5}', b'{"advance": "1"}',
    b'{"advance": true}', b'{"advance": null}', b'{"advance": 315360001}', b'{"advance": 1e30}', b'{"advance": NaN}',
    b'{"advance": 1, "x": 2}',
    b'{"forward": 1}', b"\xff", b'{"advance": ' + b"9" * 5000 + b"}", b"[" * 60_000,
]  # fmt: skip


@pytest.mark.parametrize("body", BODIES, ids=range(len(BODIES)))
async def test_anything_else_is_refused_by_name(application, browser, body):
    """400, the parameter, what it may be; and the clock stands still."""
    before = application.clock._moved_ms.value
    reply = await browser.send("POST", "/_dev/clock", chunks=[body])
    assert (reply.status, reply.json["parameter"]) == (400, "advance")
    assert reply.json["message"] == 'The body must be {"advance": seconds}, a whole number from 0 to 315360000.'
    assert application.clock._moved_ms.value == before
