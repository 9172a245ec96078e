"""What is in the store, to the last byte, so that a test can say that nothing was written."""

from typing import Any

from served import Served

# That something was refused is in the audit log, whose records change nothing else (tests/audit).
AUDIT = frozenset({"audit_chains", "audit_head", "audit_pending", "audit_records"})
# Whose turn it is to tidy up is written once a minute, whoever calls.
NO_STATE = frozenset({"sqlite_sequence", "job_leases"}) | AUDIT


def everything(server: Served) -> dict[str, list[str]]:
    """All rows of all tables of a server on SQLite."""

    async def read(tx: Any) -> dict[str, list[str]]:
        names = [row[0] for row in await tx.all("select name from sqlite_master where type = 'table' order by name")]
        return {
            name: sorted(map(repr, await tx.all(f'select * from "{name}"'))) for name in names if name not in NO_STATE
        }

    found: dict[str, list[str]] = server.run(server.application.world.database.read(read))
    assert found["user_pools"], "an empty store proves nothing"
    return found
