"""The real Terraform with AWS's provider, unmodified, over every resource of Cognito's user pools that it knows.

Everything is applied in one piece, for each run of Terraform costs seconds: the guide's own HCL, and `everything/`.
"""

import base64
import json
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from conftest import sdk_client
from served import Served, serve
from terraform.running import Place, Workspace, place_of_provider, surroundings, why_not

HERE = Path(__file__).parent
GUIDE = (HERE.parents[1] / "docs/guides/terraform.md").read_text("utf-8")
BLOCKS = re.findall(r"```hcl\n(.*?)```", GUIDE, re.DOTALL)
DEFAULT_URL = "http://127.0.0.1:9229"
FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function"
KEY = "arn:aws:kms:us-east-1:123456789012:key/7b0f3c1e-6b0c-4f6a-9a3b-0d9f3c1e6b0c"
CHANGED, BACK = "-var=changed=true", "-var=back=true"  # the second version, and the first after it
FEWEST_CHANGES = 40
# How the provider wants each resource to be named, by its attributes; the others are imported by their id.
IMPORTED_BY = {
    "aws_cognito_user_pool_client": "{user_pool_id}/{id}",
    "aws_cognito_managed_user_pool_client": "{user_pool_id}/{id}",
    "aws_cognito_user": "{user_pool_id}/{username}",
    "aws_cognito_identity_provider": "{user_pool_id}:{provider_name}",
    "aws_cognito_user_in_group": None,
}
# What an import cannot know, for AWS does not tell it.
NOT_TOLD = {
    "aws_cognito_user.kim": {"password"},
    "aws_cognito_user.lee": {
        "temporary_password",
        "message_action",
        "desired_delivery_mediums",
        "force_alias_creation",
        "client_metadata",
        "validation_data",
    },
    "aws_cognito_managed_user_pool_client.taken_over": {"name_prefix"},
    "aws_cognito_user_pool_ui_customization.web": {"image_file"},
    "aws_cognito_user_in_group.kim": {"group_name", "user_pool_id", "username", "id"},  # cannot be imported at all
}

pytestmark = pytest.mark.skipif(why_not(os.environ) is not None, reason=str(why_not(os.environ)))


@pytest.fixture(scope="module")
def place() -> Place:
    found = place_of_provider(os.environ)
    assert found
    return found


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server that knows the functions and the key that `lambda_config` names."""
    key = tmp_path_factory.mktemp("keys") / "codes"
    key.write_text(base64.b64encode(bytes(32)).decode())
    key.chmod(0o600)
    triggers = {f"{FUNCTION}:{name}": "python:copy:copy" for name in ("one", "two")}
    with serve(triggers=triggers, kms_keys={KEY: str(key)}) as server:
        yield server


@pytest.fixture(scope="module")
def workspace(served: Served, place: Place, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Everything, and the guide's HCL with the server's own address; Terraform has the provider."""
    folder = tmp_path_factory.mktemp("everything")
    shutil.copytree(HERE / "everything", folder, dirs_exist_ok=True)
    (folder / "guide.tf").write_text("\n".join(BLOCKS).replace(DEFAULT_URL, served.url))
    made = Workspace(folder, surroundings(tmp_path_factory.mktemp("terraform"), place))
    made.run("init", *place.options)
    return made


def test_every_resource_and_data_source_of_the_provider_is_tried(workspace: Workspace) -> None:
    """What this version of the provider knows of user pools stands in the HCL of these tests, and in the guide."""
    schema = json.loads(workspace.run("providers", "schema", "-json"))["provider_schemas"]
    [known] = schema.values()
    written = "".join(file.read_text() for file in workspace.folder.glob("*.tf"))
    for kind, word in (("resource_schemas", "resource"), ("data_source_schemas", "data")):
        names = {name for name in known[kind] if name.startswith("aws_cognito_") and "identity_pool" not in name}
        assert names
        assert {name for name in names if f'{word} "{name}"' not in written} == set()
        assert {name for name in names if f"`{name}`" not in GUIDE} == set()


# In one test each, so that processes that share the tests do not apply everything twice.


def test_everything_lives(workspace: Workspace, served: Served, tmp_path: Path) -> None:
    """Applied, updated in place, imported and destroyed; each plan in between finds nothing to change."""
    added = make(workspace)
    updated = update(workspace, CHANGED)
    imported = find(importing(workspace, tmp_path))
    destroy(workspace, served, added)
    print(f"added {added}, updated {updated}, imported {imported}, destroyed {added}")


@pytest.mark.nightly
def test_everything_goes_both_ways(workspace: Workspace, served: Served, tmp_path: Path) -> None:
    """Updated, back to the first version and forth again, and an import that is applied is in order."""
    added = make(workspace)
    updated = [update(workspace, version) for version in (CHANGED, BACK, CHANGED)]
    imported = importing(workspace, tmp_path)
    assert imported.apply(CHANGED)["add"] == 1, "who is in a group cannot be imported"
    imported.require_no_change(CHANGED)
    destroy(workspace, served, added)
    print(f"added {added}, updated {updated}, imported {added - 1}, destroyed {added}")


def make(workspace: Workspace) -> int:
    """Apply everything; how many resources there are."""
    done = workspace.apply()
    counted = workspace.counted()
    assert done == {"add": counted.total(), "change": 0, "import": 0, "remove": 0}
    workspace.require_no_change()
    print("\n".join(f"{count:3} {name}" for name, count in sorted(counted.items())))
    return counted.total()


def update(workspace: Workspace, version: str) -> int:
    """Change everything in place, no pool made anew; how many resources were changed."""
    before = workspace.resources()
    done = workspace.apply("-refresh=false", version)
    assert done == {"add": 0, "change": done["change"], "import": 0, "remove": 0}
    assert done["change"] >= FEWEST_CHANGES
    after = workspace.resources()
    assert {name: one["id"] for name, one in before.items()} == {name: one["id"] for name, one in after.items()}
    workspace.require_no_change(version)
    return done["change"]


def importing(workspace: Workspace, folder: Path) -> Workspace:
    """The same HCL without a state, and imports of all that there is."""
    shutil.copytree(workspace.folder, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("terraform.tfstate*"))
    named = {address: imported_by(address, one) for address, one in workspace.resources().items()}
    blocks = [f'import {{\n  to = {address}\n  id = "{name}"\n}}\n' for address, name in named.items() if name]
    (folder / "imports.tf").write_text("".join(blocks))
    return replace(workspace, folder=folder)


def imported_by(address: str, attributes: Mapping[str, Any]) -> str | None:
    """The name by which a resource is imported; None for one that cannot be."""
    words = IMPORTED_BY.get(address.partition(".")[0], "{id}")
    return None if words is None else words.format(**attributes)


def find(imported: Workspace) -> int:
    """Plan imports, which find everything as it is written, but for what AWS does not tell; how many there are."""
    assert imported.plan(CHANGED) == NOT_TOLD
    return (imported.folder / "imports.tf").read_text().count("import {")


def destroy(workspace: Workspace, served: Served, added: int) -> None:
    """Leave nothing, in the state and on the server."""
    assert workspace.destroy() == added
    assert workspace.resources() == {}
    assert sdk_client(served.url).list_user_pools(MaxResults=60)["UserPools"] == []
