"""Processes that are killed in the middle of a migration, at any statement of it."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Callable

import pytest

from storage.migration_killer import finish
from storage.processes import TESTS
from storage.stores import FILE, POSTGRES, Store

PATIENCE_S = 300


@pytest.mark.parametrize(
    ("engine", "every"), [(FILE, 1), (POSTGRES, 5), pytest.param(POSTGRES, 1, marks=pytest.mark.nightly)]
)
def test_a_killed_migration_goes_on(empty_store: Callable[[str], Store], engine: str, every: int) -> None:
    """STO-10: killed before any statement of any step, before its commit or after it, a migration goes on when it is
    started again, and comes to the schema that one run makes. On PostgreSQL each fifth place, nightly all."""
    store, untouched = empty_store(engine), empty_store(engine)
    words = [store.engine, store.address, str(every)]
    ended = subprocess.run(
        [sys.executable, "-m", "storage.migration_killer", *words],
        cwd=TESTS, capture_output=True, text=True, timeout=PATIENCE_S, check=False,
    )  # fmt: skip
    assert (ended.returncode, ended.stderr) == (0, "")
    found = json.loads(ended.stdout)
    assert found["killed"] == found["places"] > 20
    assert found["schema"] == json.loads(json.dumps(asyncio.run(finish(untouched))))
