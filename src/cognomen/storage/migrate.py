"""Bringing a database to the schema that this server knows: numbered files, each applied once and wholly.

The database remembers its schema version, and the oldest version whose servers can still work with it (the
compatibility version), so that an old server may keep running beside a new one exactly when that is safe.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, partial
from importlib import resources

from cognomen.storage.database import Database, NoSuchTable, Tx, UniqueViolation

FILE = re.compile(r"(\d{4})_\w+\.sql")
HEAD = re.compile(r"-- works with servers that know version (\d+) or newer\n")

PREPARE = """\
create table if not exists schema_version (
  name text not null primary key,
  version integer not null,
  compatible integer not null
)"""
FIRST_ROW = (
    "insert into schema_version (name, version, compatible) values ('schema', 0, 0) on conflict (name) do nothing"
)
LOOK = "select version, compatible from schema_version where name = 'schema'"
# An update that changes nothing holds the row: whoever comes second waits here and then sees what the first one did.
HOLD = "update schema_version set version = version where name = 'schema' returning version, compatible"
MOVE = "update schema_version set version = ?, compatible = ? where name = 'schema'"


class SchemaRefused(Exception):  # noqa: N818
    """This server must not work with this database."""


class SchemaTooNew(SchemaRefused):
    """A newer server changed the schema in a way that this one does not understand."""


class SchemaOutdated(SchemaRefused):
    """The database has not been migrated yet."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One step of the schema: `compatible` is the oldest schema version whose servers work with the outcome."""

    version: int
    compatible: int
    statements: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SchemaState:
    """What a database says of its schema; an empty one has version 0."""

    version: int
    compatible: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run would do: `compatible` is the oldest schema version whose servers work with the outcome."""

    state: SchemaState
    missing: tuple[int, ...]
    compatible: int

    @property
    def is_rolling(self) -> bool:
        """Whether servers that know the schema as it is now may serve on meanwhile and beside new ones."""
        return self.compatible <= self.state.version or self.state.version == 0


@cache
def known() -> tuple[Migration, ...]:
    """The migrations that this server brings, oldest first."""
    folder = resources.files("cognomen.storage") / "schema"
    found = {name: FILE.fullmatch(name) for name in sorted(entry.name for entry in folder.iterdir())}
    return tuple(
        parse(int(numbered[1]), (folder / name).read_text(encoding="utf-8"))
        for name, numbered in found.items()
        if numbered
    )


def parse(version: int, text: str) -> Migration:
    """Read one file; raises ValueError where its first line does not tell with which servers the outcome works."""
    head = HEAD.match(text)
    if head is None:
        msg = f"migration {version} does not begin with {HEAD.pattern!r}"
        raise ValueError(msg)
    plain = re.sub(r"--.*", "", text)
    statements = (statement.strip() for statement in plain.split(";"))
    return Migration(version, int(head[1]), tuple(statement for statement in statements if statement))


async def check(database: Database, migrations: Sequence[Migration] | None = None) -> None:
    """Refuse a database that this server must not work with; changes nothing. Raises SchemaTooNew, SchemaOutdated."""
    latest = _latest(migrations or known())
    state = await database.read(state_of)
    _refuse_too_new(state, latest)
    if state.version < latest:
        msg = f"The database has schema version {state.version}, this server needs {latest}: run `cognomen migrate`."
        raise SchemaOutdated(msg)


async def suits(tx: Tx, migrations: Sequence[Migration] | None = None) -> bool:
    """Whether this server may work with the database as it is by now."""
    return (await state_of(tx)).compatible <= _latest(migrations or known())


async def plan(database: Database, migrations: Sequence[Migration] | None = None) -> Plan:
    """What `run` would do; changes nothing. Raises SchemaTooNew."""
    steps = migrations or known()
    state = await database.read(state_of)
    _refuse_too_new(state, _latest(steps))
    return plan_for(state, steps)


def plan_for(state: SchemaState, steps: Sequence[Migration]) -> Plan:
    """What is to be done to a database in this state."""
    missing = [step for step in steps if step.version > state.version]
    compatible = max((step.compatible for step in missing), default=0)
    return Plan(state, tuple(step.version for step in missing), max(compatible, state.compatible))


async def run(database: Database, migrations: Sequence[Migration] | None = None) -> list[int]:
    """Apply what is missing and answer the versions applied here; raises SchemaTooNew, and then changed nothing.

    Any number of processes may run it at once: each step is applied by one of them, in one transaction.
    """
    steps = migrations or known()
    state = await database.read(state_of)
    _refuse_too_new(state, _latest(steps))
    missing = [step for step in steps if step.version > state.version]
    if not missing:
        return []
    await _prepare(database)
    return [step.version for step in missing if await database.write(partial(_apply, step))]


async def state_of(tx: Tx) -> SchemaState:
    """What the database says of itself."""
    try:
        row = await tx.one(LOOK)
    except NoSuchTable:
        row = None
    return SchemaState(*row) if row else SchemaState(0, 0)


async def _prepare(database: Database) -> None:
    async def work(tx: Tx) -> None:
        await tx.run(PREPARE)
        await tx.run(FIRST_ROW)

    try:
        await database.write(work)
    except UniqueViolation:  # PostgreSQL, where another process made the same table in the same moment
        await database.write(work)


async def _apply(step: Migration, tx: Tx) -> bool:
    held = await tx.one(HOLD)
    if held is None or held[0] >= step.version:
        return False
    for statement in step.statements:
        await tx.run(statement)
    # What one migration took from old servers no later one gives back.
    await tx.run(MOVE, (step.version, max(step.compatible, held[1])))
    return True


def _latest(steps: Sequence[Migration]) -> int:
    return steps[-1].version


def _refuse_too_new(state: SchemaState, latest: int) -> None:
    if state.compatible > latest:
        msg = (
            f"The database has schema version {state.version} and works with servers that know version"
            f" {state.compatible} or newer; this one knows {latest}. Use a newer server."
        )
        raise SchemaTooNew(msg)
