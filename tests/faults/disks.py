"""A disk that is small enough to fill: a tmpfs of its own, which only root can mount."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

BALLAST = "ballast"
MIB = 1_048_576


@contextmanager
def small_disk(folder: Path, mib: int) -> Iterator[Path]:
    """A mounted file system of so many megabytes; the test is skipped, and says so, where none can be mounted."""
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={mib}m,mode=0700", "tmpfs", str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip(f"NOT TESTED: a full disk, for no file system can be mounted here ({mounted.stderr.strip()})")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(disk: Path, leave: int = 0) -> None:
    """Take all room but so many bytes, or what others leave meanwhile."""
    with suppress(OSError), (disk / BALLAST).open("wb", buffering=0) as ballast:
        room = os.statvfs(disk)
        blocks = max(0, room.f_bavail - leave // room.f_frsize)
        for _ in range(blocks):
            ballast.write(bytes(room.f_frsize))


def free(disk: Path) -> None:
    """Give all of it back."""
    (disk / BALLAST).unlink()
