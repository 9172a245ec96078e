"""How fast users come in whose password hashes are given: `cognomen import` on an empty pool of each store."""

import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from main_job import Row
from people import write_people
from server import Server, serving
from stores import STORES, Kept

GOAL_US = 200  # 5,000 users a second


@dataclass(frozen=True)
class Import:
    """Microseconds for each user: on the clock, and of CPU of the import and of the store's own processes."""

    wall_us: float
    import_us: float
    store_us: float
    memory_mb: float


def make_pool(server: Server) -> str:
    asked = {"PoolName": "bench", "UsernameAttributes": ["email"]}
    return str(server.call("CreateUserPool", **asked)["UserPool"]["Id"])


def import_people(kept: Kept, pool_id: str, count: int) -> Import:
    """Import so many made-up users while the server of the store runs."""
    with TemporaryDirectory() as folder:
        file = Path(folder, "people.jsonl")
        write_people(file, count)
        command = [sys.executable, "-m", "cognomen", "import", str(file), "--pool", pool_id, *kept.flags]
        before, store, began = resource.getrusage(resource.RUSAGE_CHILDREN), kept.cpu_s(), time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    per_user = 1_000_000 / count
    return Import(wall * per_user, cpu * per_user, (kept.cpu_s() - store) * per_user, after.ru_maxrss / 1024)


def rows(count: int = 50_000) -> Iterator[Row]:
    for store in STORES:
        with store() as kept, serving(*kept.flags) as server:
            done = import_people(kept, make_pool(server), count)
        detail = (
            f"{1_000_000 / done.wall_us:,.0f} users/s, CPU {done.import_us:.0f} + {done.store_us:.0f} us,"
            f" {done.memory_mb:.0f} MB"
        )
        yield Row(f"{kept.engine}: import of {count:,} users, each", done.wall_us, GOAL_US, "us", detail)
