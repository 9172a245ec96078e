"""The shape of the code: arrows, sizes, names, and documents that are true."""

import subprocess
import sys
from pathlib import Path

import pytest

from cognomen.api.table import HANDLERS

ROOT = Path(__file__).parents[2]


def run(*command: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)


def test_the_code_is_small() -> None:
    """No function, file or list of parameters is larger than the house allows; every exception is needed."""
    ended = run(sys.executable, "tools/check_sizes.py")
    assert ended.returncode == 0, ended.stdout


def test_imports_point_down() -> None:
    """The layers, and who may import what, hold."""
    ended = run(str(Path(sys.executable).with_name("lint-imports")), "--no-cache")
    assert ended.returncode == 0, ended.stdout


def test_the_generated_documents_are_true() -> None:
    """Settings, operations, errors and the table in the README say what the code says."""
    ended = run(sys.executable, "tools/generate_docs.py", "--check")
    assert ended.returncode == 0, ended.stdout + ended.stderr


@pytest.mark.parametrize(("service", "operation"), HANDLERS)
def test_every_built_operation_is_called_by_a_test(service: str, operation: str) -> None:
    """An operation counts as built when a test of its subject calls it."""
    handler = HANDLERS[service, operation]
    folder = {"cognito-idp": "idp", "cognito-identity": "identity"}[service]
    subject = handler.__module__.rpartition(".")[2]
    test = ROOT / "tests" / "api" / folder / f"test_{subject}.py"
    assert test.exists(), f"{operation} has no {test.relative_to(ROOT)}"
    text = test.read_text(encoding="utf-8")
    assert handler.__name__ in text or operation in text, f"{test.relative_to(ROOT)} does not call {operation}"


def test_the_server_and_the_kit_know_nothing_of_each_other() -> None:
    """Neither distribution imports the other, in any file."""
    for folder, stranger in (("src", "cognomen_kit"), ("kit/src", "cognomen")):
        for file in (ROOT / folder).rglob("*.py"):
            imports = [line.split() for line in file.read_text(encoding="utf-8").splitlines()]
            named = {
                words[1].partition(".")[0] for words in imports if words[:1] in (["import"], ["from"]) and words[1:]
            }
            assert stranger not in named, file
