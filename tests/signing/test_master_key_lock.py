"""One command at a time changes the master key file."""

from pathlib import Path

import pytest

from cognomen.signing import master_key_file
from cognomen.signing.master_key_file import change_master_key_file, create_master_key_file
from cognomen.signing.sealing import MasterKeyUnusable


def test_a_change_that_is_done_leaves_the_next_one_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What keeps others away belongs, once the file is in its place, to the command that comes next."""
    path = tmp_path / "master.key"
    create_master_key_file(path)
    theirs = tmp_path / ".master.key.new"
    monkeypatch.setattr(master_key_file, "_flush_directory", lambda _: theirs.touch(mode=0o600))
    change_master_key_file(path, lambda lines: lines)
    assert theirs.exists()
    with pytest.raises(MasterKeyUnusable, match="being changed by another command"):
        change_master_key_file(path, lambda lines: lines)


@pytest.mark.parametrize("fault", [RuntimeError(), KeyboardInterrupt()], ids=["fault", "interrupted"])
def test_a_change_that_fails_leaves_nothing(tmp_path: Path, fault: BaseException) -> None:
    """The file stays as it was, and the next command may begin."""
    path = tmp_path / "master.key"
    create_master_key_file(path)
    before = path.read_bytes()

    def fail(_: object) -> master_key_file.KeyLines:
        raise fault

    with pytest.raises(type(fault)):
        change_master_key_file(path, fail)
    assert list(tmp_path.iterdir()) == [path]
    assert path.read_bytes() == before
