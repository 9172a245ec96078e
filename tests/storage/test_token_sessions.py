"""Sign-ins: their rows come back as they went in, end at once, and are listed and evicted in order."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from cognomen.domain.sessions import SessionTracking, TokenSession
from cognomen.flows import pools, sessions
from cognomen.storage import app_clients, session_configurations, token_sessions, users
from cognomen.storage.database import Database, Tx, UniqueViolation
from cognomen.storage.freshness import FRESH_MS
from storage.samples import DAY, NOW, OTHER_POOL, POOL, SUB, a_client, a_session, a_trace, a_user, named
from storage.sign_ins import people, world_of

pytestmark = pytest.mark.anyio

FULL = {"replaced_digest": b"\x00old", "replaced_ms": NOW + 1, "revoked_ms": NOW + 2, "trace": a_trace()}
BARE = {"replaced_digest": None, "replaced_ms": None, "revoked_ms": None, "trace": None}


async def put(database: Database, *sessions: TokenSession) -> None:
    async def work(tx: Tx) -> None:
        for session in sessions:
            await token_sessions.insert(tx, session)

    await database.write(work)


async def get(database: Database, origin_jti: str = "origin", pool_id: str = POOL) -> TokenSession | None:
    return await database.read(lambda tx: token_sessions.get(tx, pool_id, origin_jti))


@pytest.mark.parametrize("more", [FULL, BARE], ids=["full", "bare"])
async def test_a_session_comes_back_as_it_went_in(database: Database, more: dict[str, object]) -> None:
    """By its origin the whole session comes back, in its own pool alone; alone, held, or with its user."""
    session = a_session(**more)
    user = a_user()
    await put(database, session)
    assert await database.read(lambda tx: token_sessions.with_user(tx, POOL, "origin")) is None
    await database.write(lambda tx: users.insert(tx, user, [named("ada")]))
    assert await get(database) == session
    assert await get(database, pool_id=OTHER_POOL) is None
    assert await database.write(lambda tx: token_sessions.held(tx, POOL, "origin")) == session
    assert await database.read(lambda tx: token_sessions.with_user(tx, POOL, "origin")) == (session, user)


async def test_one_origin_is_one_session(database: Database) -> None:
    """A second session of one origin is a unique violation; in another pool it is another session."""
    await put(database, a_session(), a_session(pool_id=OTHER_POOL))
    with pytest.raises(UniqueViolation):
        await put(database, a_session(sub="other-sub"))


async def test_a_rotation_is_stored(database: Database) -> None:
    """Which refresh token is in force, which was before it and since when, and who used it."""
    await put(database, a_session(trace=a_trace()))
    rotated = replace(a_session().rotated(b"origin", b"new", NOW + 5), trace=a_trace(last_active_ms=NOW + 5))
    await database.write(lambda tx: token_sessions.save_rotation(tx, rotated))
    assert await get(database) == rotated


async def test_a_use_is_stored_while_the_session_goes_on(database: Database) -> None:
    """Who used a session last is noted, but no more once it has ended."""
    used = a_session(trace=a_trace(last_active_ms=NOW + 5))
    assert not await database.write(lambda tx: token_sessions.save_use(tx, used))
    await put(database, a_session(trace=a_trace()))
    assert await database.write(lambda tx: token_sessions.save_use(tx, used))
    assert await get(database) == used
    await database.write(lambda tx: token_sessions.revoke(tx, POOL, "origin", NOW))
    assert not await database.write(lambda tx: token_sessions.save_use(tx, used))


async def test_a_session_ends_once(database: Database) -> None:
    """Revoking ends the one session, keeps when that was, and has nothing to do a second time."""
    await put(database, a_session(), a_session("other"), a_session(pool_id=OTHER_POOL))
    assert await database.write(lambda tx: token_sessions.revoke(tx, POOL, "origin", NOW + 1))
    assert not await database.write(lambda tx: token_sessions.revoke(tx, POOL, "origin", NOW + 2))
    assert not await database.write(lambda tx: token_sessions.revoke(tx, POOL, "unknown", NOW + 2))
    assert await get(database) == a_session(revoked_ms=NOW + 1)
    assert await get(database, "other") == a_session("other")
    assert await get(database, pool_id=OTHER_POOL) == a_session(pool_id=OTHER_POOL)


async def test_all_sessions_of_a_user_end_together(database: Database) -> None:
    """Tracked or not, through whichever client; those of others and of other pools go on."""
    mine = [a_session("a"), a_session("b", trace=a_trace(), client_id="2client"), a_session("c", revoked_ms=NOW)]
    others = [a_session("d", "other-sub"), a_session("a", pool_id=OTHER_POOL)]
    await put(database, *mine, *others)
    assert await database.write(lambda tx: token_sessions.revoke_of_user(tx, POOL, SUB, NOW + 1)) == 2
    ended = [await get(database, session.origin_jti) for session in mine]
    assert [session.revoked_ms for session in ended if session] == [NOW + 1, NOW + 1, NOW]
    assert [await get(database, one.origin_jti, one.pool_id) for one in others] == others


async def holder(database: Database, sub: str, origin_jti: str) -> bool | None:
    found = await database.read(lambda tx: token_sessions.holder(tx, POOL, sub, origin_jti))
    if found:
        assert found[0] == a_user()
    return found and found[1]


async def test_a_holder_is_signed_in_while_the_session_goes_on(database: Database) -> None:
    """The user is found in any case; whether the token still works is told by a session of this user alone."""
    await database.write(lambda tx: users.insert(tx, a_user(), [named("ada")]))
    await put(database, a_session("mine"), a_session("theirs", "other-sub"), a_session("elsewhere", pool_id=OTHER_POOL))
    await put(database, a_session("over", revoked_ms=NOW), a_session("old", expires_ms=NOW - DAY))
    names = ("mine", "theirs", "elsewhere", "over", "old", "unknown", "")
    assert [await holder(database, SUB, name) for name in names] == [True, False, False, False, True, False, False]
    assert await holder(database, "other-sub", "theirs") is None


# The list


async def listed(database: Database, now_ms: int = NOW) -> list[str]:
    sessions = await database.read(lambda tx: token_sessions.listed(tx, POOL, SUB, now_ms))
    return [session.origin_jti for session in sessions]


def tracked(names: Sequence[str]) -> list[TokenSession]:
    """Sessions of one user, each used later than the one before it."""
    return [a_session(name, trace=a_trace(f"tkn{name}", NOW + at)) for at, name in enumerate(names)]


async def test_the_list_has_what_goes_on(database: Database) -> None:
    """The last used first; no ended, expired or untracked one, none of others, none of a client that is gone."""
    await database.write(lambda tx: app_clients.insert(tx, a_client("1client")))
    await put(database, *tracked("abc"))
    await put(
        database,
        a_session("over", trace=a_trace(), revoked_ms=NOW),
        a_session("expired", trace=a_trace(), expires_ms=NOW),
        a_session("untracked"),
        a_session("theirs", "other-sub", trace=a_trace()),
        a_session("elsewhere", pool_id=OTHER_POOL, trace=a_trace()),
        a_session("gone", trace=a_trace(), client_id="2client"),
    )
    assert await listed(database) == ["c", "b", "a"]
    assert await listed(database, NOW - 1) == ["c", "b", "a", "expired"]
    assert await listed(database, NOW + DAY) == []


@pytest.mark.parametrize(("keep", "left"), [(0, ""), (1, "c"), (2, "cb"), (3, "cba"), (4, "cba")])
async def test_the_least_recently_used_go_first(database: Database, keep: int, left: str) -> None:
    """So many sessions are kept, the last used ones; those that were not listed are left as they are."""
    await database.write(lambda tx: app_clients.insert(tx, a_client("1client")))
    await put(database, *tracked("abc"), a_session("untracked"), a_session("theirs", "other-sub", trace=a_trace()))
    await database.write(lambda tx: token_sessions.evict(tx, POOL, SUB, NOW, keep))
    assert "".join(await listed(database)) == left
    assert await get(database, "untracked") == a_session("untracked")
    assert await get(database, "theirs") == a_session("theirs", "other-sub", trace=a_trace())


async def test_sessions_of_a_client_go_in_batches(database: Database) -> None:
    """Up to the limit at a time, until none is left; those of other clients and pools stay."""
    await put(database, *(a_session(str(number)) for number in range(5)))
    await put(database, a_session("other", client_id="2client"), a_session(pool_id=OTHER_POOL))
    gone = [await database.write(lambda tx: token_sessions.delete_of_client(tx, POOL, "1client", 2)) for _ in range(4)]
    assert gone == [2, 2, 1, 0]
    assert await database.read(lambda tx: tx.one("select count(*) from token_sessions")) == (2,)


async def test_a_client_goes_with_all_its_sessions(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many there are, none is left, and each transaction takes few; other clients keep theirs."""
    monkeypatch.setattr(pools, "BATCH", 2)
    client = a_client("1client")
    await database.write(lambda tx: app_clients.insert(tx, client))
    await put(database, *(a_session(str(number)) for number in range(5)), a_session("other", client_id="2client"))
    await pools.delete_client(world_of(database), client)
    assert await database.read(lambda tx: tx.all("select origin_jti from token_sessions")) == [("other",)]
    assert await database.read(lambda tx: app_clients.get(tx, POOL, "1client")) is None


