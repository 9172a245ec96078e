"""The same calls against moto's server, in an environment of its own, and how many times cheaper ours are.

Run by name only (`make bench ARGS=peers`): it installs moto under .tools/. moto compares clear-text passwords and
verifies neither hashes nor signatures; it is the stand-in that most Python projects have today.
"""

import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from main_job import World, world
from rows import Row
from server import Server, serving

MOTO = Path(".tools/moto")
PROGRAM = "from moto.server import main; main()"
CALLS: tuple[tuple[str, int, Callable[[World], Callable[[int], object]]], ...] = (
    ("sign-in by password", 500, lambda bench: bench.sign_in),
    ("GetUser", 500, lambda bench: bench.get_user),
    ("AdminGetUser", 500, lambda bench: bench.admin_get_user),
    ("refresh", 500, lambda bench: bench.refresh),
)


def installed() -> Path:
    """The Python of moto's own environment, made at the first run."""
    python = MOTO / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(MOTO)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", "moto[cognitoidp,server]==5.2.5"], check=True)
    return python


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def moto_serving() -> Iterator[Server]:
    """moto's server on a free port."""
    port = free_port()
    command = [str(installed()), "-c", PROGRAM, "-p", str(port)]
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, text=True)
    try:
        while time.perf_counter() - began < 30:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.01)
        yield Server(process, port, time.perf_counter() - began)
    finally:
        process.terminate()
        process.wait(30)


def costs(server: Server) -> dict[str, float]:
    """CPU of each call in milliseconds."""
    bench = world(server)
    return {name: server.cost(calls, one(bench)).cpu_ms for name, calls, one in CALLS}


def rows() -> list[Row]:
    """Our CPU as a share of moto's, call by call."""
    with moto_serving() as peer:
        theirs = costs(peer)
    with serving() as server:
        ours = costs(server)
    return [
        Row(f"{name}: CPU, of moto's", ours[name] / theirs[name], 1, "", f"{ours[name]:.3f} of {theirs[name]:.3f} ms")
        for name, _, _ in CALLS
    ]
