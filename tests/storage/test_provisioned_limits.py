"""Rates that were set, for all processes to see."""

import pytest

from cognomen.storage import provisioned_limits
from cognomen.storage.database import Database
from storage.samples import NOW

pytestmark = pytest.mark.anyio


async def test_the_last_rate_of_a_category_counts(database: Database) -> None:
    """A category has one rate, the last that was set; one that was never set is not there."""
    assert await database.read(provisioned_limits.of_account) == {}
    await database.write(lambda tx: provisioned_limits.put(tx, "UserRead", 300, NOW))
    await database.write(lambda tx: provisioned_limits.put(tx, "UserToken", 2**31 - 1, NOW))
    await database.write(lambda tx: provisioned_limits.put(tx, "UserRead", 200, NOW + 1))
    assert await database.read(provisioned_limits.of_account) == {"UserRead": 200, "UserToken": 2**31 - 1}
