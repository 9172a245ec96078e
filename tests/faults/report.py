"""What `make faults` prints: one line for each thing that was broken."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from faults.load import Tally

PROPERTY = "faults"
HEADINGS = ("what was broken", "times", "acknowledged", "in doubt", "lost", "twice", "longest gap")


@dataclass(frozen=True)
class Line:
    """One row of the table; the gap is the longest time, in seconds, in which nothing was acknowledged."""

    what: str
    times: int
    acknowledged: int
    doubtful: int
    lost: int
    doubled: int
    gap_s: float
    remark: str = ""


def line_of(what: str, times: int, tally: Tally, remark: str = "", *, gap_s: float | None = None) -> Line:
    """The row of a load; `remark` is what else was measured."""
    gap = tally.gap_s if gap_s is None else gap_s
    lost, doubled = len(tally.lost), len(tally.doubled)
    return Line(what, times, tally.acknowledged, tally.doubtful, lost, doubled, gap, remark)


def property_of(line: Line) -> dict[str, Any]:
    """The row as a property of a test, which reaches the process that prints."""
    return asdict(line)


def table(reports: Sequence[Any]) -> Iterator[str]:
    """The rows that these reports of tests carry; nothing where there are none."""
    found = [Line(**value) for one in reports for name, value in one.user_properties if name == PROPERTY]
    if not found:
        return
    what, *numbers = HEADINGS
    yield f"{what:44}" + "".join(f"{heading:>14}" for heading in numbers)
    for one in found:
        counts = (one.times, one.acknowledged, one.doubtful, one.lost, one.doubled)
        yield f"{one.what:44}" + "".join(f"{number:>14}" for number in counts) + f"{one.gap_s:>12.2f} s  {one.remark}"
