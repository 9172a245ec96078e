"""The directory of the store and the master key: made, and tried, before anything depends on it."""

import tempfile
from pathlib import Path

from cognomen.process.refused import StartRefused
from cognomen.settings import Settings


def make_data_directory(settings: Settings) -> None:
    """Make the directory that store and master key need, for this user alone, and prove that files can be made in it.

    Raises StartRefused.
    """
    if settings.data_dir and not (settings.database and settings.master_key_file):
        _make_and_try(settings.data_dir)


def _make_and_try(directory: Path) -> None:
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=directory):
            pass
    except OSError as fault:
        raise StartRefused(
            f"cannot keep data in {directory}: {fault.strerror}; choose another directory with --data"
        ) from fault
