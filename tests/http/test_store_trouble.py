"""A store that fails is told of once, and asked again before the server calls itself ready."""

import io
import json

import pytest

from cognomen.http import store_trouble
from cognomen.http.log_lines import make_logger
from cognomen.http.store_trouble import StoreTrouble
from cognomen.storage.database import StorageFailed, StoreFull
from cognomen.storage.line import Line

pytestmark = pytest.mark.anyio


class Store:
    """Takes writes or fails, as the test says."""

    line = Line()

    def __init__(self):
        self.fault = None
        self.asked = 0

    async def write(self, _work):
        self.asked += 1
        if self.fault:
            raise self.fault


class World:
    def __init__(self, folder, monkeypatch):
        self.store, self.log, self.now, self.free = Store(), io.StringIO(), 0.0, 0
        monkeypatch.setattr(store_trouble, "disk_usage", lambda _folder: self)
        self.trouble = StoreTrouble(self.store, make_logger("info", "json", self.log), folder, lambda: self.now)

    def said(self):
        return [json.loads(line) for line in self.log.getvalue().splitlines()]


@pytest.fixture
def world(tmp_path, monkeypatch):
    return World(tmp_path, monkeypatch)


async def test_a_store_that_never_failed_is_not_asked(world):
    """Probes cost no write."""
    assert await world.trouble.why_not() is None
    assert not world.store.asked


async def test_a_full_disk_is_the_reason_until_there_is_room(world):
    """Also where a small write still finds a place; the log tells how much is free, and when it is over."""
    world.trouble.note(StoreFull("the disk of the store is full"))
    assert await world.trouble.why_not() == "disk full"
    world.free = 50_000_000
    assert await world.trouble.why_not() is None
    assert await world.trouble.why_not() is None
    assert world.store.asked == 1
    [begun, over] = world.said()
    assert (begun["event"], begun["free_bytes"], begun["level"]) == ("the store failed", 0, "error")
    assert (over["event"], over["failed_calls"]) == ("the store takes writes again", 1)


async def test_a_store_that_still_fails_keeps_the_server_from_being_ready(world):
    """What the probe finds is what it says."""
    world.free = 50_000_000
    world.trouble.note(StorageFailed("SQLite failed: disk I/O error"))
    world.store.fault = StorageFailed("SQLite failed: disk I/O error")
    assert await world.trouble.why_not() == "database"
    world.store.fault = StoreFull("the disk of the store is full")
    assert await world.trouble.why_not() == "disk full"


async def test_a_thousand_failures_are_one_line_a_minute(world):
    """Each kind by itself, with how many calls have failed so far."""
    for second in range(100):
        world.now = float(second)
        for _ in range(10):
            world.trouble.note(StoreFull("the disk of the store is full"))
    world.trouble.note(StorageFailed("SQLite failed: disk I/O error"))
    assert [line["failed_calls"] for line in world.said()] == [1, 601, 1001]
