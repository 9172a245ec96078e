"""One-time codes, counted attempts, and what has expired."""

import pytest

from cognomen.domain.codes import Code, CodePurpose
from cognomen.storage import attempts, codes, expired, token_sessions
from cognomen.storage.codes import Verdict
from cognomen.storage.database import Database, Tx
from storage.samples import DAY, NOW, OTHER_POOL, POOL, SUB, a_code, a_session

pytestmark = pytest.mark.anyio

HOUR = 3_600_000


async def spend(database: Database, digest: bytes = b"right", now_ms: int = NOW) -> Code | Verdict:
    return await database.write(lambda tx: codes.spend(tx, POOL, SUB, CodePurpose.SIGN_UP, digest, now_ms))


async def test_a_code_works_once(database: Database) -> None:
    """The right code is given back whole, and is missing from then on."""
    await database.write(lambda tx: codes.put(tx, a_code()))
    assert await spend(database) == a_code()
    assert await spend(database) is Verdict.MISSING


@pytest.mark.parametrize(
    ("digest", "now_ms", "verdict"),
    [
        (b"wrong", NOW, Verdict.WRONG),
        (b"right", NOW + DAY, Verdict.EXPIRED),
        (b"wrong", NOW + DAY, Verdict.EXPIRED),
        (b"", NOW, Verdict.WRONG),
    ],
)
async def test_a_code_that_does_not_work_says_why(
    database: Database, digest: bytes, now_ms: int, verdict: Verdict
) -> None:
    """Wrong and expired are told apart, and a failed try does not use the code up."""
    await database.write(lambda tx: codes.put(tx, a_code()))
    assert await spend(database, digest, now_ms) is verdict
    assert await spend(database, now_ms=NOW + DAY - 1) == a_code()


@pytest.mark.parametrize(
    "other",
    [
        a_code(sub="other-sub"),
        a_code(pool_id=OTHER_POOL),
        Code(POOL, SUB, CodePurpose.FORGOT_PASSWORD, b"right", "email", NOW + DAY),
    ],
)
async def test_a_code_works_for_one_user_and_one_purpose(database: Database, other: Code) -> None:
    """The same digits of another user, pool or purpose are no code."""
    await database.write(lambda tx: codes.put(tx, other))
    assert await spend(database) is Verdict.MISSING


async def test_a_new_code_replaces_the_older_one(database: Database) -> None:
    """After a resend only the newest code works, with its own attribute and life."""
    newer = Code(POOL, SUB, CodePurpose.SIGN_UP, b"newer", "phone_number", NOW + 1)
    await database.write(lambda tx: codes.put(tx, a_code()))
    await database.write(lambda tx: codes.put(tx, newer))
    assert await spend(database) is Verdict.WRONG
    assert await spend(database, b"newer") == newer


async def test_a_code_spent_in_a_refused_call_stays(database: Database) -> None:
    """Where the write that spends a code is rolled back, the code still works."""

    async def work(tx: Tx) -> None:
        assert isinstance(await codes.spend(tx, POOL, SUB, CodePurpose.SIGN_UP, b"right", NOW), Code)
        raise LookupError

    await database.write(lambda tx: codes.put(tx, a_code()))
    with pytest.raises(LookupError):
        await database.write(work)
    assert await spend(database) == a_code()


async def test_a_dropped_code_is_missing(database: Database) -> None:
    """A code that is not needed any more goes, once."""
    await database.write(lambda tx: codes.put(tx, a_code()))
    assert await database.write(lambda tx: codes.drop(tx, POOL, SUB, CodePurpose.SIGN_UP))
    assert not await database.write(lambda tx: codes.drop(tx, POOL, SUB, CodePurpose.SIGN_UP))
    assert await spend(database) is Verdict.MISSING


# Attempts


async def count_up(
    database: Database, now_ms: int, subject: str = SUB, kind: str = "confirm", pool_id: str = POOL
) -> int:
    return await database.write(lambda tx: attempts.count_up(tx, pool_id, subject, kind, now_ms, HOUR))


async def test_attempts_count_within_their_window(database: Database) -> None:
    """The first try opens the window; when it has passed, and not before, counting begins anew."""
    times = [NOW, NOW + 1, NOW + HOUR - 1, NOW + HOUR, NOW + HOUR + 1, NOW + 2 * HOUR - 1, NOW + 2 * HOUR]
    assert [await count_up(database, now_ms) for now_ms in times] == [1, 2, 3, 1, 2, 3, 1]


async def test_a_clock_set_back_clears_no_count(database: Database) -> None:
    """Where time seems to go backwards the window stays open."""
    assert [await count_up(database, now_ms) for now_ms in (NOW, NOW - DAY, NOW - 1)] == [1, 2, 3]


async def test_attempts_are_counted_apart(database: Database) -> None:
    """Each subject, each kind and each pool has its own count."""
    await count_up(database, NOW)
    assert await count_up(database, NOW, subject="other-sub") == 1
    assert await count_up(database, NOW, kind="resend") == 1
    assert await count_up(database, NOW, pool_id=OTHER_POOL) == 1
    assert await count_up(database, NOW) == 2


# What has expired


async def test_only_what_has_expired_is_purged(database: Database) -> None:
    """Codes stay until their last millisecond, attempts for a day, sessions while an access token may live."""

    async def fill(tx: Tx) -> None:
        await codes.put(tx, a_code("gone", expires_ms=NOW))
        await codes.put(tx, a_code("stays", expires_ms=NOW + 1))
        await token_sessions.insert(tx, a_session("gone", expires_ms=NOW - DAY))
        await token_sessions.insert(tx, a_session("stays", expires_ms=NOW - DAY + 1))
        await attempts.count_up(tx, POOL, "gone", "confirm", NOW - DAY, HOUR)
        await attempts.count_up(tx, POOL, "stays", "confirm", NOW - DAY + 1, HOUR)

    await database.write(fill)
    assert await database.write(lambda tx: expired.purge(tx, NOW)) == 3
    assert await database.write(lambda tx: expired.purge(tx, NOW)) == 0
    assert await database.read(lambda tx: tx.all("select sub from codes")) == [("stays",)]
    assert await database.read(lambda tx: tx.all("select origin_jti from token_sessions")) == [("stays",)]
    assert await database.read(lambda tx: tx.all("select subject from attempts")) == [("stays",)]


async def test_a_purge_is_bounded(database: Database) -> None:
    """However much has expired, one call takes a bounded number of rows, the oldest first."""

    async def fill(tx: Tx) -> None:
        for number in range(25):
            await codes.put(tx, a_code(str(number), expires_ms=NOW - number))

    await database.write(fill)
    gone = [await database.write(lambda tx: expired.purge(tx, NOW, limit=10)) for _ in range(2)]
    assert gone == [10, 10]
    left = await database.read(lambda tx: tx.all("select sub from codes"))
    assert {row[0] for row in left} == {"0", "1", "2", "3", "4"}
    assert await database.write(lambda tx: expired.purge(tx, NOW, limit=10)) == 5
