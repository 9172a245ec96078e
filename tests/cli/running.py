"""Runs the command line as a process of its own, in an empty folder and without settings from outside."""

import re
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

PATIENCE = 30  # seconds; nothing waits so long unless it is broken
END = 60  # for a process to end: a server itself allows answers and messages under way thirty
QUIET = ("--log-level", "warning")


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str


def command(*words: str, folder: Path, environment: Mapping[str, str] | None = None) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "cognomen", *words],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", **(environment or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(process: "subprocess.Popen[str]") -> Ended:
    out, err = process.communicate(timeout=END)
    return Ended(process.returncode, out, err)


def run(*words: str, folder: Path, environment: Mapping[str, str] | None = None) -> Ended:
    return finish(command(*words, folder=folder, environment=environment))


@dataclass(frozen=True)
class Server:
    """A served process that said it is ready."""

    process: "subprocess.Popen[str]"
    line: str

    @property
    def url(self) -> str:
        found = re.search(r"is ready: (http://\S+)", self.line)
        assert found, self.line
        return found[1]

    def get(self, path: str) -> tuple[int, str]:
        with urlopen(self.url + path, timeout=PATIENCE) as answer:
            return answer.status, answer.read().decode()

    def connected(self) -> socket.socket:
        host, _, port = self.url.removeprefix("http://").partition(":")
        return socket.create_connection((host, int(port)), timeout=PATIENCE)

    def end(self, signal: int) -> Ended:
        self.process.send_signal(signal)
        return finish(self.process)


@contextmanager
def serving(*words: str, folder: Path, environment: Mapping[str, str] | None = None) -> Iterator[Server]:
    process = command("serve", "--port", "0", *QUIET, *words, folder=folder, environment=environment)
    try:
        assert process.stdout
        line = process.stdout.readline()
        assert line, finish(process)
        yield Server(process, line)
    finally:
        process.kill()
        process.communicate(timeout=PATIENCE)
