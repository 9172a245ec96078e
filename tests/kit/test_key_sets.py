"""Keys: fetched once, refreshed quietly, kept through outages, and never asked for again and again."""

import asyncio
import json
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from cognomen_kit import AsyncTokenVerifier, Reason, TokenRefused, TokenVerifier, TrustedPool
from cognomen_kit.key_sets import KeysUnreadable, read_keys
from kit.conftest import CLIENT_ID, NOW, POOL_ID
from kit.fake_cognito import Answer, FakeCognito
from kit.test_verifier import JWKS_PATH, reason
from kit.token_factory import KIDS, access_payload, access_token, header, jwk, jwks, signed

pytestmark = pytest.mark.anyio

BROKEN = [
    Answer(500, raw=b"oops"),
    Answer(404, raw=b"{}"),
    Answer(302, raw=b"", headers={"location": "/elsewhere"}),
    Answer(200, raw=b"<html>"),
    Answer(200, raw=b'{"keys":'),
    Answer(200, {"keys": []}),
    Answer(200, {"keys": "none"}),
    Answer(200, []),
    Answer(silent=True),
]


class Clock:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def verifier(fake: FakeCognito, clock: Clock) -> AsyncIterator[AsyncTokenVerifier]:
    pool = TrustedPool.of(POOL_ID, CLIENT_ID, endpoint=fake.url)
    async with AsyncTokenVerifier(pool, clock=clock) as made:
        yield made


def fresh(fake: FakeCognito, clock: Clock, key: str = "access") -> str:
    """A token that is good at the clock's time."""
    now = int(clock.now)
    return signed(header(key), access_payload(fake.url, iat=now, exp=now + 60), key)


async def settled(verifier: AsyncTokenVerifier) -> None:
    """Wait for what runs in the background."""
    await asyncio.gather(*verifier._shared.values(), return_exceptions=True)


async def test_a_thousand_verifications_one_fetch(verifier: AsyncTokenVerifier, fake: FakeCognito) -> None:
    """KIT-03: However many tokens come first at once, the keys are fetched once."""
    hold = threading.Event()
    fake.answers(JWKS_PATH, Answer(200, jwks(), before=hold))
    token = access_token(fake.url)
    calls = [asyncio.create_task(verifier.verify_access(token)) for _ in range(1000)]
    await asyncio.to_thread(fake.arrived.wait, 30)
    hold.set()
    assert len(await asyncio.gather(*calls)) == 1000
    assert len(fake.asked) == 1
    assert fake.asked[0].method == "GET"


def test_threads_fetch_once(fake: FakeCognito) -> None:
    """Threads that share a verifier share the fetch."""
    hold = threading.Event()
    fake.answers(JWKS_PATH, Answer(200, jwks(), before=hold))
    token, results = access_token(fake.url), []
    with TokenVerifier(TrustedPool.of(POOL_ID, CLIENT_ID, endpoint=fake.url), clock=lambda: NOW) as verifier:
        threads = [threading.Thread(target=lambda: results.append(verifier.verify_access(token))) for _ in range(20)]
        for thread in threads:
            thread.start()
        assert fake.arrived.wait(30)
        hold.set()
        for thread in threads:
            thread.join()
    assert len(results) == 20
    assert len(fake.asked) == 1


async def test_keys_can_be_loaded_ahead(verifier: AsyncTokenVerifier, fake: FakeCognito) -> None:
    """Loaded at start, the keys are there for the first token."""
    fake.answers(JWKS_PATH, jwks())
    await verifier.load_keys()
    assert await verifier.verify_access(access_token(fake.url))
    assert len(fake.asked) == 1


async def test_rotation_is_seen_at_the_first_new_token(
    verifier: AsyncTokenVerifier, fake: FakeCognito, clock: Clock
) -> None:
    """A token under a new key is accepted at once, even right after the first fetch."""
    fake.answers(JWKS_PATH, jwks(), jwks("id", "access", "new"))
    assert await verifier.verify_access(fresh(fake, clock))
    assert await verifier.verify_access(fresh(fake, clock, "new"))
    assert len(fake.asked) == 2


