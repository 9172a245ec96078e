"""The tests that the example shops bring, each shop in an interpreter of its own."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"
SHOPS = [each.parent for each in sorted(EXAMPLES.glob("*/pytest.ini"))]
PATIENCE_S = 120


def pytest_in(folder: Path, *arguments: str) -> str:
    """What a session says that begins in this folder, as the shop's README has it."""
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:hypothesispytest", *arguments]
    done = subprocess.run(command, check=False, cwd=folder, capture_output=True, text=True, timeout=PATIENCE_S)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_every_shop_has_tests() -> None:
    """A shop without tests of its own is none to learn from."""
    assert [each.name for each in SHOPS] == ["django_shop", "fastapi_shop", "flask_shop"]


@pytest.mark.parametrize("shop", SHOPS, ids=lambda shop: shop.name)
def test_the_tests_of_a_shop_pass(shop: Path) -> None:
    """Sign-up with the code of the inbox, the way to the sign-in, pages for a group, an old token: nothing skipped."""
    ended = pytest_in(shop, "-q").splitlines()[-1]
    assert re.fullmatch(r"\d passed in .*", ended), ended
