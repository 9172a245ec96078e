"""Whatever is sent, the server answers in its own words: no crash, no hang, no secret told."""

import asyncio
import io
import json
import os
import re
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import msgspec
import pytest

from asgi import Browser, Reply
from cognomen import settings, wiring
from cognomen.api.table import HANDLERS, MODEL
from cognomen.wire._base import Operation
from fuzz.hostile import PLANT, Known, Maker
from fuzz.prepared import CODE, Lane
from refusals import reach
from storage.stores import IN_MEMORY, POSTGRES, PostgresServer

pytestmark = pytest.mark.anyio

SEED = os.environ.get("FUZZ_SEED", "1")
NIGHTLY_REQUESTS = int(os.environ.get("FUZZ_REQUESTS", "1000000"))
REQUESTS_OF_ONE_WORLD = 50
LONGEST_SECONDS = 10  # far above what any answer takes, on the busiest machine
FRONT_END = {*reach.FRONT_END, "ValidationException", "InvalidParameterException", "NotAuthorizedException"}
BUILT = sorted(HANDLERS)
UNBUILT = sorted(set(MODEL) - set(HANDLERS))


@asynccontextmanager
async def lane_on(**store: str) -> AsyncIterator[tuple[Lane, io.StringIO]]:
    """An application that logs all it can, and its log."""
    log = io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stderr", log)
        application = await wiring.build(
            settings.load(
                {"port": "9229", "log_level": "debug", "log_format": "json", "dev.fixed_code": CODE, **store},
                environment={},
            )
        )
    try:
        yield Lane(Browser(application.app)), log
    finally:
        await application.world.database.close()


def fault_of(operation: Operation, reply: Reply) -> str:
    """What is wrong with an answer; empty where nothing is."""
    if reply.status == 200:
        return answer_fault(operation, reply.body)
    try:
        refusal = msgspec.json.decode(reply.body, type=dict[str, str])
    except msgspec.DecodeError:
        return "the refusal is no JSON object of texts"
    if reply.status != 400:
        return f"status {reply.status}"
    if refusal.get("__type") not in {*operation.errors, *FRONT_END}:
        return f"{refusal.get('__type')} is not modelled for this operation"
    return "a secret is told" if PLANT in reply.body.decode() + str(reply.headers) else ""


def answer_fault(operation: Operation, body: bytes) -> str:
    """Whether the body is what the model promises."""
    if operation.output is None:
        return "a body where none is modelled" if body else ""
    try:
        msgspec.json.decode(body, type=operation.output)
    except msgspec.DecodeError as fault:
        return f"not the modelled answer: {fault}"
    return ""


def operation_of(number: int) -> Operation:
    """The built operations in turn; every tenth request is one of those that are not built."""
    turn, place = divmod(number, 10)
    if place == 9 and UNBUILT:
        return MODEL[UNBUILT[turn % len(UNBUILT)]]
    return MODEL[BUILT[(turn * 9 + place) % len(BUILT)]]


@dataclass
class Attack:
    """Requests to one application: what it answered, and what was wrong."""

    lane: Lane
    log: io.StringIO
    seen: Counter[tuple[str, int]] = field(default_factory=Counter)
    faults: list[object] = field(default_factory=list)
    logged: int = 0
    pool: tuple[str, str] | None = None

    async def run(self, requests: int) -> None:
        """Send so many requests; what they break is made anew every while."""
        for first in range(0, requests, REQUESTS_OF_ONE_WORLD):
            known = await self._world()
            for number in range(first, first + REQUESTS_OF_ONE_WORLD):
                await self._send(number, known)
            self._read_log()

    async def _world(self) -> Known:
        """A world in the pool of before; in a fresh one where a stray call changed or deleted that."""
        if self.pool:
            with suppress(AssertionError):
                return await self.lane.world(self.pool)
        self.pool = await self.lane.pool()
        return await self.lane.world(self.pool)

    async def _send(self, number: int, known: Known) -> None:
        operation = operation_of(number)
        body = Maker(f"{SEED}:{number}", known).body(operation)
        began = time.monotonic()
        async with asyncio.timeout(LONGEST_SECONDS):
            reply = await self.lane.send(operation, body)
        slow = "slow" if time.monotonic() - began > LONGEST_SECONDS else ""
        if fault := slow or fault_of(operation, reply):
            self.faults.append((number, operation.name, fault, reply.body, body))
        self.seen[operation.name, reply.status] += 1

    def _read_log(self) -> None:
        """Look for secrets in what was logged of one world, and begin a new page."""
        lines = self.log.getvalue().splitlines()
        secret = re.compile("|".join(map(re.escape, (PLANT, *self.lane.secrets))) + rf"|(?<![\w.-]){CODE}(?![\w-])")
        self.faults += [("logged", line) for line in lines if secret.search(line)]
        self.logged += len(lines)
        self.log.seek(0)
        self.log.truncate()
        self.lane.secrets.clear()


async def check(lane: Lane, log: io.StringIO, requests: int) -> None:
    """Nothing is wrong, and the requests were of the kind that finds something."""
    attack = Attack(lane, log)
    await attack.run(requests)
    assert attack.faults == []
    assert attack.logged > requests
    assert {name for name, _ in attack.seen} >= {name for _, name in BUILT}
    succeeded = {name for name, status in attack.seen if status == 200}
    assert len(succeeded) > len(BUILT) * 0.6, "too few requests go deep"


@pytest.mark.parametrize("requests", [12_000, pytest.param(NIGHTLY_REQUESTS, marks=pytest.mark.nightly)])
async def test_no_request_breaks_the_server(requests: int) -> None:
    """API-26, HTTP-11: Over every operation: no 5xx, no hang, an answer as modelled or a modelled refusal, no
    secret anywhere.
    """
    async with lane_on(data=":memory:") as (lane, log):
        await check(lane, log, requests)


@pytest.mark.parametrize("requests", [3_000, pytest.param(NIGHTLY_REQUESTS // 10, marks=pytest.mark.nightly)])
async def test_no_request_breaks_the_server_on_postgresql(postgres: PostgresServer, requests: int) -> None:
    """The same on PostgreSQL, which takes fewer texts than SQLite."""
    async with lane_on(database=postgres.new_database("fuzz")) as (lane, log):
        await check(lane, log, requests)


@pytest.mark.parametrize("engine", [IN_MEMORY, POSTGRES])
async def test_no_engine_is_given_the_character_that_one_cannot_keep(engine: str, postgres: PostgresServer) -> None:
    """U+0000 is refused on every engine, in the API and in the inbox; its spelling with a backslash is a text."""
    store = {"database": postgres.new_database("nul")} if engine == POSTGRES else {"data": ":memory:"}
    async with lane_on(**store) as (lane, _):
        pool_id, _ = await lane.pool()
        for text, status in (("a\x00", 400), ("\\\x00", 400), ("\\u0000", 200), ("\\\\u0000", 200)):
            asked = {"UserPoolId": pool_id, "GroupName": f"g{len(text)}", "Description": text}
            reply = await lane.send(MODEL["cognito-idp", "CreateGroup"], json.dumps(asked).encode())
            assert reply.status == status, (text, reply.body)
            assert status == 200 or reply.type == "SerializationException"
        for parameter in ("to", "after", "kind"):
            assert (await lane.browser.get(f"/_dev/messages?{parameter}=a%00")).status == 400
