"""Which of an operation's modelled errors the table reaches, and which nothing can reach here."""

import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from refusals import worlds
from refusals.table import HERE, Case, ingredients

INGREDIENTS = ingredients()

# What any operation can answer before it is reached, though its model does not say so (reference 01).
FRONT_END = frozenset(
    {
        "UnknownOperationException",
        "SerializationException",
        "MissingAuthenticationTokenException",
        "IncompleteSignatureException",
        "InvalidSignatureException",
        "UnrecognizedClientException",
        "ExpiredTokenException",
        "AccessDeniedException",
    }
)


@dataclass(frozen=True)
class Told:
    """One error of one operation that no case reaches, with the reason, or the test that shows it."""

    operation: str
    error: str
    why: str
    shown_by: str = ""


def calls_of(case: Case) -> set[str]:
    """Every operation that has to work before the case can be asked, and its own."""
    steps = worlds.steps_of(INGREDIENTS[name] for name in case.needs)
    return {case.operation}.union(*(step.calls for step in steps))


def is_runnable(case: Case, built: Collection[str]) -> bool:
    """Whether a server with these operations can be asked the case."""
    return calls_of(case) <= set(built)


def reached(cases: Iterable[Case], built: Collection[str]) -> set[tuple[str, str]]:
    """Operation and error of every case that can be asked."""
    return {(case.operation, case.error) for case in cases if is_runnable(case, built)}


def told(modelled: Mapping[str, Collection[str]]) -> list[Told]:
    """unreachable.toml, entry by entry, for the built operations and their modelled errors."""
    document = tomllib.loads((HERE / "unreachable.toml").read_text("utf-8"))
    entries = [
        entry for entry in (*document["unreachable"], *document["elsewhere"]) if entry.get("until") not in modelled
    ]
    return [row for entry in entries for row in _rows(entry, modelled)]


def _rows(entry: Mapping[str, Any], modelled: Mapping[str, Collection[str]]) -> Iterator[Told]:
    for error in entry["errors"]:
        everywhere = [operation for operation, errors in modelled.items() if error in errors]
        for operation in entry.get("operations", everywhere):
            yield Told(operation, error, entry.get("because", ""), entry.get("shown_by", ""))
