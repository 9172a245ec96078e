"""Rows for every table, as odd as their columns allow, with what is sealed really sealed."""

import random
from collections.abc import Mapping
from functools import cache
from sqlite3 import connect

from cognomen.admin.sealed_columns import SEALED
from cognomen.signing.port import Sealer
from cognomen.storage import migrate
from cognomen.storage.database import Database, Row, Tx
from cognomen.storage.tables import TABLES, Kept, shapes

NEWEST = migrate.known()[-1].version
POOLS = ("us-east-1_AAAAAAAAA", "us-east-1_BBBBBBBBB")
GONE = "us-east-1_Gone00000"  # a deleted pool, whose rows are still being taken away
PLANT = "xyzzyPLANTED"  # in every text and in what is sealed
ODD = ("", " \t\n", "é🙂ß", "'quoted' \"twice\"", "\\N", "null", "x" * 5000)
WIDE = {"smallint": 2**15, "integer": 2**31, "bigint": 2**63}


def rows_for(name: str, pools: tuple[str, ...], sealer: Sealer, count: int = 3) -> list[Row]:
    """So many rows of a table for each pool, no two of one key."""
    chance = random.Random(name)
    made = [_row(name, pool_id, number, chance) for pool_id in pools for number in range(count)]
    if shapes(NEWEST)[name].key == ("pool_id",):
        made = made[::count]
    return [tuple(_sealed(name, row, sealer).values()) for row in made]


def _row(name: str, pool_id: str, number: int, chance: random.Random) -> dict[str, object]:
    keys = shapes(NEWEST)[name].key
    row: dict[str, object] = {}
    for column, (kind, required) in types(name).items():
        if column == "pool_id":
            row[column] = pool_id
        elif column in keys:
            row[column] = _key(kind, pool_id, number)
        else:
            row[column] = None if not required and chance.random() < 0.3 else _value(kind, chance)
    return row


def _key(kind: str, pool_id: str, number: int) -> object:
    place = (*POOLS, GONE).index(pool_id) * 100 + number
    if kind == "text":
        return f"{ODD[number % 4]}{place}"
    return f"{place}".encode() if kind == "bytea" else place


def _value(kind: str, chance: random.Random) -> object:
    if kind == "text":
        return PLANT + chance.choice(ODD)
    if kind == "bytea":
        return PLANT.encode() + chance.randbytes(chance.choice((0, 1, 400)))
    return chance.choice((0, 1, -1, WIDE[kind] - 1, -WIDE[kind]))


def _sealed(name: str, row: dict[str, object], sealer: Sealer) -> dict[str, object]:
    if name == "signing_keys":
        row["token_use"] = "access"
    for column in SEALED:
        if column.table == name and row[column.column] is not None:
            purpose = column.purpose(*(row[one] for one in (*column.key, *column.more)))
            row[column.column] = sealer.seal(PLANT.encode(), purpose)
    return row


@cache
def types(name: str) -> Mapping[str, tuple[str, bool]]:
    """The type of each column, and whether it must not be null."""
    store = connect(":memory:")
    for step in migrate.known():
        for statement in step.statements:
            store.execute(statement)
    found = store.execute(f"pragma table_info({name})").fetchall()
    store.close()
    return {column: (kind.lower(), bool(required)) for _, column, kind, required, _, _ in found}


async def fill(database: Database, sealer: Sealer) -> None:
    """Put rows into every table that there is, for two pools and one that is deleted."""
    await migrate.run(database)

    async def work(tx: Tx) -> None:
        for name in shapes(NEWEST):
            pools = POOLS if name == "user_pools" or TABLES[name].kept is not Kept.POOL else (*POOLS, GONE)
            await tx.put_rows(name, shapes(NEWEST)[name].columns, rows_for(name, pools, sealer))

    await database.write(work)


def kept(rows: Mapping[str, list[Row]], pool_id: str | None = None) -> dict[str, list[Row]]:
    """What a backup holds of these: of everything, or of a pool."""
    pools = POOLS if pool_id is None else (pool_id,)
    found = {}
    for name, shape in shapes(NEWEST).items():
        treated = TABLES[name].kept
        if treated is Kept.POOL:
            found[name] = [row for row in rows[name] if row[shape.columns.index("pool_id")] in pools]
        elif treated is Kept.SERVER and pool_id is None:
            found[name] = rows[name]
    return found
