"""The server's side of SRP, with gmpy2 in threads and without it in processes."""

import asyncio
import base64
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from cognomen import errors
from cognomen.domain import srp
from cognomen.domain.srp_exchange import Claim, Claimant, Exchange
from cognomen.domain.srp_timestamps import read_timestamp
from cognomen.domain.user import StoredPassword
from cognomen.signing import srp_proofs
from cognomen.signing.bounded_threads import Room
from cognomen.signing.sealing import AesGcmSealer, MasterKeys
from cognomen.signing.srp_proofs import SrpProofs, verifier_purpose
from refusals.device_client import DeviceClient
from refusals.srp_client import SrpClient, time_text

pytestmark = pytest.mark.anyio

POOL, NAME, PASSWORD, SALT = "us-east-1_AbCdEfGhI", "ann", "Correct-Horse-9", b"0123456789abcdef"
BLOCK = base64.b64encode(b"secret block").decode()
SEALER = AesGcmSealer(MasterKeys((b"k" * 32,)))


@pytest.fixture(params=["as installed", "without gmpy2"])
def proofs(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[SrpProofs]:
    if request.param == "without gmpy2":
        monkeypatch.setattr(srp_proofs.modexp, "gmpy2", None)
        monkeypatch.setattr(srp_proofs.modexp, "LETS_OTHERS_RUN", False)
    srp_proofs.modexp._table.cache_clear()
    made = SrpProofs(SEALER, Room(threads=2, queue=1))
    yield made
    made.close()
    srp_proofs.modexp._table.cache_clear()


def claimant(password: str | None = PASSWORD) -> Claimant:
    """Ann, whose password this is; without one there is nobody, and with an empty one no verifier."""
    if password is None:
        return Claimant(POOL, NAME, None)
    if not password:
        return Claimant(POOL, NAME, StoredPassword("hash", b"", b"", 1))
    verifier = srp.verifier(srp.user_identity(POOL, NAME), SALT, password, pow).to_bytes(srp.VERIFIER_BYTES, "big")
    return Claimant(POOL, NAME, StoredPassword("hash", SALT, SEALER.seal(verifier, verifier_purpose(POOL, NAME)), 1))


def claim_of(client: SrpClient, exchange: Exchange, password: str = PASSWORD, when: str = "") -> Claim:
    asked = {
        "SALT": SALT.hex(),
        "SRP_B": f"{exchange.server_public:x}",
        "SECRET_BLOCK": BLOCK,
        "USER_ID_FOR_SRP": NAME,
    }
    proof = client.proof(asked, password, when)
    signature = base64.b64decode(proof["PASSWORD_CLAIM_SIGNATURE"])
    return Claim(signature, b"secret block", read_timestamp(proof["TIMESTAMP"]))


async def judged(proofs: SrpProofs, who: Claimant, password: str = PASSWORD, when: str = "") -> bool:
    client = SrpClient(POOL)
    exchange = await proofs.begin(who, int(client.srp_a, 16))
    return await proofs.judge(who, exchange, claim_of(client, exchange, password, when))


async def test_a_proof_is_right_or_wrong(proofs: SrpProofs) -> None:
    """Only that of the stored password is right; nobody's and that of a missing verifier never are."""
    assert await judged(proofs, claimant())
    assert not await judged(proofs, claimant(), "Wrong-Horse-9")
    assert not await judged(proofs, claimant("Wrong-Horse-9"))
    assert not await judged(proofs, claimant(None))
    assert not await judged(proofs, claimant(""))


async def test_a_clock_that_is_far_off_makes_it_wrong(proofs: SrpProofs) -> None:
    """A quarter of an hour is taken, on either side."""
    for minutes, right in ((14, True), (-14, True), (16, False), (-16, False)):
        assert await judged(proofs, claimant(), when=time_text(timedelta(minutes=minutes))) is right


async def test_every_exchange_is_another(proofs: SrpProofs) -> None:
    """CRED-16: b is fresh and B with it, for the same A and user."""
    who = claimant()
    exchanges = [await proofs.begin(who, 5) for _ in range(20)]
    assert len({one.server_secret for one in exchanges}) == 20
    assert len({one.server_public for one in exchanges}) == 20
    assert max(one.server_secret.bit_length() for one in exchanges) > 250


async def test_what_finds_no_place_is_refused(proofs: SrpProofs) -> None:
    """Two threads and one that waits: the fourth proof is refused as overload, and the loop never stands still."""
    who, client = claimant(), SrpClient(POOL)
    exchange = await proofs.begin(who, int(client.srp_a, 16))
    claim = claim_of(client, exchange)
    assert await proofs.judge(who, exchange, claim)  # processes are started by now
    outcomes = await asyncio.gather(*(proofs.judge(who, exchange, claim) for _ in range(10)), return_exceptions=True)
    assert outcomes.count(True) == 3
    assert {type(one) for one in outcomes if one is not True} == {errors.Overloaded}


async def test_the_loop_goes_on_meanwhile(proofs: SrpProofs) -> None:
    """What is computed is computed elsewhere: the loop's own thread spends a fraction of what it would cost there."""
    who, client = claimant(), SrpClient(POOL)
    exchange = await proofs.begin(who, int(client.srp_a, 16))
    claim = claim_of(client, exchange)
    await proofs.judge(who, exchange, claim)
    begun = time.thread_time()
    for _ in range(20):
        assert await proofs.judge(who, exchange, claim)
    ended = time.thread_time()
    for _ in range(20):
        srp_proofs._session_key(exchange, proofs._verifier_of(who), srp_proofs.modexp.power)
    assert ended - begun < (time.thread_time() - ended) / 3


async def test_a_device_is_proven_under_its_own_names(proofs: SrpProofs) -> None:
    """By its group and key, from a verifier that is sealed for devices; another secret is wrong."""
    device = DeviceClient("us-east-1_0a1b2c3d", "-abcdefgh")
    named = POOL, device.device_key
    sealed_for = Claimant(*named, None, device.group_key).sealed_for
    assert sealed_for != verifier_purpose(*named)
    verifier = base64.b64decode(device.config["PasswordVerifier"]).rjust(srp.VERIFIER_BYTES + 1, b"\0")[1:]
    stored = StoredPassword("", base64.b64decode(device.config["Salt"]), SEALER.seal(verifier, sealed_for), 0)
    whose = Claimant(*named, stored, device.group_key)
    for client, right in ((device, True), (replace(device, secret="another"), False)):
        exchange = await proofs.begin(whose, int(client.srp_a, 16))
        asked = {"SALT": f"{device.salt:x}", "SRP_B": f"{exchange.server_public:x}", "SECRET_BLOCK": BLOCK}
        proof = client.proof(asked)
        signature = base64.b64decode(proof["PASSWORD_CLAIM_SIGNATURE"])
        claim = Claim(signature, b"secret block", read_timestamp(proof["TIMESTAMP"]))
        assert await proofs.judge(whose, exchange, claim) is right
