"""Key files for KMSKeyID are read, or named with what to do; what is in them is never told."""

import base64
from pathlib import Path

import pytest

from cognomen.process.start import problems_of
from cognomen.settings import Settings
from cognomen.settings.code_keys import read_code_keys

ARN = "arn:aws:kms:us-east-1:123456789012:key/codes"
KEY = bytes(range(32))
TEXT = base64.b64encode(KEY)


def file_of(folder: Path, content: bytes | None, mode: int = 0o600) -> Path:
    file = folder / "code.key"
    if content is not None:
        file.write_bytes(content)
        file.chmod(mode)
    return file


@pytest.mark.parametrize("content", [TEXT, TEXT + b"\n", b" " + TEXT + b"\r\n"])
def test_a_key_is_read(tmp_path: Path, content: bytes) -> None:
    """32 bytes in base64, as the command of the guide writes them."""
    assert read_code_keys({ARN: str(file_of(tmp_path, content))}) == ({ARN: KEY}, [])


@pytest.mark.parametrize(
    ("content", "mode", "told"),
    [
        (
            None,
            0o600,
            "the file holds no 32 bytes in base64: make one with `(umask 077; head -c 32 /dev/urandom | base64",
        ),
        (b"", 0o600, "the file holds no 32 bytes in base64: make one with"),
        (KEY, 0o600, "the file holds no 32 bytes in base64: make one with"),
        (base64.b64encode(KEY[:16]), 0o600, "the file holds no 32 bytes in base64: make one with"),
        (TEXT + b"\n" + TEXT, 0o600, "the file holds no 32 bytes in base64: make one with"),
        (TEXT, 0o640, "the key is open to other users of the machine: `chmod 600 "),
        (TEXT, 0o604, "the key is open to other users of the machine: `chmod 600 "),
    ],
)
def test_a_key_that_cannot_be_used_keeps_the_server_from_starting(
    tmp_path: Path, content: bytes | None, mode: int, told: str
) -> None:
    """The line of the settings is named, and what to do; the file is not quoted."""
    file = file_of(tmp_path, content, mode)
    (problem,) = problems_of(Settings(data=":memory:", kms_keys={ARN: str(file)}))
    assert problem.startswith(f'[kms_keys] "{ARN}" = "{file}": {told}')
    assert TEXT.decode() not in problem
