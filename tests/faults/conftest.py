"""Stores to break things on, and the table of what was broken."""

import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from faults.load import Tally
from faults.report import PROPERTY, line_of, property_of, table
from storage.stores import POSTGRES

Report = Callable[..., None]
QUIET = ("--log-level", "warning")


@dataclass(frozen=True)
class Kept:
    """A store that several starts of a server share: its flags, and a look at whether it is whole."""

    engine: str
    flags: tuple[str, ...]
    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict)

    def complaints(self) -> list[str]:
        """What the engine itself finds wrong."""
        if self.engine == POSTGRES:
            return []
        return integrity(self.folder / "cognomen.db")


def integrity(file: Path) -> list[str]:
    """What `PRAGMA integrity_check` says besides ok."""
    with closing(sqlite3.connect(file)) as connection:
        said = [row[0] for row in connection.execute("pragma integrity_check")]
    return [line for line in said if line != "ok"]


@pytest.fixture
def keep(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[str], Kept]:
    """Makes an empty store of an engine."""

    def make(engine: str) -> Kept:
        if engine != POSTGRES:
            return Kept(engine, ("--data", str(tmp_path), *QUIET), tmp_path)
        database = request.getfixturevalue("postgres").new_database("faults")
        key = {"COGNOMEN_MASTER_KEY_FILE": str(tmp_path / "master.key")}
        return Kept(engine, ("--database", database, *QUIET), tmp_path, key)

    return make


@pytest.fixture
def report(record_property: Callable[[str, object], None]) -> Report:
    """Puts a line into the table: what was broken, how often, the load's tally, and a remark."""

    def note(what: str, times: int, tally: Tally, remark: str = "", **more: Any) -> None:
        record_property(PROPERTY, property_of(line_of(what, times, tally, remark, **more)))

    return note


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print the table."""
    reports = [one for kind in ("passed", "failed") for one in terminalreporter.stats.get(kind, ())]
    lines = list(table(reports))
    if lines:
        terminalreporter.section("faults")
        for line in lines:
            terminalreporter.write_line(line)
