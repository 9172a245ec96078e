"""Where the tests of Terraform find the provider."""

from pathlib import Path

import pytest

from terraform import running


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


def test_our_variable_goes_first_then_a_configuration_then_a_mirror(home: Path) -> None:
    """Each is taken as it is; a configuration that is named and not there is passed over."""
    configuration = home / "terraform.rc"
    environment = {"TF_CLI_CONFIG_FILE": str(configuration), "XDG_DATA_DIRS": str(home / "none")}
    assert running.place_of_provider(environment) is None
    mirror = home / ".local/share/terraform/plugins"
    (mirror / running.PROVIDER).mkdir(parents=True)
    assert running.place_of_provider(environment) == running.Place((f"-plugin-dir={mirror}",))
    configuration.write_text("")
    assert running.place_of_provider(environment) == running.Place((), str(configuration))
    named = running.place_of_provider({**environment, running.FOLDER: "/somewhere"})
    assert named == running.Place(("-plugin-dir=/somewhere",))


def test_what_is_missing_is_said(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the program, and without the provider, the reason names what would help."""
    monkeypatch.setenv("PATH", str(home))
    assert running.why_not({}) == "TERRAFORM IS NOT TRIED: there is no program of that name"
    (home / "terraform").touch(0o700)
    said = running.why_not({"XDG_DATA_DIRS": str(home)})
    assert said
    assert "set TERRAFORM_PLUGINS_FOLDER to a folder" in said
