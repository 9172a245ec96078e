"""The job that takes up master keys, and what of processes holds on to sealed values."""

import pytest
import structlog
from structlog.testing import LogCapture

from cognomen.jobs.master_keys import EVERY_SECONDS, MasterKeysJob
from cognomen.signing.sealing import MasterKeyUnusable

pytestmark = pytest.mark.anyio


async def test_a_fault_is_told_once_and_the_keys_stay() -> None:
    """Looked at each second; a change is told, a fault once for as long as it lasts, and no stack comes with it."""
    answers: list[bool | str] = [False, True, "no file", "no file", "broken", False, "no file"]

    def renew() -> bool:
        answer = answers.pop(0)
        if isinstance(answer, str):
            raise MasterKeyUnusable(answer)
        return answer

    logged = LogCapture()
    job = MasterKeysJob(renew, structlog.wrap_logger(None, processors=[logged]))
    while answers:
        assert await job.work() == EVERY_SECONDS <= 1
    await job.finish()
    assert [(entry["event"], entry.get("why")) for entry in logged.entries] == [
        ("master keys read anew", None),
        *(("the master keys stay as they were", why) for why in ("no file", "broken", "no file")),
    ]
