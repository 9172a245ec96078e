"""The refusal table as data: cases, the worlds they need, and the blanks that are filled in when a case is asked.

README.md beside this file describes the format.
"""

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
Document = Mapping[str, Any]

BLANK = re.compile(r"\$\{([^{}]+)\}")
REPEATED = re.compile(r"(?s)(.+)\*(\d+)")
CASE_KEYS = frozenset(
    {"id", "needs", "change", "drop", "body", "target", "sign", "error", "message", "wording", "source"}
)
SIGNATURES = ("", "no", "garbled", "unknown_key", "wrong_secret")
LEFT_OUT = object()


@dataclass(frozen=True)
class Case:
    """One thing that is refused; `request` and `message` still have their blanks.

    `message` is empty where the answer holds none, and None where any will do.
    """

    id: str
    subject: str
    operation: str
    needs: tuple[str, ...]
    request: Document
    error: str
    message: str | None
    exact: bool  # whether AWS's own wording is known
    source: str
    body: str | None = None  # sent in place of the request
    target: str | None = None  # X-Amz-Target, where it is not the operation's
    sign: str = ""  # as modelled, unless one of SIGNATURES


@dataclass(frozen=True)
class Accepted:
    """A request that every right endpoint takes: what the cases of an operation are changed from."""

    operation: str
    needs: tuple[str, ...]
    request: Document


class Malformed(Exception):
    """A file of the table says something that cannot be meant."""


# Reading


def files() -> list[Path]:
    """One file for each subject."""
    return sorted((HERE / "cases").glob("*.toml"))


def read(paths: Iterable[Path] | None = None) -> tuple[list[Case], dict[str, Accepted]]:
    """All cases, and by operation what is accepted; raises Malformed."""
    documents = [(path.stem, tomllib.loads(path.read_text("utf-8"))) for path in paths or files()]
    accepted = dict(_accepted(documents))
    cases = [
        _case(subject, operation, accepted.get(operation), row)
        for subject, document in documents
        for operation, section in document.items()
        for row in section.get("case", ())
    ]
    ids = [case.id for case in cases]
    if twice := sorted({one for one in ids if ids.count(one) > 1}):
        raise Malformed(f"these ids stand twice: {twice}")
    return cases, accepted


def _accepted(documents: Iterable[tuple[str, Document]]) -> Iterator[tuple[str, Accepted]]:
    seen: set[str] = set()
    for subject, document in documents:
        for operation, section in document.items():
            if "request" not in section:
                continue
            if operation in seen:
                raise Malformed(f"{subject}: {operation} has a second request")
            seen.add(operation)
            yield operation, Accepted(operation, tuple(section.get("needs", ())), section["request"])


def _case(subject: str, operation: str, base: Accepted | None, row: Document) -> Case:
    where = f"{subject}: {operation}.{row.get('id')}"
    if unknown := set(row) - CASE_KEYS:
        raise Malformed(f"{where}: {sorted(unknown)} means nothing here")
    needed = {"id", "error", "source"} | ({"message"} if row.get("wording", "exact") == "exact" else set())
    if missing := needed - set(row):
        raise Malformed(f"{where}: {sorted(missing)} is missing")
    if row.get("wording", "exact") not in {"exact", "unknown"} or row.get("sign", "") not in SIGNATURES:
        raise Malformed(f"{where}: wording or sign has an unknown value")
    request = merged(base.request if base else {}, row.get("change", {}))
    for path in row.get("drop", ()):
        request = without(request, path, where)
    return Case(
        id=f"{operation}.{row['id']}",
        subject=subject,
        operation=operation,
        needs=tuple(row.get("needs", base.needs if base else ())),
        request=request,
        error=row["error"],
        message=row.get("message"),
        exact=row.get("wording", "exact") == "exact",
        source=row["source"],
        body=row.get("body"),
        target=row.get("target"),
        sign=row.get("sign", ""),
    )


def merged(base: Document, change: Document) -> dict[str, Any]:
    """The base with the change laid over it; tables merge, everything else is replaced."""
    result = dict(base)
    for name, value in change.items():
        both_tables = isinstance(value, Mapping) and isinstance(result.get(name), Mapping)
        result[name] = merged(result[name], value) if both_tables else value
    return result


def without(request: Document, path: str, where: str = "") -> dict[str, Any]:
    """The request without one member, named with dots; raises Malformed where it is not there."""
    head, _, rest = path.partition(".")
    if head not in request:
        raise Malformed(f"{where}: {path} cannot be dropped, it is not there")
    left = {name: value for name, value in request.items() if name != head}
    return {**left, head: without(request[head], rest, where)} if rest else left


# Worlds


@dataclass(frozen=True)
class Ingredient:
    """One named part of a world: what it adds to the pool, the client and the sign-up, and what happens then."""

    name: str
    says: str
    pool: Document
    client: Document
    sign_up: Document
    steps: tuple[str, ...]
    own_pool: bool


def ingredients() -> dict[str, Ingredient]:
    """The vocabulary of `needs`, from worlds.toml."""
    rows = tomllib.loads((HERE / "worlds.toml").read_text("utf-8"))
    return {
        name: Ingredient(
            name=name,
            says=row["says"],
            pool=row.get("pool", {}),
            client=row.get("client", {}),
            sign_up=row.get("sign_up", {}),
            steps=tuple(row.get("steps", ())),
            own_pool=row.get("own_pool", False),
        )
        for name, row in rows.items()
    }


# Blanks


def blanks_in(value: object) -> set[str]:
    """The names of all blanks in a value, save repetitions such as ``${a*129}``."""
    if isinstance(value, str):
        return {name for name in BLANK.findall(value) if not REPEATED.fullmatch(name)}
    parts = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    return set().union(*map(blanks_in, parts)) if parts else set()


def filled(value: Any, lookup: Callable[[str], str | None]) -> Any:
    """The value with its blanks filled; a member whose one blank has nothing in this world is left out."""
    if isinstance(value, str):
        return _filled_text(value, lookup)
    if isinstance(value, Mapping):
        members = ((filled(name, lookup), filled(each, lookup)) for name, each in value.items())
        return {name: each for name, each in members if each is not LEFT_OUT}
    if isinstance(value, list):
        return [each for each in (filled(one, lookup) for one in value) if each is not LEFT_OUT]
    return value


def _filled_text(text: str, lookup: Callable[[str], str | None]) -> Any:
    found = [_meaning(name, lookup) for name in BLANK.findall(text)]
    if None in found:
        return LEFT_OUT
    values = iter(found)
    return BLANK.sub(lambda _: str(next(values)), text)


def _meaning(name: str, lookup: Callable[[str], str | None]) -> str | None:
    repeated = REPEATED.fullmatch(name)
    return repeated[1] * int(repeated[2]) if repeated else lookup(name)
