"""SRP arithmetic against numbers that two independent clients agree on, and off the event loop."""

import asyncio
import gc
import json
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from cognomen_kit import arithmetic, secret_hash, srp
from cognomen_kit.arithmetic import Workers, powmod_here
from cognomen_kit.connections import AsyncConnections, timeout
from cognomen_kit.devices import _verifier
from cognomen_kit.tickets import RememberedDevice

VECTORS = json.loads(Path(__file__).with_name("vectors.json").read_text())
CASES = VECTORS["srp"]
RUNS = 5


def number(case: dict[str, Any], name: str) -> int:
    return int(case[f"{name}_hex"], 16)


def identity(case: dict[str, Any]) -> srp.Identity:
    if case["kind"] == "device":
        device = case["device"]
        return srp.Identity(device["DeviceGroupKey"], device["DeviceKey"], device["DeviceSecret"])
    return srp.Identity(case["pool_name"], case["username_for_srp"], case["password"])


@pytest.fixture(params=CASES, ids=lambda case: case["name"])
def case(request: Any) -> dict[str, Any]:
    return request.param


def test_every_number_of_the_vectors(case: dict[str, Any]) -> None:
    """A, x, the derived key and the signature come out as the vectors have them, odd paddings included."""
    exchange = srp.begin(powmod_here, number(case, "a"))
    server = srp.ServerPart(number(case, "salt"), number(case, "B"), case["secret_block_b64"])
    assert exchange.public == number(case, "A")
    assert srp.password_exponent(identity(case), server.salt) == number(case, "x")
    assert srp.session_key(powmod_here, exchange, identity(case), server).hex() == case["hkdf_key_hex"]
    assert srp.claim(powmod_here, exchange, identity(case), server, case["timestamp"]) == case["signature_b64"]


def test_the_verifier_of_a_device() -> None:
    """ConfirmDevice sends verifier and salt padded and in base64, as the vectors have them."""
    case = CASES[-1]
    keys = case["device"]
    device = RememberedDevice(keys["DeviceKey"], keys["DeviceGroupKey"], keys["DeviceSecret"])
    expected = case["ConfirmDevice"]
    made = _verifier(powmod_here, device, number(case, "salt"))
    assert made == {"PasswordVerifier": expected["PasswordVerifier_b64"], "Salt": expected["Salt_b64"]}


@pytest.mark.parametrize("public", [0, srp.N, 2 * srp.N])
def test_a_server_value_of_zero_ends_the_exchange(public: int) -> None:
    """B mod N = 0 would let anybody know the key: the protocol orders the client to stop."""
    server = srp.ServerPart(1, public, "")
    with pytest.raises(srp.UnsafeServerValue):
        srp.claim(powmod_here, srp.begin(powmod_here), srp.Identity("p", "n", "w"), server, "")


def test_secret_exponents_are_fresh_and_long() -> None:
    """Each exchange has its own secret of 256 bits."""
    secrets = {srp.begin(lambda *_: 5).secret for _ in range(20)}
    assert len(secrets) == 20
    assert {secret.bit_length() for secret in secrets} == {256}


@pytest.mark.parametrize(
    ("now", "stamp"),
    [
        (1767225600, "Thu Jan 1 00:00:00 UTC 2026"),
        (1795334950, "Sun Nov 22 08:09:10 UTC 2026"),
        (1772323199, "Sat Feb 28 23:59:59 UTC 2026"),
        (1709210096.9, "Thu Feb 29 12:34:56 UTC 2024"),
    ],
)
def test_timestamps(now: float, stamp: str) -> None:
    """English, UTC, no zero before the day: AWS refuses any other form."""
    assert srp.timestamp(now) == stamp


@pytest.mark.parametrize("vector", VECTORS["secret_hash"], ids=lambda vector: vector["username"])
def test_secret_hash(vector: dict[str, str]) -> None:
    """SECRET_HASH is as documented."""
    assert secret_hash(vector["username"], vector["client_id"], vector["client_secret"]) == vector["secret_hash"]


def test_nothing_secret_shows() -> None:
    """Reprs hold neither the secret exponent nor the password nor the block."""
    exchange = srp.Exchange(123456789, 5)
    shown = f"{exchange!r} {srp.Identity('realm', 'name', 'pass-word')!r} {srp.ServerPart(1, 2, 'block')!r}"
    for secret in ("123456789", "pass-word", "block"):
        assert secret not in shown


def test_python_and_gmpy2_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    """With and without gmpy2 the result is the same."""
    pytest.importorskip("gmpy2")
    numbers = (srp.G, 2**255 + 12345, srp.N)
    fast = powmod_here(*numbers)
    monkeypatch.setattr(arithmetic, "gmpy2", None)
    assert powmod_here(*numbers) == fast == pow(*numbers)


