"""Powers in processes, for a server without gmpy2."""

import os
import signal
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from cognomen.domain.srp import PRIME
from cognomen.signing.modexp_processes import PowerProcesses


@pytest.fixture
def processes() -> Iterator[PowerProcesses]:
    made = PowerProcesses()
    yield made
    made.close()


def pids(processes: PowerProcesses) -> list[int]:
    return [one.pid for one in processes._idle]


@pytest.mark.parametrize(("base", "exponent"), [(2, 2**256 - 1), (PRIME - 1, 3), (PRIME + 7, 65537), (3, 1)])
def test_power(processes: PowerProcesses, base: int, exponent: int) -> None:
    """They answer what pow answers."""
    assert processes.power(base, exponent, PRIME) == pow(base, exponent, PRIME)


def test_a_process_starts_with_the_first_power_and_is_kept(processes: PowerProcesses) -> None:
    """Nothing runs beforehand, and the second power asks the same process."""
    assert pids(processes) == []
    processes.power(3, 5, 7)
    first = pids(processes)
    processes.power(3, 5, 7)
    assert pids(processes) == first
    assert len(first) == 1


def test_no_more_processes_than_threads(processes: PowerProcesses) -> None:
    """Three threads are served by three processes at most, and every answer is its question's."""
    with ThreadPoolExecutor(3) as threads:
        found = list(threads.map(lambda base: processes.power(base, 65537, PRIME), range(2, 32)))
    assert found == [pow(base, 65537, PRIME) for base in range(2, 32)]
    assert 1 <= len(pids(processes)) <= 3


def test_a_process_that_died_is_replaced(processes: PowerProcesses) -> None:
    """The power is computed all the same, by another one."""
    processes.power(3, 5, 7)
    (first,) = pids(processes)
    os.kill(first, signal.SIGKILL)
    assert processes.power(3, 5, 7) == 5
    assert first not in pids(processes)


def test_all_end_with_the_server(processes: PowerProcesses) -> None:
    """Closed, none is left; one that was still asked ends with its answer."""
    processes.power(3, 5, 7)
    (first,) = processes._idle
    processes.close()
    assert first.returncode is not None
    assert processes.power(3, 5, 7) == 5
    assert pids(processes) == []


def test_the_numbers_stand_on_no_command_line(processes: PowerProcesses) -> None:
    """Every user of the machine may read those."""
    processes.power(0x123456789, 0x987654321, PRIME)
    (asked,) = pids(processes)
    said = subprocess.run(
        ["ps", "-ww", "-o", "args=", "-p", str(asked)], capture_output=True, text=True, check=True
    ).stdout
    assert "modexp_worker" in said
    assert "123456789" not in said
