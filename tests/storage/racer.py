"""A process of its own that does one job against a store, at the same moment as others: see processes.py.

Says "ready" when it is imported and waits for a line, so that all begin together; answers its findings as JSON.
"""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable

from cognomen.domain.codes import Code, CodePurpose
from cognomen.storage import attempts, challenge_sessions, codes, leases, lockouts, migrate, outbox, users
from cognomen.storage.database import Database, Tx
from cognomen.storage.leases import Lease
from storage.samples import NOW, POOL, SUB, a_code, a_user, named
from storage.sign_ins import refresh_all
from storage.stores import Store

Job = Callable[[Database, str, int], Awaitable[list[object]]]


async def run_migrations(database: Database, _: str, __: int) -> list[object]:
    """Which versions this process applied."""
    return list(await migrate.run(database))


async def spend(database: Database, _: str, count: int) -> list[object]:
    """Which users' codes this process got, asking for each several times at once."""

    async def once(sub: str) -> str | None:
        found = await database.write(lambda tx: codes.spend(tx, POOL, sub, CodePurpose.SIGN_UP, a_code().digest, NOW))
        return sub if isinstance(found, Code) else None

    subs = [str(number) for number in range(count) for _ in range(3)]
    return [sub for sub in await asyncio.gather(*map(once, subs)) if sub]


async def sign_up(database: Database, who: str, count: int) -> list[object]:
    """Which names this process got."""

    async def once(name: str) -> str | None:
        async def work(tx: Tx) -> None:
            await users.insert(tx, a_user(f"{who}-{name}", name), [named(name)])

        try:
            await database.write(work)
        except users.NameTaken:
            return None
        return name

    names = [f"user{number}" for number in range(count)]
    return [name for name in await asyncio.gather(*map(once, names)) if name]


async def count_up(database: Database, _: str, count: int) -> list[object]:
    """The numbers that this process got."""
    calls = (
        database.write(lambda tx: attempts.count_up(tx, POOL, SUB, "confirm_sign_up", NOW, 1000)) for _ in range(count)
    )
    return list(await asyncio.gather(*calls))


async def fail_passwords(database: Database, _: str, count: int) -> list[object]:
    """How many failures there were in a row, this process's own ones each in its turn."""
    calls = (database.write(lambda tx: lockouts.count_failure(tx, POOL, SUB, NOW)) for _ in range(count))
    return [standing.failures for standing in await asyncio.gather(*calls)]


async def answer(database: Database, _: str, count: int) -> list[object]:
    """Which sessions this process spent, answering each several times at once."""

    async def once(session_id: str) -> str | None:
        won = await database.write(lambda tx: challenge_sessions.spend(tx, POOL, session_id, NOW))
        return session_id if won else None

    sessions = [str(number) for number in range(count) for _ in range(3)]
    return [one for one in await asyncio.gather(*map(once, sessions)) if one]


async def lease(database: Database, _: str, __: int) -> list[object]:
    """Which messages this process leased, a few at a time, several leases at once."""
    leased: list[object] = []

    async def until_empty() -> None:
        while messages := await database.write(lambda tx: outbox.lease(tx, NOW, 60, 3)):
            leased.extend(message.message_id for message in messages)

    await asyncio.gather(*(until_empty() for _ in range(3)))
    return leased


async def take_jobs(database: Database, who: str, count: int) -> list[object]:
    """Which jobs this process has, asking for all of them at once."""

    async def once(name: str) -> str | None:
        mine = await database.write(lambda tx: leases.take(tx, Lease(name, who, 60_000), NOW))
        return name if mine else None

    names = [f"job{number}" for number in range(count)]
    return [name for name in await asyncio.gather(*map(once, names)) if name]


async def refresh(database: Database, _: str, count: int) -> list[object]:
    """What 25 refreshes in one moment brought, for each of so many sign-ins."""
    return list(await refresh_all(database, 25, range(count)))


ALL: tuple[Job, ...] = (
    run_migrations, spend, sign_up, count_up, fail_passwords, answer, lease, take_jobs, refresh,
)  # fmt: skip
JOBS: dict[str, Job] = {job.__name__: job for job in ALL}


async def race(store: Store, job: Job, who: str, count: int) -> list[object]:
    database = await store.open()
    try:
        return await job(database, who, count)
    finally:
        await database.close()


if __name__ == "__main__":
    engine, address, name, who, count = sys.argv[1:]
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    found = asyncio.run(race(Store(engine, address), JOBS[name], who, int(count)))
    sys.stdout.write(json.dumps(found))
