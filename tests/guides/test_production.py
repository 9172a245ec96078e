"""The guide to production does what it says: its settings start, its unit and its image name what exists."""

import os
import re
import shlex
import stat
import subprocess
from pathlib import Path

import pytest

from cli.running import run, serving
from cognomen.settings.load import load

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs/guides/production.md").read_text()
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", GUIDE, re.DOTALL)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the guide's settings and the master key that its first command makes."""
    [settings] = [text for kind, text in BLOCKS if text.startswith("# cognomen.toml")]
    (tmp_path / "cognomen.toml").write_text(settings)
    [commands] = [text for _, text in BLOCKS if "access-key create" in text]
    subprocess.run(["sh", "-c", commands.splitlines()[0]], cwd=tmp_path, check=True, env={"PATH": os.defpath})
    return tmp_path


def test_the_settings_start(folder: Path) -> None:
    """In the order of the guide: a key of the server, a key for administrators, a look, the server."""
    assert stat.S_IMODE((folder / "master.key").stat().st_mode) == 0o600
    assert "knows no access key" in run("check-config", folder=folder).out
    made = run("access-key", "create", "--description", "deployment", folder=folder)
    assert made.code == 0, made.err
    assert made.out.startswith("AWS_ACCESS_KEY_ID=AKIA")
    assert run("check-config", folder=folder).code == 0
    with serving(folder=folder, environment={"COGNOMEN_METRICS__PORT": "0", "COGNOMEN_WORKERS": "1"}) as server:
        assert "(production)" in server.line
        assert server.get("/health/ready")[0] == 200


@pytest.mark.parametrize("block", [text for kind, text in BLOCKS if kind == "toml"])
def test_every_setting_of_the_guide_exists(tmp_path: Path, block: str) -> None:
    """Each TOML block is one that the settings take."""
    file = tmp_path / "cognomen.toml"
    file.write_text(block)
    load(environment={}, file=file)


def test_the_unit_runs_the_command_line() -> None:
    """Every command in the unit is one of cognomen, with flags that it has; every variable is a setting."""
    unit = (ROOT / "deploy/cognomen.service").read_text()
    commands = re.findall(r"^Exec\w+=(.+)$", unit, re.MULTILINE)
    assert [shlex.split(command)[1] for command in commands] == ["check-config", "serve"]
    variables = dict(pair.split("=") for pair in re.findall(r"COGNOMEN_\w+=\S+", unit))
    load({}, environment=dict.fromkeys(variables, "/somewhere"))


def test_the_image_is_told_settings_that_exist() -> None:
    """As the unit."""
    image = (ROOT / "deploy/Containerfile").read_text()
    variables = dict(pair.split("=") for pair in re.findall(r"COGNOMEN_\w+=\S+", image))
    settings = load({}, environment=variables)
    assert (settings.profile, settings.host) == ("production", "0.0.0.0")
    assert "USER 10001" in image
