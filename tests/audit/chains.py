"""An audit log made in memory, as a store would hold it, and what an intruder does to one."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from itertools import pairwise
from typing import Any

from cognomen.domain.audit import (
    Actor,
    Chain,
    Head,
    Note,
    Record,
    added,
    count_seal,
    head_seal,
    link_mac,
    moved,
)
from cognomen.domain.audit_verification import check_chains, check_seal, walk

NOW = 1_700_000_000_000


@dataclass(frozen=True)
class Log:
    """Chains with their records, and how many there are."""

    chains: tuple[Chain, ...]
    records: Mapping[int, Sequence[Record]]
    keys: dict[int, bytes]
    counted: tuple[int, str]


def body(number: int, **more: Any) -> str:
    note = Note(f"id-{number}", NOW + number, "cognito-idp:CreateGroup", Actor("access_key", "AKIDEXAMPLE"))
    note.pool_id, note.result, note.target = "us-east-1_Aa1Bb2Cc3", "ok", {"GroupName": f"group-{number}"}
    return replace(note, **more).body()


def a_log(lengths: Sequence[int], secret: str = "key") -> Log:
    """A log of chains with so many records each."""
    chains: list[Chain] = []
    records: dict[int, Sequence[Record]] = {}
    keys = {number: f"{secret}-{number}".encode() for number in range(1, len(lengths) + 1)}
    for number, length in enumerate(lengths, 1):
        chain, records[number] = a_chain(keys[number], number, length, chains[-1].link if chains else "")
        chains.append(chain)
    last = chains[-1]
    return Log(tuple(chains), records, keys, (last.number, count_seal(keys[last.number], last.number, last.link)))


def a_chain(key: bytes, number: int, length: int, before: str = "") -> tuple[Chain, list[Record]]:
    named = Chain(f"chain-{number}", b"sealed", NOW, "", Head(number, 0, "", 0, ""), "")
    link = link_mac(key, named, before)
    head, records = Head(number, 0, link, 0, link), []
    for each in range(length):
        records.append(added(key, head, NOW + each, body(each)))
        head = moved(head, records[-1])
    return replace(named, link=link, head=head, seal=head_seal(key, head)), records


def faults(log: Log) -> list[str]:
    """Everything that verification finds."""
    found = list(check_chains(log.chains, log.keys, log.counted))
    for chain in log.chains:
        if chain.number in log.keys:
            found += check_seal(log.keys[chain.number], chain)
            found += walk(log.keys[chain.number], chain.head, log.records[chain.number])
    return found


# What can be done to a record


def flipped(value: Any) -> Iterator[Any]:
    """The value with each of its bytes changed, one at a time; numbers by the digits that stand for them."""
    if isinstance(value, int):
        yield from (value + 1, value - 1, *(value ^ (1 << bit) for bit in range(0, 62, 8)))
        return
    for place, letter in enumerate(value):
        yield f"{value[:place]}{chr(ord(letter) ^ 1)}{value[place + 1 :]}"


def changes_of(record: Any) -> Iterator[Any]:
    """The record, or another row, with each byte of it changed."""
    for field in fields(record):
        value = getattr(record, field.name)
        if isinstance(value, str | int):
            yield from (replace(record, **{field.name: other}) for other in flipped(value))


def swaps(records: Sequence[Record]) -> Iterator[list[Record]]:
    """The records with two neighbours in each other's place: the rows as they are, and what they say."""
    for first, second in pairwise(range(len(records))):
        yield _with(records, {first: records[second], second: records[first]})
        one, other = records[first], records[second]
        moved_rows = replace(other, position=one.position), replace(one, position=other.position)
        yield _with(records, dict(zip((first, second), moved_rows, strict=True)))


def _with(records: Sequence[Record], changed: Mapping[int, Record]) -> list[Record]:
    return [changed.get(place, record) for place, record in enumerate(records)]
