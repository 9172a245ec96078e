import base64
import os
import stat
import subprocess
import sys
import threading
from datetime import UTC, datetime

import pytest

from cognomen.signing.master_key_file import (
    KeyLine,
    MasterKeyWatch,
    change_master_key_file,
    create_master_key_file,
    read_master_key_file,
)
from cognomen.signing.sealing import AesGcmSealer, MasterKeys, MasterKeyUnusable

OLD, NEW = bytes(range(32)), bytes(range(32, 64))
OLD_LINE, NEW_LINE = base64.b64encode(OLD), base64.b64encode(NEW)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "master.key"


@pytest.mark.parametrize(
    ("content", "keys"),
    [
        (OLD_LINE, (OLD,)),
        (OLD_LINE + b"\n", (OLD,)),
        (NEW_LINE + b"\n" + OLD_LINE + b"\n", (NEW, OLD)),
        (NEW_LINE + b"\r\n\r\n  " + OLD_LINE + b" \r\n", (NEW, OLD)),
    ],
)
def test_read(path, content, keys):
    """Every line is a key, the current one first; blank lines and line ends do not count."""
    path.write_bytes(content)
    assert read_master_key_file(path).keys == MasterKeys(keys)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "holds no key"),
        (b"\n \n", "holds no key"),
        (base64.b64encode(OLD[:31]), "line 1 of .* holds 31 bytes; a master key has 32"),
        (base64.b64encode(OLD + b"\0"), "line 1 of .* holds 33 bytes"),
        (OLD_LINE + b"\n" + base64.b64encode(OLD[:16]), "line 2 of .* holds 16 bytes"),
        (OLD_LINE[:-1], "line 1 of .* is not base64"),
        (b"\n" + OLD_LINE + b" " + NEW_LINE, "line 2 of .* is not base64"),
        (base64.urlsafe_b64encode(b"\xff" * 32), "line 1 of .* is not base64"),
        (b"\xff\xfe\x00", "line 1 of .* is not base64"),
        (OLD.hex().encode(), "line 1 of .* holds 48 bytes"),
    ],
)
def test_read_refuses(path, content, why):
    """An unusable file is refused with the place and the reason, and without a word of its content."""
    path.write_bytes(content)
    with pytest.raises(MasterKeyUnusable, match=why) as refusal:
        read_master_key_file(path)
    shown = str(refusal.value)
    assert str(path) in shown
    assert not any(line in shown.encode() for line in content.split() if line)


def test_read_missing(path):
    """A missing file and a folder in its place are refused with the system's reason."""
    with pytest.raises(MasterKeyUnusable, match="No such file"):
        read_master_key_file(path)
    path.mkdir()
    with pytest.raises(MasterKeyUnusable, match="Is a directory"):
        read_master_key_file(path)


@pytest.mark.parametrize(
    ("mode", "exposed"), [(0o600, False), (0o400, False), (0o640, True), (0o604, True), (0o620, True)]
)
def test_exposed(path, mode, exposed):
    """Whether others can reach the file is told, and does not hinder reading it."""
    path.write_bytes(OLD_LINE)
    path.chmod(mode)
    assert read_master_key_file(path).exposed is exposed


