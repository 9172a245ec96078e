"""The file of the master keys: read, made, watched, and changed as a whole.

A line is a master key in base64, and may say behind it since when it seals. A line that begins with ``digests`` is a
key for digests alone. Of both kinds the first is in use and the others are known.
"""

import base64
import binascii
import os
import re
import secrets
import stat
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, TypeAlias

from cognomen.signing.sealing import KEY_BYTES, AesGcmSealer, MasterKeys, MasterKeyUnusable, master_key_id

OF_DIGESTS: Final = b"digests"
TIME: Final = "%Y-%m-%dT%H:%M:%SZ"
LINE: Final = re.compile(rb"(digests\s+)?(.*?)(?:\s+(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ))?")


@dataclass(frozen=True, slots=True)
class KeyLine:
    """One line: a key of either kind, and since when it is in use, where that is told."""

    key: bytes = field(repr=False)
    digests: bool = False
    since: datetime | None = None

    @property
    def key_id(self) -> str:
        """The name of the key; says nothing of it."""
        return master_key_id(self.key)

    @property
    def written(self) -> bytes:
        """As it stands in the file."""
        since = self.since.strftime(TIME).encode() if self.since else b""
        words = (OF_DIGESTS if self.digests else b"", base64.b64encode(self.key), since)
        return b" ".join(word for word in words if word) + b"\n"


KeyLines: TypeAlias = tuple[KeyLine, ...]


def master_keys_of(lines: Sequence[KeyLine]) -> MasterKeys:
    """The keys of these lines, one of which is a master key."""
    return MasterKeys(
        tuple(line.key for line in lines if not line.digests), tuple(line.key for line in lines if line.digests)
    )


@dataclass(frozen=True, slots=True)
class MasterKeyFile:
    """What a master key file holds, and whether others than its owner may read or write it."""

    lines: KeyLines
    exposed: bool

    @property
    def keys(self) -> MasterKeys:
        """The keys."""
        return master_keys_of(self.lines)


def read_master_key_file(path: Path) -> MasterKeyFile:
    """What is in the file; raises MasterKeyUnusable."""
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            content = file.read()
    except OSError as error:
        raise MasterKeyUnusable(f"master key file {path} cannot be read: {error.strerror}") from error
    exposed = bool(mode & (stat.S_IRWXG | stat.S_IRWXO))
    return MasterKeyFile(_lines_in(content, path), exposed)


def _lines_in(content: bytes, path: Path) -> KeyLines:
    numbered = [(number, line.strip()) for number, line in enumerate(content.splitlines(), start=1)]
    lines = tuple(_line_of(line, f"line {number} of master key file {path}") for number, line in numbered if line)
    if all(line.digests for line in lines):
        raise MasterKeyUnusable(f"master key file {path} holds no key")
    return lines


def _line_of(line: bytes, where: str) -> KeyLine:
    parts = LINE.fullmatch(line)
    try:
        digests, text, since = parts.groups() if parts else (None, line, None)
        key = base64.b64decode(text, validate=True)
        at = datetime.strptime(since.decode(), TIME).replace(tzinfo=UTC) if since else None
    except binascii.Error:
        raise MasterKeyUnusable(f"{where} is not base64") from None
    except ValueError:
        raise MasterKeyUnusable(f"{where} tells no time that there is") from None
    if len(key) != KEY_BYTES:
        raise MasterKeyUnusable(f"{where} holds {len(key)} bytes; a master key has {KEY_BYTES}")
    return KeyLine(key, bool(digests), at)


class MasterKeyWatch:
    """Notices that the file has changed. Keys of which none was known before are not taken: it must be the wrong file.

    Looking costs 2 µs as long as nothing has.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: tuple[int, int, int] | None = None
        self._known: MasterKeys | None = None

    def look(self) -> MasterKeys | None:
        """The keys, at first and after each change of the file; raises MasterKeyUnusable."""
        seen = self._look()  # before it is read, so that what changes meanwhile is read once more
        if seen == self._seen:
            return None
        found = read_master_key_file(self._path)
        if self._known and not set(self._known.keys) & set(found.keys.keys):
            raise MasterKeyUnusable(f"master key file {self._path} holds none of the keys that it held before")
        if self._known and found.exposed:
            raise MasterKeyUnusable(f"master key file {self._path} is open to other users of the machine")
        self._seen, self._known = seen, found.keys
        return found.keys

    def _look(self) -> tuple[int, int, int]:
        try:
            status = self._path.stat()
        except OSError as error:
            raise MasterKeyUnusable(f"master key file {self._path} cannot be read: {error.strerror}") from error
        return status.st_mtime_ns, status.st_size, status.st_ino


def sealer_of_file(path: Path) -> AesGcmSealer:
    """Seals under the keys of the file, as it is at any time; raises MasterKeyUnusable."""
    watch = MasterKeyWatch(path)
    keys = watch.look()
    assert keys, "the first look always finds some"
    return AesGcmSealer(keys, watch.look)


def create_master_key_file(path: Path) -> bool:
    """Put a fresh key there, for its owner alone; False where a file already is; raises MasterKeyUnusable.

    The file appears whole or not at all, and of two processes at once one makes it: the other finds it made.
    """
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        _write_private(draft, KeyLine(secrets.token_bytes(KEY_BYTES)).written)
        path.hardlink_to(draft)
    except FileExistsError:
        return False
    except OSError as error:
        raise MasterKeyUnusable(f"master key file {path} cannot be created: {error.strerror}") from error
    finally:
        draft.unlink(missing_ok=True)
    _flush_directory(path.parent)
    return True


def change_master_key_file(path: Path, change: Callable[[KeyLines], KeyLines]) -> KeyLines:
    """Put what `change` makes of the lines in their place, whole or not at all; answers the new lines.

    Owner and group stay, and nobody else may read it. Raises MasterKeyUnusable, also where somebody else is at it.
    """
    file = path.resolve()  # of a link, the file that it leads to
    draft = file.with_name(f".{file.name}.new")
    try:
        _write_private(draft, b"")
    except FileExistsError:
        raise MasterKeyUnusable(
            f"{draft} is there: master keys are being changed by another command, or one was killed; then delete it"
        ) from None
    except OSError as error:
        raise MasterKeyUnusable(f"master key file {path} cannot be changed: {error.strerror}") from error
    draft_is_ours = True
    try:
        lines = change(read_master_key_file(file).lines)
        _put_in_place(draft, file, b"".join(line.written for line in lines))
        draft_is_ours = False  # it has become the file: one that is there from now on is another command's
        _flush_directory(file.parent)
    except OSError as error:
        raise MasterKeyUnusable(f"master key file {path} cannot be changed: {error.strerror}") from error
    finally:
        if draft_is_ours:
            draft.unlink(missing_ok=True)
    return lines


def _put_in_place(draft: Path, file: Path, content: bytes) -> None:
    owner = file.stat()
    if hasattr(os, "chown"):
        os.chown(draft, owner.st_uid, owner.st_gid)
    with draft.open("r+b") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())
    draft.replace(file)


def _write_private(path: Path, content: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _flush_directory(path: Path) -> None:
    """So that a power cut cannot take the key away from what is sealed under it; Windows has no such call."""
    with suppress(PermissionError):
        directory = os.open(path, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)
