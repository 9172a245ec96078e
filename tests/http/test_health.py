"""Probes: whether the process runs, and whether it can serve."""

import io
from dataclasses import replace

import pytest

from asgi import Browser
from cognomen.http.app import Options, make_app
from cognomen.http.log_lines import make_logger
from cognomen.http.sigv4 import AnyWellFormedSignature
from cognomen.storage.line import Line

pytestmark = pytest.mark.anyio


async def test_a_healthy_server_lives_and_is_ready(browser):
    """Both answer at once, and no cache keeps the answer."""
    for state in ("live", "ready"):
        reply = await browser.get(f"/health/{state}")
        assert (reply.status, reply.json) == (200, {"status": state})
        assert reply.headers["cache-control"] == "no-store"


class Unreachable:
    line = Line()

    async def read(self, work):
        raise ConnectionRefusedError("db.internal:5432")


async def test_a_server_without_its_store_lives_and_is_not_ready(application):
    """OPS-02: The load balancer sends nobody, the supervisor does not restart it, and only the log tells why."""
    log = io.StringIO()
    world = replace(application.world, database=Unreachable())
    browser = Browser(make_app(world, AnyWellFormedSignature("1"), Options(make_logger("info", "json", log))))
    reply = await browser.get("/health/ready")
    assert (reply.status, reply.json) == (503, {"status": "not ready", "reason": "database"})
    assert (await browser.get("/health/live")).status == 200
    assert "db.internal" in log.getvalue()
