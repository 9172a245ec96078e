"""A life told in secrets that can be recognised: none of them is in the store, and none in any line of the logs."""

import base64
import logging
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from cognomen.admin.sealed_columns import SEALED
from cognomen.domain.signing_keys import TokenUse
from cognomen.signing.port import SealBroken
from cognomen.storage import migrate, tables
from keys.house import House, house, until
from keys.planted import PLANT, Life, Planted, found_in, settings_with_secrets, slips, spellings
from storage.stores import FILE, POSTGRES, PostgresServer

CLIENTS = ("botocore", "boto3", "urllib3")  # whose secrets they are


@dataclass(frozen=True)
class Lived:
    """What a life has left behind."""

    house: House
    life: Life
    planted: Planted
    log: Path


@contextmanager
def _living(request: pytest.FixtureRequest, folder: Path, live: Callable[[Life], None], audit: str) -> Iterator[Lived]:
    """A server that logs everything it can."""
    log = folder / "log.txt"
    options = {**settings_with_secrets(folder), "log_level": "debug", "log_format": "json", "audit.on": audit}
    (folder / "data").mkdir()

    def postgres() -> PostgresServer:
        server: PostgresServer = request.getfixturevalue("postgres")
        return server

    with log.open("w") as stream, pytest.MonkeyPatch.context() as patch, _heard(stream):
        patch.setattr("sys.stderr", stream)
        with house(request.param, folder / "data", postgres, servers=1, **options) as made:
            planted = Planted()
            life = Life(made, planted)
            live(life)
            stream.flush()
            yield Lived(made, life, planted, log)


@pytest.fixture(scope="module", params=[FILE, POSTGRES])
def lived(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lived]:
    """A whole life, with the audit log; its mail could not be sent."""
    folder = tmp_path_factory.mktemp("planted")

    def live(life: Life) -> None:
        life.live()
        until(lambda: "message waits" in (folder / "log.txt").read_text())

    with _living(request, folder, live, audit="true") as living:
        yield living


@pytest.fixture(scope="module", params=[FILE, POSTGRES])
def broken(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lived]:
    """A life whose store begins to fail; without the audit log, since without that nothing more would be tried."""

    def live(life: Life) -> None:
        life.live()
        _break_the_store(life)
        _refuse_rows(life)

    with _living(request, tmp_path_factory.mktemp("broken"), live, audit="false") as living:
        yield living


class _heard:  # noqa: N801 - reads as what it is: `with _heard(stream)`
    """All that libraries log, at their finest level, save what the clients of this test do."""

    def __init__(self, stream: Any) -> None:
        self._handler = logging.StreamHandler(stream)
        self._handler.addFilter(lambda record: not record.name.startswith(CLIENTS))

    def __enter__(self) -> None:
        self._level = logging.root.level
        logging.root.addHandler(self._handler)
        logging.root.setLevel(logging.DEBUG)

    def __exit__(self, *_: object) -> None:
        logging.root.removeHandler(self._handler)
        logging.root.setLevel(self._level)


def _break_the_store(life: Life) -> None:
    """Writes fail in the middle of calls that carry secrets, and their stacks go to the log."""
    database = life.house.servers[0].application.world.database
    write = database.write

    async def fail(work: Any) -> Any:
        async def broken(tx: Any) -> Any:
            await work(tx)
            raise RuntimeError("the store is gone")

        return await write(broken)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "write", fail)
        _slip(life)


# What makes an engine refuse rows by its own hand, and quote them where it likes to.
REFUSING = {
    FILE: "create trigger {0}_broken_at_{1} before {1} on {0} begin select raise(abort, 'refused by the engine'); end",
    POSTGRES: "alter table {0} add constraint refused_by_the_engine_at_{1} check (false) not valid",
}
WRITTEN = ("users", "client_secrets", "providers", "codes", "outbox", "token_sessions")


def _refuse_rows(life: Life) -> None:
    server = life.house.servers[0]
    database = server.application.world.database
    statement = REFUSING[POSTGRES if life.house.settings.database else FILE]
    statements = [statement.format(table, change) for table in WRITTEN for change in ("insert", "update")]

    async def refuse(tx: Any) -> None:
        for one in statements:
            await tx.run(one)

    server.run(database.write(refuse))
    _slip(life)


def _slip(life: Life) -> None:
    failed = 0
    for operation, members in slips(life):
        with pytest.raises(ClientError) as refused:
            getattr(life.cognito, operation)(**members)
        failed += refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 500
    assert failed > 4, failed


def _rows(house: House) -> Iterator[tuple[str, str, Any]]:
    """Table, column and value of everything in the store."""
    server = house.servers[0]
    database = server.application.world.database
    for table, shape in tables.shapes(9999).items():
        listed = ", ".join(shape.columns)

        async def read(tx: Any, statement: str = f"select {listed} from {table}") -> Any:
            return await tx.all(statement)

        for row in server.run(database.read(read)):
            yield from ((table, column, value) for column, value in zip(shape.columns, row, strict=True))


def _dump(house: House) -> bytes:
    """Everything in the store as text, as a dump tells it."""
    return b"\n".join(
        value.hex().encode() + b" " + value if isinstance(value, bytes) else str(value).encode()
        for _, _, value in _rows(house)
    )


def test_no_secret_is_in_the_store(lived: Lived) -> None:
    """TOK-12: Neither in plain text nor in hex or base64 is one of the planted secrets in a dump or a file of it."""
    dump = _dump(lived.house)
    assert b"ann@post.example" in dump
    assert len(lived.planted.secrets) > 35
    assert found_in(dump, lived.planted) == []
    assert PLANT.encode() not in dump


