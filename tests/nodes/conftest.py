"""What several nodes stand on: a SQLite file, or a real PostgreSQL."""

from collections.abc import Callable
from pathlib import Path

import pytest

from nodes.node import House
from storage.stores import FILE, POSTGRES


@pytest.fixture
def house_on(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[..., House]:
    """Makes a house with an empty store of this engine; `settings` are variables of the environment."""

    def make(engine: str, **settings: str) -> House:
        store = ("--data", str(tmp_path / "data"))
        if engine == POSTGRES:
            store = ("--database", request.getfixturevalue("postgres").new_database("nodes"))
        else:
            assert engine == FILE
        return House(tmp_path, store, tuple(settings.items()))

    return make