async def test_forged_kids_cost_one_fetch_a_minute(
    verifier: AsyncTokenVerifier, fake: FakeCognito, clock: Clock
) -> None:
    """KIT-03: A storm of unknown key ids over three minutes causes three fetches, and good tokens pass all the
    while.
    """
    fake.answers(JWKS_PATH, jwks())
    assert await verifier.verify_access(fresh(fake, clock))
    for second in range(180):
        clock.now = NOW + second
        forged = signed(header(kid=f"forged-{second}"), access_payload(fake.url), "attacker")
        assert await reason(verifier.verify_access(forged)) is Reason.UNKNOWN_KEY
        assert await verifier.verify_access(fresh(fake, clock))
    assert len(fake.asked) == 1 + 3


async def test_those_who_come_during_a_fetch_wait_for_it(
    verifier: AsyncTokenVerifier, fake: FakeCognito, clock: Clock
) -> None:
    """Tokens under a new key that arrive while it is being fetched are not refused."""
    hold = threading.Event()
    fake.answers(JWKS_PATH, jwks(), Answer(200, jwks("new"), before=hold))
    assert await verifier.verify_access(fresh(fake, clock))
    fake.arrived.clear()
    calls = [asyncio.create_task(verifier.verify_access(fresh(fake, clock, "new"))) for _ in range(5)]
    await asyncio.to_thread(fake.arrived.wait, 30)
    late = asyncio.create_task(verifier.verify_access(fresh(fake, clock, "new")))
    hold.set()
    assert len(await asyncio.gather(*calls, late)) == 6
    assert len(fake.asked) == 2


@pytest.mark.parametrize("outage", BROKEN)
async def test_an_outage_is_survived(
    verifier: AsyncTokenVerifier, fake: FakeCognito, clock: Clock, outage: Answer
) -> None:
    """KIT-03: With the key server down for two hours, tokens under known keys still verify; afterwards all is well."""
    fake.answers(JWKS_PATH, jwks(), outage)
    assert await verifier.verify_access(fresh(fake, clock))
    for minute in range(0, 180, 20):
        clock.now = NOW + minute * 60
        assert await verifier.verify_access(fresh(fake, clock))
        assert await reason(verifier.verify_access(fresh(fake, clock, "new"))) is Reason.UNKNOWN_KEY
        await settled(verifier)
    fake._answers[JWKS_PATH].clear()
    fake.answers(JWKS_PATH, jwks("new"))
    clock.now += 61
    assert await verifier.verify_access(fresh(fake, clock, "new"))


async def test_old_keys_are_refreshed_in_the_background(
    verifier: AsyncTokenVerifier, fake: FakeCognito, clock: Clock
) -> None:
    """After an hour the next token is verified at once with what is there, while new keys are fetched."""
    hold = threading.Event()
    fake.answers(JWKS_PATH, jwks(), Answer(200, jwks("id", "new"), before=hold))
    assert await verifier.verify_access(fresh(fake, clock))
    clock.now = NOW + 3601
    old = fresh(fake, clock)
    for _ in range(5):
        assert await verifier.verify_access(old)
    hold.set()
    await settled(verifier)
    assert len(fake.asked) == 2
    assert await reason(verifier.verify_access(old)) is Reason.UNKNOWN_KEY


async def test_a_failing_refresh_is_not_repeated_for_each_token(
    verifier: AsyncTokenVerifier, fake: FakeCognito, clock: Clock
) -> None:
    """While the key server is down, the background asks once a minute."""
    fake.answers(JWKS_PATH, jwks(), Answer(500, raw=b""))
    assert await verifier.verify_access(fresh(fake, clock))
    for second in range(120):
        clock.now = NOW + 3601 + second
        assert await verifier.verify_access(fresh(fake, clock))
        await settled(verifier)
    assert len(fake.asked) == 1 + 2


def test_threads_refresh_in_the_background(fake: FakeCognito, clock: Clock) -> None:
    """The synchronous verifier refreshes behind the scenes as well, in one thread however many tokens come."""
    hold = threading.Event()
    fake.answers(JWKS_PATH, jwks(), Answer(200, jwks("id", "access", "new"), before=hold))
    with TokenVerifier(TrustedPool.of(POOL_ID, CLIENT_ID, endpoint=fake.url), clock=clock) as verifier:
        assert verifier.verify_access(fresh(fake, clock))
        fake.arrived.clear()
        clock.now = NOW + 3601
        before = set(threading.enumerate())
        for _ in range(20):
            assert verifier.verify_access(fresh(fake, clock))
        assert fake.arrived.wait(30)
        made = [thread.name for thread in set(threading.enumerate()) - before]  # others of this process among them
        assert sum("(_quietly)" in name for name in made) == 1
        hold.set()
        refreshing = list(verifier._shared.values())
        assert all(each.exception(30) is None for each in refreshing)
    assert len(fake.asked) == 2


