"""The README tells the truth: its code is typed, and its first program does what it says."""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

README = Path(__file__).parents[2] / "kit" / "README.md"
BLOCKS = re.findall(r"```python\n(.*?)```", README.read_text(), flags=re.DOTALL)


def test_every_block_is_typed(tmp_path: Path) -> None:
    """A strict type checker has nothing to say about any of the examples."""
    files = [tmp_path / f"block_{number}.py" for number in range(len(BLOCKS))]
    for file, block in zip(files, BLOCKS, strict=True):
        file.write_text(block)
    command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path), *files]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stdout
    assert len(BLOCKS) >= 6


def test_the_first_program_runs(
    make_pool: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Run as it stands, against the server of this repository, it signs somebody up and in."""
    pool = make_pool(secret=True, AutoVerifiedAttributes=["email"])
    monkeypatch.setenv("AWS_COGNITO_CLIENT_ID", pool.client_id)
    monkeypatch.setenv("AWS_COGNITO_APP_CLIENT_SECRET", pool.secret)
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER", pool.server.url)
    monkeypatch.setattr("builtins.input", lambda _: pool.code_for("karla@example.com"))
    exec(compile(BLOCKS[0], "README.md", "exec"), {"__name__": "__main__"})
    printed = capsys.readouterr().out
    assert "destination='k***@e***'" in printed
    assert "3600" in printed
