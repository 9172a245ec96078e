"""The log of a user import job: a line for each line of its file, in order."""

import zlib
from collections.abc import AsyncIterator
from functools import partial

from cognomen.storage import import_files
from cognomen.storage.database import Database

AT_ONCE = 50  # parts


async def log_of_job(database: Database, pool_id: str, job_id: str) -> AsyncIterator[str]:
    """The lines so far, many in one text; nothing where there is no such job."""
    after = 0
    while found := await database.read(partial(import_files.logs, place=(pool_id, job_id, after), limit=AT_ONCE)):
        for _, told in found:
            yield text_of(told)
        after = found[-1][0]


def packed(text: str) -> bytes:
    """The lines of a part as they are kept."""
    return zlib.compress(text.encode())


def text_of(told: bytes) -> str:
    """The lines of a part again."""
    return zlib.decompress(told).decode()
