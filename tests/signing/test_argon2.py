import asyncio
import threading

import argon2
import pytest

from cognomen import errors
from cognomen.domain import srp
from cognomen.domain.user import StoredPassword
from cognomen.signing import argon2 as keeping
from cognomen.signing import modexp
from cognomen.signing.argon2 import CHEAP, PRODUCTION, Argon2PasswordKeeper, decoy_hash
from cognomen.signing.argon2_engines import Argon2Parameters, reference
from cognomen.signing.bounded_threads import Room
from cognomen.signing.port import PasswordVerdict, SealBroken
from cognomen.signing.sealing import AesGcmSealer, MasterKeys
from cognomen.signing.srp_proofs import verifier_purpose

pytestmark = pytest.mark.anyio

POOL, NAME, PASSWORD, NOW = "us-east-1_AbCdEfGhI", "alice", "Träum3r-✓ pass", 1_700_000_000_000
SEALER = AesGcmSealer(MasterKeys.fresh())
THREADED = Argon2Parameters(memory_kib=256, passes=1)
RIGHT, WRONG = PasswordVerdict(right=True, outdated=False), PasswordVerdict(right=False, outdated=False)


@pytest.fixture
def keeper_of():
    made = []

    def one(parameters, threads=1, queue=50):
        made.append(Argon2PasswordKeeper(SEALER, parameters, Room(threads, queue)))
        return made[-1]

    yield one
    for keeper in made:
        keeper.close()


@pytest.fixture(params=[CHEAP, THREADED], ids=["inline", "in a thread"])
def keeper(request, keeper_of):
    return keeper_of(request.param)


def of_hash(text):
    return StoredPassword(hash=text, srp_salt=b"", srp_verifier=b"sealed", set_ms=NOW)


@pytest.mark.parametrize(
    "password",
    [
        "Passw0rd!",
        PASSWORD,
        "",
        " leading and trailing ",
        "nul\0in the middle",
        "\0",
        "x" * 256,
        "🔑" * 256,
        "x" * 1_000_000,
        "e\u0301",
    ],
    ids=lambda password: repr(password[:12]),
)
async def test_keep_and_check(keeper, password):
    """CRED-12: A kept password is right again, and near ones are wrong: cut, longer, other case, other code points."""
    stored = await keeper.keep(POOL, NAME, password, NOW)
    assert await keeper.check(stored, password) == RIGHT
    near = {password[:-1], password + "x", password + "\0", password.swapcase(), password.partition("\0")[0]}
    for other in (near | {"\u00e9"}) - {password}:
        assert await keeper.check(stored, other) == WRONG


async def test_kept(keeper):
    """What is kept is the Argon2id hash, the time, and a salt and verifier that are new each time."""
    first, second = [await keeper.keep(POOL, NAME, PASSWORD, NOW) for _ in range(2)]
    costs = keeper._parameters
    start = f"$argon2id$v=19$m={costs.memory_kib},t={costs.passes},p=1$"

    assert first.hash.startswith(start)
    assert first.set_ms == NOW
    assert len(first.srp_salt) == 16
    assert len({first.hash, second.hash}) == 2
    assert len({first.srp_salt, second.srp_salt}) == 2
    assert len({first.srp_verifier, second.srp_verifier}) == 2
    found = argon2.extract_parameters(first.hash)
    assert (found.salt_len, found.hash_len) == (16, 32)


async def test_verifier(keeper):
    """CRED-14: The verifier is that of the pool, the name and the password, and is sealed for exactly these."""
    stored = await keeper.keep(POOL, NAME, PASSWORD, NOW)
    opened = SEALER.open(stored.srp_verifier, verifier_purpose(POOL, NAME))
    expected = srp.verifier("AbCdEfGhIalice", stored.srp_salt, PASSWORD, pow)

    assert len(opened) == srp.VERIFIER_BYTES
    assert int.from_bytes(opened, "big") == expected
    for pool_id, name in ((POOL, "bob"), ("us-east-1_AbCdEfGhJ", NAME)):
        with pytest.raises(SealBroken):
            SEALER.open(stored.srp_verifier, verifier_purpose(pool_id, name))


async def test_nobody(keeper):
    """Without a stored password the answer is no, whatever the password is."""
    for password in ("", PASSWORD, "\0"):
        assert await keeper.check(None, password) == WRONG


@pytest.mark.parametrize("parameters", [CHEAP, THREADED, PRODUCTION, Argon2Parameters(64, 3, 4)])
async def test_decoy(parameters):
    """The hash that stands in for a missing one costs exactly what a real one costs."""
    real = argon2.extract_parameters(keeping._hash(reference, parameters, PASSWORD))
    assert argon2.extract_parameters(decoy_hash(parameters)) == real


async def test_nobody_does_the_same_work(keeper_of, monkeypatch):
    """A missing password is compared as a real one is: by the same function, cost and thread."""
    seen = []

    def record(_engine, hashed, _password, found):
        seen.append((argon2.extract_parameters(hashed), found, threading.current_thread().name))
        return True

    keeper = keeper_of(THREADED)
    stored = await keeper.keep(POOL, NAME, PASSWORD, NOW)
    monkeypatch.setattr(keeping, "_matches", record)
    assert (await keeper.check(stored, PASSWORD)).right
    assert not (await keeper.check(None, PASSWORD)).right
    assert seen[0] == seen[1]