@pytest.mark.parametrize("sql", [token_sessions.LIST, token_sessions.BEYOND])
async def test_sessions_that_ended_cost_nothing(on_sqlite: Database, sql: str) -> None:
    """The list of a user who signed in often is found by an index that leaves ended sessions aside."""
    values = (POOL, SUB, NOW, *[1] * (sql.count("?") - 3))
    plan = await on_sqlite.read(lambda tx: tx.all(f"explain query plan {sql}", values))
    assert any("token_sessions_by_sub (pool_id=? AND sub=? AND revoked_ms=?)" in row[3] for row in plan)


# What pools and clients were told


async def test_a_pool_tracks_as_it_was_told_last(database: Database) -> None:
    """AWS's defaults first, then what was put; each pool has its own."""
    assert await database.read(lambda tx: session_configurations.of_pool(tx, POOL)) == SessionTracking(
        enabled=False, most_per_user=20
    )
    for told in (SessionTracking(enabled=True, most_per_user=5), SessionTracking(enabled=False, most_per_user=100)):
        await database.write(lambda tx, told=told: session_configurations.put_of_pool(tx, POOL, told))
        assert await database.read(lambda tx: session_configurations.of_pool(tx, POOL)) == told
    assert await database.read(lambda tx: session_configurations.of_pool(tx, OTHER_POOL)) == SessionTracking()


