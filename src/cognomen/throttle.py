"""What this process lets through: the buckets of the whole account, and those of single pools and users."""

from collections.abc import Hashable, Iterable
from typing import NamedTuple

from cognomen import errors
from cognomen.domain.buckets import SECOND_MS, Bucket

REMEMBERED = 10_000  # buckets of pools and users, in each of two generations


class Rate(NamedTuple):
    """So many requests a second of everything that is counted under one key."""

    key: Hashable
    per_second: int


class Throttle:
    """Counts calls. `sharers` is how many processes share the rates, an equal part each."""

    def __init__(self, sharers: int) -> None:
        self._sharers = sharers
        self._of_account: dict[Hashable, Bucket] = {}
        self._recent = RecentBuckets(sharers * SECOND_MS)

    def admit(self, now_ms: int, all_of: Iterable[Rate], any_of: Iterable[Rate]) -> None:
        """Let a call pass, or raise RateExceeded and count nothing.

        It counts against every rate of `all_of`, and against the first of `any_of` that has room. The latter's keys
        are few: their buckets are kept for ever.
        """
        paying = [self._with_room(self._recent.bucket(rate.key, now_ms), rate, now_ms) for rate in all_of]
        for rate in any_of:
            bucket = self._of_account.get(rate.key) or self._of_account.setdefault(rate.key, Bucket())
            if bucket.has(rate.per_second, self._sharers, now_ms):
                break
        else:
            raise errors.RateExceeded
        for one in (bucket, *paying):
            one.take(self._sharers)

    def _with_room(self, bucket: Bucket, rate: Rate, now_ms: int) -> Bucket:
        if not bucket.has(rate.per_second, self._sharers, now_ms):
            raise errors.RateExceeded
        return bucket


class RecentBuckets:
    """Buckets that were used lately: one that nobody used for `full_ms` is full again, and as good as a new one.

    In a flood of keys the oldest are forgotten sooner, so that the memory is bounded.
    """

    def __init__(self, full_ms: int) -> None:
        self._full_ms = full_ms
        self._since_ms = 0
        self._young: dict[Hashable, Bucket] = {}
        self._old: dict[Hashable, Bucket] = {}

    def bucket(self, key: Hashable, now_ms: int) -> Bucket:
        """The bucket of a key, a full one where none is remembered."""
        if not 0 <= now_ms - self._since_ms < self._full_ms or len(self._young) >= REMEMBERED:
            self._old, self._young, self._since_ms = self._young, {}, now_ms
        bucket = self._young.get(key)
        if bucket is None:
            bucket = self._young[key] = self._old.get(key) or Bucket()
        return bucket

    def __len__(self) -> int:
        return len(self._young) + len(self._old)