@pytest.mark.parametrize(
    ("stored", "outdated"),
    [
        ({"memory_cost": 64, "time_cost": 2}, False),
        ({"memory_cost": 128, "time_cost": 3}, False),
        ({"memory_cost": 63, "time_cost": 2}, True),
        ({"memory_cost": 64, "time_cost": 1}, True),
        ({"memory_cost": 1024, "time_cost": 1}, True),
        ({"memory_cost": 64, "time_cost": 2, "type": argon2.Type.I}, True),
        ({"memory_cost": 64, "time_cost": 2, "type": argon2.Type.D}, True),
    ],
)
async def test_outdated(keeper_of, stored, outdated):
    """CRED-14: A hash made with less memory, fewer passes or another kind of Argon2 is right still, and outdated."""
    keeper = keeper_of(Argon2Parameters(memory_kib=64, passes=2))
    hashed = argon2.PasswordHasher(parallelism=1, **stored).hash(PASSWORD)

    assert await keeper.check(of_hash(hashed), PASSWORD) == PasswordVerdict(right=True, outdated=outdated)
    assert not (await keeper.check(of_hash(hashed), "x")).right


async def test_old_version(keeper_of):
    """A hash of Argon2 version 1.0 is outdated."""
    old = decoy_hash(CHEAP).replace("v=19", "v=16")
    assert (await keeper_of(CHEAP).check(of_hash(old), PASSWORD)).outdated


async def test_rehash_ends(keeper_of):
    """A hash made anew at the setting is outdated no more."""
    keeper = keeper_of(THREADED)
    cheap = await keeper_of(CHEAP).keep(POOL, NAME, PASSWORD, NOW)
    assert (await keeper.check(cheap, PASSWORD)).outdated
    assert not (await keeper.check(await keeper.keep(POOL, NAME, PASSWORD, NOW), PASSWORD)).outdated


@pytest.mark.parametrize("parameters", [CHEAP, PRODUCTION], ids=["cheap", "production"])
async def test_where_it_runs(keeper_of, monkeypatch, parameters):
    """What costs less than a change of thread runs at once; what costs more never in the loop's thread."""
    names = []
    matches, make = keeping._matches, keeping._hash
    monkeypatch.setattr(keeping, "_matches", lambda *a: names.append(threading.current_thread().name) or matches(*a))
    monkeypatch.setattr(keeping, "_hash", lambda *a: names.append(threading.current_thread().name) or make(*a))
    keeper = keeper_of(parameters)
    stored = await keeper.keep(POOL, NAME, PASSWORD, NOW)
    assert (await keeper.check(stored, PASSWORD)).right

    here = [threading.current_thread().name] * 2
    assert (names == here) is (parameters == CHEAP)
    assert all(name.startswith("argon2") for name in names) is (parameters == PRODUCTION)


async def test_costly_hash_under_cheap_setting(keeper_of, monkeypatch):
    """It is the hash at hand that decides where it runs, not the setting."""
    names = []
    monkeypatch.setattr(keeping, "_matches", lambda *a: names.append(threading.current_thread().name) or False)
    await keeper_of(CHEAP).check(of_hash(decoy_hash(PRODUCTION)), PASSWORD)
    assert names[0].startswith("argon2")


async def test_burst(keeper_of):
    """CRED-15: Of 200 checks at once as many are answered as may run and wait, and the rest are refused at once."""
    keeper = keeper_of(Argon2Parameters(memory_kib=1024, passes=1), threads=2, queue=30)
    stored = await keeper.keep(POOL, NAME, PASSWORD, NOW)
    checks = (keeper.check(stored, PASSWORD) for _ in range(200))
    answers = await asyncio.wait_for(asyncio.gather(*checks, return_exceptions=True), 30)

    answered = [answer for answer in answers if answer == RIGHT]
    refused = [answer for answer in answers if isinstance(answer, errors.TooManyRequestsException)]
    assert len(answered) >= 32
    assert len(answered) + len(refused) == 200
    assert refused
    assert await keeper.check(stored, PASSWORD) == RIGHT


async def test_without_gmpy2(keeper_of, monkeypatch):
    """Where gmpy2 is not installed the verifier is the same."""
    monkeypatch.setattr(modexp, "gmpy2", None)
    modexp._table.cache_clear()
    await test_verifier(keeper_of(THREADED))
    modexp._table.cache_clear()


async def test_close(keeper_of):
    """After close no thread is left; servers of other tests in this process may have theirs."""
    keeper = keeper_of(THREADED, threads=3)
    await keeper.check(None, PASSWORD)
    threads = keeper._threads._threads
    assert [thread.is_alive() for thread in threads] == [True]
    keeper.close()
    assert [thread.is_alive() for thread in threads] == [False]


async def test_repr(keeper):
    """Neither keeper nor stored password prints the password, its hash or its verifier."""
    stored = await keeper.keep(POOL, NAME, PASSWORD, NOW)
    shown = f"{keeper!r}{stored!r}"
    for secret in (PASSWORD, stored.hash, repr(stored.srp_verifier), repr(stored.srp_salt)):
        assert secret not in shown
