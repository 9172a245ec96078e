"""The filter of ListUsers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cognomen import errors
from cognomen.domain.user_search import HIGHEST, SEARCHABLE, Stretch, folded, searchable_values, stretch_of

EXACT = {
    'email = "ann@d.example"': ("email", "ann@d.example"),
    'email="ann@d.example"': ("email", "ann@d.example"),
    '"email"="ann@d.example"': ("email", "ann@d.example"),
    '  "email"  =  "ann@d.example"  ': ("email", "ann@d.example"),
    'family_name = "O\'Hara"': ("family_name", "o'hara"),
    'name = "Ann \\"Nan\\" \\\\ Lee"': ("name", 'ann "nan" \\ lee'),
    'name = "back\\slash"': ("name", "back\\slash"),
    'name = ""': ("name", ""),
    'name = "a = \n b"': ("name", "a = \n b"),
    'given_name = "STRASSE"': ("given_name", "strasse"),
    'given_name = "Straße"': ("given_name", "strasse"),
    'preferred_username = "Ann"': ("preferred_username", "ann"),
    'phone_number = "+4915112345678"': ("phone_number", "+4915112345678"),
    'username = "Ann"': ("username", "Ann"),
    'sub = "5a3c6f0e"': ("sub", "5a3c6f0e"),
    'cognito:user_status = "confirmed"': ("cognito:user_status", "CONFIRMED"),
    '"cognito:user_status" = "CONFIRMED"': ("cognito:user_status", "CONFIRMED"),
    'status = "Enabled"': ("status", 1),
    'status = "Disabled"': ("status", 0),
    'name = "nul\0"': ("name", "nul\ufffd"),
}


@pytest.mark.parametrize("text", EXACT)
def test_a_filter_finds_a_value(text):
    """Both ways to write an attribute, blanks anywhere, escaped quotes, and case where AWS looks at it."""
    attribute, value = EXACT[text]
    assert stretch_of(text) == Stretch(attribute, value, value)


BEGINNINGS = {
    'email ^= "Ann@"': Stretch("email", "ann@", "ann@" + HIGHEST),
    '"email"^="ann"': Stretch("email", "ann", "ann" + HIGHEST),
    'email ^= ""': Stretch("email", "", HIGHEST),
    'username ^= "Ann"': Stretch("username", "Ann", "Ann" + HIGHEST),
    'cognito:user_status ^= "conf"': Stretch("cognito:user_status", "CONF", "CONF" + HIGHEST),
    'status ^= "En"': Stretch("status", 1, 1),
    'status ^= ""': Stretch("status", 0, 1),
}


@pytest.mark.parametrize("text", BEGINNINGS)
def test_a_filter_finds_a_beginning(text):
    """``^=`` reaches from the beginning to whatever may follow it."""
    assert stretch_of(text) == BEGINNINGS[text]


@pytest.mark.parametrize("text", ["", " ", "\n"])
def test_an_empty_filter_finds_everybody(text):
    """No filter and an empty one are the same."""
    assert stretch_of(text) is None


@pytest.mark.parametrize("text", ['status = "enabled"', 'status = "true"', 'status ^= "e"', 'status = ""'])
def test_the_names_of_enabled_have_their_case(text):
    """``status`` is case-sensitive: what is not one of its names finds nobody."""
    stretch = stretch_of(text)
    assert stretch.first > stretch.last


UNREADABLE = [
    "email", "email =", 'email "x"', "email = x", "email = 'x'", 'email == "x"', 'email != "x"', 'email ~ "x"',
    '= "x"', '"email = "x"', 'email" = "x"', 'email = "x', 'email = "x" and name = "y"', 'email = "x"y"',
    'email = "x" ;', 'email ^ = "x"', '"" = "x"', 'e mail = "x"', 'email = "x\\"', "1=1",
]  # fmt: skip


@pytest.mark.parametrize("text", UNREADABLE)
def test_what_is_no_filter_is_refused(text):
    """The grammar is one attribute, one operator and one value in quotation marks."""
    with pytest.raises(errors.FilterUnreadable, match=r"^Error while parsing filter$"):
        stretch_of(text)


@pytest.mark.parametrize(
    "name",
    [
        "custom:foo",
        "dev:custom:x",
        "Email",
        "USERNAME",
        "enabled",
        "gender",
        "user_status",
        "password",
        "email_verified",
    ],
)
def test_only_some_attributes_are_searched(name):
    """Everything but the ten attributes of reference 03 is refused by its name."""
    with pytest.raises(errors.NotSearchable, match=f"^Invalid search attribute: {name}$"):
        stretch_of(f'{name} = "x"')


@given(st.text(max_size=256))
def test_no_filter_is_a_fault_of_the_server(text):
    """Whatever is sent is read or refused."""
    try:
        stretch_of(text)
    except errors.InvalidParameterException:
        return


@given(st.text(max_size=300), st.integers(0, 60))
def test_a_beginning_lies_in_its_stretch(value, length):
    """A user is found by any beginning of a value, as PostgreSQL and SQLite compare them: byte by byte."""
    quoted = value[:length].replace("\\", "\\\\").replace('"', '\\"')
    stretch = stretch_of(f'name ^= "{quoted}"')
    kept = folded(value).encode("utf-8", "surrogatepass")
    assert stretch.first.encode("utf-8", "surrogatepass") <= kept <= stretch.last.encode("utf-8", "surrogatepass")


def test_values_are_kept_folded_and_cut():
    """One value for each searchable attribute that is there, short enough for every index, without NUL."""
    attributes = {"email": "Ann@D.example", "name": "x" * 2048, "gender": "f", "custom:a": "b", "given_name": "a\0b"}
    assert searchable_values(attributes) == {"email": "ann@d.example", "name": "x" * 256, "given_name": "a\ufffdb"}
    assert set(searchable_values(dict.fromkeys(SEARCHABLE, "v"))) == set(SEARCHABLE)
