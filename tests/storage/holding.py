"""Stores in which nobody gets past one change, so that whoever makes it is killed in the middle, however fast it is."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing

import asyncpg

from storage.stores import POSTGRES, Store

ENDLESS = "create view endless as with recursive n (x) as (select 1 union all select x + 1 from n) select x from n"
LOCK = 4711
HOLD = f"""
create function held() returns trigger language plpgsql as
$$ begin perform pg_advisory_xact_lock({LOCK}); return new; end $$;
create trigger held before {{}} for each row when ({{}}) execute function held();
select pg_advisory_lock({LOCK});
"""
LET_GO = f"select pg_advisory_unlock({LOCK}); drop function held() cascade;"


@asynccontextmanager
async def held(store: Store, change: str, condition: str) -> AsyncIterator[None]:
    """Until the block ends, who makes a change (as `insert on users`) of a row for which the condition holds waits.

    On SQLite it counts for ever, and only its end sets it free.
    """
    if store.engine == POSTGRES:
        other = await asyncpg.connect(store.address)
        try:
            await other.execute(HOLD.format(change, condition))
            yield
            await other.execute(LET_GO)
        finally:
            await other.close()
        return
    with closing(sqlite3.connect(store.address, isolation_level=None)) as beside:
        beside.execute(ENDLESS)
        beside.execute(f"create trigger held before {change} when {condition} begin select count(*) from endless; end")
        yield
        beside.execute("drop trigger held")
        beside.execute("drop view endless")
