import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cognomen.signing.port import SealBroken
from cognomen.signing.sealing import (
    AesGcmSealer,
    MasterKeys,
    MasterKeyUnusable,
    digest_key_of,
    master_key_id,
    master_key_in,
)

OLD, NEW = bytes(range(32)), bytes(range(32, 64))
PLAIN = b"a secret that nobody may read"
SEALER = AesGcmSealer(MasterKeys((OLD,)))


@given(st.binary(max_size=2000), st.text(st.characters(exclude_categories=["Cs"]), max_size=80))
def test_seal_and_open(plain, purpose):
    """What is sealed for a purpose opens for it, and does not show."""
    sealed = SEALER.seal(plain, purpose)
    assert SEALER.open(sealed, purpose) == plain
    assert len(plain) < 8 or plain not in sealed


def test_format():
    """A sealed value starts with the format and the id of its master key, and is never the same twice."""
    sealed = SEALER.seal(PLAIN, "test")
    assert sealed[:9].hex() == "01" + master_key_id(OLD)
    assert len(sealed) == 9 + 12 + len(PLAIN) + 16
    assert len({SEALER.seal(PLAIN, "test")[9:21] for _ in range(100)}) == 100


@pytest.mark.parametrize("purpose", ["", "tes", "test ", "Test", "test\0", "srp-verifier pool alice"])
def test_moved(purpose):
    """A sealed value does not open for any purpose but its own."""
    with pytest.raises(SealBroken):
        SEALER.open(SEALER.seal(PLAIN, "test"), purpose)


def test_changed():
    """A sealed value of which any one bit was changed does not open."""
    sealed = SEALER.seal(PLAIN, "test")
    for bit in range(len(sealed) * 8):
        changed = bytearray(sealed)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(SealBroken):
            SEALER.open(bytes(changed), "test")


def test_cut():
    """A sealed value that was cut or lengthened anywhere does not open."""
    sealed = SEALER.seal(b"", "test")
    for length in range(len(sealed)):
        with pytest.raises(SealBroken):
            SEALER.open(sealed[:length], "test")
    with pytest.raises(SealBroken):
        SEALER.open(sealed + b"\0", "test")


@given(st.binary(max_size=100).map(lambda tail: SEALER.seal(b"", "x")[:9] + tail) | st.binary(max_size=100))
def test_garbage(sealed):
    """Bytes that nobody sealed raise SealBroken and nothing else."""
    with pytest.raises(SealBroken):
        SEALER.open(sealed, "test")


def test_rotation():
    """After a rotation new values are sealed under the new key, and old ones open as long as the old is known."""
    old, both, new = (AesGcmSealer(MasterKeys(keys)) for keys in ((OLD,), (NEW, OLD), (NEW,)))
    before, after = old.seal(PLAIN, "test"), both.seal(PLAIN, "test")

    assert both.open(before, "test") == PLAIN == new.open(after, "test")
    for sealer, sealed in ((new, before), (old, after)):
        with pytest.raises(SealBroken):
            sealer.open(sealed, "test")


def test_digest():
    """A digest depends on the text, the purpose and the master key, and on nothing else."""
    other = AesGcmSealer(MasterKeys((NEW,)))
    digests = {
        SEALER.digest(b"123456", "code"),
        SEALER.digest(b"123457", "code"),
        SEALER.digest(b"123456", "codf"),
        SEALER.digest(b"e123456", "cod"),
        other.digest(b"123456", "code"),
    }
    assert {len(digest) for digest in digests} == {32}
    assert len(digests) == 5
    assert AesGcmSealer(MasterKeys((OLD,))).digest(b"123456", "code") in digests


def test_digests_survive_rotation():
    """A digest made before a rotation is among the digests after it, the current one first."""
    before = SEALER.digest(b"123456", "code")
    rotated = AesGcmSealer(MasterKeys((NEW, OLD)))

    assert rotated.digests(b"123456", "code") == (rotated.digest(b"123456", "code"), before)
    assert SEALER.digests(b"123456", "code") == (before,)
    assert before not in AesGcmSealer(MasterKeys((NEW,))).digests(b"123456", "code")


@pytest.mark.parametrize("keys", [(), (b"",), (OLD[:31],), (OLD + b"\0",), (OLD, NEW[:16])])
def test_master_keys_refused(keys):
    """Master keys of another size than 32 bytes are refused, and so are none."""
    with pytest.raises(ValueError, match="32 bytes"):
        MasterKeys(keys)


def test_fresh():
    """Fresh master keys are never the same."""
    assert MasterKeys.fresh() != MasterKeys.fresh()


def test_repr():
    """Neither keys nor sealers print what they hold."""
    key = os.urandom(32)
    keys = MasterKeys((key,))
    shown = f"{keys!r} {keys} {AesGcmSealer(keys)!r}"
    assert repr(key) not in shown
    assert key.hex() not in shown


def test_new_master_keys_are_taken_up_when_needed():
    """What another process sealed under a new key opens without a restart; a fault of the file changes nothing."""
    answers = [MasterKeys((NEW, OLD))]

    def renewed():
        if not answers:
            raise MasterKeyUnusable("no file")
        return answers.pop()

    sealer = AesGcmSealer(MasterKeys((OLD,)), renewed)
    assert sealer.open(AesGcmSealer(MasterKeys((NEW,))).seal(PLAIN, "test"), "test") == PLAIN
    assert master_key_in(sealer.seal(PLAIN, "test")) == master_key_id(NEW)
    assert sealer.known == {master_key_id(NEW), master_key_id(OLD)}
    with pytest.raises(SealBroken):
        sealer.open(AesGcmSealer(MasterKeys((bytes(32),))).seal(PLAIN, "test"), "test")
    with pytest.raises(MasterKeyUnusable):
        sealer.renew()
    assert sealer.open(SEALER.seal(PLAIN, "test"), "test") == PLAIN


def test_garbage_reads_no_file():
    """Only what begins as sealed values do may be sealed under a key that is new."""
    sealer = AesGcmSealer(MasterKeys((OLD,)), lambda: pytest.fail("it was read"))
    for garbage in (b"", b"\x02" + SEALER.seal(PLAIN, "test")[1:], bytes(100)):
        with pytest.raises(SealBroken):
            sealer.open(garbage, "test")


def test_digests_stay_under_their_own_key():
    """With a key for digests a rotation of the master key changes none of them, nor does the end of the old one."""
    digests = digest_key_of(OLD)
    for keys in (MasterKeys((NEW, OLD), (digests,)), MasterKeys((NEW,), (digests,))):
        assert AesGcmSealer(keys).digest(b"123456", "code") == SEALER.digest(b"123456", "code")
    newer = AesGcmSealer(MasterKeys((NEW,), (bytes(32), digests)))
    assert newer.digest(b"123456", "code") != SEALER.digest(b"123456", "code")
    assert SEALER.digest(b"123456", "code") in newer.digests(b"123456", "code")
    assert len(newer.digests(b"123456", "code")) == 3
