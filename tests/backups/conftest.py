"""Empty stores for backups."""

from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

from backups.places import POSTGRES, Place, key_in


@pytest.fixture
def place(tmp_path: Path, request: pytest.FixtureRequest) -> Callable[..., Place]:
    """Makes a store in which there is nothing; they share a master key unless one is named."""
    numbers, shared = count(), key_in(tmp_path / "master.key")

    def make(engine: str, master_key: Path = shared) -> Place:
        folder = tmp_path / f"store{next(numbers)}"
        folder.mkdir()
        url = request.getfixturevalue("postgres").new_database("backup") if engine == POSTGRES else None
        return Place(folder, url, master_key)

    return make
