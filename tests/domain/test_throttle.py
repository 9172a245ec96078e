"""What one process lets through: several rates for one call, in bounded memory."""

import pytest

from cognomen import errors, throttle
from cognomen.throttle import Rate, RecentBuckets, Throttle
from storage.samples import NOW


def admitted(counting: Throttle, now_ms: int, narrow: list[Rate], wide: list[Rate], asked: int = 50) -> int:
    count = 0
    for _ in range(asked):
        try:
            counting.admit(now_ms, narrow, wide)
        except errors.RateExceeded:
            break
        count += 1
    return count


def test_a_call_counts_against_every_narrow_rate() -> None:
    """The lowest decides; other pools and users have their own."""
    counting, wide = Throttle(1), [Rate("category", 40)]
    assert admitted(counting, NOW, [Rate("pool", 5), Rate("user", 10)], wide) == 5
    assert admitted(counting, NOW, [Rate("user", 10)], wide) == 5
    assert admitted(counting, NOW, [Rate("other", 10)], wide) == 10
    assert admitted(counting, NOW, [], wide) == 20


def test_what_is_refused_is_not_counted() -> None:
    """A call that one rate refuses takes nothing of the others."""
    counting = Throttle(1)
    assert admitted(counting, NOW, [Rate("pool", 5)], [Rate("category", 3)]) == 3
    assert admitted(counting, NOW, [Rate("pool", 5)], [Rate("elsewhere", 30)]) == 2
    assert admitted(counting, NOW, [], [Rate("elsewhere", 30)]) == 28


def test_the_first_wide_rate_with_room_counts() -> None:
    """The category is asked only when the rate before it is used up, and both come back."""
    counting, both = Throttle(1), [Rate("answers", 6), Rate("category", 2)]
    assert admitted(counting, NOW, [], both) == 8
    assert admitted(counting, NOW, [], [Rate("category", 2)]) == 0
    assert admitted(counting, NOW + 1000, [], [Rate("category", 2)]) == 2
    assert admitted(counting, NOW + 1000, [], both) == 6


def test_a_bucket_is_remembered_until_it_is_full_again() -> None:
    """However the times fall, a key is never given more than its rate because it was forgotten."""
    counting = Throttle(1)
    total = sum(admitted(counting, NOW + ms, [Rate("user", 3)], [Rate("category", 10**6)]) for ms in range(10_000))
    assert total == 3 + 29


@pytest.mark.parametrize("sharers", [1, 4])
def test_idle_buckets_are_forgotten(sharers: int) -> None:
    """Two fill times later nothing is remembered but the present key."""
    recent = RecentBuckets(sharers * 1000)
    for number in range(100):
        recent.bucket(number, NOW)
    recent.bucket("next", NOW + sharers * 1000)
    assert len(recent) == 101
    recent.bucket("last", NOW + 2 * sharers * 1000)
    assert len(recent) == 2


def test_memory_is_bounded_in_a_flood_of_names() -> None:
    """A hundred thousand keys in one moment leave two generations at most, and the categories keep their count."""
    counting, wide = Throttle(1), [Rate("category", 100_001)]
    for number in range(100_000):
        counting.admit(NOW, [Rate(number, 10)], wide)
    assert len(counting._recent) <= 2 * throttle.REMEMBERED
    assert admitted(counting, NOW, [], wide) == 1


def test_a_clock_set_back_forgets_no_category() -> None:
    """Where the clock jumps backwards, narrow rates begin anew at worst."""
    counting, wide = Throttle(1), [Rate("category", 4)]
    assert admitted(counting, NOW, [], wide) == 4
    assert admitted(counting, NOW - 3_600_000, [Rate("user", 10)], wide) == 0
    assert admitted(counting, NOW - 3_600_000 + 250, [Rate("user", 10)], wide) == 1
