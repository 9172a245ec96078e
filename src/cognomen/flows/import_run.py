"""Importing the uploaded file of a job, part by part: users, log, counts and place come in together or not at all.

So a job that was killed goes on where it was, and of two processes that import one part at the same time one comes
too late and leaves nothing behind.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from cognomen.domain import import_jobs as words
from cognomen.domain.import_file import Part, lines_of
from cognomen.domain.import_jobs import ImportJob, Outcome, Status, Tally, log_line, tally_of
from cognomen.domain.import_rows import HASH, Arrival, RowRefused, Sheet, columns_of, fits, read_row
from cognomen.domain.pool import UserPool
from cognomen.domain.user import NameKind, SignInName
from cognomen.flows.import_log import packed
from cognomen.flows.import_uploads import purpose_of_part
from cognomen.services import Services
from cognomen.storage import import_files, import_jobs, user_import
from cognomen.storage.database import Tx, UniqueViolation
from cognomen.storage.user_import import InTheWay, NewUser

MORE_TRIES = 5  # somebody may sign up under a name of the part in the very moment
NOBODY_THERE = InTheWay({}, {})


class Overtaken(Exception):  # noqa: N818
    """The job was stopped, or another process was faster."""


@dataclass(frozen=True, slots=True)
class Read:
    """A line that was read: the account that it means, or why there is none."""

    number: int
    arrival: Arrival | None
    fault: str = ""


async def begin(world: Services, job: ImportJob) -> tuple[ImportJob, Sheet | None]:
    """Let a job that was started import users; where its file cannot be read, it is over and there is no sheet."""
    pool = await world.directory.pool(job.pool_id)
    header = await _part(world, job, 0)
    columns = columns_of(header.lines if header else b"")
    fault = _fault_of(pool, job, columns)
    if fault:
        return await _moved(world, job, job.over(Status.FAILED, fault, world.now_ms())), None
    going = replace(job, status=Status.IN_PROGRESS)
    moved = going if job.status is Status.IN_PROGRESS else await _moved(world, job, going)
    return moved, Sheet(pool, columns, job.algorithm)


def _fault_of(pool: UserPool, job: ImportJob, columns: Sequence[str]) -> str | None:
    if not fits(pool, columns):
        return words.HEADER_UNFIT
    if job.algorithm and HASH not in columns:
        return words.NO_HASHES
    return words.TOO_MANY_ROWS if job.rows > words.MOST_ROWS else None


async def import_part(world: Services, job: ImportJob, sheet: Sheet) -> ImportJob:
    """Import the part that is due, or end a job that has none left; raises Overtaken."""
    part = await _part(world, job, job.next_part) if job.next_part < job.parts else None
    if part is None:
        return await _moved(world, job, job.ended(world.now_ms()))
    rows = [_read(world, sheet, number, line) for number, line in lines_of(part)]
    last: UniqueViolation | None = None
    for looks in (False, *[True] * MORE_TRIES):
        try:
            return await _store(world, job, rows, looks=looks)
        except UniqueViolation as clash:
            last = clash
    assert last is not None
    raise last


async def _part(world: Services, job: ImportJob, number: int) -> Part | None:
    upload_id = job.upload_id or ""
    kept = await world.database.read(lambda tx: import_files.part(tx, job.pool_id, job.job_id, upload_id, number))
    if kept is None:
        return None
    return Part(number, kept.first_line, world.sealer.open(kept.sealed, purpose_of_part(job, upload_id, number)))


def _read(world: Services, sheet: Sheet, number: int, line: bytes) -> Read:
    try:
        return Read(number, read_row(sheet, line, world.ids.uuid, world.now_ms()))
    except RowRefused as refused:
        return Read(number, None, str(refused))


async def _moved(world: Services, job: ImportJob, to: ImportJob) -> ImportJob:
    """Store the next state of a job; raises Overtaken."""

    async def work(tx: Tx) -> None:
        await _refuse_overtaken(tx, job)
        await import_jobs.update(tx, to)
        if to.status not in words.ACTIVE:
            await import_jobs.deactivate(tx, to)

    await world.database.write(work)
    return to


async def _refuse_overtaken(tx: Tx, job: ImportJob) -> None:
    held = await import_jobs.held(tx, job.pool_id, job.job_id)
    if held is None or (held.status, held.next_part) != (job.status, job.next_part):
        raise Overtaken


async def _store(world: Services, job: ImportJob, rows: Sequence[Read], *, looks: bool) -> ImportJob:
    """Put in who fits; the first try looks at nothing but the file, since most imports meet nobody."""

    async def work(tx: Tx) -> ImportJob:
        await _refuse_overtaken(tx, job)
        new = [NewUser(one.arrival.user, one.arrival.names) for one in rows if one.arrival]
        there = await user_import.in_the_way(tx, job.pool_id, new) if looks else NOBODY_THERE
        told, fitting = _sorted_out(rows, there)
        await user_import.insert_all(tx, fitting)
        text = "".join(f"{log_line(outcome, number, said)}\n" for number, outcome, said in told)
        ids = (job.pool_id, job.job_id)
        await import_files.put_log(tx, *ids, job.next_part, packed(text))
        await import_files.drop_part(tx, *ids, job.upload_id or "", job.next_part)
        more = tally_of([outcome for _, outcome, _ in told])
        moved = replace(job, next_part=job.next_part + 1, tally=_sum(job.tally, more))
        await import_jobs.update(tx, moved)
        return moved

    return await world.database.write(work)


Told = tuple[int, Outcome, str]


def _sorted_out(rows: Sequence[Read], there: InTheWay) -> tuple[list[Told], list[NewUser]]:
    """What becomes of each line: nobody comes in under a name that somebody has, in the pool or in the part."""
    holders: dict[SignInName, str] = dict(there.holders)
    told: list[Told] = []
    fitting: list[NewUser] = []
    for row in rows:
        outcome, said = _outcome_of(row, holders)
        told.append((row.number, outcome, said))
        if outcome is Outcome.SUCCEEDED and row.arrival:
            user, names = row.arrival.user, row.arrival.names
            holders |= dict.fromkeys(names, user.sub)
            fitting.append(NewUser(user, names))
    return told, fitting


def _outcome_of(row: Read, holders: Mapping[SignInName, str]) -> tuple[Outcome, str]:
    if row.arrival is None:
        return Outcome.FAILED, row.fault
    kinds = {name.kind for name in row.arrival.names if name in holders}
    if not kinds:
        return Outcome.SUCCEEDED, words.IMPORTED
    named_by_contact = row.arrival.user.username == row.arrival.user.sub
    if NameKind.USERNAME in kinds or named_by_contact:
        return Outcome.SKIPPED, words.KNOWN_ALREADY
    return Outcome.FAILED, f"Another user has the {min(kinds)} as an alias."


def _sum(one: Tally, other: Tally) -> Tally:
    return Tally(one.imported + other.imported, one.skipped + other.skipped, one.failed + other.failed)
