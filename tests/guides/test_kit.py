"""The guides to the kit do what they say: every block of Python runs, as it stands, against a real server."""

import re
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conftest import PASSWORD, Pool
from guides.kit_pages import PAGES, SHOWN, blocks, python, run, typed
from second_factors import BOTH_RECOVER, CONFIGURATIONS, SES
from served import serve
from webauthn_authenticator import RP_ID

POOL: dict[str, Any] = {
    "UsernameAttributes": ["email"],
    "AutoVerifiedAttributes": ["email", "phone_number"],
    "AccountRecoverySetting": BOTH_RECOVER,
    "EmailConfiguration": SES,
    "Policies": {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP", "SMS_OTP", "WEB_AUTHN"]}},
}
CLIENT: dict[str, Any] = {
    "PreventUserExistenceErrors": "ENABLED",
    "ExplicitAuthFlows": [
        "ALLOW_USER_SRP_AUTH",
        "ALLOW_USER_PASSWORD_AUTH",
        "ALLOW_USER_AUTH",
        "ALLOW_REFRESH_TOKEN_AUTH",
        "ALLOW_ADMIN_USER_PASSWORD_AUTH",
    ],
}
WITH_SETTINGS = {"custom-challenges"}
ANN = {
    "email": "ann@example.com",
    "email_verified": "true",
    "phone_number": "+12065550100",
    "phone_number_verified": "true",
}


@pytest.fixture
def shop(make_pool: Callable[..., Pool]) -> Pool:
    """The pool of the guides, with everything in it that one of them wants, and with Ann."""
    pool = make_pool(secret=True, client=CLIENT, **POOL)
    factors: dict[str, Any] = {}
    for factor in CONFIGURATIONS.values():
        factors |= factor
    pool.cognito.set_user_pool_mfa_config(
        UserPoolId=pool.pool_id,
        MfaConfiguration="OPTIONAL",
        WebAuthnConfiguration={"RelyingPartyId": RP_ID, "FactorConfiguration": "MULTI_FACTOR_WITH_USER_VERIFICATION"},
        **factors,
    )
    who = {"UserPoolId": pool.pool_id, "Username": "ann@example.com"}
    attributes = [{"Name": name, "Value": value} for name, value in ANN.items()]
    pool.cognito.admin_create_user(**who, UserAttributes=attributes, MessageAction="SUPPRESS")
    pool.cognito.admin_set_user_password(**who, Password=PASSWORD, Permanent=True)
    return pool


@pytest.fixture
def environment(shop: Pool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Pool:
    """What the guides have in the environment, and nothing of the machine's own."""
    for name, value in {
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_COGNITO_USER_POOL_ID": shop.pool_id,
        "AWS_COGNITO_CLIENT_ID": shop.client_id,
        "AWS_COGNITO_APP_CLIENT_SECRET": shop.secret or "",
        "AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER": shop.server.url,
        "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI",
        "HOME": str(tmp_path),
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    return shop


@pytest.mark.parametrize("name", [name for name in PAGES if python(PAGES[name]) and name not in WITH_SETTINGS])
def test_every_block_runs(name: str, environment: Pool, tmp_path: Path) -> None:
    """In the order of the page; what is a test module is run by pytest, and all of its tests pass."""
    files = written(PAGES[name], tmp_path)
    assert run(PAGES[name], environment) + len(files) == len(python(PAGES[name]))
    if tests := sum(text.count("\ndef test_") for text in files.values()):
        assert passed(tmp_path) == tests


@pytest.mark.parametrize("name", sorted(WITH_SETTINGS))
def test_every_block_runs_with_the_settings_of_the_page(
    name: str, environment: Pool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As above, with a server that has the page's own settings and can import the page's own files."""
    files = written(PAGES[name], tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    [settings] = [block.text for block in blocks(PAGES[name]) if block.language == "toml"]
    with serve(**tomllib.loads(settings)) as served:
        monkeypatch.setenv("AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER", served.url)
        assert run(PAGES[name], environment) + len(files) == len(python(PAGES[name]))


def written(page: Path, folder: Path) -> dict[str, str]:
    """The page's files, put into a folder."""
    files = {block.file: block.text for block in python(page) if block.file}
    for name, text in files.items():
        (folder / name).write_text(text)
    return files


def passed(folder: Path) -> int:
    """How many tests pass in a folder of their own, with the fixtures of `cognomen.testing`."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "."]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    [number] = re.findall(r"(\d+) passed", done.stdout)
    return int(number)


def test_every_block_is_typed(tmp_path: Path) -> None:
    """A strict type checker has nothing to say."""
    for name, page in PAGES.items():
        if name in WITH_SETTINGS:
            written(page, tmp_path)
        (tmp_path / f"{name.replace('-', '_')}.py").write_text(typed(page))
    command = [sys.executable, "-m", "mypy", "--strict", "--allow-redefinition", "--cache-dir", str(tmp_path / "cache")]
    done = subprocess.run([*command, "."], cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout


def test_nothing_is_passed_over() -> None:
    """A block is Python, which runs, or one of the languages that only people read."""
    languages = {(name, block.language) for name, page in PAGES.items() for block in blocks(page)}
    assert {(name, language) for name, language in languages if language not in SHOWN | {"python"}} == set()
    assert sum(len(python(page)) for page in PAGES.values()) >= 80


def test_the_first_page_names_every_other() -> None:
    """Whoever looks for a task finds it."""
    linked = set(re.findall(r"\]\(([\w-]+)\.md\)", PAGES["README"].read_text("utf-8")))
    assert linked == PAGES.keys() - {"README"}


def test_a_file_is_used() -> None:
    """A block that is a file is a test module, or belongs to a page with settings; so nothing is written in vain."""
    for name, page in PAGES.items():
        for block in python(page):
            is_test = (block.file or "").startswith("test_")
            assert is_test == ("\ndef test_" in block.text), (name, block.line)
            assert block.file is None or is_test or name in WITH_SETTINGS, (name, block.line)
