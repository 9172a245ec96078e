"""What has expired goes away; what has not stays."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import structlog

from cognomen.domain.codes import Code, CodePurpose
from cognomen.domain.sessions import TokenSession
from cognomen.jobs import purge
from cognomen.jobs.purge import EVERY_SECONDS, PAUSE_SECONDS, PurgeJob
from cognomen.services import Services
from cognomen.storage import attempts, codes, lockouts, outbox, token_sessions
from delivery.post_world import MovedClock, new_world

pytestmark = pytest.mark.anyio

POOL = "eu-west-1_abcdefghi"
HOUR_MS = 3_600_000
LOG = structlog.wrap_logger(None, processors=[structlog.testing.LogCapture()])


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock()


@pytest.fixture
async def world(clock: MovedClock) -> AsyncIterator[Services]:
    made = await new_world(clock)
    yield made
    await made.database.close()


async def count(world: Services, table: str) -> int:
    row = await world.database.read(lambda tx: tx.one(f"select count(*) from {table}"))
    assert row is not None
    return int(row[0])


async def test_what_a_clock_ahead_has_left_is_set_right(world: Services, clock: MovedClock) -> None:
    """STO-07: after a clock was ten years ahead for a moment, messages go out and nobody is shut out for years."""
    ahead_ms = clock.ms + 10 * 365 * 24 * HOUR_MS

    async def fill(tx: Any) -> None:
        for number, now_ms in enumerate((clock.ms, ahead_ms)):
            await outbox.put(tx, POOL, f"m{number}", b"s", now_ms)
            await attempts.count_up(tx, POOL, f"u{number}", "confirm_sign_up", now_ms, HOUR_MS)
            await lockouts.count_failure(tx, POOL, f"u{number}", now_ms)

    await world.database.write(fill)
    await PurgeJob(world, LOG).work()
    assert len(await world.database.write(lambda tx: outbox.lease(tx, clock.ms, 60, 10))) == 2
    assert [await count(world, table) for table in ("attempts", "lockouts")] == [1, 1]


async def test_codes_sessions_and_attempts_go_when_their_time_is_over(world: Services, clock: MovedClock) -> None:
    """A code goes when it expires, an attempt after a day, a session when no access token can live; others stay."""

    async def fill(tx: Any) -> None:
        for sub, hours in (("kim", 1), ("lee", 100)):
            expires_ms = clock.ms + hours * HOUR_MS
            await codes.put(tx, Code(POOL, sub, CodePurpose.SIGN_UP, b"d", "email", expires_ms))
            session = TokenSession(POOL, f"of {sub}", sub, "client", 1, clock.ms, expires_ms, b"d")
            await token_sessions.insert(tx, session)
        await attempts.count_up(tx, POOL, "kim", "confirm_sign_up", clock.ms, HOUR_MS)

    await world.database.write(fill)
    job = PurgeJob(world, LOG)
    left = []
    for hours in (0, 0.99, 0.01, 23, 1, 76, 23):
        clock.advance(hours * 3600)
        assert await job.work() == EVERY_SECONDS
        left.append([await count(world, table) for table in ("codes", "token_sessions", "attempts")])
    assert left == [[2, 2, 1], [2, 2, 1], [1, 2, 1], [1, 2, 0], [1, 1, 0], [0, 1, 0], [0, 0, 0]]


async def test_a_full_batch_is_followed_soon(
    world: Services, clock: MovedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each transaction is bounded; while there is more, the next one follows after a breath."""
    monkeypatch.setattr(purge, "BATCH", 10)

    async def fill(tx: Any) -> None:
        for i in range(25):
            await codes.put(tx, Code(POOL, f"user-{i}", CodePurpose.SIGN_UP, b"d", "email", clock.ms))

    await world.database.write(fill)
    job = PurgeJob(world, LOG)
    seen = [(await job.work(), await count(world, "codes")) for _ in range(4)]
    assert seen == [(PAUSE_SECONDS, 15), (PAUSE_SECONDS, 5), (EVERY_SECONDS, 0), (EVERY_SECONDS, 0)]
