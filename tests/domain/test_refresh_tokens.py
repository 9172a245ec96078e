"""The form of refresh tokens."""

import base64
import hashlib
import json
from uuid import UUID

import pytest

from cognomen.domain.refresh_tokens import RANDOM_BYTES, TAG_BYTES, RefreshToken, body_of, read

ORIGIN = "0f1e2d3c-4b5a-4697-8877-665544332211"
TOKEN = RefreshToken(body_of(ORIGIN, bytes(range(RANDOM_BYTES))), b"\xff" * TAG_BYTES)
HEAD, *PARTS = TOKEN.text.split(".")


def test_a_token_is_read_as_it_was_written() -> None:
    """Its bytes, and the sign-in that it names, come back."""
    assert read(TOKEN.text) == TOKEN
    assert TOKEN.origin_jti == ORIGIN
    assert str(UUID(bytes=TOKEN.body[:16])) == ORIGIN


def test_it_looks_like_a_jwe() -> None:
    """Five parts (RFC 7516, section 7.1), the first of which says what AWS's says."""
    head = json.loads(base64.urlsafe_b64decode(HEAD + "=="))
    assert head == {"cty": "JWT", "enc": "A256GCM", "alg": "RSA-OAEP"}
    assert [len(part) for part in PARTS] == [43, 16, 87, 22]


def test_it_is_as_hard_to_guess_as_it_should_be() -> None:
    """More than 256 random bits stand in it, so that a plain hash may be kept (ASVS 7.2.3, 11.5.1)."""
    assert RANDOM_BYTES * 8 > 256
    assert TOKEN.digest == hashlib.sha256(TOKEN.body + TOKEN.tag).digest()


def test_it_does_not_show_itself() -> None:
    """Neither its bytes nor its text stand in a repr."""
    assert repr(TOKEN) == "RefreshToken()"


SHIFTED = ".".join((HEAD, PARTS[0] + PARTS[1][0], PARTS[1][1:], *PARTS[2:]))
SLIPS = {
    "nothing": "",
    "a word": "made-up",
    "a JWT": "e30.e30.e30",
    "another head": ".".join(("e30", *PARTS)),
    "a part too few": TOKEN.text.rpartition(".")[0],
    "a part too many": TOKEN.text + ".AAAA",
    "a character too few": TOKEN.text[:-1],
    "a character too many": TOKEN.text + "A",
    "padding": TOKEN.text + "=",
    "a dot elsewhere": SHIFTED,
    "the other alphabet": TOKEN.text.replace("_", "/"),
    "a line break behind": TOKEN.text + "\n",
    "a blank before": " " + TOKEN.text,
    "a letter that is not ASCII": TOKEN.text[:-1] + "\u00c5",
}


@pytest.mark.parametrize("text", SLIPS.values(), ids=SLIPS)
def test_anything_else_is_no_token(text: str) -> None:
    """Each token has one spelling, and nothing else has the form of one."""
    assert text != TOKEN.text
    assert read(text) is None