def test_create(path):
    """A created file holds one fresh key for its owner alone, and nothing else is left behind."""
    assert create_master_key_file(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(path.parent.iterdir()) == [path]
    found = read_master_key_file(path)
    assert not found.exposed
    assert len(found.keys.keys) == 1

    other = path.with_name("other.key")
    create_master_key_file(other)
    assert read_master_key_file(other).keys != found.keys


def test_create_never_overwrites(path):
    """An existing file stays as it is, whatever is in it."""
    path.write_bytes(b"mine")
    assert not create_master_key_file(path)
    assert path.read_bytes() == b"mine"
    assert list(path.parent.iterdir()) == [path]


def test_create_refuses(path):
    """A folder that is not there is refused with the reason."""
    with pytest.raises(MasterKeyUnusable, match="cannot be created: No such file"):
        create_master_key_file(path / "deeper" / "master.key")


def test_create_in_threads(path):
    """Of many that create at once exactly one does, and nobody reads half a key."""
    start, made, read = threading.Barrier(8), [], []

    def one():
        start.wait(10)
        made.append(create_master_key_file(path))
        read.append(read_master_key_file(path).keys)

    threads = [threading.Thread(target=one) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(made) == [False] * 7 + [True]
    assert len(read) == 8
    assert len(set(read)) == 1


def test_create_in_processes(path):
    """Two processes that start at once end with one key: what one seals the other opens."""
    script = (
        "import sys, pathlib\n"
        "from cognomen.signing.master_key_file import create_master_key_file, read_master_key_file\n"
        "from cognomen.signing.sealing import AesGcmSealer\n"
        "path = pathlib.Path(sys.argv[1])\n"
        "sys.stdin.read(1)\n"
        "create_master_key_file(path)\n"
        "print(AesGcmSealer(read_master_key_file(path).keys).seal(b'hello', 'test').hex())\n"
    )
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", script, os.fspath(path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for process in processes:
        process.stdin.write("x")
        process.stdin.flush()
    sealed = [bytes.fromhex(process.communicate(timeout=30)[0]) for process in processes]

    sealer = AesGcmSealer(read_master_key_file(path).keys)
    assert [sealer.open(value, "test") for value in sealed] == [b"hello", b"hello"]


SINCE = datetime(2026, 11, 24, 13, 0, 5, tzinfo=UTC)


def test_lines_tell_more(path):
    """A key for digests, and since when a key is in use; what is written is read again."""
    lines = (KeyLine(NEW, since=SINCE), KeyLine(OLD), KeyLine(bytes(32), digests=True))
    path.write_bytes(b"".join(line.written for line in lines))
    found = read_master_key_file(path)
    assert found.lines == lines
    assert found.keys == MasterKeys((NEW, OLD), (bytes(32),))
    assert path.read_text().startswith(f"{NEW_LINE.decode()} 2026-11-24T13:00:05Z\n")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"digests " + OLD_LINE, "holds no key"),
        (OLD_LINE + b" 2026-13-24T13:00:05Z", "line 1 of .* tells no time that there is"),
        (OLD_LINE + b" yesterday", "line 1 of .* is not base64"),
        (b"codes " + OLD_LINE, "line 1 of .* is not base64"),
        (OLD_LINE + b"\ndigests " + OLD_LINE[:-4], "line 2 of .* holds 30 bytes"),
    ],
)
def test_lines_refused(path, content, why):
    """As every unusable file, and without a word of its content."""
    path.write_bytes(content)
    with pytest.raises(MasterKeyUnusable, match=why) as refusal:
        read_master_key_file(path)
    assert OLD_LINE.decode() not in str(refusal.value)


def test_change(path):
    """The file changes as a whole, stays its owner's alone, and nothing else is left behind."""
    path.write_bytes(OLD_LINE)
    path.chmod(0o400)
    link = path.with_name("link.key")
    link.symlink_to(path)
    change_master_key_file(link, lambda lines: (KeyLine(NEW, since=SINCE), *lines))
    assert read_master_key_file(path).keys == MasterKeys((NEW, OLD))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert link.is_symlink()
    assert set(path.parent.iterdir()) == {path, link}


def test_change_gives_way(path):
    """Where another command is at it, or was killed, nothing changes; nor where the change itself raises."""
    path.write_bytes(OLD_LINE)
    draft = path.with_name(".master.key.new")
    draft.touch()
    with pytest.raises(MasterKeyUnusable, match="is there: master keys are being changed by another command"):
        change_master_key_file(path, lambda lines: ())
    draft.unlink()
    with pytest.raises(KeyError):
        change_master_key_file(path, lambda lines: {}[0])
    assert path.read_bytes() == OLD_LINE
    assert list(path.parent.iterdir()) == [path]
    with pytest.raises(MasterKeyUnusable, match="cannot be changed: Not a directory"):
        change_master_key_file(path / "deeper", lambda lines: lines)


def test_change_in_threads(path):
    """Of many that add keys at once none takes another one's away: each succeeds or is told to wait."""
    path.write_bytes(OLD_LINE)
    start, added = threading.Barrier(8), []

    def one(number):
        start.wait(10)
        try:
            change_master_key_file(path, lambda lines: (*lines, KeyLine(bytes([number]) * 32)))
        except MasterKeyUnusable:
            return
        added.append(bytes([number]) * 32)

    threads = [threading.Thread(target=one, args=(number,)) for number in range(1, 9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert added
    assert set(read_master_key_file(path).keys.keys) == {OLD, *added}


def test_watch(path):
    """Told at first and after each change; other keys altogether, open files and broken ones are not taken."""
    path.write_bytes(OLD_LINE)
    path.chmod(0o600)
    watch = MasterKeyWatch(path)
    assert [watch.look(), watch.look()] == [MasterKeys((OLD,)), None]
    change_master_key_file(path, lambda lines: (KeyLine(NEW), *lines))
    assert [watch.look(), watch.look()] == [MasterKeys((NEW, OLD)), None]
    for content, mode, why in (
        (base64.b64encode(bytes(32)), 0o600, "holds none of the keys"),
        (NEW_LINE, 0o644, "is open to other users"),
        (b"nothing", 0o600, "is not base64"),
    ):
        path.write_bytes(content)
        path.chmod(mode)
        for _ in range(2):
            with pytest.raises(MasterKeyUnusable, match=why):
                watch.look()
    path.unlink()
    with pytest.raises(MasterKeyUnusable, match="No such file"):
        watch.look()
    path.write_bytes(NEW_LINE)
    path.chmod(0o600)
    assert watch.look() == MasterKeys((NEW,))
