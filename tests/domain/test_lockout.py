"""The schedule of locks, without a server."""

import pytest

from cognomen import errors
from cognomen.domain.lockout import CLEAR, QUIET_MS, Standing, lock_ms

SECONDS = (0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900, 900, 900, 900)
NOW = 1_700_000_000_000


@pytest.mark.parametrize(("failures", "seconds"), list(enumerate(SECONDS, start=1)))
def test_locks_double_from_the_fifth_failure_on(failures: int, seconds: int) -> None:
    """Four failures cost nothing, the n-th 2^(n-5) seconds, and none more than 15 minutes."""
    assert lock_ms(failures) == seconds * 1000


def test_a_thousand_failures_are_no_harder_to_judge() -> None:
    """The longest lock holds for any number."""
    assert lock_ms(10**9) == 900_000


def test_a_lock_ends_in_its_millisecond() -> None:
    """During the lock a password is refused unseen; at its end it is judged again."""
    standing = Standing(until_ms=NOW, failures=5)
    with pytest.raises(errors.PasswordAttemptsExceeded):
        standing.check(NOW - 1)
    standing.check(NOW)


def test_quiet_minutes_count_from_the_end_of_the_lock() -> None:
    """What is held against an account is forgotten 15 minutes after its last lock, not sooner."""
    standing = Standing(until_ms=NOW, failures=15)
    assert standing.remembered(NOW + QUIET_MS - 1) is standing
    assert standing.remembered(NOW + QUIET_MS) is CLEAR


@pytest.mark.parametrize(
    ("failures", "under_way", "allowed"),
    [
        (0, 0, True),
        (0, 4, True),
        (0, 5, False),
        (3, 1, True),
        (3, 2, False),
        (4, 0, True),
        (4, 1, False),
        (9, 0, True),
        (9, 1, False),
    ],
)
def test_no_more_passwords_are_judged_at_a_time_than_may_be_wrong(failures: int, under_way: int, allowed: bool) -> None:
    """Those under way count as failures until they prove right; one at a time always goes on."""
    assert Standing(0, failures).allows(under_way) is allowed
