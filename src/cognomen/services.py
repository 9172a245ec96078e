"""The world outside, as the flows see it: protocols and facts only."""

from collections.abc import Callable, MutableMapping
from dataclasses import dataclass, field
from typing import Protocol

from cognomen.domain.facts import Facts
from cognomen.ids import Ids
from cognomen.signing.port import KeyFactory, PasswordKeeper, PoolKeys, Sealer, TokenHint
from cognomen.storage.database import Database
from cognomen.storage.directory import Directory
from cognomen.turns import Turns


class Bell(Protocol):
    """Wakes the job that delivers messages."""

    def ring(self) -> None:
        """There is something to deliver."""


@dataclass(frozen=True, slots=True)
class Services:
    """Everything a flow may ask of the world."""

    database: Database
    directory: Directory
    pool_keys: MutableMapping[str, PoolKeys]  # loaded signing keys by pool id; a cache
    sealer: Sealer
    passwords: PasswordKeeper
    key_factory: KeyFactory
    peek: Callable[[str], TokenHint]  # where an unverified token says it comes from; raises TokenUnreadable
    now_ms: Callable[[], int]
    ids: Ids
    bell: Bell
    facts: Facts
    turns: Turns = field(default_factory=Turns)  # passwords that are being judged in this process
