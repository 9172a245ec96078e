"""What is no backup of this server, or must not come in, is refused in words, and nothing is written."""

import base64
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from backups.filling import NEWEST, POOLS, fill
from backups.places import ENGINES, KEY, SQLITE, Place, digest, key_in, private
from cognomen.admin.backup_file import End, Head, Record, Rows, put, records
from cognomen.process.refused import StartRefused
from cognomen.signing.master_key_file import read_master_key_file
from cognomen.signing.sealed_files import CHUNK, HEAD, FileSecret, SealedFileReader, SealedFileWriter, SecretKind
from cognomen.signing.sealing import AesGcmSealer
from cognomen.storage import migrate
from cognomen.storage.tables import shapes

Making = Callable[..., Place]
SECRET = FileSecret(SecretKind.KEY, KEY)


@pytest.fixture
def backup(place: Making, tmp_path: Path) -> Path:
    """A backup of a whole server."""
    old = place(SQLITE)
    old.run(lambda database: fill(database, AesGcmSealer(read_master_key_file(old.master_key).keys)))
    old.back_up(tmp_path / "backup")
    return tmp_path / "backup"


def refused(place: Place, file: Path, *words: Any, **more: Any) -> str:
    with pytest.raises(StartRefused) as refusal:
        place.restore(file, *words, **more)
    return str(refusal.value)


def of(backup: Path) -> list[Record]:
    """The records of a backup."""
    return list(records(SealedFileReader(BytesIO(backup.read_bytes()), SECRET)))


def written(file: Path, *content: Record) -> Path:
    """A file that is well sealed, whatever it says."""
    with file.open("wb") as opened:
        writer = SealedFileWriter(opened, SECRET)
        for record in content:
            put(writer, record)
        writer.finish()
    return file


def damaged(content: bytes) -> Iterator[tuple[bytes, str]]:
    """A backup in a bad state, and what is said of it."""
    sealed = CHUNK + 16
    body = content[HEAD.size :]
    first, second, rest = body[:sealed], body[sealed : 2 * sealed], body[2 * sealed :]
    assert rest
    yield content[: HEAD.size + sealed], "its end is missing"
    yield content[:-1], "changed or cut off"
    yield content[: HEAD.size] + second + first + rest, "not the file's own, or its beginning was changed"
    yield content[: HEAD.size] + first + rest, "changed or cut off"
    yield content + b"\0", "changed or cut off"
    yield b"", "no backup of cognomen"
    yield b"PK\3\4" + content, "no backup of cognomen"
    for place in (len(content) - 1, HEAD.size + sealed + 5, HEAD.size + 5, HEAD.size - 5, 20):
        flipped = bytearray(content)
        flipped[place] ^= 1
        yield bytes(flipped), "changed"


@pytest.mark.parametrize("engine", ENGINES)
def test_a_damaged_file_changes_nothing(place: Making, tmp_path: Path, engine: str) -> None:
    """All of it is read before the store is touched: a new store is not even made, and another one stays as it is."""
    chance = b"".join(index.to_bytes(4, "big") for index in range(200_000))
    long = Rows("users", shapes(NEWEST)["users"].columns, [(chance,)])
    file = written(tmp_path / "long", Head("0", NEWEST, 0, True, ()), long, End({"users": 1}, (), None))
    here, new = place(engine), place(SQLITE)
    here.run(lambda database: fill(database, AesGcmSealer(read_master_key_file(here.master_key).keys)))
    before = digest(here.rows(NEWEST))
    for number, (content, told) in enumerate(damaged(file.read_bytes())):
        broken = private(tmp_path / f"broken{number}", content)
        assert told in refused(new, broken)
        assert told in refused(here, broken, overwrite=True)
    assert digest(here.rows(NEWEST)) == before
    assert list(new.folder.iterdir()) == []


def test_another_secret(place: Making, tmp_path: Path, backup: Path) -> None:
    """It is said that the secret is another one, or one of another kind."""
    new, other = place(SQLITE), key_in(tmp_path / "other.key")
    assert "the passphrase or key is not the file's own" in refused(new, backup, key=other)
    passphrase = private(tmp_path / "passphrase", b"a long passphrase\n")
    assert "the file opens with a key file, not with a passphrase" in refused(new, backup, passphrase=passphrase)


def test_a_backup_of_a_newer_server(place: Making, tmp_path: Path, backup: Path) -> None:
    """The version that made it is named."""
    head, *rest = of(backup)
    assert isinstance(head, Head)
    newer = Head("99.1", NEWEST + 1, head.made_ms, head.whole, head.pools)
    told = refused(place(SQLITE), written(tmp_path / "newer", newer, *rest))
    assert told == (
        f"The backup has schema version {NEWEST + 1}, this command knows {NEWEST}: use cognomen 99.1 or newer."
    )


