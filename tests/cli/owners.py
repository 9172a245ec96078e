"""Which worker has a connection, as Linux tells it."""

import re
from contextlib import suppress
from pathlib import Path

import pytest

TCP = Path("/proc/net/tcp")


def workers_of(process: int) -> set[int]:
    """The workers that this parent has; the children of multiprocessing's own tracker are none."""
    children = Path(f"/proc/{process}/task/{process}/children")
    if not (children.exists() and TCP.exists()):
        pytest.skip("who has a connection is read from /proc")
    return {int(child) for child in children.read_text().split() if b"spawn_main" in _command_line(child)}


def _command_line(process: str) -> bytes:
    with suppress(FileNotFoundError, ProcessLookupError):  # it has ended meanwhile
        return Path(f"/proc/{process}/cmdline").read_bytes()
    return b""


def owner(ports: tuple[int, int], workers: set[int]) -> int | None:
    """The worker that has the connection between these ports, the client's and the server's; None where none shows."""
    client, server = ports
    line = re.search(rf"^ *\d+: \w+:{server:04X} \w+:{client:04X} .*$", TCP.read_text(), re.MULTILINE)
    inode = line[0].split()[9] if line else ""
    links = {worker: _sockets(worker) for worker in workers}
    return next((worker for worker, sockets in links.items() if f"socket:[{inode}]" in sockets), None)


def _sockets(process: int) -> set[str]:
    found = set()
    for link in Path(f"/proc/{process}/fd").iterdir():
        with suppress(FileNotFoundError):  # it was closed meanwhile
            found.add(str(link.readlink()))
    return found
