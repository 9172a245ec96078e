"""Token buckets: what passes, to the thousandth of a request."""

import pytest

from cognomen.domain.buckets import Bucket
from storage.samples import NOW


def passed(bucket: Bucket, rate: int, now_ms: int, sharers: int = 1, asked: int = 1000) -> int:
    """How many of so many requests in one moment pass."""
    count = 0
    for _ in range(asked):
        if not bucket.has(rate, sharers, now_ms):
            break
        bucket.take(sharers)
        count += 1
    return count


@pytest.mark.parametrize("rate", [1, 5, 15, 120, 150])
def test_a_second_holds_as_many_as_the_rate(rate: int) -> None:
    """At once as many as the rate pass and not one more; a full second later as many again."""
    bucket = Bucket()
    assert [passed(bucket, rate, NOW), passed(bucket, rate, NOW), passed(bucket, rate, NOW + 1000)] == [rate, 0, rate]


@pytest.mark.parametrize(("rate", "first_ms"), [(1, 1000), (3, 334), (7, 143), (120, 9), (1000, 1), (3000, 1)])
def test_one_comes_back_when_its_time_is_over(rate: int, first_ms: int) -> None:
    """The next one passes in the first whole millisecond in which one has come back, and not before."""
    bucket = Bucket()
    passed(bucket, rate, NOW, asked=rate)
    assert passed(bucket, rate, NOW + first_ms - 1) == 0
    assert passed(bucket, rate, NOW + first_ms) == max(1, rate * first_ms // 1000)


@pytest.mark.parametrize("rate", [3, 7, 120])
def test_nothing_is_rounded_away(rate: int) -> None:
    """Asked at every millisecond for a minute, exactly sixty seconds' worth passes after the first one's."""
    bucket = Bucket()
    assert passed(bucket, rate, NOW) == rate
    assert sum(passed(bucket, rate, NOW + ms) for ms in range(1, 60_001)) == 60 * rate


def test_a_pause_saves_no_more_than_a_second() -> None:
    """After an hour as many pass as after a second."""
    bucket = Bucket()
    passed(bucket, 5, NOW)
    assert passed(bucket, 5, NOW + 3_600_000) == 5


def test_a_clock_set_back_blocks_nobody() -> None:
    """It brings nothing, and from then on time counts from there."""
    bucket = Bucket()
    passed(bucket, 5, NOW)
    assert passed(bucket, 5, NOW - 3_600_000) == 0
    assert passed(bucket, 5, NOW - 3_600_000 + 200) == 1


def test_a_rate_changes_at_once() -> None:
    """What is there stays; more comes back faster, and a lower rate holds less."""
    bucket = Bucket()
    passed(bucket, 10, NOW)
    assert passed(bucket, 100, NOW + 100) == 10
    bucket.has(100, 1, NOW + 5000)
    assert passed(bucket, 10, NOW + 5000) == 10


@pytest.mark.parametrize("sharers", [2, 8])
def test_a_share_comes_back_as_much_slower(sharers: int) -> None:
    """Over ten seconds the processes together let no more through than the rate, beside what a pause had saved."""
    buckets = [Bucket() for _ in range(sharers)]
    assert [passed(bucket, 8, NOW, sharers) for bucket in buckets] == [8] * sharers
    assert sum(passed(bucket, 8, NOW + ms, sharers) for ms in range(1, 10_001) for bucket in buckets) == 80
