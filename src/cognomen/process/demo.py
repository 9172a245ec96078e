"""The demo: a server on a free port with a throw-away store, and the example program that uses it."""

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from os import devnull
from pathlib import Path
from sysconfig import get_path

from cognomen.process.ready import SDK_VARIABLE
from cognomen.process.refused import StartRefused

PROGRAM = Path("examples", "demo.py")
PLACES = (Path(__file__).parents[3], Path(get_path("data"), "share", "cognomen"))  # a checkout, an installed wheel
FLAGS = ("--config", devnull, "--port", "0", "--data", ":memory:", "--profile", "dev", "--log-level", "warning")
SERVER = (sys.executable, "-m", "cognomen", "serve", *FLAGS)


def run_demo() -> None:
    """Run the program against a fresh server; raises StartRefused where either of them does not come to its end."""
    if find_spec("cognomen_kit") is None:
        raise StartRefused("the demo signs in through the client library: pip install cognomen-kit")
    program = _program()
    with _server() as url:
        done = subprocess.run([sys.executable, program, url], check=False)  # noqa: S603 - our own program
    if done.returncode:
        raise StartRefused(f"the demo ended with exit code {done.returncode}")


def _program() -> Path:
    found = next((program for place in PLACES if (program := place / PROGRAM).is_file()), None)
    if found is None:
        raise StartRefused(f"the demo program is not installed: {PROGRAM} of the source runs against any server")
    return found


@contextmanager
def _server() -> Iterator[str]:
    with subprocess.Popen(SERVER, stdout=subprocess.PIPE, text=True) as server:  # noqa: S603 - ourselves
        try:
            yield _url_in(server)
        finally:
            server.terminate()


def _url_in(server: "subprocess.Popen[str]") -> str:
    assert server.stdout
    line = server.stdout.readline()
    url = re.search(rf"{SDK_VARIABLE}=(\S+)", line)
    if url is None:
        raise StartRefused("the server of the demo did not start")
    print(line, flush=True)
    return url[1]
