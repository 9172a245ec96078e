"""Several processes behind one port: the parent owns the socket, replaces workers that die, and passes signals on."""

import os
import signal
import sys
import time
from collections.abc import Callable
from ctypes import c_longlong
from dataclasses import dataclass
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from multiprocessing.sharedctypes import Synchronized
from socket import socket

from cognomen.clock import Clock
from cognomen.process.refused import REFUSED, StartRefused
from cognomen.process.single import END_SECONDS, GRACE_SECONDS, SIGNALS, Doors, Family, serve
from cognomen.settings import Settings

SPAWN = get_context("spawn")  # a forked copy of a process that has threads can hang
PAUSE_SECONDS = 1.0  # between two starts, so that a worker that always dies does not eat the machine


@dataclass(frozen=True, slots=True)
class Worker:
    """A child process; through `report` it says None once it answers, or why it does not start."""

    process: SpawnProcess
    report: "Connection[object, str | None]"

    def first_word(self) -> str | None:
        """What the worker says next; where it ended without a word, its exit code."""
        try:
            return self.report.recv()
        except EOFError:
            self.process.join()
            return f"exit code {self.process.exitcode}"


class Supervisor:
    """The parent of the workers. The first one proves that the start works before the others are made."""

    def __init__(self, settings: Settings, listener: socket, announce: Callable[[], None]) -> None:
        self._settings = settings
        self._listener = listener
        self._announce = announce
        self._workers: list[Worker] = []
        # only the dev profile moves clocks, and then those of all workers
        self._moved = SPAWN.Value(c_longlong) if settings.is_dev else None
        self._wake, self._waker = SPAWN.Pipe(duplex=False)
        self._stopping = self._in_a_hurry = False

    def run(self) -> None:
        """Serve until a signal comes; raises StartRefused where the first worker ends before it answered."""
        for number in SIGNALS:
            signal.signal(number, self._stop)
        try:
            self._start_first()
            while not self._stopping:
                self._fill_up()
                wait([self._wake, *(worker.process.sentinel for worker in self._workers)])
        finally:
            self._end_all()

    def _stop(self, number: int, _frame: object) -> None:
        self._in_a_hurry = self._stopping or number == signal.SIGINT
        if self._stopping:
            self._hurry()
        self._stopping = True
        self._waker.send(None)

    def _hurry(self) -> None:
        """Somebody waits: what is under way is finished, and load balancers get no time to notice."""
        for worker in self._workers:
            if worker.process.pid and worker.process.is_alive():
                os.kill(worker.process.pid, signal.SIGINT)

    def _start_first(self) -> None:
        self._start()
        [first] = self._workers
        wait([self._wake, first.report])
        if self._stopping:
            return
        if why_not := first.first_word():
            raise StartRefused(f"the first worker did not start: {why_not}")
        self._announce()

    def _fill_up(self) -> None:
        for worker in [worker for worker in self._workers if not worker.process.is_alive()]:
            self._workers.remove(worker)
            reason = worker.first_word() or f"exit code {worker.process.exitcode}"
            print(f"worker {worker.process.pid} ended ({reason}); another one starts", file=sys.stderr, flush=True)
            wait([self._wake], PAUSE_SECONDS)
        while len(self._workers) < self._settings.workers and not self._stopping:
            self._start()

    def _start(self) -> None:
        report, tell = SPAWN.Pipe(duplex=False)
        process = SPAWN.Process(target=_work, args=(self._settings, self._listener, tell, self._moved))
        process.start()
        tell.close()  # so that the end of the worker is the end of the pipe
        self._workers.append(Worker(process, report))

    def _end_all(self) -> None:
        for worker in self._workers:
            worker.process.terminate()
        if self._in_a_hurry:
            self._hurry()
        # Else connections would be taken into the queue of a port that nobody serves, once the workers have closed it.
        self._listener.close()
        deadline = time.monotonic() + self._settings.drain_s + GRACE_SECONDS + END_SECONDS
        for worker in self._workers:
            worker.process.join(max(0.0, deadline - time.monotonic()))
            worker.process.kill()


def _work(
    settings: Settings,
    listener: socket,
    tell: "Connection[str | None, object]",
    moved: "Synchronized[int] | None",
) -> None:
    """What a worker does: serve until a signal comes or the parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # until the server listens to signals: the parent passes them on
    parent = parent_process()
    family = Family(parent.sentinel if parent else None, Clock(moved))
    try:
        serve(settings, Doors(listener), lambda: tell.send(None), family)
    except StartRefused as refusal:
        tell.send(str(refusal))
        sys.exit(REFUSED)
