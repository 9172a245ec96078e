"""The fixtures for other projects, in fresh interpreters: what they promise, what they cost, what they leave behind."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

HERE = Path(__file__).parent
GUIDES = HERE.parents[1] / "docs/guides"
[README_TEST] = re.findall(
    r"```python\n([^`]*def test_[^`]*)```", (HERE.parents[1] / "README.md").read_text("utf-8"), re.DOTALL
)
QUIET = ("-p", "no:cacheprovider", "-p", "no:hypothesispytest", "-W", "error")
PATIENCE_S = 120
VARIABLES = "AWS_", "NO_PROXY", "no_proxy"
SHOWN = f"""
import os

BEFORE = {{name: value for name, value in os.environ.items() if name.startswith({VARIABLES})}}

def pytest_unconfigure(config):
    after = {{name: value for name, value in os.environ.items() if name.startswith({VARIABLES})}}
    print("THE ENVIRONMENT", "IS AS BEFORE" if after == BEFORE else after)
"""
WHERE = """
import pytest

@pytest.mark.parametrize("number", range(8))
def test_where(cognomen, user_pool, number, worker_id):
    pools = cognomen.call("ListUserPools", MaxResults=60)["UserPools"]
    assert user_pool.pool_id in [pool["Id"] for pool in pools]
    print(f"{worker_id} asks {cognomen.url}")
"""
OTHER = """
from cognomen.testing import Refused
import pytest

def test_other_settings(user_pool, app_client, inbox, token):
    assert user_pool.issuer.startswith("https://cognito-idp.us-east-1.amazonaws.com/")
    assert app_client.client_secret
    user_pool.cognomen.call
    with pytest.raises(Refused, match="InvalidParameterException"):
        user_pool.user("no address")
    user_pool.user("ann@example.com")
    user_pool.call("AdminResetUserPassword", Username="ann@example.com")
    assert inbox.code("ann@example.com") == "123456"
"""
PROBE = """
import sys
import pytest
before = set(sys.modules)
import cognomen.testing.plugin
new = sorted(set(sys.modules) - before)
print("\\n".join(new))
"""


def blocks(guide: str) -> dict[str, str]:
    """The programs of a guide, by the comment in their first lines."""
    found = re.findall(r"```python\n(.*?)```", (GUIDES / guide).read_text("utf-8"), re.DOTALL)
    return {block.split("\n", 1)[0].removeprefix("# "): block for block in found}


def test_the_fixtures_keep_their_promises(pytester: pytest.Pytester) -> None:
    """A project of its own, the programs of the guides, and an environment that is as it was when all is done."""
    guide = blocks("testing.md")
    files = {
        "test_fixtures": (HERE / "projects/fixtures.py").read_text("utf-8"),
        "test_shop": guide["test_shop.py"],
        "test_kit": guide["test_kit.py"],
        "test_readme": README_TEST,
        "test_from_moto": blocks("from-moto.md")["after: test_sign_up.py"],
    }
    for name, text in files.items():
        (pytester.path / f"{name}.py").write_text(text, "utf-8")
    pytester.makeconftest(SHOWN)
    ended = pytester.runpytest_subprocess(*QUIET, "-s", timeout=PATIENCE_S)
    counted = sum(len(re.findall(r"^(?:async )?def test_", text, re.MULTILINE)) for text in files.values())
    outcomes = ended.parseoutcomes()
    assert ended.ret == 0
    assert outcomes.keys() == {"passed"}
    assert outcomes["passed"] >= counted
    ended.stdout.fnmatch_lines(["THE ENVIRONMENT IS AS BEFORE"])


def test_the_other_side_of_the_guide_is_a_program(pytester: pytest.Pytester) -> None:
    """What moto's users have is shown whole; it is compiled here, since moto is nothing that we need."""
    compile(blocks("from-moto.md")["before: test_sign_up.py"], "before", "exec")


def test_settings_and_members_can_be_others(pytester: pytest.Pytester) -> None:
    """Fixtures of the project take the place of ours, as the guide has them."""
    pytester.makeconftest(blocks("testing.md")["conftest.py"])
    pytester.makepyfile(OTHER)
    pytester.runpytest_subprocess(*QUIET, timeout=PATIENCE_S).assert_outcomes(passed=1)


def test_what_is_no_setting_is_said(pytester: pytest.Pytester) -> None:
    """A misspelt setting fails the tests that ask for the server, by its name."""
    pytester.makeconftest(
        "import pytest\n@pytest.fixture(scope='session')\ndef cognomen_settings(): return {'isuer': 'aws'}"
    )
    pytester.makepyfile("def test_it(cognomen): ...\ndef test_other(): ...")
    ended = pytester.runpytest_subprocess(*QUIET, timeout=PATIENCE_S)
    ended.assert_outcomes(errors=1, passed=1)
    ended.stdout.fnmatch_lines(["cognomen does not start with cognomen_settings: unknown key --isuer *"])


def test_every_worker_has_a_server(pytester: pytest.Pytester) -> None:
    """With xdist tests run beside each other, each against the server of its own process."""
    pytester.makepyfile(WHERE)
    ended = pytester.runpytest_subprocess(*QUIET, "-n", "2", "-rP", timeout=PATIENCE_S)
    ended.assert_outcomes(passed=8)
    asked = set(re.findall(r"^(gw\d) asks (\S+)$", ended.stdout.str(), re.MULTILINE))
    assert len(asked) == len({url for _, url in asked}) == 2


def test_who_uses_no_fixture_pays_nothing() -> None:
    """What every session of pytest imports is our few small files: neither server nor HTTP nor cryptography."""
    ended = subprocess.run([sys.executable, "-c", PROBE], capture_output=True, text=True, timeout=60, check=True)
    imported = ended.stdout.split()
    assert {name for name in imported if not name.startswith("cognomen")} <= {"cognomen"}
    assert len(imported) <= 8
