"""The TIMESTAMP of a proof: what is read, and how the service spells it."""

from datetime import UTC, datetime

import pytest

from cognomen import errors
from cognomen.domain.srp_timestamps import read_timestamp, spelled

SEPTEMBER = int(datetime(2026, 9, 5, 7, 8, 9, tzinfo=UTC).timestamp()) * 1000


@pytest.mark.parametrize(
    "text",
    [
        "Sat Sep 5 07:08:09 UTC 2026",
        "Sat Sep 05 07:08:09 UTC 2026",  # the zero that strftime writes
        "Mon Sep 5 07:08:09 UTC 2026",  # it was no Monday
        "Sat Sep 5 7:8:9 UTC 2026",
    ],
)
def test_a_time_is_read_and_spelled_as_the_service_spells_it(text: str) -> None:
    """However it is written, it is signed in one spelling: so a proof over any other is wrong."""
    signed = read_timestamp(text)
    assert (signed.text, signed.at_ms) == ("Sat Sep 5 07:08:09 UTC 2026", SEPTEMBER)


@pytest.mark.parametrize("month", range(1, 13))
@pytest.mark.parametrize("day", [1, 9, 10, 28])
def test_what_is_spelled_is_read_as_it_stands(month: int, day: int) -> None:
    """As strftime writes it in English, but for the zero before the day."""
    when = datetime(2028, month, day, 23, 59, 59, tzinfo=UTC)
    text = spelled(when)
    assert text == when.strftime("%a %b %d %H:%M:%S UTC %Y").replace(f" 0{day} ", f" {day} ")
    assert read_timestamp(text).text == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Sat Sep 5 07:08:09 UTC 2026 ",
        "Sat Sep 5 07:08:09 UTC 2026\n",
        "sat sep 5 07:08:09 utc 2026",
        "Sat Sep 5 07:08 UTC 2026",
        "Sat Sep 5 07:08:09 GMT 2026",
        "Sat Sep 5 07:08:09 UTC 26",
        "Sat Sep 31 07:08:09 UTC 2026",
        "Sat Sep 5 24:00:00 UTC 2026",
        "Sat Sep 5 07:08:60 UTC 2026",
        "Sat Sep 0 07:08:09 UTC 2026",
        "5 Sep 2026 07:08:09 UTC",
        "Sa. Sep 5 07:08:09 UTC 2026",
        "Sat Sep \u0665 07:08:09 UTC 2026",
    ],
)
def test_another_form_is_refused(text: str) -> None:
    """In the words of AWS."""
    with pytest.raises(errors.TimestampUnreadable, match="in english"):
        read_timestamp(text)
