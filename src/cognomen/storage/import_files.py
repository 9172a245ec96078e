"""Parts of uploaded files of users, and the logs of what became of their lines."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from cognomen.storage.database import Tx

COLUMNS = ("pool_id", "job_id", "upload_id", "part", "first_line", "sealed")
# Of jobs that are over. A cross join makes SQLite begin with the parts, of which there are mostly none.
LEFT_OVER = """
delete from import_parts where (pool_id, job_id, upload_id, part) in (
  select p.pool_id, p.job_id, p.upload_id, p.part from import_parts p cross join import_jobs j
  where j.pool_id = p.pool_id and j.job_id = p.job_id and j.status in ('Stopped', 'Failed', 'Expired', 'Succeeded')
  limit ?)
"""


@dataclass(frozen=True, slots=True)
class SealedPart:
    """A part of a file as it is stored."""

    number: int
    first_line: int
    sealed: bytes = field(repr=False)


async def put_parts(tx: Tx, pool_id: str, job_id: str, upload_id: str, parts: Sequence[SealedPart]) -> None:
    """Keep parts of an upload that is under way."""
    rows = [(pool_id, job_id, upload_id, one.number, one.first_line, one.sealed) for one in parts]
    await tx.put_rows("import_parts", COLUMNS, rows)


async def part(tx: Tx, pool_id: str, job_id: str, upload_id: str, number: int) -> SealedPart | None:
    """One part."""
    row = await tx.one(
        "select part, first_line, sealed from import_parts"
        " where pool_id = ? and job_id = ? and upload_id = ? and part = ?",
        (pool_id, job_id, upload_id, number),
    )
    return SealedPart(*row) if row else None


async def drop_part(tx: Tx, pool_id: str, job_id: str, upload_id: str, number: int) -> None:
    """Forget a part that was imported."""
    await tx.run(
        "delete from import_parts where pool_id = ? and job_id = ? and upload_id = ? and part = ?",
        (pool_id, job_id, upload_id, number),
    )


async def drop_upload(tx: Tx, pool_id: str, job_id: str, upload_id: str, limit: int) -> int:
    """Forget up to `limit` parts of an upload, and answer how many went."""
    return await tx.run(
        "delete from import_parts where (pool_id, job_id, upload_id, part) in ("
        " select pool_id, job_id, upload_id, part from import_parts"
        " where pool_id = ? and job_id = ? and upload_id = ? limit ?)",
        (pool_id, job_id, upload_id, limit),
    )


async def drop_left_over(tx: Tx, limit: int) -> int:
    """Forget up to `limit` parts that no job will import, and answer how many went."""
    return await tx.run(LEFT_OVER, (limit,))


async def put_log(tx: Tx, pool_id: str, job_id: str, number: int, told: bytes) -> None:
    """Keep what became of the lines of a part."""
    await tx.run(
        "insert into import_logs (pool_id, job_id, part, told) values (?, ?, ?, ?)", (pool_id, job_id, number, told)
    )


async def logs(tx: Tx, place: tuple[str, str, int], limit: int) -> list[tuple[int, bytes]]:
    """What became of the lines behind a place (pool, job, part), in order, with the numbers of their parts."""
    rows = await tx.all(
        "select part, told from import_logs where pool_id = ? and job_id = ? and part > ? order by part limit ?",
        (*place, limit),
    )
    return [(number, told) for number, told in rows]
