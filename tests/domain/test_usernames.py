"""Names that look the same are one name, whatever they are made of (TRUST API-13)."""

import itertools
import unicodedata

import pytest

from cognomen import errors
from cognomen.domain.pool import UserPool
from cognomen.domain.usernames import key_of, names_of_new_user


def pool_of(**settings: object) -> UserPool:
    return UserPool("us-east-1_abcdefghi", "test", 0, 0, settings)


EITHER = [pool_of(), pool_of(UsernameConfiguration={"CaseSensitive": False})]
WITH_ALIASES = pool_of(AliasAttributes=["email", "phone_number"])
ONE_NAME = [
    ("café", "cafe\u0301"),  # composed and decomposed
    ("ann", "\uff41nn"),  # full width
    ("ann@x.io", "ann\uff20x.io"),
    ("ann@x.io", "ann\ufe6bx.io"),  # small at sign
    ("Kim", "\u212aim"),  # Kelvin
    ("\u00c5sa", "\u212bsa"),  # Ångström
    ("sam", "\u017fam"),  # long s
    ("mike", "m\u0131ke"),  # dotless i
    ("Ian", "\u0130an"),  # dotted capital
    ("office", "o\ufb03ce"),  # ligature
    ("ann1", "ann\u00b9"),  # superscript
    ("ann2", "ann\u2461"),  # circled
    ("VII", "\u2166"),  # Roman numeral
    ("\u0627", "\ufe8d"),  # presentation forms of Arabic
    *(("ann", f"an{unseen}n") for unseen in "\u00ad\u034f\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u2060\u2066\ufeff"),
    *(("ann", f"{mark}ann") for mark in "\u202a\u202b\u202d\u202e\u3164\ufe0f\uffa0\U000e0041\U000e0100"),
    ("e\u0301a", "e\u200d\u0301a"),  # what is between a letter and its accent is not seen either
]


@pytest.mark.parametrize("pool", EITHER, ids=["case-sensitive", "case-insensitive"])
@pytest.mark.parametrize(("name", "twin"), ONE_NAME)
def test_look_alikes_are_one_name(pool: UserPool, name: str, twin: str) -> None:
    """Composed or not, wide or narrow, with or without characters that are not seen."""
    assert key_of(pool, name) == key_of(pool, twin)


@pytest.mark.parametrize(
    "name", ["ann", "Straße", "İstanbul", "ΣΊΣΥΦΟΣ", "ﬃ\u200d", "\u0130\u0307", "a\u0315\u0300", "ǰ"]
)
@pytest.mark.parametrize("pool", EITHER, ids=["case-sensitive", "case-insensitive"])
def test_a_key_is_its_own_key(pool: UserPool, name: str) -> None:
    """Nothing changes by folding twice, so that no two stored names meet at a third."""
    assert key_of(pool, key_of(pool, name)) == key_of(pool, name)


def test_every_single_character_keeps_its_key() -> None:
    """The same for each character of Unicode by itself, and between letters."""
    for pool, code in itertools.product(EITHER, range(0x110000)):
        character = chr(code)
        if unicodedata.category(character) in {"Cs", "Cn", "Co"} or character.isascii():
            continue
        key = key_of(pool, f"a{character}b")
        assert key_of(pool, key) == key, hex(code)


def test_case_is_folded_where_the_pool_says_so() -> None:
    """Straße is STRASSE there, and Σ one letter; in a case-sensitive pool they are different names."""
    sensitive, insensitive = EITHER
    for name, twin in [("Ann", "aNN"), ("Straße", "STRASSE"), ("ΣΊΣΥΦΟΣ", "σίσυφος"), ("Mike", "MIKE")]:
        assert key_of(insensitive, name) == key_of(insensitive, twin)
        assert key_of(sensitive, name) != key_of(sensitive, twin)


@pytest.mark.parametrize(
    "name", ["ann@x.io", "ann\uff20x.io", "\uff41nn\ufe6bx.io", "+15555550100", "\uff0b15555550100"]
)
def test_no_username_takes_the_place_of_an_alias(name: str) -> None:
    """Where e-mail and phone are aliases, what would be found in place of one is no user name."""
    with pytest.raises(errors.InvalidParameterException, match=r"^Username cannot be of (email|phone number) format"):
        names_of_new_user(WITH_ALIASES, name, "sub")
