"""What a stranger who makes names up leaves behind: nothing in the process, and rows that go by themselves."""

from dataclasses import replace
from typing import Any

import pytest

from cognomen import errors
from cognomen.domain.lockout import QUIET_MS
from cognomen.flows.lockout import find_suspect, judge_password
from cognomen.services import Services
from cognomen.signing.port import PasswordVerdict
from cognomen.storage import expired, migrate
from cognomen.storage.sqlite import MEMORY, SqliteDatabase
from storage.samples import NOW, a_pool
from storage.test_changes_together import world_of

pytestmark = pytest.mark.anyio

NAMES = 2000
LONGEST_SUBJECT = 64


class NothingMatches:
    """Finds every password wrong without computing anything."""

    async def check(self, _stored: Any, _password: str) -> PasswordVerdict:
        return PasswordVerdict(right=False, outdated=False)


async def attack(world: Services) -> None:
    """One wrong password for each of many names, some of them as long as a request may be."""
    for number in range(NAMES):
        name = f"nobody{number}" + "x" * (number % 7 * 1000)
        suspect = await find_suspect(world, a_pool(), name)
        with pytest.raises(errors.NotAuthorizedException):
            await judge_password(world, suspect, "Wrong-Horse-9")


async def test_made_up_names_leave_nothing_in_the_process_and_little_in_the_store() -> None:
    """No line stays in memory; a name costs one row of bounded size, and all rows are gone after the quiet time."""
    database = SqliteDatabase(MEMORY)
    await migrate.run(database)
    passwords: Any = NothingMatches()
    world = replace(world_of(database), passwords=passwords)
    await attack(world)
    assert world.turns._lines == {}
    rows = await database.read(lambda tx: tx.all("select subject from lockouts"))
    assert len(rows) == NAMES
    assert {len(subject) for (subject,) in rows} == {LONGEST_SUBJECT}
    gone = 0
    while part := await database.write(lambda tx: expired.purge(tx, NOW + QUIET_MS)):
        gone += part
    assert gone == NAMES
    assert await database.read(lambda tx: tx.all("select subject from lockouts")) == []
    await database.close()
