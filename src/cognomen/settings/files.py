"""What a settings rule asks of a file before it is used."""

import stat
from pathlib import Path


def open_to_others(file: Path) -> bool:
    """Whether group or world may do anything with the file; a file that is not there is open to nobody."""
    try:
        return bool(file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))
    except OSError:
        return False
