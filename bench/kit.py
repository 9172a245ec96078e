"""The kit in somebody's backend: how long its calls hold up the event loop, what its import costs, what a test waits.

Each round takes new clients and another user; the loop's gap with nothing to do is measured beside each call. What
"worst" says is mostly of the machine: a thread that keeps the interpreter's lock may wait for a processor meanwhile.
"""

import asyncio
import subprocess
import sys
from collections import defaultdict
from collections.abc import Awaitable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from cognomen_kit import AsyncCognito, AsyncTokenVerifier, SignedIn, TrustedPool, arithmetic
from gaps import longest_gap_ms
from rows import Row
from server import Server, serving

PASSWORD, CODE = "Correct-Horse-9", "123456"
FLOWS = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
ROUNDS, FRESH = 15, 7
IDLE_S = 0.03
BLOCK_MS, IMPORT_MS, START_S = 5.0, 250.0, 1.0
GMPY2 = arithmetic.gmpy2
IMPORT = """
import time
began = time.process_time()
import cognomen_kit
print((time.process_time() - began) * 1000)
"""
FIRST_CALL = """
import asyncio, sys
from cognomen_kit import AsyncCognito
from gaps import longest_gap_ms
async def first_call():
    endpoint, client_id, name = sys.argv[1:]
    async with AsyncCognito(endpoint=endpoint, client_id=client_id, region="us-east-1") as cognito:
        idle = await longest_gap_ms(asyncio.sleep(0.03))
        print(await longest_gap_ms(cognito.sign_up(name, "Correct-Horse-9")) - idle)
asyncio.run(first_call())
"""
FIXTURE = """
import time
import pytest

@pytest.fixture(scope="session", autouse=True)
def began():
    return time.perf_counter()

def test_it(began, app_client):
    print(f"\\n{time.perf_counter() - began}\\n")
"""


@dataclass
class Gaps:
    """The longest gaps of each call, one a round, and those of the idle loop beside them."""

    of_calls: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    idle: list[float] = field(default_factory=list)

    async def during(self, name: str, call: Awaitable[object]) -> None:
        self.idle.append(await longest_gap_ms(asyncio.sleep(IDLE_S)))
        self.of_calls[name].append(await longest_gap_ms(call))

    def rows(self) -> Iterator[Row]:
        own = median(self.idle)
        for name, gaps in self.of_calls.items():
            detail = f"median of {len(gaps)}; worst {max(gaps) - own:.2f}, an idle loop's own {own:.2f}"
            yield Row(f"kit, loop blocked by {name}", max(0.0, median(gaps) - own), BLOCK_MS, "ms", detail)


@dataclass(frozen=True)
class Backend:
    """A pool and its app client, as a backend is told of them."""

    endpoint: str
    pool_id: str
    client_id: str

    @classmethod
    def made(cls, server: Server) -> "Backend":
        asked = {"PoolName": "bench", "AutoVerifiedAttributes": ["email"]}
        pool_id = server.call("CreateUserPool", **asked)["UserPool"]["Id"]
        made = server.call("CreateUserPoolClient", UserPoolId=pool_id, ClientName="bench", ExplicitAuthFlows=FLOWS)
        return cls(f"http://127.0.0.1:{server.port}", pool_id, made["UserPoolClient"]["ClientId"])

    def cognito(self) -> AsyncCognito:
        place = {"endpoint": self.endpoint, "region": "us-east-1"}
        return AsyncCognito(**place, user_pool_id=self.pool_id, client_id=self.client_id)

    def verifier(self) -> AsyncTokenVerifier:
        return AsyncTokenVerifier(TrustedPool.of(self.pool_id, self.client_id, endpoint=self.endpoint))


async def account_life(backend: Backend, gaps: Gaps, name: str) -> None:
    """Everything that a user does, once."""
    async with backend.cognito() as cognito, backend.verifier() as verifier:
        address = {"email": f"{name}@example.com"}
        await gaps.during("sign_up", cognito.sign_up(name, PASSWORD, attributes=address))
        await gaps.during("confirm_sign_up", cognito.confirm_sign_up(name, CODE))
        for way, powers in {"gmpy2": GMPY2, "worker processes": None}.items():
            arithmetic.gmpy2 = powers
            await gaps.during(f"sign_in by SRP, {way}", cognito.sign_in(name, PASSWORD))
        arithmetic.WORKERS.close()  # so that each round starts its own
        arithmetic.gmpy2 = GMPY2
        await gaps.during("sign_in by password", cognito.sign_in(name, PASSWORD, flow="USER_PASSWORD_AUTH"))
        tokens = await cognito.sign_in(name, PASSWORD, flow="USER_PASSWORD_AUTH")
        assert isinstance(tokens, SignedIn)
        await gaps.during("refresh", cognito.refresh(tokens))
        await gaps.during("get_user", cognito.get_user(tokens.access_token))
        await gaps.during("verify_access, keys fetched", verifier.verify_access(tokens.access_token))
        await gaps.during("verify_access", verifier.verify_access(tokens.access_token))


def fresh(program: str, *arguments: str) -> float:
    """The number that a program says in an interpreter of its own."""
    command = [sys.executable, "-c", program, *arguments]
    done = subprocess.run(command, cwd=Path(__file__).parent, capture_output=True, text=True, check=True, timeout=60)
    return float(done.stdout)


def fixture_s() -> float:
    """Seconds from nothing to `app_client`: server, pool and client, in a pytest of its own."""
    with TemporaryDirectory() as folder:
        (Path(folder) / "test_it.py").write_text(FIXTURE)
        command = [sys.executable, "-m", "pytest", "-q", "-s", "-p", "no:cacheprovider", folder]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True, timeout=60)
    return next(float(line) for line in done.stdout.splitlines() if line.replace(".", "", 1).isdigit())


def rows() -> Iterator[Row]:
    assert GMPY2, "install the extra fast"
    gaps = Gaps()
    with serving(COGNOMEN_DEV__FIXED_CODE=CODE) as server:
        backend = Backend.made(server)
        for number in range(ROUNDS):
            asyncio.run(account_life(backend, gaps, f"user{number}"))
        asked = backend.endpoint, backend.client_id
        first = [fresh(FIRST_CALL, *asked, f"first{number}") for number in range(FRESH)]
    yield from gaps.rows()
    detail = f"median of {FRESH} processes; worst {max(first):.2f}"
    yield Row("kit, loop blocked by a process's first call", max(0.0, median(first)), BLOCK_MS, "ms", detail)
    yield Row("kit, import, CPU", median(fresh(IMPORT) for _ in range(FRESH)), IMPORT_MS, "ms")
    waited = [fixture_s() for _ in range(FRESH)]
    detail = f"median of {FRESH} processes; worst {max(waited):.2f}"
    yield Row("pytest fixtures: server, pool and client", median(waited), START_S, "s", detail)
