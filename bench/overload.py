"""Five times more calls than the server can serve: what still gets done, what becomes of the rest, and for how long.

Each figure stands against the same server's peak of a few seconds before. The server's CPU is told beside the answers
a second, because the callers and whatever else runs share the machine with it.
"""

import asyncio
import json
from collections.abc import Awaitable
from dataclasses import dataclass
from statistics import median

from crowd import Crowd, Outcome
from main_job import PASSWORD, USERS, World, world
from rows import Row
from server import HEADERS, TARGET, Server, serving
from stores import STORES

FACTOR = 5
ROUNDS = 3
SECONDS = 4.0
CALLERS_AT_PEAK = 16
HAMMERING = 800  # callers who ask again as soon as they are refused
LONGEST_WAIT_MS = 1000
PRODUCTION = {
    "COGNOMEN_PASSWORDS__MEMORY_KIB": "19456",
    "COGNOMEN_PASSWORDS__TIME_COST": "2",
    "COGNOMEN_SQLITE__SYNCHRONOUS": "FULL",
    "COGNOMEN_LIMITS__LONGEST_WAIT_MS": str(LONGEST_WAIT_MS),
}


@dataclass
class Measured:
    """One phase: what became of its calls, and the server's CPU seconds meanwhile."""

    outcome: Outcome
    cpu_s: float

    @property
    def per_cpu_s(self) -> float:
        """Good answers for each second of the server's CPU."""
        return len(self.outcome.good) / self.cpu_s


def request(server: Server, operation: str, **body: object) -> bytes:
    """A whole request, as one segment."""
    content = json.dumps(body).encode()
    own = {"Host": f"127.0.0.1:{server.port}", "X-Amz-Target": TARGET + operation, "Content-Length": len(content)}
    head = "".join(f"{name}: {value}\r\n" for name, value in {**HEADERS, **own}.items())
    return f"POST / HTTP/1.1\r\n{head}\r\n".encode() + content


def sign_ins(bench: World) -> list[bytes]:
    """One sign-in for each user."""
    logins = [{"USERNAME": f"user{number}", "PASSWORD": PASSWORD} for number in range(USERS)]
    flow = {"ClientId": bench.client_id, "AuthFlow": "USER_PASSWORD_AUTH"}
    return [request(bench.server, "InitiateAuth", **flow, AuthParameters=login) for login in logins]


def reads(bench: World) -> list[bytes]:
    """The cheapest call there is."""
    return [request(bench.server, "GetUser", AccessToken=bench.tokens["AccessToken"])]


async def measure(server: Server, phase: Awaitable[Outcome]) -> Measured:
    """Run a phase, and let what it left behind come to its end before the next."""
    before = server.cpu_s()
    outcome = await phase
    used = server.cpu_s() - before
    await asyncio.sleep(1)
    return Measured(outcome, used)


@dataclass
class Run:
    """All phases on one server."""

    peaks: list[Measured]
    floods: list[Measured]
    hammered: Measured
    memory_at_peak: float
    memory_after: float
    normal_again_s: float


async def overload(server: Server, requests: list[bytes]) -> Run:
    """Peak and flood in turn; then callers who never wait; then how long it takes to be normal again."""
    crowd, peaks, floods = Crowd(server.port, requests), [], []
    memory_at_peak = 0.0
    for _ in range(ROUNDS):
        peaks.append(await measure(server, crowd.closed(CALLERS_AT_PEAK, SECONDS)))
        memory_at_peak = memory_at_peak or server.memory_mb()
        floods.append(await measure(server, crowd.open(FACTOR * peaks[-1].outcome.goodput, SECONDS)))
    hammered = await measure(server, crowd.closed(HAMMERING, SECONDS))
    again = await normal_again(crowd)
    return Run(peaks, floods, hammered, memory_at_peak, server.memory_mb(), again)


async def normal_again(crowd: Crowd) -> float:
    """Seconds after a flood until all calls of a quarter of a second are good."""
    await crowd.closed(HAMMERING, 2.0)
    began = asyncio.get_running_loop().time()
    while True:
        looked = await crowd.closed(2, 0.25)
        if looked.good and not (looked.shed or looked.failed or looked.late):
            return asyncio.get_running_loop().time() - began


def lost(run: Run, under_load: list[Measured]) -> tuple[float, float]:
    """Which part of the peak is missing: of the good answers a second, and of those for each second of CPU."""
    goodput = median(one.outcome.goodput for one in under_load) / median(one.outcome.goodput for one in run.peaks)
    per_cpu = median(one.per_cpu_s for one in under_load) / median(one.per_cpu_s for one in run.peaks)
    return 1 - goodput, 1 - per_cpu


def table(what: str, run: Run) -> list[Row]:
    """What G4 of the checks asks for."""
    wall, cpu = lost(run, run.floods)
    _, hammered_cpu = lost(run, [run.hammered])
    flood = run.floods[-1].outcome
    faults = sum(one.outcome.failed + one.outcome.late for one in (*run.floods, run.hammered))
    growth = run.memory_after - run.memory_at_peak
    memory = f"{run.memory_at_peak:.0f} MB at the peak, {run.memory_after:.0f} MB after"
    return [
        Row(f"{what} at {FACTOR}x: goodput lost", wall, 0.2, "", f"peak {run.peaks[-1].outcome}; {FACTOR}x {flood}"),
        Row(f"{what} at {FACTOR}x: CPU that serves nobody", cpu, 0.2, ""),
        Row(f"{what}, {HAMMERING} hammering: CPU that serves nobody", hammered_cpu, 0.5, "", str(run.hammered.outcome)),
        Row(f"{what}: answers that are faults, or late", faults, 0, ""),
        Row(f"{what}: memory more than at the peak", growth, 100, "MB", memory),
        Row(f"{what}: normal again after", run.normal_again_s, 5, "s"),
    ]


def rows() -> list[Row]:
    """Sign-ins with the hashes of production, which hash threads bound, and reads, which the event loop bounds."""
    found: list[Row] = []
    for store in STORES:
        for what, make in (("sign-in", sign_ins), ("GetUser", reads)):
            with store() as kept, serving(*kept.flags, **PRODUCTION) as server:
                run = asyncio.run(overload(server, make(world(server))))
            found += table(f"{kept.engine}, {what}", run)
    return found