def test_no_secret_is_in_a_file_of_the_store(lived: Lived, request: pytest.FixtureRequest) -> None:
    """TOK-12: The files of SQLite with its log, its own dump, and the directory of PostgreSQL with its log."""
    data = lived.house.settings.data_dir
    files = [file for file in data.glob("cognomen.db*") if file.is_file()] if data else []
    if lived.house.settings.database:
        folder = Path(request.getfixturevalue("postgres").handle.pgdata)
        files = [file for kind in ("base", "pg_wal") for file in (folder / kind).rglob("*") if file.is_file()]
    found = {}
    for file in files:
        try:
            content = file.read_bytes()
        except FileNotFoundError:  # of another test's database, dropped meanwhile, or a log that is used again
            continue
        if b"ann@post.example" in content:
            found[file.name] = found_in(content, lived.planted)
    if not lived.house.settings.database:
        with closing(sqlite3.connect(lived.house.settings.data_dir / "cognomen.db")) as store:
            found["its own dump"] = found_in("\n".join(store.iterdump()).encode(), lived.planted)
    assert found
    assert not any(found.values()), found


def test_no_secret_is_in_a_log(lived: Lived) -> None:
    """TOK-16, OPS-16: Access log, mail and triggers that fail, all that libraries say: not one secret."""
    log = lived.log.read_bytes()
    assert b"message waits" in log
    assert log.count(b'"request"') > 30
    _check_log(log, lived.planted)


def test_no_secret_is_in_the_log_of_a_broken_store(broken: Lived) -> None:
    """TOK-16, OPS-16: Stacks of faults in the middle of writes, and what engines say of rows they refuse."""
    log = broken.log.read_bytes()
    assert log.count(b"the store is gone") > 4
    assert b"Traceback" in log
    assert b"refused" in log
    _check_log(log, broken.planted)


def _check_log(log: bytes, planted: Planted) -> None:
    """No secret, and of users ids at most: no address, no number."""
    assert found_in(log, planted) == []
    for text in (PLANT, "post.example", "+1444"):
        assert text.encode() not in log


def test_every_sealed_value_is_in_the_list(lived: Lived) -> None:
    """TOK-12: Each listed column holds sealed values after a life, and no other column of any table does."""
    head = lived.house.servers[0].application.world.sealer.head
    found = Counter(
        (table, column)
        for table, column, value in _rows(lived.house)
        if isinstance(value, bytes | str) and any(one in _as_bytes(value) for one in spellings(head))
    )
    assert set(found) == {(one.table, one.column) for one in SEALED}


BYTES_THAT_ARE_NOT_SEALED = {
    "users.srp_salt": "a salt, which everybody is told",
    "devices.salt": "a salt, which everybody is told",
    "codes.digest": "a keyed digest",
    "refresh_tokens.digest": "of the first schema, and unused",
    "token_sessions.digest": "a hash of 110 random bytes",
    "token_sessions.replaced_digest": "a hash of 110 random bytes",
    "ui_customizations.image": "a logo",
    "saml_keys.certificate": "a certificate",
    "passkeys.public_key": "a public key",
    "import_logs.told": "compressed text without any data of users",
}


def test_every_column_of_bytes_is_known() -> None:
    """A new column of bytes is either sealed and in the list, or named here with what it holds."""
    store = sqlite3.connect(":memory:")
    for step in migrate.known():
        for statement in step.statements:
            store.execute(statement)
    found = store.execute(
        "select m.name || '.' || c.name from sqlite_master m, pragma_table_info(m.name) c"
        " where m.type = 'table' and lower(c.type) = 'bytea'"
    ).fetchall()
    store.close()
    sealed = {one.name for one in SEALED}
    assert {name for (name,) in found} - set(BYTES_THAT_ARE_NOT_SEALED) == sealed


def _as_bytes(value: bytes | str) -> bytes:
    return value if isinstance(value, bytes) else value.encode()


def test_a_sealed_value_of_another_row_does_not_open(lived: Lived) -> None:
    """TOK-12: Each value opens for its own row, and for none whose key is another one."""
    server = lived.house.servers[0]
    world = server.application.world
    for column in SEALED:

        async def read(tx: Any, statement: str = _select(column)) -> Any:
            return await tx.all(statement)

        for *named, sealed in server.run(world.database.read(read)):
            assert world.sealer.open(sealed, column.purpose(*named))
            other = [value if value in set(TokenUse) else f"{value}x" for value in named]
            with pytest.raises(SealBroken):
                world.sealer.open(sealed, column.purpose(*other))


def _select(column: Any) -> str:
    listed = ", ".join((*column.key, *column.more, column.column))
    return f"select {listed} from {column.table} where length({column.column}) > 0"


def test_the_search_finds_what_is_there() -> None:
    """A secret is found in the middle of other bytes in every spelling, and a code only where it stands alone."""
    planted = Planted()
    planted.add("secret", "a secret of length")
    planted.add("code", "123456")
    for coded in (
        b"xx a secret of length",
        b"a secret of length".hex().encode(),
        *(base64.b64encode(b"x" * count + b"a secret of length, and more") for count in range(4)),
        *(base64.urlsafe_b64encode(b"x" * count + b"a secret of length") for count in range(4)),
    ):
        assert found_in(b"--" + coded + b"--", planted) == ["secret"], coded
    assert found_in(b"code: 123456!", planted) == ["code"]
    assert found_in(b"1700123456000", planted) == []
