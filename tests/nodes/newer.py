"""The command line of a version that does not exist yet: today's code, and a schema that is one step ahead.

`python -m nodes.newer rolling serve …` has a step that servers of today can live with; `breaking` has one that they
must not. So tests run today's server as the older one of two.
"""

import sys
from functools import cache

from cognomen import cli
from cognomen.storage import migrate
from cognomen.storage.migrate import Migration

TODAY = migrate.known()
NEXT = TODAY[-1].version + 1
# What holds a table for itself comes last, so that nobody waits for the rest.
STATEMENTS = (
    "create table newer_notes (pool_id text not null, sub text not null, note text, primary key (pool_id, sub))",
    "insert into newer_notes (pool_id, sub, note) select pool_id, sub, status from users",
    "create index newer_users_by_time on users (pool_id, created_ms)",
    "alter table users add column newer_rank bigint",
)
COMPATIBLE = {"rolling": TODAY[-1].version, "breaking": NEXT}


def steps(kind: str) -> tuple[Migration, ...]:
    return (*TODAY, Migration(NEXT, COMPATIBLE[kind], STATEMENTS))


if __name__ == "__main__":
    ahead = steps(sys.argv.pop(1))
    migrate.known = cache(lambda: ahead)
    cli.main(prog_name="cognomen")
