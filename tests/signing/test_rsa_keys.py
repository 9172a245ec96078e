import asyncio
import base64
import threading
import time
from dataclasses import replace

import jwt as pyjwt
import pytest
from cryptography.hazmat.primitives.serialization import load_der_private_key

from cognomen.domain.signing_keys import TokenUse
from cognomen.signing.port import SealBroken
from cognomen.signing.rsa_keys import RsaKeyFactory, generate_key_pair, key_id_of, key_purpose
from cognomen.signing.sealing import AesGcmSealer, MasterKeys

pytestmark = pytest.mark.anyio

POOL = "us-east-1_AbCdEfGhI"
SEALER = AesGcmSealer(MasterKeys.fresh())
NOW = 1_700_000_000_000


@pytest.fixture
def factory():
    factory = RsaKeyFactory(SEALER)
    yield factory
    factory.close()


def threads(factory):
    """The threads of this factory that run; other tests of this process may have theirs."""
    return [thread for thread in factory._generator._threads if thread.is_alive()]


async def spares_of(factory):
    return await asyncio.gather(*map(asyncio.wrap_future, factory._spares))


async def test_create_and_load(factory):
    """A created key loads after a restart and signs what its JWK verifies."""
    stored = await factory.create(POOL, TokenUse.ID, NOW)
    key = RsaKeyFactory(SEALER).load(stored)

    assert (stored.pool_id, stored.token_use, stored.created_ms) == (POOL, TokenUse.ID, NOW)
    assert key.key_id == stored.key_id == key.jwk["kid"]
    assert pyjwt.decode(key.sign({"a": 1}), pyjwt.PyJWK(dict(key.jwk)), algorithms=["RS256"]) == {"a": 1}
    assert key.read(factory.load(stored).sign({"a": 2})) == {"a": 2}


async def test_key(factory):
    """A key is RSA of 2048 bits, its kid 44 letters of base64 that only its public key decides."""
    stored = await factory.create(POOL, TokenUse.ACCESS, NOW)
    der = SEALER.open(stored.sealed, key_purpose(POOL, TokenUse.ACCESS, stored.key_id))
    private = load_der_private_key(der, None)

    assert private.key_size == 2048
    assert len(stored.key_id) == 44
    assert stored.key_id.endswith("=")
    assert len(base64.b64decode(stored.key_id, validate=True)) == 32
    assert stored.key_id == key_id_of(private.public_key())


async def test_keys_differ(factory):
    """No two keys are the same, spares or not."""
    factory.start()
    made = await asyncio.gather(*(factory.create(POOL, TokenUse.ID, NOW) for _ in range(5)))
    assert len({key.key_id for key in made}) == 5


@pytest.mark.parametrize(
    "moved",
    [
        {"pool_id": "us-east-1_AbCdEfGhJ"},
        {"token_use": TokenUse.ACCESS},
        {"key_id": "xR2vSP6kG7RXnpqRdIjqEh9QPNGxwmxKNXCFrE4BpQA="},
        {"sealed": b""},
    ],
)
async def test_moved(factory, moved):
    """A key moved to another pool, use or name does not load."""
    stored = await factory.create(POOL, TokenUse.ID, NOW)
    with pytest.raises(SealBroken):
        factory.load(replace(stored, **moved))


async def test_start_returns_at_once(factory, monkeypatch):
    """Starting waits for no key: the thread does."""
    gate = threading.Event()
    monkeypatch.setattr("cognomen.signing.rsa_keys.generate_key_pair", lambda: gate.wait(10))
    factory.start()
    assert len(factory._spares) == 2
    assert not any(spare.done() for spare in factory._spares)
    gate.set()


async def test_spares_are_used_and_replaced(factory):
    """A key comes from the spares, oldest first, and there are never more than asked for."""
    factory.start()
    first, second = await spares_of(factory)
    made = await factory.create(POOL, TokenUse.ID, NOW)
    factory.start()

    assert made.key_id == first.key_id
    assert len(factory._spares) == 2
    assert (await spares_of(factory))[0] == second


async def test_without_start():
    """A factory that was never started makes keys as they are asked for and keeps none."""
    factory = RsaKeyFactory(SEALER)
    assert not threads(factory)
    await factory.create(POOL, TokenUse.ID, NOW)
    assert not factory._spares
    factory.close()


async def test_cancelled(factory):
    """A caller that is cancelled costs no spare place."""
    factory.start()
    task = asyncio.create_task(factory.create(POOL, TokenUse.ID, NOW))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert len(factory._spares) == 2
    assert await asyncio.wait_for(factory.create(POOL, TokenUse.ID, NOW), 10)


async def test_idle(factory):
    """Once the spares are there, the thread only waits."""
    factory.start()
    await spares_of(factory)
    (thread,) = threads(factory)
    clock = time.pthread_getcpuclockid(thread.ident)
    before = time.clock_gettime(clock)
    await asyncio.sleep(0.1)  # only time can show that nothing is done
    assert time.clock_gettime(clock) - before < 0.005


async def test_close():
    """After close no thread and no spare is left, even when keys were being made."""
    factory = RsaKeyFactory(SEALER, spares=20)
    factory.start()
    assert threads(factory)
    factory.close()
    assert not threads(factory)
    assert not factory._spares


async def test_loop_runs_meanwhile(factory, monkeypatch):
    """While a key is made the loop goes on: keys are made until it has been seen, since some are made in no time."""
    turns, meanwhile = 0, []

    def generate():
        before = turns
        pair = generate_key_pair()
        meanwhile.append(turns - before)
        return pair

    monkeypatch.setattr("cognomen.signing.rsa_keys.generate_key_pair", generate)
    async with asyncio.timeout(60):
        while max(meanwhile, default=0) < 10:
            making = asyncio.ensure_future(factory.create(POOL, TokenUse.ID, NOW))
            while not making.done():
                await asyncio.sleep(0.001)
                turns += 1


async def test_repr(factory):
    """Neither a fresh pair nor a stored key prints its secret."""
    pair = generate_key_pair()
    stored = await factory.create(POOL, TokenUse.ID, NOW)
    shown = f"{pair!r}{stored!r}{factory!r}{factory.load(stored)!r}"
    assert repr(pair.pkcs8) not in shown
    assert repr(stored.sealed) not in shown
