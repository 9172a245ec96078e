"""What users did and what pools do about risk, as they are stored."""

from dataclasses import replace

import pytest

from cognomen.domain.auth_events import Assessment, AuthEvent, EventKind, Feedback, Outcome
from cognomen.domain.risk import RiskConfiguration
from cognomen.storage import app_clients, auth_events, expired, risk_configurations, user_pools, users
from cognomen.storage.database import Database
from storage.samples import NOW, OTHER_POOL, POOL, SUB, a_client, a_pool, a_user, an_auth_event, named

pytestmark = pytest.mark.anyio

EVENT = an_auth_event()
SAID = Feedback("Valid", "Admin", NOW + 5)


async def add(database: Database, *events: AuthEvent) -> None:
    for event in events:
        await database.write(lambda tx: auth_events.insert(tx, event))  # noqa: B023


async def listed(database: Database, before: str = "", limit: int = 9) -> list[AuthEvent]:
    return await database.read(lambda tx: auth_events.page(tx, POOL, SUB, before, limit))


async def test_events_come_back_newest_first(database: Database) -> None:
    """Page by page, and no other user's or pool's."""
    newer = replace(EVENT, event_id="a2", risk=Assessment(leaked=None), challenges=())
    newest = replace(EVENT, event_id="a3", feedback=SAID)
    await add(database, newer, newest, EVENT, replace(EVENT, sub="another"), replace(EVENT, pool_id=OTHER_POOL))
    assert await listed(database) == [newest, newer, EVENT]
    assert await listed(database, limit=2) == [newest, newer]
    assert await listed(database, before="a2") == [EVENT]


async def test_a_sign_in_goes_on(database: Database) -> None:
    """It is found by its id, and what was said of it stays."""
    await add(database, EVENT)
    assert await database.write(lambda tx: auth_events.give_feedback(tx, EVENT, SAID))
    after = replace(EVENT, outcome=Outcome.PASS, challenges=(*EVENT.challenges, ("Mfa", "Success")))
    await database.write(lambda tx: auth_events.go_on(tx, after))
    found = await database.read(lambda tx: auth_events.get(tx, POOL, SUB, EVENT.event_id))
    assert found == replace(after, feedback=SAID)
    assert not await database.write(lambda tx: auth_events.give_feedback(tx, replace(EVENT, event_id="b"), SAID))


async def test_sign_ins_are_looked_back_at(database: Database) -> None:
    """Those that passed, and those that somebody said something of."""
    passed = replace(EVENT, event_id="a2", outcome=Outcome.PASS)
    spoken_of = replace(EVENT, event_id="a3", outcome=Outcome.FAIL, feedback=SAID)
    other = replace(passed, event_id="a4", kind=EventKind.SIGN_UP)
    await add(database, EVENT, passed, spoken_of, other)
    assert await database.read(lambda tx: auth_events.sign_ins(tx, POOL, SUB, 9)) == [spoken_of, passed]
    assert await database.read(lambda tx: auth_events.sign_ins(tx, POOL, SUB, 1)) == [spoken_of]


async def test_events_end(database: Database) -> None:
    """After two years, with their user, and with their pool."""
    await add(database, EVENT, replace(EVENT, event_id="a2", created_ms=NOW + 1))
    until = NOW + expired.EVENTS_KEPT_MS
    await database.write(lambda tx: expired.purge(tx, until - 1))
    assert len(await listed(database)) == 2
    await database.write(lambda tx: expired.purge(tx, until))
    assert [one.event_id for one in await listed(database)] == ["a2"]
    await database.write(lambda tx: users.insert(tx, a_user(), [named("ada")]))
    await database.write(lambda tx: users.delete(tx, POOL, SUB))
    assert await listed(database) == []
    await add(database, EVENT)
    await database.write(lambda tx: user_pools.insert(tx, a_pool()))
    await database.write(lambda tx: user_pools.delete(tx, POOL, NOW))
    await database.write(lambda tx: expired.purge(tx, NOW))
    assert await listed(database) == []


async def test_configurations_are_put_and_dropped(database: Database) -> None:
    """One for the pool and one for each client; they end with what they are of."""
    of_pool = RiskConfiguration(POOL, "ALL", {"RiskExceptionConfiguration": {}}, NOW)
    of_client = replace(of_pool, client_id="1client", settings={"a": {"b": [1]}})

    async def kept() -> dict[str, RiskConfiguration]:
        return await database.read(lambda tx: risk_configurations.of_pool(tx, POOL))

    for one in (of_pool, replace(of_client, settings={}), of_client, replace(of_pool, pool_id=OTHER_POOL)):
        await database.write(lambda tx: risk_configurations.put(tx, one))  # noqa: B023
    assert await kept() == {"ALL": of_pool, "1client": of_client}
    await database.write(lambda tx: risk_configurations.drop(tx, POOL, "ALL"))
    assert await kept() == {"1client": of_client}
    await database.write(lambda tx: app_clients.insert(tx, a_client("1client")))
    await database.write(lambda tx: app_clients.delete(tx, POOL, "1client"))
    assert await kept() == {}
    await database.write(lambda tx: risk_configurations.put(tx, of_pool))
    await database.write(lambda tx: user_pools.insert(tx, a_pool()))
    await database.write(lambda tx: user_pools.delete(tx, POOL, NOW))
    assert await kept() == {}
