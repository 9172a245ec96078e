"""The list of tables: complete, and as the schema is."""

from contextlib import closing
from sqlite3 import connect

from cognomen.admin.sealed_columns import SEALED
from cognomen.storage import migrate, wipe
from cognomen.storage.tables import TABLES, Kept, shapes

NEWEST = migrate.known()[-1].version
READABLE = {
    ("users", "srp_salt"),
    ("codes", "digest"),
    ("token_sessions", "digest"),
    ("token_sessions", "replaced_digest"),
    ("ui_customizations", "image"),
    ("saml_keys", "certificate"),
    ("passkeys", "public_key"),
    ("devices", "salt"),
    ("import_logs", "told"),
}
SINCE = 13  # the schema of the first backups


def test_every_table_is_treated_somehow() -> None:
    """A new table stands in storage/tables.py: whoever makes one says whether backups hold it."""
    assert set(shapes(NEWEST)) <= TABLES.keys(), "say in storage/tables.py what a backup does with the new table"


def test_no_table_is_listed_that_never_was() -> None:
    """A table that a migration drops stays listed, for the backups that were made before."""
    ever = {name for step in migrate.known() if step.version >= SINCE for name in shapes(step.version)}
    assert TABLES.keys() == ever


def test_what_a_pool_owns_names_its_pool() -> None:
    """Else nothing could say which rows are its own."""
    newest = shapes(NEWEST)
    nameless = {
        name for name, table in TABLES.items() if table.kept is Kept.POOL and "pool_id" not in newest[name].columns
    }
    assert nameless == set()


def test_every_table_has_a_key() -> None:
    """By which its rows are put in order."""
    assert all(shape.key for shape in shapes(NEWEST).values())


def test_the_dev_profile_empties_what_backups_hold() -> None:
    """`wipe` knows every table that anybody makes rows of."""
    wiped = {*wipe.TABLES, *wipe.TABLES_WITHOUT_POOL}
    held = {name for name, table in TABLES.items() if table.kept is not Kept.NOWHERE}
    assert held - wiped <= {"audit_head", "audit_chains", "audit_records", "audit_pending"}


def test_every_column_of_bytes_is_sealed_or_may_be_read() -> None:
    """A sealed column that SEALED does not name would be lost by a new master key, and by a restore under another."""
    sealed = {(one.table, one.column) for one in SEALED}
    steps = "".join(statement + ";" for step in migrate.known() for statement in step.statements)
    with closing(connect(":memory:")) as store:
        store.executescript(steps)
        columns = store.execute(
            "select m.name, c.name from sqlite_master m join pragma_table_info(m.name) c"
            " where m.type = 'table' and c.type = 'bytea'"
        ).fetchall()
    assert set(columns) - sealed == READABLE


def test_sealed_columns_are_columns() -> None:
    """With those by which their purposes are told."""
    newest = shapes(NEWEST)
    for sealed in SEALED:
        assert {sealed.column, *sealed.key, *sealed.more} <= set(newest[sealed.table].columns)
