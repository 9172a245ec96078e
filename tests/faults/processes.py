"""`cognomen serve` as a process of its own, which can be killed, stopped and started again on the same store."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

PATIENCE = 60  # seconds; nothing waits so long unless it is broken
READY = re.compile(r"is ready: http://127\.0\.0\.1:(\d+)")
# Limits of AWS that a load on few accounts would meet, and the code that every message carries.
CODE = "246810"
MOST = "1000000"
LIMITS = ("confirm_sign_up", "resend_confirmation_code", "recover_password", "change_password")
ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "COGNOMEN_DEV__FIXED_CODE": CODE,
    "COGNOMEN_SQLITE__SYNCHRONOUS": "FULL",  # what production has (docs/decisions/0007)
    **{f"COGNOMEN_LIMITS__{name.upper()}_PER_HOUR": MOST for name in LIMITS},
}


def reserved() -> socket.socket:
    """A port on which nobody listens, and that the system gives to nobody until this is closed.

    Whoever asks for this very port, and for SO_REUSEADDR, may listen on it.
    """
    place = socket.socket()
    place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    place.bind(("127.0.0.1", 0))
    return place


@dataclass
class Cognomen:
    """One server. `flags` name its store; `before` is put in front of the command line, as `fiu-run` is.

    It has the same port at every start, so that clients need not be told.
    """

    folder: Path
    flags: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    before: Sequence[str] = ()
    place: socket.socket = field(default_factory=reserved)
    starts: list[float] = field(default_factory=list)  # seconds from each start to its ready line
    _process: "subprocess.Popen[str] | None" = None

    @property
    def port(self) -> int:
        """Its own while it is down, too."""
        port: int = self.place.getsockname()[1]
        return port

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def process(self) -> "subprocess.Popen[str]":
        """What was started last."""
        assert self._process is not None, "the server was not started"
        return self._process

    @property
    def log(self) -> str:
        """Everything that it has said on standard error since the first start."""
        return self._log_file.read_text() if self._log_file.exists() else ""

    @property
    def _log_file(self) -> Path:
        return self.folder / f"server-{self.port}.log"

    def start(self) -> float:
        """Start, wait for the ready line and answer the seconds that it took."""
        began = time.monotonic()
        command = [*self.before, sys.executable, "-m", "cognomen", "serve", "--port", str(self.port), *self.flags]
        with self._log_file.open("a") as log:
            self._process = subprocess.Popen(
                command,
                cwd=self.folder,
                env={**ENVIRONMENT, **self.environment},
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                start_new_session=True,  # so that its workers can be killed with it
            )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert READY.search(line), f"the server did not start: {self.log[-4000:]}"
        self.starts.append(time.monotonic() - began)
        return self.starts[-1]

    def kill(self) -> None:
        """`kill -9` for the server and its workers, in one moment."""
        self._signal(signal.SIGKILL)
        self.forget()

    def stop(self) -> int:
        """SIGTERM, wait for the end, answer the exit code."""
        self.process.terminate()
        try:
            return self.process.wait(PATIENCE)
        finally:
            self._signal(signal.SIGKILL)  # whatever is left of the group
            self.forget()

    def _signal(self, number: int) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)

    def forget(self) -> None:
        """Take note of the end of a process that somebody else has ended."""
        self.process.wait(PATIENCE)
        assert self.process.stdout is not None
        self.process.stdout.close()

    def memory_mb(self) -> float:
        """Resident memory of the process and all that it has started."""
        return sum(_resident_mb(one) for one in _group(self.process.pid))


@contextmanager
def cognomen(
    folder: Path, *flags: str, environment: Mapping[str, str] | None = None, before: Sequence[str] = ()
) -> Iterator[Cognomen]:
    """A started server, whose processes are gone at the end, whatever happened to it meanwhile."""
    server = Cognomen(folder, flags, environment or {}, before)
    try:
        server.start()
        yield server
    finally:
        if server._process is not None:  # it may not have come so far
            server.kill()
        server.place.close()


def _group(leader: int) -> list[int]:
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            with suppress(ProcessLookupError, PermissionError):
                if os.getpgid(int(folder.name)) == leader:
                    found.append(int(folder.name))
    return found


def _resident_mb(process: int) -> float:
    with suppress(FileNotFoundError, ProcessLookupError):
        said = Path(f"/proc/{process}/status").read_text().partition("VmRSS:")[2]
        return int(said.split()[0]) / 1024 if said else 0.0
    return 0.0
