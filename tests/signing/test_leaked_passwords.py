"""A list of breached passwords, looked up by halves."""

import hashlib
from pathlib import Path

import pytest

from cognomen.signing.leaked_passwords import HashedList, ListUnusable

pytestmark = pytest.mark.anyio


def digest(password: str) -> str:
    return hashlib.sha1(password.encode()).hexdigest().upper()


def written(tmp_path: Path, lines: list[str], end: str = "\n", last: str = "\n") -> Path:
    file = tmp_path / "leaked"
    file.write_bytes((end.join(lines) + last).encode())
    return file


@pytest.mark.parametrize("count", [1, 2, 3, 7, 500])
@pytest.mark.parametrize(("end", "last"), [("\n", "\n"), ("\r\n", ""), ("\n", "")])
@pytest.mark.parametrize("lower", [True, False])
async def test_every_password_of_the_list_is_found(
    tmp_path: Path, count: int, end: str, last: str, *, lower: bool
) -> None:
    """And no other, whatever ends the lines and whether they carry counts."""
    known = [f"password{number}" for number in range(count)]
    lines = [f"{one}:{index**3}" if index % 3 else one for index, one in enumerate(sorted(map(digest, known)))]
    held = HashedList(written(tmp_path, [one.lower() if lower else one for one in lines], end, last))
    assert all([await held.holds(one) for one in known])
    assert not any([await held.holds(f"other{number}") for number in range(50)])
    held.close()


@pytest.mark.parametrize("text", ["", "\n", "password\n", f"{digest('a')}\n{'0' * 40}\n", "g" * 40])
def test_what_is_no_list_is_refused(tmp_path: Path, text: str) -> None:
    """So that no server starts that would find nothing."""
    file = tmp_path / "leaked"
    file.write_text(text)
    with pytest.raises(ListUnusable):
        HashedList(file)
    with pytest.raises(ListUnusable):
        HashedList(tmp_path / "missing")
