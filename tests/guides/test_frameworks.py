"""The guides to Flask and Django do what they say, from their own text: the tests they show pass, and are typed."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

GUIDES = Path(__file__).parents[2] / "docs/guides"
SHOWN = {"flask": (3, {"app.py"}), "django": (4, {"urls.py", "backend.py", "api.py"})}
FENCED = re.compile(r"```python\n# (\S+)\n(.*?)```", re.DOTALL)


def written(guide: str, folder: Path) -> None:
    """The files of a guide in a folder."""
    for name, text in FENCED.findall((GUIDES / f"{guide}.md").read_text("utf-8")):
        (folder / name).write_text(text)


@pytest.mark.parametrize("guide", SHOWN)
def test_the_tests_of_the_guide_pass(guide: str, tmp_path: Path) -> None:
    """Copied into an empty folder, every test is found and passes."""
    written(guide, tmp_path)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{SHOWN[guide][0]} passed" in done.stdout


@pytest.mark.parametrize("guide", SHOWN)
def test_the_code_of_the_guide_is_typed(guide: str, tmp_path: Path) -> None:
    """A strict type checker has nothing to say about what a guide shows of an application."""
    written(guide, tmp_path)
    files = sorted(str(tmp_path / name) for name in SHOWN[guide][1])
    command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path / "cache"), *files]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300, cwd=tmp_path)
    assert done.returncode == 0, done.stdout


def test_the_api_of_the_guide_answers(tmp_path: Path) -> None:
    """What the guide shows of Django REST framework is importable under the guide's own settings."""
    written("django", tmp_path)
    (tmp_path / "try.py").write_text(
        "import os, django\n"
        "os.environ['DJANGO_SETTINGS_MODULE'] = 'settings'\n"
        "django.setup()\n"
        "import api, backend\n"
        "from django.test import RequestFactory\n"
        "from django.test.utils import setup_test_environment\n"
        "setup_test_environment()\n"
        "print(api.all_orders(RequestFactory().get('/')).status_code)\n"
    )
    environment = {
        "AWS_COGNITO_CLIENT_ID": "1",
        "AWS_COGNITO_APP_CLIENT_SECRET": "s",
        "AWS_REGION": "eu-west-1",
        "AWS_COGNITO_USER_POOL_ID": "eu-west-1_AbCdEfGhI",
    }
    done = subprocess.run(
        [sys.executable, "try.py"],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        cwd=tmp_path,
        env=environment,
    )
    assert done.stdout == "401\n"