@pytest.mark.parametrize("outage", BROKEN)
async def test_no_keys_at_all(verifier: AsyncTokenVerifier, fake: FakeCognito, clock: Clock, outage: Answer) -> None:
    """Before the first fetch succeeds nothing can be judged: a 503, retried a second later, not for each token."""
    fake.answers(JWKS_PATH, outage, jwks())
    for _ in range(3):
        assert await reason(verifier.verify_access(fresh(fake, clock))) is Reason.KEYS_UNAVAILABLE
    assert Reason.KEYS_UNAVAILABLE.status == 503
    assert len(fake.asked) == 1
    clock.now += 1
    assert await verifier.verify_access(fresh(fake, clock))


async def test_a_clock_set_back_stops_nothing(verifier: AsyncTokenVerifier, fake: FakeCognito, clock: Clock) -> None:
    """After the clock went back by a day a new key is still found at once."""
    fake.answers(JWKS_PATH, jwks(), jwks(), jwks("id", "access", "new"))
    assert await reason(verifier.verify_access(fresh(fake, clock, "new"))) is Reason.UNKNOWN_KEY
    clock.now -= 86_400
    assert await verifier.verify_access(fresh(fake, clock, "new"))


async def test_keys_from_a_file(tmp_path: Path, fake: FakeCognito, clock: Clock) -> None:
    """A file of keys needs no network, and is read again when an unknown key id turns up."""
    file = tmp_path / "jwks.json"
    file.write_text(json.dumps(jwks()))
    pool = TrustedPool.of(POOL_ID, CLIENT_ID, endpoint=fake.url, jwks=file)
    async with AsyncTokenVerifier(pool, clock=clock) as verifier:
        assert await verifier.verify_access(fresh(fake, clock))
        file.write_text(json.dumps(jwks("new")))
        assert await verifier.verify_access(fresh(fake, clock, "new"))
        file.unlink()
        clock.now += 61
        assert await reason(verifier.verify_access(fresh(fake, clock, "attacker"))) is Reason.UNKNOWN_KEY
        assert await verifier.verify_access(fresh(fake, clock, "new"))
    assert fake.asked == []


async def test_a_file_that_is_not_there(tmp_path: Path, fake: FakeCognito, clock: Clock) -> None:
    """No file, no keys: a 503 until it appears."""
    pool = TrustedPool.of(POOL_ID, CLIENT_ID, endpoint=fake.url, jwks=tmp_path / "jwks.json")
    async with AsyncTokenVerifier(pool, clock=clock) as verifier:
        with pytest.raises(TokenRefused) as caught:
            await verifier.verify_access(fresh(fake, clock))
    assert caught.value.reason is Reason.KEYS_UNAVAILABLE


@pytest.mark.parametrize(
    "key",
    [
        {"kty": "EC", "crv": "P-256", "x": "a", "y": "b", "kid": "k"},
        {"kty": "oct", "k": "c2VjcmV0", "kid": "k", "alg": "HS256"},
        jwk("new", use="enc"),
        jwk("new", alg="RS512"),
        jwk("new", n="AQAB"),
        jwk("new", e="AQ"),
        jwk("new", n="not base64!"),
        {"kty": "RSA", "kid": "k"},
        {name: value for name, value in jwk("new").items() if name != "kid"},
    ],
)
def test_keys_of_no_use_are_passed_over(key: dict[str, Any]) -> None:
    """Keys for other uses, weak keys and broken keys are skipped; the good one beside them counts."""
    assert list(read_keys(json.dumps({"keys": [key, jwk("access")]}).encode())) == [KIDS["access"]]
    with pytest.raises(KeysUnreadable):
        read_keys(json.dumps({"keys": [key]}).encode())


def test_a_key_may_leave_use_and_alg_open() -> None:
    """`use` and `alg` are optional in a JWK (RFC 7517 section 4)."""
    key = {name: value for name, value in jwk("access").items() if name not in {"use", "alg"}}
    assert list(read_keys(json.dumps({"keys": [key]}).encode())) == [KIDS["access"]]
