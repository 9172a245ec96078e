"""The model's patterns, exact and in bounded time."""

import time
import unicodedata

import pytest

from cognomen.http.patterns import whole
from cognomen.wire._base import Text
from cognomen.wire.limits import LIMITS
from modelled import PATTERNS

USED = sorted(
    {row.pattern for table in LIMITS.values() for row in table.values() if isinstance(row, Text) and row.pattern}
)
VISIBLE = r"[\p{L}\p{M}\p{S}\p{N}\p{P}]+"
LINKED = r"[\p{L}\p{M}\p{S}\p{N}\p{P}\s*]*\{##[\p{L}\p{M}\p{S}\p{N}\p{P}\s*]*##\}[\p{L}\p{M}\p{S}\p{N}\p{P}\s*]*"


def test_every_pattern_of_a_request_has_its_cases():
    """No pattern goes untested."""
    assert set(USED) <= set(PATTERNS)


@pytest.mark.parametrize("pattern", USED)
def test_a_pattern_takes_what_java_takes(pattern):
    """Each pattern allows and refuses its cases, as whole strings."""
    allowed, refused = PATTERNS[pattern]
    fits = whole(pattern)
    assert [text for text in allowed if not fits(text)] == []
    assert [text for text in refused if fits(text)] == []


def categories():
    """Every character of the first plane and some of the others, with its general category."""
    codes = [*range(0xD800), *range(0xE000, 0x10000), *range(0x10000, 0x110000, 97)]
    return [(chr(code), unicodedata.category(chr(code))[0]) for code in codes]


@pytest.mark.parametrize(
    ("pattern", "inside"),
    [
        (VISIBLE, lambda char, category: category in "LMSNP"),
        (r"[\p{L}\p{M}\p{S}\p{N}\p{P}\p{Z}]+", lambda char, category: category in "LMSNPZ"),
        (r"[\p{L}\p{M}\p{S}\p{N}\p{P}\s]+", lambda char, category: category in "LMSNP" or char in " \t\n\r\x0b\x0c"),
    ],
)
def test_a_category_is_exactly_its_characters(pattern, inside):
    """A class of general categories holds the characters of these categories and no other."""
    fits = whole(pattern)
    assert [char for char, category in categories() if fits(char) != inside(char, category)] == []


@pytest.mark.parametrize(
    ("text", "linked"),
    [
        ("{##" * part + "##}" * (part % 3) + "x" * (part % 2) + "{##" * (part % 5), part % 3 > 0)
        for part in range(1, 40)
    ],
)
def test_committing_to_the_first_mark_changes_no_verdict(text, linked):
    """A link stands wherever its end follows its beginning, however often either is repeated."""
    assert whole(LINKED)(text) is linked


def hostile(pattern):
    """Long texts near a pattern: its own cases and their characters repeated, with a wrong end."""
    seeds = {*PATTERNS[pattern][0], *(char for text in PATTERNS[pattern][0] for char in text)}
    seeds |= {"{####}", "{##", "##}", "@", "_a", ":a", "arn:a:a:", ".", "a-", "é", "\U0001d49c"}
    return [seed * (50_000 // len(seed)) + end for seed in sorted(seeds - {""}) for end in ("\x00", "\n", "{##")]


@pytest.mark.parametrize("pattern", USED)
def test_no_text_makes_a_pattern_slow(pattern):
    """HTTP-07: A pattern answers about 50,000 characters in milliseconds, whatever they are."""
    fits = whole(pattern)
    for text in hostile(pattern):
        start = time.thread_time()  # CPU of this thread alone: servers of other tests run in this process
        fits(text)
        assert time.thread_time() - start < 0.25, f"{text[:20]!r} ..."
