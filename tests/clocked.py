"""A server for one file of tests that moves its clock: the one that all tests share keeps the time of this machine.

A file imports both fixtures, and `pool`, `make_pool` and the like are made on its own server.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from conftest import sdk_client
from served import Served, serve


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    with serve() as served:
        yield served


@pytest.fixture(scope="module")
def cognito(server: Served) -> Any:
    return sdk_client(server.url)