@pytest.fixture
def workers() -> Any:
    made = Workers(most=2)
    yield made
    made.close()


def test_workers_count(workers: Workers) -> None:
    """The worker processes compute what Python computes, for several threads at once, and no more than two exist."""
    results: dict[int, int] = {}

    def one(exponent: int) -> None:
        results[exponent] = workers.powmod(3, exponent, srp.N)

    threads = [threading.Thread(target=one, args=(exponent,)) for exponent in range(100, 108)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == {exponent: pow(3, exponent, srp.N) for exponent in range(100, 108)}
    assert 1 <= len(workers._idle) <= 2


def test_a_dead_worker_is_replaced(workers: Workers) -> None:
    """A worker that was killed fails nobody: another one answers."""
    assert workers.powmod(3, 5, 1000) == 243
    workers._idle[0].kill()
    workers._idle[0].wait()
    assert workers.powmod(3, 5, 1000) == 243
    assert len(workers._idle) == 1


def test_closed_workers_come_back(workers: Workers) -> None:
    """Closing ends the processes, and the next question starts a new one."""
    assert workers.powmod(3, 5, 1000) == 243
    ended = workers._idle[0]
    workers.close()
    assert (ended.poll() is not None, workers._idle) == (True, [])
    assert workers.powmod(3, 5, 1000) == 243


def test_a_forked_child_leaves_the_workers_alone(tmp_path: Path) -> None:
    """Parent and child of a fork, as preloading servers make them, never share a worker's pipe."""
    script = tmp_path / "script.py"
    script.write_text(
        "import os\n"
        "from cognomen_kit.arithmetic import WORKERS\n"
        "first = WORKERS.powmod(3, 5, 1000)\n"
        "child = os.fork()\n"
        "assert len(WORKERS._idle) == (1 if child else 0)\n"
        "answers = {WORKERS.powmod(3, 5, 1000) for _ in range(50)}\n"
        "assert answers == {first} == {243}\n"
        "if child:\n"
        "    assert os.waitpid(child, 0)[1] == 0\n"
    )
    subprocess.run([sys.executable, script], check=True, timeout=60)


def test_a_worker_does_not_import_the_program(tmp_path: Path) -> None:
    """A script without a `__main__` guard can use the workers: it is not run a second time by them."""
    script = tmp_path / "script.py"
    script.write_text(
        "from cognomen_kit import arithmetic\n"
        "arithmetic.gmpy2 = None\n"
        "print('once', arithmetic.powmod_without_lock(3, 5, 1000))\n"
    )
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "once 243\n"


def longest_block(work: Any) -> float:
    """The longest time in which the loop answered nobody while `work` ran, in seconds of its thread's own CPU.

    The least of several runs, for what holds the loop up does so each time; and without the collector of garbage, whose
    time is that of all other tests' objects.
    """

    async def measured() -> float:
        worst = 0.0
        task = asyncio.ensure_future(work())
        while not task.done():
            before = time.thread_time()
            await asyncio.sleep(0)
            worst = max(worst, time.thread_time() - before)
        await task
        return worst

    gc.disable()
    try:
        return min(asyncio.run(measured()) for _ in range(RUNS))
    finally:
        gc.enable()


@pytest.mark.parametrize("with_gmpy2", [True, False], ids=["gmpy2", "workers"])
def test_the_loop_is_never_blocked(monkeypatch: pytest.MonkeyPatch, with_gmpy2: bool) -> None:
    """The arithmetic of a whole sign-in burns less than 5 ms in the loop's thread at a stretch."""
    if with_gmpy2:
        pytest.importorskip("gmpy2")
    else:
        monkeypatch.setattr(arithmetic, "gmpy2", None)
    case = CASES[0]
    server = srp.ServerPart(number(case, "salt"), number(case, "B"), case["secret_block_b64"])

    async def work() -> None:
        exchange = await asyncio.to_thread(srp.begin, arithmetic.powmod_without_lock)
        arguments = (arithmetic.powmod_without_lock, exchange, identity(case), server, case["timestamp"])
        assert await asyncio.to_thread(srp.claim, *arguments)

    try:
        assert longest_block(work) < 0.005
    finally:
        arithmetic.WORKERS.close()


def test_opening_tls_does_not_block_the_loop() -> None:
    """Certificates are read in a thread: the first call over TLS does not hold up the others."""

    async def work() -> None:
        opened = AsyncConnections(("https://cognito-idp.eu-west-1.amazonaws.com",), timeout())
        assert await opened._opening()
        await opened.close()

    assert longest_block(work) < 0.005
