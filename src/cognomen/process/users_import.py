"""Import users into the store that the settings name, also while servers run on it."""

import asyncio
from typing import BinaryIO

from cognomen.admin.import_users import Tally, Tell, import_users
from cognomen.errors import PoolDoesNotExist
from cognomen.flows.audit import recorded
from cognomen.process.audit import command_note
from cognomen.process.data_directory import make_data_directory
from cognomen.process.garbage import search_rarely
from cognomen.process.refused import StartRefused, in_words
from cognomen.settings import Settings
from cognomen.wiring import build


def run(settings: Settings, pool_id: str, file: BinaryIO, tell: Tell) -> Tally:
    """Import a file, telling every line that is refused; raises StartRefused."""
    if settings.in_memory:
        raise StartRefused("data = :memory: keeps no users: set data to a directory, or database")
    make_data_directory(settings)
    search_rarely()
    return asyncio.run(_import(settings, pool_id, file, tell))


async def _import(settings: Settings, pool_id: str, file: BinaryIO, tell: Tell) -> Tally:
    with in_words():
        world = (await build(settings)).world
        try:
            pool = await world.directory.pool(pool_id)
            async with recorded(world, command_note("import", pool_id)) as kept:
                return await import_users(kept, pool, file, tell, settings.passwords.threads)
        except PoolDoesNotExist as unknown:
            raise StartRefused(str(unknown)) from unknown
        finally:
            await world.database.close()
