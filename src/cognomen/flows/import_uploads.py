"""The address that takes the file of a user import job, and keeping what arrives there."""

import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from urllib.parse import urlencode

from cognomen.domain.import_file import Cutter, Part
from cognomen.domain.import_jobs import UPLOAD_SECONDS, ImportJob, Status
from cognomen.services import Services
from cognomen.storage import import_files, import_jobs
from cognomen.storage.database import Tx
from cognomen.storage.import_files import SealedPart

PATH = "/user-imports/"
PURPOSE = "user-import-upload"
AT_ONCE = 16  # parts in one transaction
DROPPED_AT_ONCE = 100
DATE = "%Y%m%dT%H%M%SZ"


class UploadRefused(Exception):  # noqa: N818
    """Why an address does not take a file (any more), by S3's code and message."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


SIGNATURE_WRONG = (
    "SignatureDoesNotMatch",
    "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
)
EXPIRED = ("AccessDenied", "Request has expired")
NOT_WAITING = ("AccessDenied", "The user import job takes no file any more")


def upload_address(world: Services, job: ImportJob) -> str:
    """The address to which the file of a job is PUT; it works for 15 minutes from when the job was made."""
    asked = _parameters(job)
    signature = world.sealer.digest(_signed(job, asked), PURPOSE).hex()
    query = urlencode({**asked, "X-Amz-Signature": signature})
    return f"{world.facts.public_url}{PATH}{job.pool_id}/{job.job_id}?{query}"


def _parameters(job: ImportJob) -> dict[str, str]:
    return {
        "X-Amz-Date": datetime.fromtimestamp(job.created_ms // 1000, UTC).strftime(DATE),
        "X-Amz-Expires": str(UPLOAD_SECONDS),
        "X-Amz-SignedHeaders": "host;x-amz-server-side-encryption",
    }


def _signed(job: ImportJob, asked: Mapping[str, str]) -> bytes:
    return "\n".join((job.pool_id, job.job_id, *asked.values())).encode()


async def job_of_address(world: Services, pool_id: str, job_id: str, query: Mapping[str, str]) -> ImportJob:
    """The job whose address was called, which takes a file now; raises UploadRefused."""
    job = await world.database.read(lambda tx: import_jobs.get(tx, pool_id, job_id))
    if job is None:
        raise UploadRefused(*SIGNATURE_WRONG)
    asked = _parameters(job)
    given = query.get("X-Amz-Signature", "").encode()
    right = [
        hmac.compare_digest(one.hex().encode(), given) for one in world.sealer.digests(_signed(job, asked), PURPOSE)
    ]
    if not any(right) or any(query.get(name) != value for name, value in asked.items()):
        raise UploadRefused(*SIGNATURE_WRONG)
    if world.now_ms() >= job.upload_ends_ms:
        raise UploadRefused(*EXPIRED)
    if job.status is not Status.CREATED:
        raise UploadRefused(*NOT_WAITING)
    return job


@dataclass(slots=True)
class Upload:
    """A file on its way in: its parts are kept as they come, and count once all of them are there."""

    world: Services
    job: ImportJob
    upload_id: str
    cutter: Cutter
    waiting: list[SealedPart]

    @classmethod
    def begun(cls, world: Services, job: ImportJob) -> "Upload":
        """Nothing has arrived yet."""
        return cls(world, job, world.ids.uuid(), Cutter(), [])

    async def feed(self, piece: bytes) -> None:
        """Keep what has arrived."""
        self._seal(self.cutter.feed(piece))
        if len(self.waiting) >= AT_ONCE:
            await self._keep()

    async def finish(self) -> None:
        """The file is whole: it takes the place of one that came before. Raises UploadRefused."""
        self._seal(self.cutter.end())
        await self._keep()
        replaced = await self.world.database.write(self._take_effect)
        if replaced:
            await self._drop(replaced)

    async def abandon(self) -> None:
        """Forget what has arrived of a file that will never be whole; one that has taken effect stays."""
        held = await self.world.database.read(lambda tx: import_jobs.get(tx, self.job.pool_id, self.job.job_id))
        if held is None or held.upload_id != self.upload_id:
            await self._drop(self.upload_id)

    def _seal(self, parts: Iterable[Part]) -> None:
        for part in parts:
            purpose = purpose_of_part(self.job, self.upload_id, part.number)
            sealed = self.world.sealer.seal(part.lines, purpose)
            self.waiting.append(SealedPart(part.number, part.first_line, sealed))

    async def _keep(self) -> None:
        parts, self.waiting = self.waiting, []
        if parts:
            ids = (self.job.pool_id, self.job.job_id, self.upload_id)
            await self.world.database.write(lambda tx: import_files.put_parts(tx, *ids, parts))

    async def _take_effect(self, tx: Tx) -> str | None:
        held = await import_jobs.held(tx, self.job.pool_id, self.job.job_id)
        if held is None or held.as_of(self.world.now_ms()).status is not Status.CREATED:
            raise UploadRefused(*NOT_WAITING)
        changed = replace(held, upload_id=self.upload_id, parts=self.cutter.parts, rows=self.cutter.rows)
        await import_jobs.update(tx, changed)
        return held.upload_id

    async def _drop(self, upload_id: str) -> None:
        ids = (self.job.pool_id, self.job.job_id, upload_id)
        while await self.world.database.write(lambda tx: import_files.drop_upload(tx, *ids, DROPPED_AT_ONCE)):
            pass


def purpose_of_part(job: ImportJob, upload_id: str, number: int) -> str:
    """Under what a part is sealed, so that it cannot stand in another one's place."""
    return part_purpose(job.pool_id, job.job_id, upload_id, number)


def part_purpose(pool_id: str, job_id: str, upload_id: str, number: int) -> str:
    """The same, by the names in the store."""
    return f"user-import:{pool_id}:{job_id}:{upload_id}:{number}"
