"""Devices as they are stored, and the sign-ins that came from them."""

import asyncio
from dataclasses import replace

import pytest

from cognomen.domain.devices import FORGOTTEN, Device, guessed_device
from cognomen.domain.lockout import CLEAR
from cognomen.storage import devices, expired, lockouts, token_sessions, user_pools, users
from cognomen.storage.database import Database, Tx, UniqueViolation
from storage.samples import NOW, OTHER_POOL, POOL, SUB, a_device, a_pool, a_session, a_user, named

pytestmark = pytest.mark.anyio
OTHER_SUB = "6b4d7f1e-2e3c-4d5e-9f5a-6b7c8d9e0f1a"


async def put(database: Database, *all_of_them: Device) -> None:
    async def work(tx: Tx) -> None:
        for device in all_of_them:
            await devices.insert(tx, device)

    await database.write(work)


async def get(database: Database, key: str = "us-east-1_a", sub: str = SUB, pool_id: str = POOL) -> Device | None:
    return await database.read(lambda tx: devices.get(tx, pool_id, sub, key))


@pytest.mark.parametrize("device", [a_device(), a_device(name=None, remembered=False, authenticated_ms=NOW + 5)])
async def test_a_device_comes_back_as_it_went_in(database: Database, device: Device) -> None:
    """By user and key, in its own pool alone; a second one is a unique violation."""
    await put(database, device)
    assert await get(database) == device
    assert await get(database, sub=OTHER_SUB) is None
    assert await get(database, pool_id=OTHER_POOL) is None
    with pytest.raises(UniqueViolation):
        await put(database, device)


async def test_pages_are_in_the_order_of_the_keys(database: Database) -> None:
    """Of one user alone, behind the key that was told."""
    keys = ["us-east-1_0", "us-east-1_a", "us-east-1_b"]
    await put(database, *(a_device(key) for key in reversed(keys)), a_device(sub=OTHER_SUB))
    found = await database.read(lambda tx: devices.page(tx, POOL, SUB, "", 2))
    assert [one.device_key for one in found] == keys[:2]
    rest = await database.read(lambda tx: devices.page(tx, POOL, SUB, keys[1], 2))
    assert [one.device_key for one in rest] == keys[2:]


async def test_status_and_use_are_stored(database: Database) -> None:
    """Each changes nothing else, and says where the device is gone."""
    device = a_device()
    await put(database, device)
    changed = device.with_status("not_remembered", NOW + 1)
    assert await database.write(lambda tx: devices.set_remembered(tx, changed))
    assert await get(database) == replace(device, remembered=False, modified_ms=NOW + 1)
    assert await database.write(lambda tx: devices.note_use(tx, device, "192.0.2.9", NOW + 2))
    assert await get(database) == replace(changed, last_ip="192.0.2.9", authenticated_ms=NOW + 2)
    other = a_device("us-east-1_b")
    assert not await database.write(lambda tx: devices.set_remembered(tx, other))
    assert not await database.write(lambda tx: devices.note_use(tx, other, "192.0.2.9", NOW))


async def test_forgetting_reaches_the_sign_ins_of_the_device_alone(database: Database) -> None:
    """Of this user and this key; a second time there is nothing to forget."""
    await put(database, a_device(), a_device("us-east-1_b"))
    sessions = {
        "mine": a_session("mine", device_key="us-east-1_a"),
        "elsewhere": a_session("elsewhere", device_key="us-east-1_b"),
        "unbound": a_session("unbound"),
        "bob's": a_session("bob's", sub=OTHER_SUB, device_key="us-east-1_a"),
    }

    async def work(tx: Tx) -> None:
        for session in sessions.values():
            await token_sessions.insert(tx, session)

    await database.write(work)
    assert await database.write(lambda tx: devices.forget(tx, POOL, SUB, "us-east-1_a"))
    assert not await database.write(lambda tx: devices.forget(tx, POOL, SUB, "us-east-1_a"))
    assert await get(database) is None
    assert await get(database, "us-east-1_b")
    for name, session in sessions.items():
        found = await database.read(lambda tx, n=name: token_sessions.get(tx, POOL, n))
        expected = FORGOTTEN if name == "mine" else session.device_key
        assert found == replace(session, device_key=expected)


async def test_a_device_is_forgotten_once(database: Database) -> None:
    """However many ask at the same time; and a sign-in at that moment ends up bound to no device, or not at all."""

    async def forget() -> bool:
        return await database.write(lambda tx: devices.forget(tx, POOL, SUB, "us-east-1_a"))

    async def sign_in(number: int) -> bool:
        async def work(tx: Tx) -> bool:
            if not await devices.note_use(tx, a_device(), "192.0.2.9", NOW):
                return False
            await token_sessions.insert(tx, a_session(f"origin-{number}", device_key="us-east-1_a"))
            return True

        return await database.write(work)

    await put(database, a_device())
    done = await asyncio.gather(*(sign_in(number) for number in range(4)), forget(), forget(), forget())
    assert sum(done[4:]) == 1
    for number, signed_in in enumerate(done[:4]):
        found = await database.read(lambda tx, n=number: token_sessions.get(tx, POOL, f"origin-{n}"))
        assert (found is not None) is signed_in
        assert found is None or found.device_key == FORGOTTEN


async def test_devices_go_with_their_user(database: Database) -> None:
    """And so does what was guessed of them; other users keep theirs."""
    await database.write(lambda tx: users.insert(tx, a_user(), [named("ada")]))
    await put(database, a_device(), a_device(sub=OTHER_SUB))
    subject = guessed_device(SUB)
    await database.write(lambda tx: lockouts.count_failure(tx, POOL, subject, NOW))
    assert await database.write(lambda tx: users.delete(tx, POOL, SUB))
    assert await get(database) is None
    assert await get(database, sub=OTHER_SUB)
    assert await database.read(lambda tx: lockouts.standing(tx, POOL, subject, NOW)) == CLEAR


async def test_devices_go_with_their_pool(database: Database) -> None:
    """When what is left of deleted pools is taken away; other pools keep theirs."""
    await database.write(lambda tx: user_pools.insert(tx, a_pool()))
    await put(database, a_device(), a_device("us-east-1_b"), a_device(pool_id=OTHER_POOL))
    await database.write(lambda tx: user_pools.delete(tx, POOL, NOW))
    while await database.write(lambda tx: expired.purge(tx, NOW)):
        pass
    assert await database.read(lambda tx: devices.page(tx, POOL, SUB, "", 9)) == []
    assert await get(database, pool_id=OTHER_POOL)
