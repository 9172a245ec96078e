"""Where existence is hidden, exactly the same is done for nobody as for somebody, statement by statement."""

import asyncio
import json
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import pytest

from asgi import SIGNED, Browser, Reply
from cognomen import settings, wiring
from cognomen.jobs.bell import JobBell
from cognomen.signing import argon2
from cognomen.signing.sealing import AesGcmSealer
from cognomen.storage import freshness, postgres, sqlite
from existence.scenes import SCENES, SETTINGS, stage
from refusals.service import is_signed
from stopped import stopped_clocks
from storage.stores import IN_MEMORY, POSTGRES

Ask = Callable[[str, Mapping[str, Any]], Reply]
SOMEBODY, NOBODY = "user0001", "none0001"
DATABASES = (sqlite.SqliteDatabase, postgres.PostgresDatabase)
TRANSACTIONS = (sqlite._SqliteTx, postgres._PostgresTx)


class Watch:
    """Writes down what is done while it runs: statements, transactions, hashes, seals, rings."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self._patch = patch
        self.seen: list[str] = []
        for transaction in TRANSACTIONS:
            for name in ("run", "one", "all"):
                self._note(transaction, name, lambda _, sql, *__: sql)
        for database in DATABASES:
            self._note(database, "read", lambda *_: "read")
            self._end_of(database)
        for name in ("_hash", "_matches"):
            self._note(argon2, name, lambda *_, name=name: name)
        self._note(AesGcmSealer, "seal", lambda *_: "seal")
        self._note(JobBell, "ring", lambda *_: "ring")

    def _note(self, owner: Any, name: str, word: Callable[..., str]) -> None:
        original = getattr(owner, name)

        def noted(*given: Any, **named: Any) -> Any:
            self.seen.append(word(*given))
            return original(*given, **named)

        self._patch.setattr(owner, name, noted)

    def _end_of(self, database: Any) -> None:
        original = database.write

        async def write(*given: Any) -> Any:
            try:
                done = await original(*given)
            except Exception:
                self.seen.append("rolled back")
                raise
            self.seen.append("committed")
            return done

        self._patch.setattr(database, "write", write)


@pytest.fixture(params=[IN_MEMORY, POSTGRES])
def ask(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ask]:
    """Calls to an application in this process, whose jobs do not run and which looks for no change of a pool.

    Its clock stands still, so that a lock of a second lasts on however slow a machine.
    """
    monkeypatch.setattr(freshness, "FRESH_MS", 3_600_000)
    store: dict[str, str | None] = {"data": ":memory:"}
    if request.param == POSTGRES:
        store = {"database": request.getfixturevalue("postgres").new_database("existence")}
    chosen = settings.load({"port": "9229", "log_level": "error", **SETTINGS, **store}, environment={})
    with stopped_clocks(), asyncio.Runner() as runner:
        application = runner.run(wiring.build(chosen))
        browser = Browser(application.app)

        def asked(operation: str, members: Mapping[str, Any]) -> Reply:
            signature = SIGNED if is_signed(operation) else None
            return runner.run(browser.call(operation, json.dumps(members).encode(), Authorization=signature))

        yield asked
        runner.run(application.world.database.close())


def done(ask: Ask, operation: str, members: Mapping[str, Any]) -> Any:
    """The answer to a call that must succeed."""
    reply = ask(operation, members)
    assert reply.status == 200, reply.body
    return reply.json


def face_of(reply: Reply) -> Any:
    """What tells answers apart, besides places and numbers that are each one's own."""
    return reply.status, sorted(reply.json), reply.json.get("__type"), reply.json.get("message")


@pytest.mark.parametrize("name", SCENES)
def test_as_much_is_done_for_nobody(ask: Ask, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """CRED-06: The same statements in the same transactions, as many hashes and seals, and the same answer."""
    scene, there = SCENES[name], stage(partial(done, ask))
    scene.make(there, SOMEBODY)
    for each in (SOMEBODY, NOBODY):
        scene.before(there, each)
    watch = Watch(monkeypatch)
    replies, work = [], []
    for each in (SOMEBODY, NOBODY):
        watch.seen.clear()
        replies.append(ask(scene.operation, scene.members(there.named(each))))
        work.append(list(watch.seen))
    assert face_of(replies[0]) == face_of(replies[1])
    assert work[0] == work[1]
    assert len(work[0]) > 1
