"""Cutting files of users into parts and lines into values."""

import random
from itertools import pairwise

import pytest

from cognomen.domain.import_file import LONGEST_KEPT, PART_BYTES, Cutter, Part, lines_of, values_of


def cut(text: bytes, piece: int) -> tuple[list[Part], int]:
    cutter = Cutter()
    parts = [part for start in range(0, len(text), piece) for part in cutter.feed(text[start : start + piece])]
    return [*parts, *cutter.end()], cutter.rows


@pytest.mark.parametrize("piece", [1, 7, 4096, 65_536, 10**7])
def test_parts_are_the_file_again_whatever_the_pieces(piece):
    """Whole lines in their order, each with its number, however the file was sent."""
    dice = random.Random(7)
    lines = [b"header", *(b"x" * dice.randrange(300) for _ in range(400 if piece == 1 else 4000))]
    text = b"\n".join(lines)
    parts, rows = cut(text, piece)
    assert b"".join(part.lines for part in parts) == text
    assert [part.number for part in parts] == list(range(len(parts)))
    assert parts[0].lines == b"header\n"
    assert rows == sum(bool(line) for line in lines[1:])
    assert all(part.lines.endswith(b"\n") for part in parts[:-1])
    assert all(len(part.lines) <= max(PART_BYTES, piece) for part in parts)
    for one, other in pairwise(parts):
        assert other.first_line == one.first_line + one.lines.count(b"\n")
    numbered = [found for part in parts for found in lines_of(part)]
    assert numbered == [(number, line) for number, line in enumerate(lines, 1) if line]


@pytest.mark.parametrize("piece", [1000, 65_536])
def test_memory_does_not_grow_with_a_line(piece):
    """Of a line without an end only enough is kept to see that it is too long; those behind it keep their numbers."""
    cutter = Cutter()
    parts = list(cutter.feed(b"header\nfirst\n"))
    for _ in range(10**6 // piece):
        parts += cutter.feed(b"x" * piece)
        assert len(cutter._rest) <= LONGEST_KEPT + 2 * piece
    parts += [*cutter.feed(b"tail\nlast"), *cutter.end()]
    found = [line for part in parts for line in lines_of(part)]
    assert [number for number, _ in found] == [1, 2, 3, 4]
    assert found[-1] == (4, b"last")
    assert cutter.rows == 3


@pytest.mark.parametrize("text", [b"", b"\n", b"header", b"header\n", b"\nrow\n"])
def test_small_files(text):
    """Nothing, a header alone, or an empty one."""
    parts, _ = cut(text, 100)
    assert b"".join(part.lines for part in parts) == text


@pytest.mark.parametrize(
    ("line", "values"),
    [
        ("", [""]),
        ("a,b", ["a", "b"]),
        ("a,,b,", ["a", "", "b", ""]),
        (" a , b\t\r\n", ["a", "b"]),
        ("a\\,b,c", ["a,b", "c"]),
        ("\\,", [","]),
        ("a\\b,c", ["a\\b", "c"]),
        ('"a,b",c', ['"a', 'b"', "c"]),
        ("ä,日本", ["ä", "日本"]),
    ],
)
def test_a_line_is_its_values(line, values):
    """Commas divide, a backslash keeps one, quotation marks mean nothing, white space around a value goes."""
    assert values_of(line) == values