@pytest.mark.parametrize("engine", ENGINES)
def test_a_backup_of_an_older_server(
    place: Making, tmp_path: Path, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It goes into a new store, which is migrated then, also where one was killed before; and into no other one."""
    old, new, begun, used = (place(engine) for _ in range(4))
    used.run(migrate.run)
    everything = migrate.known()
    with monkeypatch.context() as then:
        then.setattr(migrate, "known", lambda: [step for step in everything if step.version <= 13])
        old.run(migrate.run)
        begun.run(migrate.run)
        row = ("p", "name", "{}", 1, 1)
        old.run(lambda database: database.write(lambda tx: tx.put_rows("user_pools", _columns("user_pools"), [row])))
        old.back_up(tmp_path / "old")
    assert f"The store has schema version {NEWEST}, the backup 13: restore into a new store" in refused(
        used, tmp_path / "old"
    )
    for store in (new, begun):
        store.restore(tmp_path / "old")
        assert store.run(lambda database: database.read(migrate.state_of)).version == NEWEST
        assert store.rows(NEWEST)["user_pools"] == [row]


def _columns(table: str) -> tuple[str, ...]:
    return shapes(13)[table].columns


def test_a_store_that_was_not_migrated(place: Making, backup: Path) -> None:
    """Whether the servers that run on it are older ones nobody knows here."""
    outdated = place(SQLITE)
    outdated.run(lambda database: migrate.run(database, migrate.known()[:13]))
    assert "run `cognomen migrate` first" in refused(outdated, backup)


def test_content_that_no_version_writes(place: Making, tmp_path: Path, backup: Path) -> None:
    """An unknown table or column, a missing end, another count: refused before or within the one transaction."""
    new = place(SQLITE)
    head, *rows, end = of(backup)
    assert isinstance(end, End)
    strange = Rows("sqlite_master; drop table users", ("x",), [])
    other = Rows("users", ("sub",), [])
    assert "does not know" in refused(new, written(tmp_path / "1", head, strange, End({strange.table: 0}, (), None)))
    assert "does not know" in refused(new, written(tmp_path / "2", head, other, End({"users": 0}, (), None)))
    for number, content in enumerate(([head, *rows], [*rows, end], [end], [head, *rows[1:], end], [head]), start=3):
        assert "is not whole" in refused(new, written(tmp_path / str(number), *content))
    with (tmp_path / "9").open("wb") as opened:
        writer = SealedFileWriter(opened, SECRET)
        writer.write(b"\0\0\0\4nope")
        writer.finish()
    assert "written by another version" in refused(new, tmp_path / "9")
    assert all(not found for name, found in new.rows(NEWEST).items() if name != "counters")


def test_what_is_there_already(place: Making, tmp_path: Path, backup: Path) -> None:
    """Nothing is overwritten unless that is said, and never anything of another pool."""
    new = place(SQLITE)
    new.restore(backup, POOLS[0])
    before = digest(new.rows(NEWEST))
    assert "The store is not empty" in refused(new, backup)
    assert f"The store has {POOLS[0]} already" in refused(new, backup, POOLS[0])
    assert "does not hold us-east-1_Nobody" in refused(new, backup, "us-east-1_Nobody")
    moved = [
        _moved(one) for one in of(backup) if isinstance(one, Rows) and one.table in {"client_pools", "pool_domains"}
    ]
    end = End({some.table: len(some.rows) for some in moved}, (), None)
    clash = written(tmp_path / "moved", Head("0", NEWEST, 0, False, ("us-east-1_CCCCCCCCC",)), *moved, end)
    assert "in another pool" in refused(new, clash)
    assert digest(new.rows(NEWEST)) == before


def _moved(some: Rows) -> Rows:
    """The same clients and domains in another pool."""
    place = some.columns.index("pool_id")
    return Rows(
        some.table, some.columns, [(*row[:place], "us-east-1_CCCCCCCCC", *row[place + 1 :]) for row in some.rows]
    )


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("overwrite", [False, True])
def test_a_backup_of_one_pool_does_not_reach_another(
    place: Making, tmp_path: Path, backup: Path, engine: str, overwrite: bool
) -> None:
    """Whoever made the file knows its secret and may have put rows of any pool into it: none of them comes in."""
    here, columns = place(engine), shapes(NEWEST)["user_groups"].columns
    here.restore(backup)
    before = digest(here.rows(NEWEST))
    rows = [row for one in of(backup) if isinstance(one, Rows) and one.table == "user_groups" for row in one.rows]
    theirs = next(row for row in rows if POOLS[1] in row)
    smuggled = Rows("user_groups", columns, [tuple("smuggled" if one == theirs[1] else one for one in theirs)])
    head, end = Head("0", NEWEST, 0, False, ("us-east-1_CCCCCCCCC",)), End({"user_groups": 1}, (), None)
    file = written(tmp_path / "smuggling", head, smuggled, end)
    assert "rows of user_groups of a pool that it does not name" in refused(here, file, overwrite=overwrite)
    assert digest(here.rows(NEWEST)) == before


def test_rows_of_another_length_or_depth(place: Making, tmp_path: Path) -> None:
    """They are refused in words, too."""
    columns = shapes(NEWEST)["user_pools"].columns
    head, end = Head("0", NEWEST, 0, True, ()), End({"user_pools": 1}, (), None)
    short = written(tmp_path / "short", head, Rows("user_pools", columns, [("p",)]), end)
    assert "of another length" in refused(place(SQLITE), short)
    with (tmp_path / "deep").open("wb") as opened:
        writer = SealedFileWriter(opened, SECRET)
        deep = b"\x84\xa4type\xa4rows\xa5table\xa1t\xa7columns\x90\xa4rows\x91\x91" + b"\x91" * 100_000 + b"\xc0"
        writer.write(len(deep).to_bytes(4, "big") + deep)
        writer.finish()
    assert "written by another version" in refused(place(SQLITE), tmp_path / "deep")


def test_what_belongs_to_one_store_is_not_taken(place: Making, tmp_path: Path) -> None:
    """No backup holds messages to be sent or leases; where a file does, they are left out."""
    new = place(SQLITE)
    new.run(migrate.run)
    columns = shapes(NEWEST)["deleted_pools"].columns
    rows = Rows("deleted_pools", columns, [tuple("1" for _ in columns)])
    head, end = Head("0", NEWEST, 0, True, ()), End({"deleted_pools": 1}, (), None)
    new.restore(written(tmp_path / "more", head, rows, end))
    assert new.rows(NEWEST)["deleted_pools"] == []


def test_master_keys_that_are_missing(place: Making, tmp_path: Path, backup: Path) -> None:
    """STO-11: what could not be opened afterwards does not come in; it is said which keys are missing."""
    own = key_in(tmp_path / "own.key")
    told = refused(place(SQLITE, own), backup)
    assert "sealed under the master key" in told
    assert "--master-keys" in told
    theirs = (tmp_path / "master.key").read_bytes()
    own.write_bytes(own.read_bytes() + theirs)
    place(SQLITE, own).restore(backup)


def test_keys_for_digests_that_are_missing(place: Making, tmp_path: Path) -> None:
    """After a rotation of master keys they are lines of their own, and codes depend on them."""
    key, digests = base64.b64encode(bytes(32)), b"digests " + base64.b64encode(bytes(range(32)))
    rotated = private(tmp_path / "rotated.key", key + b"\n" + digests + b"\n")
    old, new = place(SQLITE, rotated), place(SQLITE, private(tmp_path / "partly.key", key + b"\n"))
    old.run(migrate.run)
    old.back_up(tmp_path / "backup")
    assert "the key for digests" in refused(new, tmp_path / "backup")
    assert list(new.folder.iterdir()) == []


def test_a_master_key_file_that_opens_nothing(place: Making, tmp_path: Path, backup: Path) -> None:
    """With --master-keys, too, a wrong file is refused first."""
    wrong = key_in(tmp_path / "wrong.key")
    told = refused(place(SQLITE, key_in(tmp_path / "own.key")), backup, theirs=wrong)
    assert f"which {wrong} does not hold" in told


def test_nothing_to_back_up(place: Making, tmp_path: Path, backup: Path) -> None:
    """No store is made by looking for one, and no file is left where something went wrong."""
    nowhere = place(SQLITE)
    with pytest.raises(StartRefused, match="there is no store"):
        nowhere.back_up(tmp_path / "none")
    assert list(nowhere.folder.iterdir()) == []
    old = place(SQLITE)
    old.run(migrate.run)
    with pytest.raises(StartRefused, match="does not exist"):
        old.back_up(tmp_path / "none", "us-east-1_Nobody")
    with pytest.raises(StartRefused, match="is there already"):
        old.back_up(backup)
    with pytest.raises(StartRefused, match="No such file"):
        old.back_up(tmp_path / "missing/none", key=tmp_path / "backup.key")
    assert not [one for one in tmp_path.iterdir() if "none" in one.name]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"short\n", "has fewer than 12 characters"),
        (b"", "has fewer than 12 characters"),
        (None, "cannot be read"),
    ],
)
def test_a_passphrase_file_that_is_of_no_use(place: Making, tmp_path: Path, content: bytes | None, told: str) -> None:
    """It is said why."""
    old, file = place(SQLITE), tmp_path / "passphrase"
    old.run(migrate.run)
    if content is not None:
        private(file, content)
    with pytest.raises(StartRefused, match=told):
        old.back_up(tmp_path / "backup", passphrase=file)


def test_secrets_that_others_may_read(place: Making, tmp_path: Path) -> None:
    """Or none, two of them, or a key that is too short."""
    old, file = place(SQLITE), key_in(tmp_path / "key")
    old.run(migrate.run)
    file.chmod(0o644)
    with pytest.raises(StartRefused, match="chmod 600"):
        old.back_up(tmp_path / "backup", key=file)
    with pytest.raises(StartRefused, match="give --passphrase-file or --key-file"):
        old.back_up(tmp_path / "backup", key=file, passphrase=file)
    with pytest.raises(StartRefused, match="holds no 32 bytes"):
        old.back_up(tmp_path / "backup", key=private(tmp_path / "short", b"c2hvcnQ="))
