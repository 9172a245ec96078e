"""The commands that do not serve."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cli.running import PATIENCE, command, finish, run
from cognomen import __version__

DEMO_STEPS = ("1. Sign up", "2. Confirm the account", "3. Sign in")
SEEN = ("The account, as an administrator sees it", "The verified claims")


def test_version_prints_the_version(tmp_path: Path) -> None:
    """The version alone, so that scripts can read it."""
    assert run("version", folder=tmp_path).out == f"{__version__}\n"


def test_migrate_brings_a_new_store_up_to_date_once(tmp_path: Path) -> None:
    """The first run says what it applied, the second that there is nothing to do."""
    first, second = (run("migrate", "--data", "store", folder=tmp_path) for _ in range(2))
    assert (first.code, second.code) == (0, 0)
    assert re.fullmatch(r"schema version (\d+), works with servers from \d+ on; applied [\d, ]*\1\n", first.out)
    assert re.fullmatch(r"schema version \d+, works with servers from \d+ on; nothing to do\n", second.out)


def test_migrate_refuses_a_store_that_it_cannot_open(tmp_path: Path) -> None:
    """One line and exit code 2, as everywhere."""
    (tmp_path / "file").touch()
    ended = run("migrate", "--data", "file/store", folder=tmp_path)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith("cognomen: cannot keep data in file/store: ")


def test_check_config_says_ok(tmp_path: Path) -> None:
    """Settings with which the server would start: ok and 0, and nothing is made on the disk."""
    ended = run("check-config", folder=tmp_path)
    assert (ended.code, ended.out, ended.err) == (0, "ok\n", "")
    assert list(tmp_path.iterdir()) == []


def test_check_config_tells_every_problem(tmp_path: Path) -> None:
    """Each problem is a line on stdout; exit code 1."""
    ended = run("check-config", "--profile", "production", "--host", "0.0.0.0", folder=tmp_path)
    assert ended.code == 1
    assert [line.split(" ", 2)[0] for line in ended.out.splitlines()] == ["production", "tokens", "production"]


def test_check_config_knows_the_categories_of_rates(tmp_path: Path) -> None:
    """A rate for a category that AWS does not have would change nothing; the problem names those there are."""
    ended = run("check-config", folder=tmp_path, environment={"COGNOMEN_RATES__UserReed": "5"})
    assert ended.code == 1
    assert ended.out.startswith("rates.UserReed is no category of operations: take one of UserAuthentication, User")
    assert run("check-config", folder=tmp_path, environment={"COGNOMEN_RATES__UserRead": "5"}).code == 0


def test_check_config_looks_into_the_master_key(tmp_path: Path) -> None:
    """A key file that holds no key is found before the start."""
    (tmp_path / "data").mkdir()
    key = tmp_path / "data" / "master.key"
    key.touch(mode=0o600)
    ended = run("check-config", folder=tmp_path)
    assert (ended.code, ended.out) == (1, "master key file data/master.key holds no key\n")


def test_check_config_refuses_what_cannot_be_read(tmp_path: Path) -> None:
    """Settings that cannot be read are refused as they are by serve."""
    ended = run("check-config", folder=tmp_path, environment={"COGNOMEN_PROT": "1"})
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == "cognomen: unknown key COGNOMEN_PROT in the environment; did you mean COGNOMEN_PORT?\n"


@pytest.mark.parametrize("words", [("serve", "--nonsense"), ("nonsense",)])
def test_unknown_words_are_refused(tmp_path: Path, words: tuple[str, ...]) -> None:
    """A flag or command that does not exist is exit code 2."""
    assert run(*words, folder=tmp_path).code == 2


def demo_parts(out: str) -> dict[str, Any]:
    """Title -> what was printed below it; the ready line comes first."""
    _ready, *parts = out.strip().split("\n\n")
    return {title: json.loads(text) for title, text in (part.split("\n", 1) for part in parts)}


def test_the_demo_runs_the_main_job(tmp_path: Path) -> None:
    """Three steps, each with the answer that AWS gives, then the account's status and the verified claims."""
    ended = finish(command("demo", folder=tmp_path))
    assert (ended.code, ended.err) == (0, "")
    parts = demo_parts(ended.out)
    assert list(parts) == [*DEMO_STEPS, *SEEN]
    signed_up, confirmed, signed_in, account, claims = parts.values()
    delivery = {"AttributeName": "email", "DeliveryMedium": "EMAIL", "Destination": "k***@d***"}
    sub = signed_up["UserSub"]
    assert signed_up == {"CodeDeliveryDetails": delivery, "UserConfirmed": False, "UserSub": sub}
    assert confirmed == {}
    assert signed_in["ChallengeParameters"] == {}
    result = signed_in["AuthenticationResult"]
    assert list(result) == ["AccessToken", "ExpiresIn", "IdToken", "RefreshToken", "TokenType"]
    assert (result["ExpiresIn"], result["TokenType"]) == (3600, "Bearer")
    assert account == {"UserStatus": "CONFIRMED", "Enabled": True}
    assert [claims[token]["sub"] for token in ("IdToken", "AccessToken")] == [sub, sub]
    assert list(tmp_path.iterdir()) == []


def test_the_demo_says_what_it_lacks(tmp_path: Path) -> None:
    """Without the client library the demo is one line that says how to install it."""
    hidden = "import sys; sys.modules['cognomen_kit'] = None; from cognomen.cli import main; main(['demo'])"
    ended = subprocess.run(
        [sys.executable, "-c", hidden], cwd=tmp_path, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr == "cognomen: the demo signs in through the client library: pip install cognomen-kit\n"
