"""The TIMESTAMP that a client signs in SRP: English, UTC, like ``Thu Jan 1 00:00:00 UTC 2026`` (reference 06, 14)."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from cognomen import errors

DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_ANY_DAY, _ANY_MONTH, _DIGITS = "|".join(DAYS), "|".join(MONTHS), "([0-9]{1,2})"
_READABLE = re.compile(f"(?:{_ANY_DAY}) ({_ANY_MONTH}) {_DIGITS} {_DIGITS}:{_DIGITS}:{_DIGITS} UTC ([0-9]{{4}})")


@dataclass(frozen=True, slots=True)
class SignedTime:
    """When a client says to have signed: in milliseconds, and spelled as the service spells it."""

    text: str
    at_ms: int


def read_timestamp(text: str) -> SignedTime:
    """A TIMESTAMP; raises TimestampUnreadable.

    The service signs its own spelling of that time, so a zero before the day or another weekday are read, and make
    the signature wrong, as on AWS.
    """
    found = _READABLE.fullmatch(text)
    if found is None:
        raise errors.TimestampUnreadable
    month, day, hour, minute, second, year = found.groups()
    try:
        when = datetime(int(year), MONTHS.index(month) + 1, int(day), int(hour), int(minute), int(second), tzinfo=UTC)
    except ValueError:
        raise errors.TimestampUnreadable from None
    return SignedTime(spelled(when), int(when.timestamp()) * 1000)


def spelled(when: datetime) -> str:
    """A time in UTC as clients write it: the day without a zero before it, the rest in two digits."""
    day, month = DAYS[when.weekday()], MONTHS[when.month - 1]
    return f"{day} {month} {when.day} {when:%H:%M:%S} UTC {when.year:04}"
