"""Codes of authenticator apps."""

import pyotp
import pytest

from authenticator import App
from cognomen.domain.totp import code_at, matching_step, secret_code, secret_of

RFC = b"12345678901234567890"
# RFC 6238, appendix B, SHA-1: seconds since 1970 and the last six of eight digits.
VECTORS = [
    (59, "287082"),
    (1111111109, "081804"),
    (1111111111, "050471"),
    (1234567890, "005924"),
    (2000000000, "279037"),
    (20000000000, "353130"),
]
SECRET = bytes(range(32))
NOW = 1_700_000_010_000
STEP = NOW // 30_000


@pytest.mark.parametrize(("seconds", "code"), VECTORS)
def test_the_vectors_of_the_rfc(seconds: int, code: str) -> None:
    """The published codes come out."""
    assert code_at(RFC, seconds // 30) == code
    assert matching_step(RFC, code, seconds * 1000) == seconds // 30


@pytest.mark.parametrize("steps", range(-3, 4))
def test_two_other_implementations_agree(steps: int) -> None:
    """pyotp and the app of the tests show the same codes for the SecretCode."""
    code = code_at(SECRET, STEP + steps)
    assert code == pyotp.TOTP(secret_code(SECRET)).at((NOW + steps * 30_000) // 1000)
    assert code == App(secret_code(SECRET)).code(NOW, steps)


@pytest.mark.parametrize(("steps", "taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_one_step_of_drift(steps: int, taken: bool) -> None:
    """The step that matches is told, so that it can be used up."""
    expected = STEP + steps if taken else None
    assert matching_step(SECRET, code_at(SECRET, STEP + steps), NOW) == expected


@pytest.mark.parametrize(
    "code", ["", "1", "abcdef", "12345", "1234567", "\u0661\u0662\u0663\u0664\u0665\u0666", "9" * 9999]
)
def test_what_is_no_code_matches_nothing(code: str) -> None:
    """Other lengths, letters and digits of other scripts are no codes."""
    assert matching_step(SECRET, code, NOW) is None


def test_a_code_matches_at_the_beginning_of_time() -> None:
    """There is no step before the first."""
    assert matching_step(SECRET, code_at(SECRET, 0), 0) == 0


def test_a_secret_comes_back() -> None:
    """52 characters of base32 for 32 bytes, without padding; other text is none."""
    code = secret_code(SECRET)
    assert (len(code), secret_of(code)) == (52, SECRET)
    assert code.isalnum()
    with pytest.raises(ValueError, match="base32"):
        secret_of("no base32!")
