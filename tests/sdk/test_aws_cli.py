"""The AWS CLI, unmodified, in an environment of its own: the README's lines and an account's life."""

import json
import os
import re
import shlex
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conftest import PASSWORD
from served import Served

AWS = Path(__file__).parents[2] / ".tools/awscli/bin/aws"
README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
DEFAULT_URL = "http://127.0.0.1:9229"
REFUSED = 255  # the CLI's exit code for what a service refuses
UNUSABLE = 2  # and for a command line that it does not send
pytestmark = pytest.mark.skipif(not AWS.exists(), reason="THE AWS CLI IS NOT INSTALLED: `make test` installs it")

Aws = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def aws(server: Served, tmp_path: Path) -> Aws:
    """Runs one command line with what the README exports, and nothing else."""
    exported = " ".join(re.findall(r"^    export (.+)$", README, re.MULTILINE)).replace(DEFAULT_URL, server.url)
    environment = {"PATH": os.defpath, "HOME": str(tmp_path), **dict(re.findall(r"(\w+)=(\S+)", exported))}

    def run(*words: str) -> "subprocess.CompletedProcess[str]":
        command = [str(AWS), *words]
        return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=120, check=False)

    return run


def answer(aws: Aws, *words: str) -> Any:
    """What a command printed, as JSON; nothing where it printed nothing."""
    ended = aws("cognito-idp", *words)
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout or "null")


def readme_lines() -> list[list[str]]:
    """The words behind `aws` of each of the README's command lines."""
    text = README.replace("\\\n", " ")
    return [shlex.split(line)[1:] for line in re.findall(r"^    (aws cognito-idp .+)$", text, re.MULTILINE)]


def test_an_account_lives_through_the_cli(aws: Aws, server: Served) -> None:
    """The README's two lines, then sign-up, confirmation by the code and by an administrator, sign-in, and a list."""
    make_pool, make_client = readme_lines()
    ended = aws(*make_pool)
    assert ended.returncode == 0, ended.stderr
    made = json.loads(ended.stdout)["UserPool"]
    assert (made["Name"], made["AutoVerifiedAttributes"]) == ("shop", ["email"])
    ended = aws(*(made["Id"] if word == "POOL_ID" else word for word in make_client))
    assert ended.returncode == 0, ended.stderr
    client = json.loads(ended.stdout)["UserPoolClient"]
    assert (client["UserPoolId"], client["ClientName"]) == (made["Id"], "web")
    assert client["ClientSecret"]
    life_of_an_account(aws, server, made["Id"])


def life_of_an_account(aws: Aws, server: Served, pool_id: str) -> None:
    flows = ("--explicit-auth-flows", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH")
    pool = ("--user-pool-id", pool_id)
    client_id = answer(aws, "create-user-pool-client", *pool, "--client-name", "open", *flows)
    client = ("--client-id", client_id["UserPoolClient"]["ClientId"])
    who = ("--username", "cli", "--password", PASSWORD)
    signed_up = answer(aws, "sign-up", *client, *who, "--user-attributes", "Name=email,Value=cli@domain.example")
    assert signed_up["CodeDeliveryDetails"]["Destination"] == "c***@d***"
    assert server.code_for("cli@domain.example").isdigit()
    assert answer(aws, "admin-confirm-sign-up", *pool, "--username", "cli") is None
    parameters = f"USERNAME=cli,PASSWORD={PASSWORD}"
    signed_in = answer(
        aws, "initiate-auth", *client, "--auth-flow", "USER_PASSWORD_AUTH", "--auth-parameters", parameters
    )
    assert signed_in["AuthenticationResult"]["ExpiresIn"] == 3600
    found = answer(aws, "list-users", *pool, "--filter", 'email = "cli@domain.example"', "--query", "Users[].Username")
    assert found == ["cli"]


CALL = "describe-user-pool --user-pool-id us-east-1_nobodyhas"
SAID = (
    "An error occurred (ResourceNotFoundException) when calling the DescribeUserPool operation: "
    "User pool us-east-1_nobodyhas does not exist."
)


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [(CALL, REFUSED, SAID), ("list-users", UNUSABLE, "the following arguments are required: --user-pool-id")],
)
def test_a_refusal_is_an_exit_code(aws: Aws, line: str, code: int, said: str) -> None:
    """The CLI ends as it does on AWS, with the service's own words, so that scripts can tell."""
    ended = aws("cognito-idp", *line.split())
    assert (ended.returncode, ended.stdout) == (code, "")
    assert said in ended.stderr
