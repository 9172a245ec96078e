"""Finding what was done to an audit log: each check answers in sentences, none where everything is as it was."""

import hmac
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from cognomen.domain.audit import (
    BEGUN,
    Anchor,
    Chain,
    Head,
    Record,
    count_seal,
    head_seal,
    link_mac,
    record_mac,
)

Keys = dict[int, bytes]


def check_chains(chains: Sequence[Chain], keys: Keys, counted: tuple[int, str]) -> Iterator[str]:
    """Whether all chains are there, each bound to the one before it; chains without a key are told elsewhere."""
    count, _ = counted
    before: Chain | None = None
    for chain in sorted(chains, key=lambda one: one.number):
        expected = before.number + 1 if before else 1
        if chain.number != expected:
            yield f"chain{_missing(expected, chain.number - 1)}"
        elif chain.number in keys and not _same(_link(keys[chain.number], chain, before), chain.link):
            yield f"chain {chain.number} is not the one that was begun after chain {chain.number - 1}"
        before = chain
    last = before.number if before else 0
    if count > last:
        yield f"chain{_missing(last + 1, count)}"
    elif count < last:
        yield f"the number of chains was changed: {count} are counted, and there are {last}"
    elif before and last in keys:
        yield from check_count(keys[last], before, counted)


def check_count(key: bytes, last: Chain, counted: tuple[int, str]) -> Iterator[str]:
    """Whether the chains were counted up to the last of them, whose key this is."""
    if counted[0] != last.number or not _same(count_seal(key, last.number, last.link), counted[1]):
        yield "the seal of the number of chains was changed"


def _link(key: bytes, chain: Chain, before: Chain | None) -> str:
    return link_mac(key, chain, before.link if before else "")


def check_seal(key: bytes, chain: Chain) -> Iterator[str]:
    """Whether a chain begins and ends where its process said."""
    if not _same(head_seal(key, chain.head), chain.seal):
        yield f"chain {chain.number}: where it begins and ends was changed"
    if chain.head.base == 0 and chain.head.base_mac != chain.link:
        yield f"chain {chain.number}: its beginning was changed"


@dataclass(slots=True)
class Walk:
    """Goes along a chain, record by record, from behind a position whose mac is known; then `finish` it."""

    key: bytes = field(repr=False)
    chain: int
    position: int
    mac: str
    anchors: list[Anchor] = field(default_factory=list)  # of other chains, told by records that hold

    @classmethod
    def along(cls, key: bytes, head: Head) -> "Walk":
        """From the first record that is kept."""
        return cls(key, head.chain, head.base, head.base_mac)

    def step(self, record: Record) -> Iterator[str]:
        """Check the next record."""
        where = f"chain {self.chain}, record {record.position}"
        expected = self.position + 1
        if record.chain != self.chain or record.position < expected:
            yield f"{where} is not where it was"
            return
        if record.position > expected:
            last = record.position - 1
            yield f"chain {self.chain}, record{_missing(expected, last)}"
        if not _same(record_mac(self.key, record, self.mac), record.mac):
            yield f"{where} was changed, or what came before it"
        else:
            self.anchors += anchors_in(record)
        self.position, self.mac = record.position, record.mac

    def finish(self, head: Head) -> Iterator[str]:
        """Check that the chain ends where it should."""
        if self.position < head.length:
            yield f"chain {self.chain}, record{_missing(self.position + 1, head.length)} at its end"
        elif self.position > head.length or not _same(self.mac, head.mac):
            yield f"chain {self.chain} does not end as its head says"


def _missing(first: int, last: int) -> str:
    return f" {first} is missing" if first == last else f"s {first} to {last} are missing"


def walk(key: bytes, head: Head, records: Iterable[Record]) -> Iterator[str]:
    """Check a whole chain at once."""
    going = Walk.along(key, head)
    for record in records:
        yield from going.step(record)
    yield from going.finish(head)


def anchors_in(record: Record) -> list[Anchor]:
    """Where other chains stood when this record was written."""
    if record.position != 1:
        return []
    said = json.loads(record.body)
    if said.get("operation") != BEGUN:
        return []
    return [Anchor(chain, position, mac) for chain, position, mac in said.get("heads", ())]


def check_anchor(anchor: Anchor, chain: Chain | None, mac: str | None) -> Iterator[str]:
    """Whether a record is still there that once was; `mac` is that of the record at its place, if there is one."""
    where = f"chain {anchor.chain}, record {anchor.position}"
    if chain is None:
        yield f"chain {anchor.chain} is missing: once it had {anchor.position} records"
        return
    if anchor.position == chain.head.base:
        mac = chain.head.base_mac
    elif anchor.position < chain.head.base:
        return  # its time is over
    if mac is None:
        yield f"{where} is missing: it once was there"
    elif not _same(mac, anchor.mac):
        yield f"{where} is another one than was there once"


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())