async def test_a_client_reuses_as_it_was_told_last(database: Database) -> None:
    """60 minutes first, then what was put, 0 included; it goes with the client."""
    assert await database.read(lambda tx: session_configurations.of_client(tx, POOL, "1client")) == 60
    await database.write(lambda tx: app_clients.insert(tx, a_client("1client")))
    for minutes in (129600, 0):
        await database.write(lambda tx, told=minutes: session_configurations.put_of_client(tx, POOL, "1client", told))
        assert await database.read(lambda tx: session_configurations.of_client(tx, POOL, "1client")) == minutes
    await database.write(lambda tx: app_clients.delete(tx, POOL, "1client"))
    assert await database.read(lambda tx: session_configurations.of_client(tx, POOL, "1client")) == 60


async def test_tracking_shows_in_other_processes_within_half_a_second(database: Database) -> None:
    """What a pool was told in one process is known at once there, and soon in another one, be it remembered or not."""
    clock = Clock()
    here, there = (world_of(database, clock.now_ms) for _ in range(2))
    told = SessionTracking(enabled=True, most_per_user=5)
    assert [await one.directory.session_tracking(POOL) for one in (here, there)] == [SessionTracking()] * 2
    await sessions.configure_pool(here, people(), told)
    assert await here.directory.session_tracking(POOL) == told
    assert await there.directory.session_tracking(POOL) == SessionTracking()
    clock.ms += FRESH_MS
    assert await there.directory.session_tracking(POOL) == told


class Clock:
    """Stands where it is put."""

    ms = NOW

    def now_ms(self) -> int:
        return self.ms
