"""The world outside, as the flows see it: protocols and facts only."""

from collections.abc import Callable, MutableMapping
from dataclasses import dataclass, field
from typing import Protocol

from cognomen.domain.audit import Note
from cognomen.domain.facts import Facts
from cognomen.domain.trigger_events import NOBODY_CALLED, Caller
from cognomen.domain.watch import Watch
from cognomen.ids import Ids
from cognomen.signing.port import (
    NO_CODE_KEYS,
    CodeKeys,
    KeyFactory,
    LeakedPasswords,
    PasskeyJudge,
    PasswordKeeper,
    PoolKeys,
    Sealer,
    TokenHint,
)
from cognomen.storage.database import Database
from cognomen.storage.directory import Directory
from cognomen.throttle import Throttle
from cognomen.triggers.port import NO_TRIGGERS, Triggers
from cognomen.turns import Turns


class Bell(Protocol):
    """Wakes the job that delivers messages."""

    def ring(self) -> None:
        """There is something to deliver."""


class NoBell:
    """Where no job listens."""

    def ring(self) -> None:
        """Nobody hears it."""


class Audit(Protocol):
    """Writes records of changes and sign-ins."""

    async def check(self) -> None:
        """Raise AuditLogUnwritable where it is known that no record can be written."""

    async def keep(self, note: Note) -> None:
        """Write a record, on the disk when this returns; raises AuditLogUnwritable."""

    def vouched(self, note: Note) -> str:
        """What is kept of a call while it is under way, with a proof that a server wrote it."""

    def forget(self) -> None:
        """The store was emptied."""


@dataclass(frozen=True, slots=True)
class Services:
    """Everything a flow may ask of the world."""

    database: Database
    directory: Directory
    pool_keys: MutableMapping[str, PoolKeys]  # loaded signing keys by pool id; a cache
    sealer: Sealer
    passwords: PasswordKeeper
    key_factory: KeyFactory
    passkeys: PasskeyJudge
    peek: Callable[[str], TokenHint]  # where an unverified token says it comes from; raises TokenUnreadable
    now_ms: Callable[[], int]
    ids: Ids
    bell: Bell
    facts: Facts
    import_bell: Bell = field(default_factory=NoBell)  # wakes the job that imports users
    turns: Turns = field(default_factory=Turns)  # passwords that are being judged in this process
    throttle: Throttle | None = None  # None where the rates of calls are not limited
    triggers: Triggers = NO_TRIGGERS
    code_keys: CodeKeys = NO_CODE_KEYS
    caller: Caller = NOBODY_CALLED  # what triggers are told of the call; only known where the pool has triggers
    leaked: LeakedPasswords | None = None  # the list of breached passwords, where the settings name one
    watch: Watch | None = None  # what is noted of the call; only there in pools with threat protection
    audit: Audit | None = None  # None where the settings want no audit log
    note: Note | None = None  # what the audit log is told of the call, where it has a record
