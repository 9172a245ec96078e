"""Bytes as text in addresses and tokens: each has one spelling, here and in the kit."""

import string
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cognomen.domain import base64url
from cognomen_kit import base64url as of_the_kit

BOTH = pytest.mark.parametrize("spelling", [base64url, of_the_kit], ids=["server", "kit"])
LETTERS = string.ascii_letters + string.digits + "-_"


@BOTH
@given(data=st.binary(max_size=70))
def test_bytes_come_back(spelling: ModuleType, data: bytes) -> None:
    """Whatever the bytes, their spelling reads as them, and no other last letter does."""
    text = spelling.text_of(data)
    assert spelling.bytes_of(text) == data
    for last in LETTERS if text else "":
        if last != text[-1]:
            assert _read(spelling, text[:-1] + last) != data


@BOTH
@pytest.mark.parametrize("text", ["A", "AB", "AAB", "AA==", "AA=", "A A", "A\nAA", "AA+A", "AA/A", "Aé", "=", "AAAAA"])
def test_other_spellings_are_refused(spelling: ModuleType, text: str) -> None:
    """Padding, stray characters, unused bits that are set, and the other alphabet."""
    with pytest.raises(ValueError, match=r"\A"):
        spelling.bytes_of(text)


def _read(spelling: ModuleType, text: str) -> bytes | None:
    try:
        data: bytes = spelling.bytes_of(text)
    except ValueError:
        return None
    return data
