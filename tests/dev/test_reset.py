"""A reset leaves an empty server."""

import json

import pytest

from cognomen.storage.wipe import TABLES

pytestmark = pytest.mark.anyio


async def test_a_reset_empties_everything(application, browser, deliver):
    """Pools, clients, keys and messages are gone from the tables and from memory; the answer is an empty object."""
    pool = (await browser.signed("CreateUserPool", b'{"PoolName": "p"}')).json["UserPool"]["Id"]
    body = json.dumps({"UserPoolId": pool, "ClientName": "c"}).encode()
    client = (await browser.signed("CreateUserPoolClient", body)).json["UserPoolClient"]["ClientId"]
    sign_up = json.dumps({"ClientId": client, "Username": "ana", "Password": "Correct-Horse-9"}).encode()
    assert (await browser.call("SignUp", sign_up)).status == 200
    assert (await browser.get(f"/{pool}/.well-known/jwks.json")).status == 200
    await deliver()

    reply = await browser.send("POST", "/_dev/reset")
    assert (reply.status, reply.json) == (200, {})

    assert (await browser.get(f"/{pool}/.well-known/jwks.json")).status == 404
    assert (await browser.call("SignUp", sign_up)).type == "ResourceNotFoundException"
    assert (await browser.signed("ListUserPools", b'{"MaxResults": 60}')).json == {"UserPools": []}
    assert (await browser.get("/_dev/messages")).json == {"messages": []}
    assert application.world.pool_keys == {}

    async def count(tx):
        return [(await tx.one(f"select count(*) from {table}"))[0] for table in TABLES]

    assert sum(await application.world.database.read(count)) == 0


async def test_a_reset_does_not_turn_the_clock_back(application, browser):
    """Time only goes forward, or ids made later would sort before earlier ones."""
    await browser.send("POST", "/_dev/clock", chunks=[b'{"advance": 1000}'])
    before = application.clock.now_ms()
    await browser.send("POST", "/_dev/reset")
    assert application.clock.now_ms() >= before
