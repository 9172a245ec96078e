"""Modular exponentiation that leaves the event loop alone: gmpy2 if it is installed, else worker processes.

Python's own `pow` takes 5 to 20 ms for the numbers of SRP and holds the interpreter lock all the while. gmpy2
takes a tenth of that and lets the lock go, so a thread is enough.
"""

import atexit
import os
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

try:
    import gmpy2
except ImportError:
    gmpy2 = None

WORKER = Path(__file__).with_name("powmod_worker.py")
MOST_WORKERS = 2


def powmod_without_lock(base: int, exponent: int, modulus: int) -> int:
    """Called in a thread: the interpreter lock is free while it counts."""
    if gmpy2 is None:
        return WORKERS.powmod(base, exponent, modulus)
    return powmod_here(base, exponent, modulus)


def powmod_here(base: int, exponent: int, modulus: int) -> int:
    """Called by code that may block its own thread."""
    if gmpy2 is None:
        return pow(base, exponent, modulus)
    with gmpy2.context(allow_release_gil=True):
        return int(gmpy2.powmod(base, exponent, modulus))


class Workers:
    """A few processes of our own that count.

    Not a pool of `multiprocessing`: that imports the program's main module again, which goes wrong in every
    script without a `__main__` guard. A worker reads one line of hex numbers and writes one; numbers never
    stand on a command line, and a worker ends when its input does.
    """

    def __init__(self, most: int = MOST_WORKERS) -> None:
        self._most = most
        self._forget()

    def powmod(self, base: int, exponent: int, modulus: int) -> int:
        """Blocks this thread until a worker has answered; where one has died, a new one is asked."""
        question = f"{base:x} {exponent:x} {modulus:x}\n"
        with self._room:
            try:
                return self._ask_one(question)
            except OSError:
                return self._ask_one(question)

    def close(self) -> None:
        """End the workers that are idle; new ones start when they are needed."""
        while self._idle:
            _end(self._idle.pop())

    def leave_to_parent(self) -> None:
        """In a forked child: the workers and their pipes belong to the parent."""
        for worker in self._idle:
            _close_pipes(worker)
        self._forget()

    def _forget(self) -> None:
        self._idle: list[subprocess.Popen[str]] = []
        self._room = threading.BoundedSemaphore(self._most)

    def _ask_one(self, question: str) -> int:
        worker = self._take()
        try:
            answer = _ask(worker, question)
        except OSError:
            _end(worker)
            raise
        self._idle.append(worker)
        return answer

    def _take(self) -> "subprocess.Popen[str]":
        try:
            return self._idle.pop()
        except IndexError:
            command = [sys.executable, "-I", "-S", str(WORKER)]
            return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603


def _ask(worker: "subprocess.Popen[str]", question: str) -> int:
    assert worker.stdin is not None
    assert worker.stdout is not None
    worker.stdin.write(question)
    worker.stdin.flush()
    answer = worker.stdout.readline()
    if not answer:
        raise OSError("the process that computes for SRP has ended")
    return int(answer, 16)


def _end(worker: "subprocess.Popen[str]") -> None:
    worker.kill()
    worker.wait()
    _close_pipes(worker)


def _close_pipes(worker: "subprocess.Popen[str]") -> None:
    for pipe in (worker.stdin, worker.stdout):
        if pipe is not None:
            with suppress(OSError):  # what could not be written to a worker that died
                pipe.close()


WORKERS = Workers()
atexit.register(WORKERS.close)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=WORKERS.leave_to_parent)
