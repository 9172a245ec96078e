"""The tool that writes the documents: what it writes is true, and it notices what is not."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

from cognomen import errors
from cognomen.api.not_yet import REASONS
from cognomen.api.table import HANDLERS, MODEL
from cognomen.domain.challenges import TABLE
from cognomen.flows.sign_in import FLOWS
from cognomen.settings.known import KNOWN

PATH = Path(__file__).parents[2] / "tools" / "generate_docs.py"


@pytest.fixture
def tool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The tool at work on an empty folder that has a README."""
    monkeypatch.syspath_prepend(PATH.parent)
    spec = importlib.util.spec_from_file_location("generate_docs", PATH)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "ROOT", tmp_path)
    (tmp_path / "README.md").write_text(
        "# Name\n<!-- operations -->\nold\n<!-- /operations -->\nEnd\n", encoding="utf-8"
    )
    return module


def test_check_tells_which_pages_are_out_of_date(
    tool: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """--check writes nothing and names the pages; after a run without it nothing is left to name."""
    assert tool.main(["--check"]) == 1
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == [
        "docs/settings.md",
        "docs/operations.md",
        "docs/errors.md",
        "docs/challenges.md",
        "docs/differences.md",
        "docs/promises.md",
        "README.md",
    ]
    assert not (tmp_path / "docs").exists()
    assert tool.main([]) == 0
    assert tool.main(["--check"]) == 0
    (tmp_path / "docs" / "errors.md").write_text("", encoding="utf-8")
    assert tool.main(["--check", "settings"]) == 0
    assert tool.main(["--check"]) == 1


def test_the_rest_of_the_readme_is_left_alone(tool: ModuleType, tmp_path: Path) -> None:
    """Only what stands between the marks is written anew."""
    tool.main(["readme"])
    text = (tmp_path / "README.md").read_text(encoding="utf-8")
    assert text.startswith("# Name\n<!-- operations -->\nBuilt: ")
    assert text.endswith("<!-- /operations -->\nEnd\n")
    assert "old" not in text


def test_a_readme_without_marks_is_refused(tool: ModuleType, tmp_path: Path) -> None:
    """A table that has no place is not silently left out."""
    (tmp_path / "README.md").write_text("# Name\n", encoding="utf-8")
    with pytest.raises(SystemExit, match="needs the marks"):
        tool.main(["readme"])


def test_every_operation_is_on_its_page(tool: ModuleType) -> None:
    """Each modelled operation has one row that says built or refused, and the counts at the top are theirs."""
    page = tool.operations_page()
    rows = re.findall(r"^\| (\w+) \| [a-z ]+ \| (built|refused) \| (.+) \|$", page, re.MULTILINE)
    assert len(rows) == len(MODEL) == len(HANDLERS) + len(REASONS)
    assert sum(state == "built" for _, state, _ in rows) == len(HANDLERS)
    assert f"**{sum(service == 'cognito-idp' for service, _ in HANDLERS)} of 141**" in page
    assert f"**{sum(service == 'cognito-identity' for service, _ in HANDLERS)} of 23**" in page


def test_every_refusal_is_on_its_page(tool: ModuleType) -> None:
    """Each wire name and each wording of errors.py can be found."""
    page = tool.errors_page()
    classes = [entry for entry in vars(errors).values() if isinstance(entry, type) and entry is not errors.Refusal]
    assert [entry.wording for entry in classes if entry.wording.replace("|", r"\|") not in page] == []
    assert [entry.wire_name for entry in classes if f"| `{entry.wire_name}` | {entry.status} |" not in page] == []


def test_every_flow_and_line_of_a_sign_in_is_on_its_page(tool: ModuleType) -> None:
    """Each AuthFlow with how it begins, and each line of the table in its place."""
    page = tool.challenges_page()
    lines = re.findall(r"^\| (\d+) \| (\w+) \| (.+) \|$", page, re.MULTILINE)
    assert lines == [(str(place), row.step.value, row.says) for place, row in enumerate(TABLE, start=1)]
    assert re.findall(r"^\| (\w+) \| [^|]+ \|$", page, re.MULTILINE) == ["AuthFlow", *FLOWS]


def test_every_setting_is_on_its_page(tool: ModuleType) -> None:
    """Each key has a row with its meaning, what is allowed, its default and its variable."""
    page = tool.settings_page()
    for known in KNOWN.values():
        row = next(line for line in page.splitlines() if line.endswith(f"| `{tool._variable(known)}` |"))
        cells = [cell.strip() for cell in row.strip("|").split(" | ")]
        assert cells[:3] == [f"`{known.entry.name}`", known.said.meaning, known.said.kind.allowed]
        assert cells[4], "a default, in words where it depends"


DEFAULTS = {
    "port": "`9229`",
    "data": '`"./data"`',
    "database": "not set",
    "unsafe_allow_remote": "`false`",
    "accepted_issuers": "`[]`",
    "log_format": '`"json"`, in dev `"plain"`',
    "passwords.threads": "one per processor",
    "smtp.timeout_s": "`10`",
}


@pytest.mark.parametrize(("name", "words"), DEFAULTS.items())
def test_a_default_is_written_as_toml(tool: ModuleType, name: str, words: str) -> None:
    """What the page says can be pasted into cognomen.toml."""
    assert tool._default(KNOWN[name]) == words
