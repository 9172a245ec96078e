"""Sealed files: what is read is what was written, and every change of a byte, a chunk or the end is found."""

import io
import os
import random
from collections.abc import Iterator

import pytest

from cognomen.signing.sealed_files import (
    CHUNK,
    HEAD,
    KEY_BYTES,
    MAGIC,
    TAG_BYTES,
    FileSecret,
    SealedFileReader,
    SealedFileUnreadable,
    SealedFileWriter,
    SecretKind,
)

KEY = FileSecret(SecretKind.KEY, bytes(range(KEY_BYTES)))
PASSPHRASE = FileSecret(SecretKind.PASSPHRASE, b"correct horse battery")
SEALED_CHUNK = CHUNK + TAG_BYTES
SIZES = (0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 5)
LONG = random.Random(1).randbytes(3 * CHUNK + 100)
SAMPLED = [400, pytest.param(None, marks=pytest.mark.nightly)]
DIFFERS = "not the file's own, or its beginning was changed"


class _File(io.BytesIO):
    """Bytes in memory that have somewhere to be flushed to."""

    def fileno(self) -> int:
        return NOWHERE


NOWHERE = os.open(os.devnull, os.O_WRONLY)


@pytest.fixture(autouse=True)
def _no_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", lambda _: None)


def sealed(plain: bytes, secret: FileSecret = KEY) -> bytes:
    file = _File()
    writer = SealedFileWriter(file, secret)
    for start in range(0, len(plain), 70_001):
        writer.write(plain[start : start + 70_001])
    writer.finish()
    return file.getvalue()


def opened(content: bytes, secret: FileSecret = KEY) -> bytes:
    reader = SealedFileReader(io.BytesIO(content), secret)
    return b"".join(iter(lambda: reader.read(50_003), b""))


def chunks_of(content: bytes) -> list[bytes]:
    body = content[HEAD.size :]
    return [body[start : start + SEALED_CHUNK] for start in range(0, len(body), SEALED_CHUNK)]


def refused(content: bytes, secret: FileSecret = KEY) -> str:
    with pytest.raises(SealedFileUnreadable) as refusal:
        opened(content, secret)
    return str(refusal.value)


@pytest.mark.parametrize("size", SIZES)
def test_what_is_read_is_what_was_written(size: int) -> None:
    """Of every length, also where a chunk ends exactly; the file is longer by its head and a tag for each chunk."""
    plain = LONG[:size] if size <= len(LONG) else LONG + bytes(size - len(LONG))
    content = sealed(plain)
    assert opened(content) == plain
    assert len(content) == HEAD.size + size + TAG_BYTES * max(1, -(-size // CHUNK))


def test_a_passphrase_opens_what_it_sealed() -> None:
    """And two files of one passphrase have nothing in common but their beginning."""
    first, second = sealed(b"secret" * 9, PASSPHRASE), sealed(b"secret" * 9, PASSPHRASE)
    assert opened(first, PASSPHRASE) == opened(second, PASSPHRASE) == b"secret" * 9
    shared = HEAD.size - 32
    assert first[:shared] == second[:shared]
    assert first[shared:] != second[shared:]


@pytest.mark.parametrize(
    ("secret", "told"),
    [
        (FileSecret(SecretKind.KEY, bytes(KEY_BYTES)), DIFFERS),
        (PASSPHRASE, "opens with a key file, not with a passphrase"),
    ],
)
def test_another_secret_opens_nothing(secret: FileSecret, told: str) -> None:
    """And it is said whether it is of the wrong kind."""
    assert told in refused(sealed(LONG), secret)


def test_another_passphrase_opens_nothing() -> None:
    """It is not told from a head that was changed."""
    assert DIFFERS in refused(
        sealed(b"secret", PASSPHRASE), FileSecret(SecretKind.PASSPHRASE, b"Correct horse battery")
    )


def _places(content: bytes, count: int | None) -> Iterator[int]:
    """All of them, or the first ones and others at random."""
    if count is None:
        yield from range(len(content))
        return
    yield from range(HEAD.size + 40)
    yield from (random.Random(2).randrange(len(content)) for _ in range(count))
    yield len(content) - 1


@pytest.mark.parametrize("count", SAMPLED)
def test_a_changed_byte_is_found(count: int | None) -> None:
    """Anywhere, also in the head; whatever was given out before is as it was written."""
    plain = LONG[:3000]
    content = sealed(plain)
    for place in _places(content, count):
        flipped = bytearray(content)
        flipped[place] ^= 1 << place % 8
        refused(bytes(flipped))


@pytest.mark.parametrize("place", range(len(MAGIC) + 10))
def test_a_changed_head_of_a_passphrase_is_found_soon(place: int) -> None:
    """No numbers in it make a reader work for hours, or need more memory than there is."""
    content = bytearray(sealed(b"secret", PASSPHRASE))
    content[place] ^= 0x40
    refused(bytes(content), PASSPHRASE)


@pytest.mark.parametrize("end", [0, 1, HEAD.size - 1, HEAD.size, HEAD.size + 1])
def test_a_file_without_its_beginning_or_content_is_none(end: int) -> None:
    """Cut within the head, or right behind it."""
    assert refused(sealed(LONG)[:end])


def test_a_cut_file_is_found() -> None:
    """Between two chunks it is called by its name; within a chunk it may also have been changed."""
    content = sealed(LONG)
    for number in (1, 2, 3):
        assert "its end is missing" in refused(content[: HEAD.size + number * SEALED_CHUNK])
        told = refused(content[: HEAD.size + number * SEALED_CHUNK + 9])
        assert told == f"the file was changed or cut off behind byte {HEAD.size + number * SEALED_CHUNK}"


@pytest.mark.parametrize("order", [(1, 0, 2, 3), (0, 2, 1, 3), (0, 1, 3), (0, 0, 1, 2, 3), (0, 1, 2, 2, 3), (1, 2, 3)])
def test_chunks_stay_where_they_are(order: tuple[int, ...]) -> None:
    """Swapped, left out or twice: refused."""
    content = sealed(LONG)
    chunks = chunks_of(content)
    assert len(chunks) == 4
    assert refused(content[: HEAD.size] + b"".join(chunks[place] for place in order))


def test_chunks_of_another_file_are_refused() -> None:
    """Even under the same secret, since each file has its own key."""
    one, other = sealed(LONG), sealed(LONG)
    mixed = [*chunks_of(one)[:2], *chunks_of(other)[2:]]
    assert refused(one[: HEAD.size] + b"".join(mixed))


def test_nothing_may_follow_the_end() -> None:
    """Not a byte, and not a whole file."""
    content = sealed(LONG)
    for more in (b"\0", content, chunks_of(content)[-1]):
        assert refused(content + more)


def test_a_newer_format_is_called_by_its_name() -> None:
    """Whoever has an older command learns that a newer one is needed."""
    content = sealed(b"x")
    newer = content[: len(MAGIC) - 1] + b"\x02" + content[len(MAGIC) :]
    assert refused(newer) == "the backup has format 2, this command knows 1: use a newer one"


def test_a_secret_does_not_print_itself() -> None:
    """Nor does a refusal quote it."""
    assert b"horse" not in repr(PASSPHRASE).encode()
    assert "horse" not in refused(sealed(LONG), PASSPHRASE)
