"""What stays of a file of users when something fails at the very end of its upload."""

from types import SimpleNamespace
from typing import Any

import pytest

from cognomen.domain.import_file import Cutter
from cognomen.flows.import_uploads import Upload
from cognomen.storage import import_files, import_jobs

pytestmark = pytest.mark.anyio


class Immediate:
    """A database whose transactions are those of the functions put in place."""

    async def read(self, work: Any) -> Any:
        return await work(None)

    write = read


@pytest.mark.parametrize(("counts", "dropped"), [("this", []), ("another", ["this"]), (None, ["this"])])
async def test_a_file_that_counts_is_never_dropped(
    monkeypatch: pytest.MonkeyPatch, counts: str | None, dropped: list[str]
) -> None:
    """It has taken effect, and then the caller is gone or the old file cannot be dropped: the job keeps its rows."""
    gone: list[str] = []

    async def held(*_: object) -> Any:
        return SimpleNamespace(upload_id=counts) if counts else None

    async def drop(_: object, _pool: str, _job: str, upload_id: str, _limit: int) -> int:
        gone.append(upload_id)
        return 0

    monkeypatch.setattr(import_jobs, "get", held)
    monkeypatch.setattr(import_files, "drop_upload", drop)
    world: Any = SimpleNamespace(database=Immediate())
    job: Any = SimpleNamespace(pool_id="pool", job_id="job")
    await Upload(world, job, "this", Cutter(), []).abandon()
    assert gone == dropped
