"""Engines of Argon2id: each computes what the reference code computes, and what they do not know goes to it."""

import argon2
import pytest

from cognomen.domain.user import StoredPassword
from cognomen.signing import argon2_engines
from cognomen.signing.argon2 import PRODUCTION, Argon2PasswordKeeper
from cognomen.signing.argon2_engines import Argon2Parameters, fastest, reference
from cognomen.signing.bounded_threads import Room
from cognomen.signing.sealing import AesGcmSealer, MasterKeys

pytestmark = pytest.mark.anyio

ENGINES = argon2_engines._engines()
STRONG = Argon2Parameters(memory_kib=256, passes=1)


@pytest.fixture
def keeper_of():
    made = []

    def one(parameters):
        made.append(Argon2PasswordKeeper(AesGcmSealer(MasterKeys.fresh()), parameters, Room(1, 50)))
        return made[-1]

    yield one
    for keeper in made:
        keeper.close()


async def test_the_quickest_is_taken(monkeypatch):
    """Of several tries of each engine the best counts; the extra "fast", which the tests have, brings the second."""
    assert len(ENGINES) == 2
    for taken in ENGINES:
        seconds = {engine: iter([0.3, 0.1] if engine is taken else [0.2, 0.2]) for engine in ENGINES}
        monkeypatch.setattr(argon2_engines, "_engines", lambda: ENGINES)
        monkeypatch.setattr(argon2_engines, "_once", lambda engine, _cost, seconds=seconds: next(seconds[engine]))
        fastest.cache_clear()
        assert fastest(STRONG) is taken
    fastest.cache_clear()


@pytest.mark.parametrize("cost", [Argon2Parameters(8, 1), STRONG, Argon2Parameters(1024, 3), PRODUCTION])
@pytest.mark.parametrize("password", [b"", b"Passw0rd!", b"\0", b"nul\0inside", "Träum3r-✓".encode(), b"x" * 100_000])
async def test_same_tags(cost, password):
    """Whatever the cost and the password."""
    tags = {engine(password, b"0123456789abcdef", cost) for engine in ENGINES}
    assert tags == {reference(password, b"0123456789abcdef", cost)}


@pytest.mark.parametrize("engine", ENGINES, ids=["reference", "libsodium"])
async def test_hashes_are_everybodys(keeper_of, monkeypatch, engine):
    """What one engine makes, argon2-cffi verifies, and what argon2-cffi makes, every engine verifies."""
    monkeypatch.setattr(argon2_engines, "fastest", lambda _cost: engine)
    keeper = keeper_of(STRONG)
    stored = await keeper.keep("us-east-1_AbCdEfGhI", "alice", "Passw0rd!", 0)
    assert argon2.PasswordHasher().verify(stored.hash, "Passw0rd!")
    foreign = argon2.PasswordHasher(time_cost=1, memory_cost=256, parallelism=1).hash("Passw0rd!")
    assert (await keeper.check(_of(foreign), "Passw0rd!")).right
    assert not (await keeper.check(_of(foreign), "Passw0rd")).right


@pytest.mark.parametrize(
    "made_with",
    [
        {"parallelism": 4},
        {"salt_len": 8},
        {"salt_len": 24},
        {"hash_len": 16},
        {"hash_len": 64},
        {"type": argon2.Type.I},
    ],
    ids=str,
)
async def test_what_only_the_reference_knows(keeper_of, made_with):
    """Imported hashes may have lanes, salts and lengths that libsodium does not take."""
    cheap = {"time_cost": 1, "memory_cost": 256, "parallelism": 1}
    hashed = argon2.PasswordHasher(**cheap | made_with).hash("Passw0rd!")
    keeper = keeper_of(STRONG)
    assert (await keeper.check(_of(hashed), "Passw0rd!")).right
    assert not (await keeper.check(_of(hashed), "passw0rd!")).right


async def test_several_lanes(keeper_of):
    """A setting of several lanes is kept to."""
    keeper = keeper_of(Argon2Parameters(memory_kib=256, passes=1, lanes=4))
    stored = await keeper.keep("us-east-1_AbCdEfGhI", "alice", "Passw0rd!", 0)
    assert argon2.extract_parameters(stored.hash).parallelism == 4
    assert (await keeper.check(stored, "Passw0rd!")).right


async def test_without_libsodium(monkeypatch):
    """Where PyNaCl is not installed the reference code does it."""
    monkeypatch.setattr(argon2_engines, "find_spec", lambda _name: None)
    assert argon2_engines._engines() == (reference,)


def _of(hashed):
    return StoredPassword(hash=hashed, srp_salt=b"", srp_verifier=b"sealed", set_ms=0)
