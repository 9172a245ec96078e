"""Starts several processes of racer.py that do the same job on one store in the same moment."""

import json
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from storage.stores import Store

TESTS = Path(__file__).parent.parent


def race(store: Store, job: str, count: int = 0, processes: int = 2) -> list[list[Any]]:
    """What each process found."""
    with ExitStack() as stack:
        running = [stack.enter_context(_start(store, job, f"process{n}", count)) for n in range(processes)]
        for process in running:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        for process in running:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        answers = [process.communicate(timeout=60)[0] for process in running]
        assert [process.returncode for process in running] == [0] * processes
    return [json.loads(answer) for answer in answers]


def _start(store: Store, job: str, who: str, count: int) -> subprocess.Popen[str]:
    asked = [store.engine, store.address, job, who, str(count)]
    return subprocess.Popen(
        [sys.executable, "-m", "storage.racer", *asked],
        cwd=TESTS,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
