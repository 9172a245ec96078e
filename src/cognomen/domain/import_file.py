"""Cutting a file that arrives in pieces into parts of whole lines, and lines into values (reference 04, CSV import)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from cognomen.domain.import_jobs import LONGEST_ROW

PART_BYTES = 32_768  # some 200 users: a short transaction
LONGEST_KEPT = 4 * (LONGEST_ROW + 1)  # bytes of a line; enough to see that it is too long, whatever its characters
BETWEEN_VALUES = re.compile(r"(?<!\\),")


@dataclass(frozen=True, slots=True)
class Part:
    """Whole lines of a file, and the number of the first one; part 0 is the file's first line alone."""

    number: int
    first_line: int
    lines: bytes = field(repr=False)


class Cutter:
    """Cuts pieces into parts; memory does not grow with the file, nor with a line that never ends."""

    def __init__(self) -> None:
        self.parts = 0
        self.rows = 0  # lines behind the first that hold something
        self._line = 1
        self._rest = bytearray()
        self._dropping = False

    def feed(self, piece: bytes) -> Iterator[Part]:
        """The parts that are whole with this piece."""
        self._rest += self._without_excess(piece)
        if not self.parts and (end := self._rest.find(b"\n") + 1):
            yield self._cut(end)
        while self.parts and len(self._rest) >= PART_BYTES and (end := self._end_of_part()):
            yield self._cut(end)
        if len(self._rest) > LONGEST_KEPT and b"\n" not in self._rest:
            del self._rest[LONGEST_KEPT:]
            self._dropping = True

    def end(self) -> Iterator[Part]:
        """What is left when the file has ended."""
        if self._rest:
            yield self._cut(len(self._rest))

    def _end_of_part(self) -> int:
        return self._rest.rfind(b"\n", 0, PART_BYTES) + 1 or self._rest.find(b"\n") + 1

    def _without_excess(self, piece: bytes) -> bytes:
        """The piece without the rest of a line that is too long already."""
        if not self._dropping:
            return piece
        end = piece.find(b"\n")
        if end < 0:
            return b""
        self._dropping = False
        return piece[end:]

    def _cut(self, end: int) -> Part:
        part = Part(self.parts, self._line, bytes(self._rest[:end]))
        del self._rest[:end]
        if self.parts:
            self.rows += sum(1 for line in part.lines.split(b"\n") if line.strip())
        self.parts += 1
        self._line += part.lines.count(b"\n")
        return part


def lines_of(part: Part) -> Iterator[tuple[int, bytes]]:
    """The lines of a part that hold something, with their numbers."""
    for number, line in enumerate(part.lines.split(b"\n"), part.first_line):
        if line.strip():
            yield number, line


def values_of(line: str) -> list[str]:
    """The values of a line: a comma within one stands behind a backslash, quotation marks mean nothing."""
    line = line.rstrip("\r\n")
    if "\\" not in line:
        return [value.strip() for value in line.split(",")]
    return [value.replace("\\,", ",").strip() for value in BETWEEN_VALUES.split(line)]
