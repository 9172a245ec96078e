"""User import jobs: what is known of one, and the states that it goes through (reference 04, CSV import)."""

from dataclasses import dataclass, replace
from enum import StrEnum

HOUR_MS = 3_600_000
UPLOAD_SECONDS = 900  # for so long the address for the file works
STARTED_WITHIN_MS = 24 * HOUR_MS  # AWS: 24 to 48 hours
MOST_BYTES = 100 * 1024 * 1024
MOST_ROWS = 500_000
LONGEST_ROW = 16_000  # characters


class Status(StrEnum):
    """Where a job stands; the names are the wire names. Nothing is ever Stopping: a stop is in force at once."""

    CREATED = "Created"
    PENDING = "Pending"
    IN_PROGRESS = "InProgress"
    EXPIRED = "Expired"
    STOPPED = "Stopped"
    FAILED = "Failed"
    SUCCEEDED = "Succeeded"


ACTIVE = (Status.PENDING, Status.IN_PROGRESS)
# In AWS's words where they are known; the others are ours.
SUCCEEDED = "Import Job Completed Successfully."
TOO_MANY_FAILED = "Too many users have failed or been skipped during the import."
STOPPED = "The Import Job was stopped by the developer."
EXPIRED = "The user import job has expired."
HEADER_UNFIT = "The header of the file does not have the columns of the user pool."
NO_HASHES = "The file has no password_hash column."
TOO_MANY_ROWS = f"The file has more than {MOST_ROWS} users."


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of users."""

    imported: int = 0
    skipped: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True)
class ImportJob:
    """A job. `parts` counts those of the uploaded file, its header (part 0) included; `next_part` is due next."""

    pool_id: str
    job_id: str
    name: str
    role_arn: str
    algorithm: str | None
    status: Status
    created_ms: int
    started_ms: int | None = None
    completed_ms: int | None = None
    tally: Tally = Tally()
    message: str | None = None
    upload_id: str | None = None
    parts: int = 0
    rows: int = 0
    next_part: int = 1

    @property
    def upload_ends_ms(self) -> int:
        """Until when its file can be uploaded."""
        return self.created_ms + UPLOAD_SECONDS * 1000

    def as_of(self, now_ms: int) -> "ImportJob":
        """The job as it stands now: one that was not started in time has expired."""
        ended_ms = self.created_ms + STARTED_WITHIN_MS
        if self.status is not Status.CREATED or now_ms < ended_ms:
            return self
        return replace(self, status=Status.EXPIRED, completed_ms=ended_ms, message=EXPIRED)

    def ended(self, now_ms: int) -> "ImportJob":
        """The job once every line was read: failed where nobody came in of those who were to."""
        nobody = not self.tally.imported and self.rows > 0
        return self.over(
            Status.FAILED if nobody else Status.SUCCEEDED, TOO_MANY_FAILED if nobody else SUCCEEDED, now_ms
        )

    def over(self, status: Status, message: str, now_ms: int) -> "ImportJob":
        """The job at its end."""
        return replace(self, status=status, message=message, completed_ms=now_ms)


class Outcome(StrEnum):
    """What became of one line."""

    SUCCEEDED = "SUCCEEDED"
    SKIPPED = "SKIPPED"
    FAILED = "FAILED"


IMPORTED = "The import succeeded."
KNOWN_ALREADY = "The user already exists."


def log_line(outcome: Outcome, number: int, words: str) -> str:
    """A line of the job's log as AWS writes it; it speaks of users by their lines alone."""
    return f"[{outcome}] Line Number {number} - {words}"


def tally_of(outcomes: list[Outcome]) -> Tally:
    """How many came to what."""
    counts = (outcomes.count(one) for one in (Outcome.SUCCEEDED, Outcome.SKIPPED, Outcome.FAILED))
    return Tally(*counts)
