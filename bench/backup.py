"""How long a backup of many users takes, and its return, on and between the two stores; and how much memory.

With all other benchmarks it runs on few users; `make bench ARGS=backup:100000` is what five minutes are promised for.
"""

import asyncio
import hashlib
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from cognomen.flows.totp import token_purpose
from cognomen.settings import Settings, load
from cognomen.signing.master_key_file import read_master_key_file
from cognomen.signing.sealing import AesGcmSealer
from cognomen.storage.database import Tx
from cognomen.wiring import open_database
from import_users import make_pool
from people import write_people
from rows import Row
from server import serving
from stores import Kept, postgres, sqlite

PROMISED_S = 300  # for 100,000 users
PROMISED_USERS = 100_000
MOST_MB = 300  # however many users there are

SESSION = ("pool_id", "origin_jti", "sub", "client_id", "auth_time", "started_ms", "expires_ms", "digest")


@dataclass(frozen=True)
class Spent:
    """Seconds of a command, and its peak memory."""

    wall_s: float
    memory_mb: float

    def told(self, count: int) -> str:
        return f"{self.wall_s:.1f} s, {count / self.wall_s:,.0f} users/s, {self.memory_mb:.0f} MB"


MEASURED = """
import resource, subprocess, sys, time
began = time.perf_counter()
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
print(time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)
"""


def spent(*words: str) -> Spent:
    """Run a command of cognomen; its memory is measured by a process that has no other children."""
    command = [sys.executable, "-c", MEASURED, sys.executable, "-m", "cognomen", *words]
    wall, memory = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return Spent(float(wall), float(memory))


def fill(kept: Kept, folder: Path, count: int) -> None:
    """A pool of so many users with e-mail addresses, password hashes, second factors and sessions."""
    with serving(*kept.flags) as server:
        pool_id = make_pool(server)
    write_people(folder / "people.jsonl", count)
    spent("import", str(folder / "people.jsonl"), "--pool", pool_id, *kept.flags)
    asyncio.run(sign_in_all(kept, pool_id))
    kept.settle()


async def sign_in_all(kept: Kept, pool_id: str) -> None:
    """Give every user what a user with a second factor has: a sealed secret and an open session."""
    sealer = AesGcmSealer(read_master_key_file(Path(master_key_of(kept))).keys)
    database = await open_database(settings_of(kept), patient=True)
    subs = await database.read(lambda tx: tx.all("select sub from users where pool_id = ?", (pool_id,)))

    async def work(tx: Tx) -> None:
        secrets = [(pool_id, sub, sealer.seal(sub.encode(), token_purpose(pool_id, sub)), 0, None) for (sub,) in subs]
        await tx.put_rows("software_tokens", ("pool_id", "sub", "sealed", "last_step", "waiting"), secrets)
        sessions = [
            (pool_id, sub, sub, "client", 1, 1, 2**52, hashlib.sha256(sub.encode()).digest()) for (sub,) in subs
        ]
        await tx.put_rows("token_sessions", SESSION, sessions)

    await database.write(work)
    await database.close()


def rows(count: int = 20_000) -> Iterator[Row]:
    goal = PROMISED_S * count / PROMISED_USERS
    for old in (sqlite, postgres):
        with TemporaryDirectory() as name, old() as kept:
            folder = Path(name)
            key = folder / "backup.key"
            key.touch(mode=0o600)
            key.write_text("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n")
            fill(kept, folder, count)
            file, sealed = str(folder / "backup"), ("--key-file", str(key))
            done = spent("backup", file, *sealed, *kept.flags)
            size = Path(file).stat().st_size / 1e6
            told = f"{done.told(count)}; the file has {size:.0f} MB"
            yield Row(f"{kept.engine}: backup of {count:,} users", done.wall_s, goal, "s", told)
            yield Row(f"{kept.engine}: backup, peak memory", done.memory_mb, MOST_MB, "MB", "")
            for new in (sqlite, postgres):
                yield from _back(new, kept, (file, *sealed), count)


def _back(
    new: Callable[[], AbstractContextManager[Kept]], old: Kept, words: tuple[str, ...], count: int
) -> Iterator[Row]:
    with new() as kept:
        done = spent("restore", *words, "--master-keys", master_key_of(old), *kept.flags)
    goal = PROMISED_S * count / PROMISED_USERS
    yield Row(f"{old.engine} to {kept.engine}: restore", done.wall_s, goal, "s", done.told(count))
    yield Row(f"{old.engine} to {kept.engine}: restore, peak memory", done.memory_mb, MOST_MB, "MB", "")


def master_key_of(kept: Kept) -> str:
    """The master key file of a store."""
    kind, place = kept.flags
    return str(Path(place, "master.key") if kind == "--data" else Path(place).with_name("master.key"))


def settings_of(kept: Kept) -> Settings:
    """The settings that the flags of a store lead to."""
    kind, place = kept.flags
    return load({"data": place}, environment={}) if kind == "--data" else load(environment={}, file=Path(place))
