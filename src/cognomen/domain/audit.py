"""The audit log: what a record says, and the chains by which every change of the log shows.

Each process writes a chain of its own. A record's mac is made from the mac before it, under a key that only the
server can unseal, so that nobody else can change, drop, swap or add one (docs/decisions/0015-audit-log.md).
"""

import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

OK = "ok"
UNFINISHED = "unfinished"  # the server ended before it knew what came of the call
MINUTES_15 = 900_000
BEGUN = "audit:BeginChain"  # the first record of each chain
UNPROVEN = "audit:Unproven"
PROOF = ',"mac":"'


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did something: a kind, an id, and what else tells who it is."""

    kind: str  # access_key, user, client, nobody, command_line
    id: str = ""
    more: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Note:
    """What becomes known of a call that is to be recorded, while it is under way."""

    record_id: str
    at_ms: int
    operation: str
    actor: Actor
    address: str = ""
    pool_id: str = ""
    sub: str = ""
    name: str = ""  # a keyed digest of the name that was given
    target: dict[str, str] = field(default_factory=dict)
    members: tuple[str, ...] = ()
    more: dict[str, object] = field(default_factory=dict)
    patience_ms: int = MINUTES_15  # how long it may take; then it counts as unfinished
    begun: bool = False  # something may have been changed
    begun_in: str = ""  # the pool that was known by then
    result: str = UNFINISHED
    failed: str = "InternalErrorException"  # the result where something else than a refusal ends it

    def body(self) -> str:
        """The record, one line of JSON."""
        said: dict[str, object] = {
            "id": self.record_id,
            "time": time_in_words(self.at_ms),
            "operation": self.operation,
            "result": self.result,
            "actor": _without_blanks({"kind": self.actor.kind, "id": self.actor.id, **self.actor.more}),
            "pool": self.pool_id,
            "user": _without_blanks({"sub": self.sub, "name": self.name}),
            "target": self.target,
            "members": self.members,
            "address": self.address,
            **self.more,
        }
        return json.dumps(_without_blanks(said), separators=(",", ":"))


def _without_blanks(said: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in said.items() if value}


def under_way(pool_id: str, record_id: str, begun_ms: int, body: str) -> bytes:
    """What the proof of a call under way is made of."""
    return f"{pool_id}\n{record_id}\n{begun_ms}\n{body}".encode()


def with_proof(body: str, mac: str) -> str:
    """The body of a call under way with one member more, its proof."""
    return f'{body[:-1]}{PROOF}{mac}"}}'


def without_proof(kept: str) -> tuple[str, str]:
    """The body of a call under way and its proof, which is blank where it has none."""
    body, found, mac = kept.rpartition(PROOF)
    return (body + "}", mac.removesuffix('"}')) if found else (kept, "")


def unproven(record_id: str, begun_ms: int, kept: str) -> str:
    """The record of what stands among the calls under way and was put or changed there by no server that we know of."""
    note = Note(record_id, begun_ms, UNPROVEN, Actor("unknown"), more={"said": kept})
    return note.body()


def time_in_words(at_ms: int) -> str:
    """A time in UTC, to the millisecond."""
    at = datetime.fromtimestamp(at_ms // 1000, UTC)
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at_ms % 1000:03}Z"


# Chains


@dataclass(frozen=True, slots=True)
class Record:
    """A record at its place in a chain."""

    chain: int
    position: int
    at_ms: int
    body: str = field(repr=False)
    mac: str


@dataclass(frozen=True, slots=True)
class Head:
    """How far a chain goes: from behind `base`, up to `length`, with the MACs of both."""

    chain: int
    base: int
    base_mac: str
    length: int
    mac: str

    @property
    def anchor(self) -> "Anchor":
        """What proves later that this much was there."""
        return Anchor(self.chain, self.length, self.mac)


@dataclass(frozen=True, slots=True)
class Anchor:
    """That a chain had a record with this mac at this position."""

    chain: int
    position: int
    mac: str

    def __str__(self) -> str:
        return f"{self.chain}:{self.position}:{self.mac}"


@dataclass(frozen=True, slots=True)
class Chain:
    """A chain as it is kept."""

    chain_id: str
    sealed_key: bytes = field(repr=False)
    begun_ms: int
    link: str
    head: Head
    seal: str

    @property
    def number(self) -> int:
        """Chains are numbered from 1."""
        return self.head.chain


class AnchorMalformed(ValueError):  # noqa: N818
    """The text is no anchor."""


def read_anchor(text: str) -> Anchor:
    """CHAIN:POSITION:CODE; raises AnchorMalformed."""
    chain, _, rest = text.partition(":")
    position, _, mac = rest.partition(":")
    if not (chain.isdecimal() and position.isdecimal() and len(mac) == 64):  # noqa: PLR2004 - hex of SHA-256
        raise AnchorMalformed(f"{text} is no anchor: CHAIN:POSITION:CODE, as `cognomen audit heads` prints it")
    return Anchor(int(chain), int(position), mac)


def purpose_of(chain_id: str) -> str:
    """What the sealed key of a chain is bound to."""
    return f"audit-chain:{chain_id}"


def link_mac(key: bytes, chain: Chain, before: str) -> str:
    """Binds a chain to its number, and to the chain before it."""
    return _mac(key, "link", chain.number, chain.chain_id, chain.begun_ms, before)


def record_mac(key: bytes, record: Record, before: str) -> str:
    """Binds a record to its place, and to everything before it."""
    return _mac(key, "record", record.chain, record.position, record.at_ms, before, record.body)


def head_seal(key: bytes, head: Head) -> str:
    """Binds a chain to where it begins and ends."""
    return _mac(key, "head", head.chain, head.base, head.base_mac, head.length, head.mac)


def count_seal(key: bytes, chains: int, link: str) -> str:
    """Binds how many chains there are to the last of them, whose key this is."""
    return _mac(key, "chains", chains, link)


def _mac(key: bytes, *parts: object) -> str:
    return hmac.digest(key, "\n".join(map(str, parts)).encode(), "sha256").hex()


def added(key: bytes, head: Head, at_ms: int, body: str) -> Record:
    """The next record of a chain."""
    record = Record(head.chain, head.length + 1, at_ms, body, "")
    return replace(record, mac=record_mac(key, record, head.mac))


def moved(head: Head, record: Record) -> Head:
    """Where a chain ends with one record more."""
    return replace(head, length=record.position, mac=record.mac)
