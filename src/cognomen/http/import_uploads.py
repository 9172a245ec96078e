"""``PUT /user-imports/{pool_id}/{job_id}``: the file of a user import job, as S3 takes it by a pre-signed address."""

from collections.abc import Mapping
from html import escape
from urllib.parse import parse_qsl

from starlette.types import Receive

from cognomen.domain.import_jobs import MOST_BYTES, ImportJob
from cognomen.flows.import_uploads import PATH, SIGNATURE_WRONG, Upload, UploadRefused, job_of_address
from cognomen.http.access_log import CLIENT_GONE, Entry
from cognomen.http.aws_json import Answer
from cognomen.http.incoming import ClientGone, Incoming
from cognomen.services import Services

ENCRYPTION, KMS = b"x-amz-server-side-encryption", b"aws:kms"
TOO_LARGE = ("EntityTooLarge", f"The file is longer than {MOST_BYTES} bytes")
STATUSES = {"EntityTooLarge": 400}


def is_upload(incoming: Incoming) -> bool:
    """Whether a request brings a file."""
    return incoming.method == "PUT" and incoming.path.startswith(PATH)


class ImportUploads:
    """Keeps a file as it comes, without ever holding more of it than a few parts."""

    def __init__(self, world: Services) -> None:
        self._world = world

    async def answer(self, incoming: Incoming, receive: Receive, entry: Entry) -> Answer | None:
        """Take the file; None where the client is gone."""
        try:
            job = await self._job(incoming)
            entry.pool_id = job.pool_id
            await self._take(job, incoming, receive)
        except ClientGone:
            entry.status = CLIENT_GONE
            return None
        except UploadRefused as refused:
            entry.error = refused.code
            return _refusal(incoming, refused)
        headers = [(b"content-length", b"0"), (ENCRYPTION, KMS), (b"x-amz-request-id", incoming.request_id.encode())]
        return Answer(200, headers, b"")

    async def _job(self, incoming: Incoming) -> ImportJob:
        pool_id, _, job_id = incoming.path.removeprefix(PATH).partition("/")
        query: Mapping[str, str] = dict(parse_qsl(incoming.query.decode("latin-1")))
        if incoming.headers.get(ENCRYPTION) != KMS or "\0" in pool_id + job_id:
            raise UploadRefused(*SIGNATURE_WRONG)  # the address was signed with this header
        return await job_of_address(self._world, pool_id, job_id, query)

    async def _take(self, job: ImportJob, incoming: Incoming, receive: Receive) -> None:
        if int(incoming.headers.get(b"content-length") or 0) > MOST_BYTES:
            raise UploadRefused(*TOO_LARGE)
        upload = Upload.begun(self._world, job)
        try:
            await _feed(upload, receive)
            await upload.finish()
        except BaseException:
            await upload.abandon()
            raise


async def _feed(upload: Upload, receive: Receive) -> None:
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGone
        piece = message.get("body", b"")
        size += len(piece)
        if size > MOST_BYTES:
            raise UploadRefused(*TOO_LARGE)
        await upload.feed(piece)
        more = message.get("more_body", False)


def _refusal(incoming: Incoming, refused: UploadRefused) -> Answer:
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f"<Error><Code>{refused.code}</Code><Message>{escape(str(refused))}</Message>"
        f"<RequestId>{incoming.request_id}</RequestId></Error>"
    ).encode()
    headers = [
        (b"content-type", b"application/xml"),
        (b"content-length", b"%d" % len(text)),
        (b"connection", b"close"),  # what is left of the file is not read
    ]
    return Answer(STATUSES.get(refused.code, 403), headers, text)
