"""Runs the real Terraform with AWS's provider from a folder or configuration of this machine, and no network."""

import json
import os
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

VERSION = "5.100.0"
PROVIDER = f"registry.terraform.io/hashicorp/aws/{VERSION}"
FOLDER = "TERRAFORM_PLUGINS_FOLDER"  # a folder that is laid out as a filesystem mirror
PATIENCE_S = 300  # one command of Terraform; the machine may be busy
NO_CHANGES, CHANGES = 0, 2  # exit codes of a plan
NOWHERE = "http://127.0.0.1:9"  # a proxy that is not there


@dataclass(frozen=True)
class Place:
    """Where the provider comes from: options of `terraform init`, and the configuration that it reads."""

    options: tuple[str, ...]
    configuration: str = os.devnull


def place_of_provider(environment: Mapping[str, str]) -> Place | None:
    """The folder that our variable names, else the configuration that is there, else an implied mirror."""
    if folder := environment.get(FOLDER):
        return Place((f"-plugin-dir={folder}",))
    configuration = Path(environment.get("TF_CLI_CONFIG_FILE") or Path.home() / ".terraformrc")
    if configuration.is_file():
        return Place((), str(configuration))
    mirror = next((folder for folder in implied_mirrors(environment) if (folder / PROVIDER).is_dir()), None)
    return Place((f"-plugin-dir={mirror}",)) if mirror else None


def implied_mirrors(environment: Mapping[str, str]) -> Iterator[Path]:
    """Where Terraform looks for providers by itself."""
    yield Path.home() / ".terraform.d/plugins"
    shared = environment.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share"
    own = environment.get("XDG_DATA_HOME") or str(Path.home() / ".local/share")
    yield from (Path(folder) / "terraform/plugins" for folder in (own, *shared.split(":")))


def why_not(environment: Mapping[str, str]) -> str | None:
    """Why Terraform cannot be tried here; None where it can."""
    if shutil.which("terraform") is None:
        return "TERRAFORM IS NOT TRIED: there is no program of that name"
    if place_of_provider(environment) is None:
        return f"TERRAFORM IS NOT TRIED: set {FOLDER} to a folder with the provider {PROVIDER}"
    return None


@dataclass(frozen=True)
class Workspace:
    """A folder of `.tf` files with its state."""

    folder: Path
    environment: Mapping[str, str]

    def run(self, *words: str, expected: tuple[int, ...] = (0,)) -> str:
        """One command; fails with what Terraform said."""
        ended = subprocess.run(
            ["terraform", *words],
            cwd=self.folder,
            env=dict(self.environment),
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )
        assert ended.returncode in expected, f"{words} ended with {ended.returncode}:\n{ended.stderr}{ended.stdout}"
        return ended.stdout

    def apply(self, *words: str) -> Mapping[str, int]:
        """What an apply did, counted: add, change, import, remove."""
        said = self.run("apply", "-json", "-auto-approve", *words)
        [summary] = [line for line in map(json.loads, said.splitlines()) if line["type"] == "change_summary"][-1:]
        return {name: count for name, count in summary["changes"].items() if name != "operation"}

    def plan(self, *words: str) -> Mapping[str, set[str]]:
        """Which attributes of which resources a plan would change; all of those that it would make."""
        file = str(self.folder / "plan")
        self.run("plan", "-detailed-exitcode", f"-out={file}", *words, expected=(NO_CHANGES, CHANGES))
        planned = json.loads(self.run("show", "-json", file))["resource_changes"]
        changes = {one["address"]: one["change"] for one in planned if one["mode"] == "managed"}
        return {address: differing(change) for address, change in changes.items() if change["actions"] != ["no-op"]}

    def require_no_change(self, *words: str) -> None:
        """A plan finds nothing to do; fails with what it would do."""
        self.run("plan", "-detailed-exitcode", "-no-color", *words)

    def destroy(self) -> int:
        """How many resources are gone."""
        return self.apply("-destroy", "-refresh=false")["remove"]

    @property
    def state(self) -> Mapping[str, Any]:
        """The state, as Terraform keeps it."""
        kept: Mapping[str, Any] = json.loads((self.folder / "terraform.tfstate").read_text())
        return kept

    def resources(self) -> dict[str, dict[str, Any]]:
        """The attributes of each resource in the state, by its address."""
        managed = [one for one in self.state["resources"] if one["mode"] == "managed"]
        return {f"{one['type']}.{one['name']}": one["instances"][0]["attributes"] for one in managed}

    def counted(self) -> Counter[str]:
        """How many resources of each type the state holds."""
        return Counter(address.partition(".")[0] for address in self.resources())


def differing(change: Mapping[str, Any]) -> set[str]:
    """The attributes that are not what they would be."""
    before, after = change["before"] or {}, change["after"] or {}
    known = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    return known | {name for name, unknown in change["after_unknown"].items() if unknown is True}


def surroundings(home: Path, place: Place) -> dict[str, str]:
    """What Terraform sees of this machine: its own configuration, and no way out."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": os.environ["HOME"] if not place.options else str(home),
        "TF_CLI_CONFIG_FILE": place.configuration,
        "TF_IN_AUTOMATION": "1",
        "TF_DATA_DIR": str(home / "data"),
        "CHECKPOINT_DISABLE": "1",
        "HTTPS_PROXY": NOWHERE,
        "GOGC": "400",  # a third less work of the provider's processors, for more memory
    }
