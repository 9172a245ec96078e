"""Servers whose clocks stand still, so that a test may take its time; one of them counts calls.

A file whose tests are about moments imports the fixtures `server` and `cognito`, as another one does from clocked.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from cognomen.clock import Clock
from conftest import sdk_client
from served import Served, serve


@contextmanager
def stopped_clocks(at_ms: int | None = None) -> Iterator[None]:
    """Servers that are started meanwhile have a clock that only `advance` moves; it begins now, or as is said."""
    started_ms = time.time_ns() // 1_000_000 if at_ms is None else at_ms
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Clock, "now_ms", lambda self: started_ms + self._moved_ms.value)
        yield


@contextmanager
def counting_server(**flags: Any) -> Iterator[Served]:
    """A dev server on which AWS's rates hold; its clock stands still."""
    with stopped_clocks(), serve(**{"limits.request_rates": "true", **flags}) as served:
        yield served


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    """A server for one file of tests: half minutes, locks and lives end when a test says so, and not before."""
    with stopped_clocks(), serve() as served:
        yield served


@pytest.fixture(scope="module")
def cognito(server: Served) -> Any:
    return sdk_client(server.url)
