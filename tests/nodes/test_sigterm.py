"""One node of two workers that is asked to end while clients are in the middle of things."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest

from nodes.load import Load, Pair
from nodes.node import DRAIN_S, PATIENCE_S, House, Node, nodes
from nodes.proxy import says_ready
from nodes.world import prepared, users_of
from storage.stores import FILE

pytestmark = pytest.mark.anyio

A_SECOND = 50
WARM = 50  # requests before the end begins
AFTERWARDS = 20  # requests that are answered after readiness has failed
IN_FLIGHT = b'{"AuthFlow": "USER_PASSWORD_AUTH"}'


async def begun(port: int) -> Pair:
    """A request of which half has arrived."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = (
        "POST / HTTP/1.1\r\nHost: id.example\r\nContent-Type: application/x-amz-json-1.1\r\n"
        f"X-Amz-Target: AWSCognitoIdentityProviderService.InitiateAuth\r\nContent-Length: {len(IN_FLIGHT)}\r\n\r\n"
    )
    writer.write(head.encode() + IN_FLIGHT[:10])
    await writer.drain()
    return reader, writer


async def refused(port: int) -> None:
    """Return once nobody listens any more."""
    while await connects(port):  # noqa: ASYNC110
        await asyncio.sleep(0.02)


async def connects(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True


async def unready(port: int) -> None:
    """Return once the node says that it is not ready."""
    while await says_ready(port):  # noqa: ASYNC110
        await asyncio.sleep(0.02)


async def end_under_load(node: Node, load: Load, half: list[Pair]) -> tuple[int, float, int]:
    """The exit code, the seconds until the end, and how many requests were answered since readiness failed.

    The load respects readiness: soon after it has failed no more requests come. `half` are those that are half sent.
    """
    enough = asyncio.Event()
    going = asyncio.create_task(load.run(A_SECOND, enough))
    await load.answered(WARM)
    half += [await begun(node.port) for _ in range(4)]
    ending = asyncio.create_task(node.end())
    await unready(node.port)
    before = load.outcomes.total()
    await load.answered(before + AFTERWARDS)
    enough.set()
    await going
    code, seconds = await ending
    return code, seconds, load.outcomes.total() - before


async def finished(pair: Pair) -> bytes:
    """Send the rest: the answer."""
    reader, writer = pair
    writer.write(IN_FLIGHT[10:])
    answer = await asyncio.wait_for(reader.read(), PATIENCE_S)
    writer.close()
    return answer


async def test_the_end_of_two_workers_under_load(
    house_on: Callable[..., House], capsys: pytest.CaptureFixture[str]
) -> None:
    """OPS-01: after SIGTERM readiness fails first, on both workers, while everything else is answered; clients that
    respect it see no failure, a request that was half sent is answered after the port is closed, and the exit code is
    0. Nothing that was answered is lost, and nothing is done for clients that go on and are not answered: they may try
    again elsewhere."""
    house = house_on(FILE)
    async with nodes(house) as running:
        running.append(node := await house.serve("--workers", "2"))
        pool_id, crowd = await asyncio.to_thread(prepared, node.url)
        load, half = Load(node.port, crowd), list[Pair]()
        reckless, gone = Load(node.port, replace(crowd, word="reckless", signed_up=[])), asyncio.Event()
        going_on = asyncio.create_task(reckless.run(A_SECOND, gone))
        ending = asyncio.create_task(end_under_load(node, load, half))
        await asyncio.wait_for(refused(node.port), PATIENCE_S)
        answers = [await finished(pair) for pair in half]
        code, seconds, afterwards = await ending
        gone.set()
        await going_on
        with capsys.disabled():
            print(f"\nSIGTERM at {2 * A_SECOND}/s: {load.outcomes.total()} requests, {len(load.failures)} failed,")
            print(f"  {afterwards} answered while not ready; gone after {seconds:.1f} s, of which {DRAIN_S} drained;")
            print(f"  of those that went on {reckless.refused} refused, {len(reckless.failures)} not answered")
        assert (load.failures, load.refused, code) == ([], 0, 0)
        assert afterwards >= AFTERWARDS
        assert [answer.startswith(b"HTTP/1.1 400 ") for answer in answers] == [True] * 4
        running.append(await house.serve())
        known = await asyncio.to_thread(users_of, running[-1].url, pool_id)
        assert known == {"kim", *crowd.signed_up, *reckless.crowd.signed_up}
