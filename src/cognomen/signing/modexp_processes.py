"""Powers in processes of their own, for where gmpy2 is missing: plain Python holds its lock for 5 ms a power.

Not a pool of multiprocessing, which would import the main module of whoever embeds the server once more in each.
"""

import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import TypeAlias

WORKER = Path(__file__).with_name("modexp_worker.py")
Process: TypeAlias = "subprocess.Popen[str]"


class PowerProcesses:
    """As many processes as there are threads that ask; they start when they are needed, and are kept.

    The numbers go through pipes and stand on no command line.
    """

    def __init__(self) -> None:
        self._idle: list[Process] = []
        self._closed = False

    def power(self, base: int, exponent: int, modulus: int) -> int:
        """Blocks this thread and no other; where the process died it is done once more by a new one. Raises OSError."""
        question = f"{base:x} {exponent:x} {modulus:x}\n"
        try:
            return self._ask(self._take(), question)
        except OSError:
            return self._ask(_started(), question)

    def close(self) -> None:
        """End the processes."""
        self._closed = True
        while self._idle:
            _end(self._idle.pop())

    def _take(self) -> Process:
        try:
            return self._idle.pop()
        except IndexError:
            return _started()

    def _ask(self, process: Process, question: str) -> int:
        try:
            answer = _answer_of(process, question)
        except BaseException:
            _end(process)
            raise
        self._idle.append(process)
        if self._closed:  # while it was asked
            self.close()
        return answer


def _started() -> Process:
    command = [sys.executable, "-I", "-S", str(WORKER)]
    # In a session of its own: Ctrl-C at the terminal is for the server, with which it ends.
    return subprocess.Popen(  # noqa: S603
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
    )


def _answer_of(process: Process, question: str) -> int:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(question)
    process.stdin.flush()
    answer = process.stdout.readline()
    if not answer.endswith("\n"):
        raise OSError("a process that computes powers has ended")
    return int(answer, 16)


def _end(process: Process) -> None:
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with suppress(OSError):  # what could not be written any more
                pipe.close()
