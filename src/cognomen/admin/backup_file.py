"""What is in a backup, in this order: its head, rows table by table, and its end. Each record is MessagePack."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

import msgspec

SIZE_BYTES = 4  # in front of each record


class BackupUnreadable(Exception):  # noqa: N818
    """The content is not what this version writes."""


class Head(msgspec.Struct, frozen=True, tag="head"):
    """What was backed up: a whole server or some pools, at `made_ms`, by which version and in which schema."""

    cognomen: str
    schema: int
    made_ms: int
    whole: bool
    pools: tuple[str, ...]


class Rows(msgspec.Struct, frozen=True, tag="rows"):
    """Some rows of a table."""

    table: str
    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]


class End(msgspec.Struct, frozen=True, tag="end"):
    """How many rows there were of each table, and the ids of the keys that are needed to work with them.

    Those are the master keys that anything is sealed under, and the key that digests are made under, where it is known.
    """

    counts: dict[str, int]
    master_keys: tuple[str, ...]
    digest_key: str | None


Record: TypeAlias = Head | Rows | End
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Record).decode


class Sink(Protocol):
    """Takes bytes."""

    def write(self, plain: bytes) -> None:
        """Take some more."""


class Source(Protocol):
    """Gives bytes."""

    def read(self, size: int) -> bytes:
        """So many, fewer only at the end."""


def put(sink: Sink, record: Record) -> None:
    """Write one record."""
    content = _encode(record)
    sink.write(len(content).to_bytes(SIZE_BYTES, "big") + content)


def records(source: Source) -> Iterator[Record]:
    """Read all records, one at a time in memory; raises BackupUnreadable."""
    while size := source.read(SIZE_BYTES):
        try:
            yield _decode(source.read(int.from_bytes(size, "big")))
        except (msgspec.MsgspecError, RecursionError):
            raise BackupUnreadable("the backup was written by another version of cognomen") from None


@dataclass(frozen=True, slots=True)
class Contents:
    """What a backup says of itself, once all of it was read."""

    head: Head
    end: End


def contents(source: Source) -> Contents:
    """Read a backup to its end and count; raises BackupUnreadable."""
    found = records(source)
    head, end, counts = next(found, None), None, dict[str, int]()
    for end in found:
        if isinstance(end, Rows):
            counts[end.table] = counts.get(end.table, 0) + len(end.rows)
    if not isinstance(head, Head) or not isinstance(end, End) or end.counts != counts:
        raise BackupUnreadable("the backup is not whole")
    return Contents(head, end)
