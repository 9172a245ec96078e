"""What a backup holds, row by row, on all pairs of engines."""

from collections.abc import Callable
from pathlib import Path

import pytest

from backups.filling import GONE, NEWEST, PLANT, POOLS, fill, kept
from backups.places import KEY, PAIRS, SQLITE, Place, Stored, digest, key_in
from cognomen.admin.backup_file import Rows, records
from cognomen.admin.sealed_columns import SEALED
from cognomen.signing.master_key_file import read_master_key_file
from cognomen.signing.sealed_files import FileSecret, SealedFileReader, SecretKind
from cognomen.signing.sealing import AesGcmSealer
from cognomen.storage.tables import TABLES, Kept, shapes

Making = Callable[..., Place]


def sealer_of(master_key: Path) -> AesGcmSealer:
    return AesGcmSealer(read_master_key_file(master_key).keys)


def filled(place: Place) -> Stored:
    """A store with rows in every table, and these rows."""
    place.run(lambda database: fill(database, sealer_of(place.master_key)))
    return place.rows(NEWEST)


@pytest.mark.parametrize("pair", PAIRS)
def test_every_row_comes_back_as_it_was(place: Making, tmp_path: Path, pair: tuple[str, str]) -> None:
    """STO-11: the digest over all that is kept is the same; what belongs to one store alone stays there."""
    old, new = place(pair[0]), place(pair[1])
    before = filled(old)
    old.back_up(tmp_path / "backup")
    new.restore(tmp_path / "backup")
    after = new.rows(NEWEST)
    assert all(before.values())
    assert digest(kept(after)) == digest(kept(before))
    left = {name: after[name] for name in after if TABLES[name].kept is Kept.NOWHERE and name != "counters"}
    assert {name for name, rows in left.items() if rows} == set()


@pytest.mark.parametrize("pair", PAIRS)
def test_a_pool_comes_back_alone(place: Making, tmp_path: Path, pair: tuple[str, str]) -> None:
    """Out of its own backup and out of that of a server; rows of others are neither taken nor touched."""
    old, new, again = place(pair[0]), place(pair[1]), place(pair[1])
    before = filled(old)
    old.back_up(tmp_path / "pool", POOLS[0])
    old.back_up(tmp_path / "whole")
    new.restore(tmp_path / "pool")
    again.restore(tmp_path / "whole", POOLS[0])
    for place_ in (new, again):
        after = place_.rows(NEWEST)
        assert kept(after, POOLS[0]) == kept(before, POOLS[0])
        assert kept(after) == {**{name: [] for name in kept(after)}, **kept(before, POOLS[0])}


def test_overwriting_leaves_nothing_of_what_was_there(place: Making, tmp_path: Path) -> None:
    """Not a row, and none of the other pool's is missing."""
    here = place(SQLITE)
    before = filled(here)
    here.back_up(tmp_path / "backup", POOLS[0])
    for name in ("users", "codes", "token_sessions"):
        here.run(lambda database, name=name: database.write(lambda tx: tx.run(f"update {name} set sub = sub || '+'")))
    changed = here.rows(NEWEST)
    here.restore(tmp_path / "backup", overwrite=True)
    after = here.rows(NEWEST)
    assert kept(after, POOLS[0]) == kept(before, POOLS[0])
    assert kept(after, POOLS[1]) == kept(changed, POOLS[1])
    left = [row for name in ("inbox", "outbox") for row in after[name] if row[0] == POOLS[0]]
    assert left == []


def test_everything_is_sealed_anew(place: Making, tmp_path: Path) -> None:
    """Under the new server's master key, for the same purposes; all else is as it was, and codes are left out."""
    old, new = place(SQLITE), place(SQLITE, key_in(tmp_path / "own.key"))
    before = filled(old)
    old.back_up(tmp_path / "backup")
    new.restore(tmp_path / "backup", theirs=old.master_key)
    after, sealer = new.rows(NEWEST), sealer_of(new.master_key)
    for name, rows in kept(before).items():
        columns = shapes(NEWEST)[name].columns
        sealed = {columns.index(one.column): one for one in SEALED if one.table == name}
        expected = [] if name == "codes" else rows
        plain = [[value for place_, value in enumerate(row) if place_ not in sealed] for row in after[name]]
        assert plain == [[value for place_, value in enumerate(row) if place_ not in sealed] for row in expected]
        for row in after[name]:
            for place_, column in sealed.items():
                purpose = column.purpose(*(row[columns.index(one)] for one in (*column.key, *column.more)))
                assert row[place_] is None or sealer.open(row[place_], purpose) == PLANT.encode()


def test_nothing_can_be_read_in_the_file(place: Making, tmp_path: Path) -> None:
    """STO-11: no text and no secret of the store is in it, nor a name of a table or pool; and nobody else may look."""
    here, file = place(SQLITE), tmp_path / "backup"
    filled(here)
    here.back_up(file)
    content = file.read_bytes()
    for secret in (PLANT, *POOLS, GONE, "user_pools", "token_sessions", "srp_verifier"):
        assert secret.encode() not in content
    assert file.stat().st_mode & 0o777 == 0o600
    assert sorted(tmp_path.glob(".backup*")) == []


def test_who_opens_the_file_has_no_secret_yet(place: Making, tmp_path: Path) -> None:
    """STO-11: without the master key it is useless: what was sealed in the store is sealed in there."""
    here, file = place(SQLITE), tmp_path / "backup"
    filled(here)
    here.back_up(file)
    columns = [(one.table, one.column) for one in SEALED]
    found: dict[tuple[str, str], int] = {}
    with file.open("rb") as opened:
        for record in records(SealedFileReader(opened, FileSecret(SecretKind.KEY, KEY))):
            for table, column in columns:
                if isinstance(record, Rows) and record.table == table:
                    values = [row[record.columns.index(column)] for row in record.rows]
                    assert not [value for value in values if value and PLANT.encode() in value]
                    found[table, column] = len(values)
    assert set(found) == {one for one in columns if TABLES[one[0]].kept is not Kept.NOWHERE}


def test_two_backups_of_one_store_hold_the_same(place: Making, tmp_path: Path) -> None:
    """Restoring the one or the other makes no difference, and so does a backup of what was restored."""
    first, second, third = (place(SQLITE) for _ in range(3))
    filled(first)
    first.back_up(tmp_path / "one")
    second.restore(tmp_path / "one")
    second.back_up(tmp_path / "two")
    third.restore(tmp_path / "two")
    assert digest(kept(first.rows(NEWEST))) == digest(kept(second.rows(NEWEST))) == digest(kept(third.rows(NEWEST)))
