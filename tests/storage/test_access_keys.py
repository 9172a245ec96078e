"""Access keys: kept on every engine, and looked up from memory that is never older than promised."""

import asyncio
from dataclasses import replace

import pytest

from cognomen.domain.access_keys import EVERYTHING, AccessKey, Signer, user_signer
from cognomen.domain.policy_documents import read_policy
from cognomen.storage import access_keys, freshness
from cognomen.storage.database import Database, T, UniqueViolation, Work
from cognomen.storage.freshness import FRESH_MS
from cognomen.storage.key_ring import KeyRing
from cognomen.storage.wipe import wipe
from storage.samples import NOW

pytestmark = pytest.mark.anyio

ANN = AccessKey("AKIAANN", "ann", "for the é 🔑", True, b"\x00sealed\xff", EVERYTHING, NOW)
BOB = replace(ANN, key_id="AKIABOB", user="bob", created_ms=NOW + 1)


class Counting:
    """The database given, counting its reads, with a clock that stands where it is put."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.reads = 0
        self.ms = NOW

    async def read(self, work: Work[T]) -> T:
        self.reads += 1
        return await self._database.read(work)

    async def write(self, work: Work[T]) -> T:
        return await self._database.write(work)

    async def close(self) -> None:
        raise NotImplementedError


@pytest.fixture
async def counting(database: Database) -> Counting:
    await database.write(lambda tx: access_keys.insert(tx, ANN))
    await database.write(lambda tx: access_keys.insert(tx, BOB))
    return Counting(database)


@pytest.fixture
def ring(counting: Counting) -> KeyRing:
    return KeyRing(counting, signer_of, lambda: counting.ms)


def signer_of(key: AccessKey) -> Signer:
    return user_signer("123456789012", key.key_id, key.user, f"secret of {key.user}", read_policy(key.policy))


async def disable(database: Counting, key_id: str) -> None:
    """What the command line does, in a process of its own."""
    await database.write(lambda tx: access_keys.set_enabled(tx, key_id, enabled=False))


# Rows


async def test_keys_come_back_as_they_were_put(counting: Counting) -> None:
    """Oldest first, every member as it was."""
    assert await counting.read(access_keys.all_keys) == [ANN, BOB]


async def test_an_id_is_given_once(counting: Counting) -> None:
    """A second key with the id of another is refused."""
    with pytest.raises(UniqueViolation):
        await counting.write(lambda tx: access_keys.insert(tx, replace(BOB, key_id=ANN.key_id)))


async def test_a_key_can_be_disabled_enabled_and_deleted(counting: Counting) -> None:
    """Each says whether there was such a key, and touches no other."""
    assert await counting.write(lambda tx: access_keys.set_enabled(tx, "AKIAANN", enabled=False))
    assert await counting.read(access_keys.all_keys) == [replace(ANN, enabled=False), BOB]
    assert await counting.read(access_keys.count_enabled) == 1
    assert await counting.write(lambda tx: access_keys.set_enabled(tx, "AKIAANN", enabled=True))
    assert await counting.read(access_keys.count_enabled) == 2
    assert await counting.write(lambda tx: access_keys.delete(tx, "AKIAANN"))
    assert await counting.read(access_keys.all_keys) == [BOB]
    assert not await counting.write(lambda tx: access_keys.delete(tx, "AKIAANN"))
    assert not await counting.write(lambda tx: access_keys.set_enabled(tx, "AKIAANN", enabled=True))


async def test_wiping_takes_keys_too(counting: Counting) -> None:
    """Servers that run are told, so that a wiped key signs nothing."""
    before = await counting.read(access_keys.version)
    await counting.write(wipe)
    assert await counting.read(access_keys.all_keys) == []
    assert await counting.read(access_keys.version) > before


async def test_sealed_secrets_and_opened_ones_do_not_print_themselves() -> None:
    """Neither appears in a log by accident."""
    assert "sealed" not in repr(ANN)
    assert "secret of ann" not in repr(signer_of(ANN))


# The ring


async def test_who_signs_is_known_by_the_key(ring: KeyRing) -> None:
    """The user's name makes the ARN, and is what policies may ask for."""
    signer = await ring.signer("AKIAANN")
    assert signer is not None
    assert (signer.arn, signer.secret) == ("arn:aws:iam::123456789012:user/ann", "secret of ann")
    assert signer.context["aws:username"] == ("ann",)
    assert signer.context["aws:userid"] == ("AKIAANN",)
    assert signer.expires_ms is None


async def test_what_is_remembered_costs_no_read(ring: KeyRing, counting: Counting) -> None:
    """Known or unknown, nobody causes a read within half a second; then one small read tells that nothing changed."""
    signer = await ring.signer("AKIAANN")
    before = counting.reads
    counting.ms += FRESH_MS - 1
    assert await ring.signer("AKIAANN") is signer
    assert [await ring.signer(f"AKIA{number}") for number in range(100)] == [None] * 100
    assert counting.reads == before
    counting.ms += 1
    assert await ring.signer("AKIAANN") is signer
    assert counting.reads == before + 1


@pytest.mark.parametrize("change", [disable, lambda d, k: d.write(lambda tx: access_keys.delete(tx, k))])
async def test_a_change_elsewhere_shows_within_a_second(ring: KeyRing, counting: Counting, change) -> None:
    """A key disabled or deleted by another process signs nothing half a second later; others go on."""
    assert await ring.signer("AKIAANN")
    await change(counting, "AKIAANN")
    counting.ms += FRESH_MS
    assert await ring.signer("AKIAANN") is None
    assert await ring.signer("AKIABOB")


async def test_a_new_key_signs_within_a_second(ring: KeyRing, counting: Counting) -> None:
    """And one that is enabled again."""
    await disable(counting, "AKIABOB")
    assert await ring.signer("AKIANEW") is None
    await counting.write(lambda tx: access_keys.insert(tx, replace(ANN, key_id="AKIANEW")))
    await counting.write(lambda tx: access_keys.set_enabled(tx, "AKIABOB", enabled=True))
    counting.ms += FRESH_MS
    assert await ring.signer("AKIANEW")
    assert await ring.signer("AKIABOB")


async def test_a_disabled_key_is_still_known(ring: KeyRing, counting: Counting) -> None:
    """The ring tells a disabled key from one that it never saw."""
    await disable(counting, "AKIAANN")
    assert await ring.signer("AKIAANN") is None
    assert await ring.holds("AKIAANN")
    assert not await ring.holds("AKIANOBODY")


async def test_a_clock_set_back_makes_nothing_fresh(ring: KeyRing, counting: Counting) -> None:
    """Where the clock jumps backwards the ring looks again instead of trusting its memory for hours."""
    assert await ring.signer("AKIAANN")
    await disable(counting, "AKIAANN")
    counting.ms -= 3_600_000
    assert await ring.signer("AKIAANN") is None


async def test_many_calls_look_for_changes_once(
    ring: KeyRing, counting: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hundred calls that find the memory stale together ask the database once, however slow the machine is."""
    monkeypatch.setattr(freshness, "FRESH_MS", 600_000)
    await ring.signer("AKIAANN")
    counting.ms += 600_000
    before = counting.reads
    await asyncio.gather(*(ring.signer("AKIAANN") for _ in range(100)))
    assert counting.reads == before + 1
