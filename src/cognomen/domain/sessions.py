"""Sign-ins that go on: what the tokens of one sign-in share, and who used them last (reference 07 and 11)."""

import hmac
from dataclasses import dataclass, field, replace
from enum import Enum, auto

from cognomen.domain.user_agents import device_type_of


class Standing(Enum):
    """How a refresh token of a sign-in stands."""

    IN_FORCE = auto()
    IN_GRACE = auto()  # replaced, but so lately that it may be tried again
    REPLACED = auto()


@dataclass(frozen=True, slots=True)
class Visitor:
    """Where a call comes from."""

    ip_address: str = field(default="", repr=False)
    user_agent: str = ""


NOBODY_KNOWS = Visitor()


@dataclass(frozen=True, slots=True)
class Trace:
    """What a pool that tracks sessions notes of one: its id, and who used it last from where."""

    session_id: str
    device_type: str
    ip_address: str = field(repr=False)
    last_active_ms: int

    @classmethod
    def begun(cls, session_id: str, visitor: Visitor, now_ms: int) -> "Trace":
        """A session that begins now."""
        return cls(session_id, device_type_of(visitor.user_agent), visitor.ip_address, now_ms)

    def used(self, visitor: Visitor, now_ms: int) -> "Trace":
        """The same session, used once more."""
        return self.begun(self.session_id, visitor, now_ms)


@dataclass(frozen=True, slots=True)
class TokenSession:
    """One sign-in, to which its tokens go back; `auth_time` is in seconds. Of refresh tokens only digests are kept.

    `replaced_digest` is that of the refresh token before the one in force, `replaced_ms` when it was first replaced.
    """

    pool_id: str
    origin_jti: str
    sub: str
    client_id: str
    auth_time: int
    started_ms: int
    expires_ms: int
    digest: bytes = field(repr=False)
    replaced_digest: bytes | None = field(default=None, repr=False)
    replaced_ms: int | None = None
    revoked_ms: int | None = None
    device_key: str | None = None  # without which it is not refreshed; None where the pool knew no devices
    trace: Trace | None = None

    def standing(self, digest: bytes, now_ms: int, grace_ms: int) -> Standing:
        """How a refresh token with this digest stands, if it is one of this sign-in at all."""
        if hmac.compare_digest(digest, self.digest):
            return Standing.IN_FORCE
        if self.replaced_digest is None or self.replaced_ms is None:
            return Standing.REPLACED
        in_time = now_ms < self.replaced_ms + grace_ms
        return Standing.IN_GRACE if in_time and hmac.compare_digest(digest, self.replaced_digest) else Standing.REPLACED

    def is_of_device(self, key: str) -> bool:
        """Whether this is the key of the device that it is bound to, if any; a forgotten device has none."""
        return self.device_key is None or (bool(key) and key == self.device_key)

    def rotated(self, used: bytes, new: bytes, now_ms: int) -> "TokenSession":
        """The same sign-in once the token `used` brought a new one: no other one is in force then.

        A token tried again in its grace replaces its first successor, and its grace does not begin anew.
        """
        if used == self.digest:
            return replace(self, digest=new, replaced_digest=used, replaced_ms=now_ms)
        return replace(self, digest=new)


CLOCKS_DIFFER_MS = 300_000
"""By so much the clocks of servers on one store may differ."""


def is_from_later(begun_ms: int, now_ms: int) -> bool:
    """Whether this was begun while a clock was wrong: it would live for as long as that clock was ahead, and longer."""
    return begun_ms > now_ms + CLOCKS_DIFFER_MS


@dataclass(frozen=True, slots=True)
class SessionTracking:
    """Whether a pool keeps a list of its users' sessions, and how many one user may have (reference 11)."""

    enabled: bool = False
    most_per_user: int = 20


SSO_MINUTES = 60  # how long a client takes another client's sign-in for its own, where nothing else was set
