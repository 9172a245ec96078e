"""Backups from the command line: what they say, and how they end."""

import re
from pathlib import Path

import pytest

from cli.running import run, serving
from conftest import sdk_client

STORE = ("--data", "store")
MADE = re.compile(r"backed up 1 pools, 0 users, [0-9]+ rows; sealed under master keys [0-9a-f]{16}\n")
BACK = re.compile(r"restored 1 pools, 0 users, [0-9]+ rows, as they were at [0-9T:-]+Z\n")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a passphrase, in which a server has made a pool."""
    secret = tmp_path / "passphrase"
    secret.touch(mode=0o600)
    secret.write_text("a passphrase of a test\n")
    return tmp_path


def test_a_backup_and_its_return(folder: Path) -> None:
    """While the server runs; into a new store beside the master key, and not into the one that is there."""
    with serving(*STORE, folder=folder) as server:
        pool_id = sdk_client(server.url).create_user_pool(PoolName="p")["UserPool"]["Id"]
        secret = ("--passphrase-file", "passphrase")
        made = run("backup", "b", *secret, *STORE, folder=folder)
        assert MADE.fullmatch(made.out), made
        again = run("restore", "b", *secret, *STORE, folder=folder)
        assert (again.code, again.out) == (2, "")
        assert again.err.startswith("cognomen: The store is not empty")
    (folder / "new").mkdir()
    (folder / "store/master.key").rename(folder / "new/master.key")
    back = run("restore", "b", "--pool", pool_id, *secret, "--data", "new", folder=folder)
    assert BACK.fullmatch(back.out), back


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("backup", "b"), "give --passphrase-file or --key-file"),
        (("restore", "b"), "give --passphrase-file or --key-file"),
        (("backup", "b", "--passphrase-file", "passphrase"), "there is no store in store"),
        (("restore", "b", "--passphrase-file", "passphrase"), "b: No such file or directory"),
    ],
)
def test_refusals_are_lines(folder: Path, words: tuple[str, ...], told: str) -> None:
    """No traceback, and exit code 2."""
    ended = run(*words, *STORE, folder=folder)
    assert (ended.code, ended.out) == (2, "")
    assert told in ended.err
    assert ended.err.startswith("cognomen: ")
    assert len(ended.err.splitlines()) == 1
