"""The log of a user import job from the command line, also while servers run on the store."""

import asyncio
from collections.abc import Callable

from cognomen.flows.import_log import log_of_job
from cognomen.process.data_directory import make_data_directory
from cognomen.process.refused import StartRefused, in_words
from cognomen.settings import Settings
from cognomen.storage import import_jobs, migrate
from cognomen.wiring import open_database


def tell(settings: Settings, pool_id: str, job_id: str, told: Callable[[str], None]) -> None:
    """Tell the lines of a job's log so far; raises StartRefused."""
    if settings.in_memory:
        raise StartRefused("data = :memory: keeps no logs: set data to a directory, or database")
    make_data_directory(settings)
    asyncio.run(_tell(settings, pool_id, job_id, told))


async def _tell(settings: Settings, pool_id: str, job_id: str, told: Callable[[str], None]) -> None:
    with in_words():
        database = await open_database(settings)
        try:
            await migrate.check(database)
            if await database.read(lambda tx: import_jobs.get(tx, pool_id, job_id)) is None:
                raise StartRefused(f"there is no user import job {job_id} in user pool {pool_id}")
            async for lines in log_of_job(database, pool_id, job_id):
                told(lines)
        finally:
            await database.close()
