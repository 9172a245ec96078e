"""The tool that collects what tests prove: ids of docstrings, each with words."""

import importlib
from pathlib import Path
from types import ModuleType

import pytest

TOOLS = Path(__file__).parents[2] / "tools"


@pytest.fixture
def tool(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(TOOLS)
    return importlib.import_module("checked_promises")


def test_docstrings_are_read(tool: ModuleType, tmp_path: Path) -> None:
    """Of modules, classes and functions of test files; comments, strings and other files prove nothing."""
    (tmp_path / "api").mkdir()
    (tmp_path / "api" / "test_one.py").write_text(
        '"""One (API-91)."""\nclass A:\n    """STO-92, OPS-93."""\n    async def test(self):\n        """API-91."""\n'
        '# API-94\nX = "API-95"\n'
    )
    (tmp_path / "test_two.py").write_text('def test():\n    """API-91: two; XAPI-96, API-9, OA-01."""\n')
    (tmp_path / "helper.py").write_text('"""API-97."""\n')
    both = ["api/test_one.py", "test_two.py"]
    assert tool.proofs(tmp_path) == {"API-91": both, "STO-92": both[:1], "OPS-93": both[:1]}


def test_words_and_tests_agree(tool: ModuleType) -> None:
    """A promise without a test and a test without words are named."""
    assert list(tool.disagreements({"API-91", "STO-92"}, {"API-91", "OPS-93"})) == [
        "OPS-93 is named by a test and has no words in tests/promises/checks.toml",
        "STO-92 has words in tests/promises/checks.toml and is named by no test",
    ]


def test_every_promise_has_a_family(tool: ModuleType) -> None:
    """The page shows all that is stated, each once."""
    shown = [row for _, rows in tool.promises() for row in rows]
    assert len({name for name, _, _ in shown}) == len(shown)
    assert {name for name, _, _ in shown} == set(tool.proofs(TOOLS.parent / "tests"))
    assert all(words.endswith(".") and files for _, words, files in shown)
