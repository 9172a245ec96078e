"""How long an account is locked after wrong passwords in a row (reference 05, lockout): a schedule, without a clock."""

from dataclasses import dataclass

from cognomen import errors

FREE_FAILURES = 5
"""So many wrong passwords are judged without a pause between them."""
LONGEST_LOCK_MS = 900_000
QUIET_MS = 900_000
"""So long after the last lock, or failure, everything is forgotten."""


def lock_ms(failures: int) -> int:
    """How long the last of so many failures locks: 1 s at the fifth, then doubling up to 15 minutes."""
    if failures < FREE_FAILURES:
        return 0
    return min(1000 << min(failures - FREE_FAILURES, 10), LONGEST_LOCK_MS)


@dataclass(frozen=True, slots=True, order=True)
class Standing:
    """The failures in a row, and until when they lock (ms); without a lock that is when the last one happened."""

    until_ms: int
    failures: int

    def check(self, now_ms: int) -> None:
        """Raises PasswordAttemptsExceeded during a lock."""
        if now_ms < self.until_ms:
            raise errors.PasswordAttemptsExceeded

    def remembered(self, now_ms: int) -> "Standing":
        """The same, or nothing against the account once it was quiet for long enough."""
        return CLEAR if self.until_ms + QUIET_MS <= now_ms else self

    def allows(self, under_way: int) -> bool:
        """Whether one more password may be judged beside those under way, were all of these wrong."""
        return not under_way or self.failures + under_way < FREE_FAILURES


CLEAR = Standing(until_ms=0, failures=0)
