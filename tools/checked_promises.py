"""What the tests prove, by the ids of checks that stand in their docstrings; docs/promises.md is made of it.

The words of a promise are in tests/promises/checks.toml. An id that a test names and the file does not know is refused,
and so is a promise that no test names.
"""

import ast
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TESTS = ROOT / "tests"
STATED = TESTS / "promises" / "checks.toml"
FAMILIES: Mapping[str, str] = {
    "API": "The AWS face",
    "CRED": "Credentials, codes and factors",
    "TOK": "Tokens and keys",
    "HTTP": "What strangers send",
    "STO": "Nothing lost, nothing twice",
    "OPS": "Running it",
    "KIT": "cognomen-kit",
}
ID = re.compile(rf"\b(?:{'|'.join(FAMILIES)})-\d\d\b")


def promises() -> Iterator[tuple[str, list[tuple[str, str, str]]]]:
    """For each family its title and rows: id, words, test files. Ends the program where words and tests disagree."""
    stated, found = tomllib.loads(STATED.read_text(encoding="utf-8")), proofs(TESTS)
    wrong = list(disagreements(stated, found))
    if wrong:
        raise SystemExit("\n".join(wrong))
    for family, title in FAMILIES.items():
        names = [name for name in sorted(stated) if name.startswith(f"{family}-")]
        if names:
            yield title, [(name, stated[name], ", ".join(f"`{file}`" for file in found[name])) for name in names]


def disagreements(stated: Iterable[str], found: Iterable[str]) -> Iterator[str]:
    """Every id that one side lacks, in words."""
    for name in sorted({*found} - {*stated}):
        yield f"{name} is named by a test and has no words in tests/promises/checks.toml"
    for name in sorted({*stated} - {*found}):
        yield f"{name} has words in tests/promises/checks.toml and is named by no test"


def proofs(tests: Path) -> dict[str, list[str]]:
    """The test files whose docstrings name an id, for every id."""
    found: dict[str, list[str]] = {}
    for file in sorted(tests.rglob("test_*.py")):
        for name in sorted({name for docstring in _docstrings(file) for name in ID.findall(docstring)}):
            found.setdefault(name, []).append(file.relative_to(tests).as_posix())
    return found


def _docstrings(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield ast.get_docstring(node) or ""
