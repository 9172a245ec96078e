"""A seed on a real PostgreSQL: two servers that start at the same time, an edit, and a pool that comes back."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from cognomen import settings, wiring
from cognomen.admin.seed import plant
from cognomen.admin.seed_file import Seed, read_seed
from cognomen.flows import pools
from cognomen.http.members import read_members
from cognomen.storage import expired, users
from storage.stores import PostgresServer

pytestmark = pytest.mark.anyio
POOL_ID = "us-east-1_Abc"
TABLES = {"user_pools": 1, "signing_keys": 2, "app_clients": 2, "client_secrets": 1, "user_groups": 1, "users": 4}


def a_seed(**more: Any) -> Seed:
    clients = [{"ClientId": "c1", "ClientName": "c"}, {"ClientId": "c2", "ClientName": "d", "ClientSecret": "s" * 30}]
    people = [{"Username": name, "Password": "Correct-Horse-9", "Groups": ["g"]} for name in ("a", "b", "c", "d")]
    pool = {"Id": POOL_ID, "PoolName": "p", "clients": clients, "groups": [{"GroupName": "g"}], "users": people}
    return read_seed("seed.json", json.dumps({"pools": [{**pool, **more}]}).encode(), read_members)


async def test_servers_at_once_make_everything_once(postgres: PostgresServer, tmp_path: Path) -> None:
    """Between all of them each thing is made one time; an edit is a change; a deleted pool comes back empty."""
    given = {"database": postgres.new_database("seed"), "master_key_file": str(tmp_path / "master.key")}
    chosen = settings.load({**given, "log_level": "error"}, environment={})
    built = [await wiring.build(chosen) for _ in range(3)]
    worlds = [one.world for one in built]
    planted = await asyncio.gather(*(plant(world, a_seed()) for world in worlds))
    made = {noun: sum(one.made[noun] for one in planted) for noun in ("pool", "app client", "group", "user")}
    assert made == {"pool": 1, "app client": 2, "group": 1, "user": 4}

    async def count(tx: Any) -> Any:
        return {table: (await tx.one(f"select count(*) from {table}"))[0] for table in TABLES}

    database = worlds[0].database
    assert await database.read(count) == TABLES
    assert str(await plant(worlds[1], a_seed(PoolName="q"))) == "1 changed"

    await pools.delete_pool(worlds[0], await worlds[0].directory.pool(POOL_ID))
    await plant(worlds[0], a_seed(users=[]))
    await database.write(lambda tx: expired.purge(tx, worlds[0].now_ms()))
    assert await database.read(lambda tx: users.count_of_pool(tx, POOL_ID)) == 0
    for world in worlds:
        await world.database.close()
