"""What tests of user import jobs share: a file of users, its upload, and waiting for the job's end."""

import asyncio
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
import urllib3

from cognomen.flows.import_run import import_part
from cognomen.jobs import user_import

ROLE = "arn:aws:iam::123456789012:role/service-role/Cognito-UserImport-Role"
ENCRYPTED = {"x-amz-server-side-encryption": "aws:kms"}
PATIENCE = 60  # seconds; nothing waits so long unless it is broken


def csv_of(header: Iterable[str], rows: Iterable[Mapping[str, str]]) -> str:
    """A file of users, by columns."""
    columns = list(header)
    lines = [",".join(row.get(name, "") for name in columns) for row in rows]
    return "\n".join([",".join(columns), *lines]) + "\n"


def user(name: str, /, **more: str) -> dict[str, str]:
    """A row of a user with a verified address."""
    return {"cognito:username": name, "email": f"{name}@example.com", "email_verified": "TRUE", **more}


def created(pool: Any, **more: Any) -> Any:
    asked = {"UserPoolId": pool.pool_id, "JobName": "first", "CloudWatchLogsRoleArn": ROLE, **more}
    return pool.cognito.create_user_import_job(**asked)["UserImportJob"]


def upload(job: Mapping[str, Any], text: str | bytes, headers: Mapping[str, str] = ENCRYPTED) -> Any:
    """PUT the file as AWS's guide does."""
    return urllib3.request("PUT", job["PreSignedUrl"], body=text, headers=headers, timeout=PATIENCE, retries=False)


def header_of(pool: Any) -> list[str]:
    return pool.cognito.get_csv_header(UserPoolId=pool.pool_id)["CSVHeader"]


def prepared(pool: Any, *rows: Mapping[str, str], **more: Any) -> Any:
    """A job whose file is uploaded."""
    job = created(pool, **more)
    columns = header_of(pool) + (["password_hash"] if "PasswordHashingAlgorithm" in more else [])
    assert upload(job, csv_of(columns, rows)).status == 200
    return job


def described(pool: Any, job: Mapping[str, Any]) -> Any:
    asked = {"UserPoolId": pool.pool_id, "JobId": job["JobId"]}
    return pool.cognito.describe_user_import_job(**asked)["UserImportJob"]


def started(pool: Any, job: Mapping[str, Any]) -> Any:
    """Start a job; another test may have one under way, and an account has one at a time."""
    asked = {"UserPoolId": pool.pool_id, "JobId": job["JobId"]}
    ends = time.monotonic() + PATIENCE
    while True:
        try:
            return pool.cognito.start_user_import_job(**asked)["UserImportJob"]
        except pool.cognito.exceptions.PreconditionNotMetException as refused:
            if "at a time" not in str(refused) or time.monotonic() > ends:
                raise


def ended(pool: Any, job: Mapping[str, Any]) -> Any:
    """The job once it is over."""
    ends = time.monotonic() + PATIENCE
    while (now := described(pool, job))["Status"] in {"Pending", "InProgress"}:
        assert time.monotonic() < ends, now
    return now


def imported(pool: Any, *rows: Mapping[str, str], **more: Any) -> Any:
    """Import these rows, and answer the job at its end."""
    job = prepared(pool, *rows, **more)
    started(pool, job)
    return ended(pool, job)


@contextmanager
def held_after(parts: int) -> Iterator[None]:
    """Jobs import so many parts of their files and then wait: thousands of users are in within a moment."""
    ends = threading.Event()

    async def held(world: Any, job: Any, sheet: Any) -> Any:
        if job.next_part > parts:
            await asyncio.to_thread(ends.wait)
        return await import_part(world, job, sheet)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(user_import, "import_part", held)
        try:
            yield
        finally:
            ends.set()


def counts(job: Mapping[str, Any]) -> tuple[int, int, int]:
    return job["ImportedUsers"], job["SkippedUsers"], job["FailedUsers"]


def log_of(pool: Any, job: Mapping[str, Any]) -> list[str]:
    url = f"{pool.server.url}/_dev/import-log"
    answer = urllib3.request("GET", url, fields={"pool": pool.pool_id, "job": job["JobId"]}, timeout=PATIENCE)
    return answer.data.decode().splitlines()
