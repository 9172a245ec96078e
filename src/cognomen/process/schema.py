"""Bring the store to the schema of this version, without serving."""

from cognomen.process.data_directory import make_data_directory
from cognomen.process.refused import in_words
from cognomen.settings import Settings
from cognomen.storage import migrate as migrations
from cognomen.wiring import open_database


async def migrate(settings: Settings) -> str:
    """Run what is missing and say what was run; raises StartRefused."""
    make_data_directory(settings)
    with in_words():
        database = await open_database(settings)
        try:
            applied = await migrations.run(database)
            state = await database.read(migrations.state_of)
        finally:
            await database.close()
    done = f"applied {', '.join(map(str, applied))}" if applied else "nothing to do"
    return f"schema version {state.version}, works with servers from {state.compatible} on; {done}"
