"""A list of breached passwords on this machine, looked up by halves: it is never loaded, however large it is."""

import asyncio
import hashlib
import os
from pathlib import Path

DIGITS = 40  # of a SHA-1 in hex
STRIDE = 256  # bytes that are read at a time; no line is longer


class ListUnusable(Exception):  # noqa: N818
    """The file cannot be read, or is no sorted list of SHA-1 digests; the message says which."""


class HashedList:
    """A file with one SHA-1 a line in hex, sorted, with or without ``:count`` (as Have I Been Pwned has it)."""

    def __init__(self, file: Path) -> None:
        """Open the list; raises ListUnusable."""
        try:
            self._file = os.open(file, os.O_RDONLY)
            self._size = os.fstat(self._file).st_size
        except OSError as fault:
            raise ListUnusable(f"the list of breached passwords {file} cannot be read: {fault.strerror}") from fault
        if not self._is_sorted():
            os.close(self._file)
            raise ListUnusable(f"{file} is no list of breached passwords: it needs one SHA-1 a line in hex, sorted")

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._file)

    async def holds(self, password: str) -> bool:
        """Whether a password is on the list."""
        digest = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper().encode()
        return await asyncio.to_thread(self._holds, digest)

    def _holds(self, digest: bytes) -> bool:
        low, high = 0, self._size
        while low < high:
            middle = (low + high) // 2
            start, found = self._line_from(middle)
            if not found or start >= high:
                high = middle
            elif found == digest:
                return True
            elif found < digest:
                low = start + 1
            else:
                high = middle
        return False

    def _line_from(self, offset: int) -> tuple[int, bytes]:
        """The first line that begins at an offset or behind it: where, and its digest; empty where there is none."""
        start = offset
        if offset:
            before = os.pread(self._file, STRIDE, offset - 1)
            end = before.find(b"\n")
            if end < 0:
                return self._size, b""
            start = offset + end
        return start, os.pread(self._file, DIGITS, start).upper()

    def _is_sorted(self) -> bool:
        """Whether a few lines all over the file are digests in order."""
        places = sorted({self._size * part // 16 for part in range(16)})
        lines = [line for _, line in map(self._line_from, places) if line]
        return bool(lines) and all(map(_is_digest, lines)) and lines == sorted(lines)


def _is_digest(line: bytes) -> bool:
    return len(line) == DIGITS and not line.strip(b"0123456789ABCDEF")
