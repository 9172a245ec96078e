"""A line of a benchmark's table."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One line of the table; `goal` is what the figure must not pass, in the same unit."""

    name: str
    figure: float
    goal: float
    unit: str
    detail: str = ""

    def __str__(self) -> str:
        verdict = "ok  " if self.figure <= self.goal else "MISS"
        return f"{verdict} {self.name:52} {self.figure:9.3f} {self.unit:3} (goal {self.goal:g}) {self.detail}"
