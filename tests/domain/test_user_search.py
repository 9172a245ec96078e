"""The filter of ListUsers."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cognomen import errors
from cognomen.domain.user import UserStatus
from cognomen.domain.user_search import (
    EVERYBODY,
    HIGHEST,
    SEARCHABLE,
    Search,
    State,
    Stretch,
    folded,
    search_of,
    search_terms,
)
from domain.people import a_user


def search(text: str) -> Search:
    return search_of(text, names_are_subs=False)


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
    'name = "nul\0"': ("name", "nul\ufffd"),
}


@pytest.mark.parametrize("text", EXACT)
def test_a_filter_finds_a_value(text):
    """Both ways to write an attribute, blanks anywhere, escaped quotes, and case where AWS looks at it."""
    attribute, value = EXACT[text]
    assert search(text) == Stretch(attribute, value, value)


BEGINNINGS = {
    'email ^= "Ann@"': Stretch("email", "ann@", "ann@" + HIGHEST),
    '"email"^="ann"': Stretch("email", "ann", "ann" + HIGHEST),
    'email ^= ""': Stretch("email", "", HIGHEST),
    'username ^= "Ann"': Stretch("username", "Ann", "Ann" + HIGHEST),
    'sub ^= "5a"': Stretch("sub", "5a", "5a" + HIGHEST),
}


@pytest.mark.parametrize("text", BEGINNINGS)
def test_a_filter_finds_a_beginning(text):
    """``^=`` reaches from the beginning to whatever may follow it."""
    assert search(text) == BEGINNINGS[text]


@pytest.mark.parametrize("text", ["", " ", "\n"])
def test_an_empty_filter_finds_everybody(text):
    """No filter and an empty one are the same."""
    assert search(text) == EVERYBODY


CONFIRMED, RESET = UserStatus.CONFIRMED, UserStatus.RESET_REQUIRED
STATES = {
    'cognito:user_status = "confirmed"': [(True, CONFIRMED), (False, CONFIRMED)],
    '"cognito:user_status"="CONFIRMED"': [(True, CONFIRMED), (False, CONFIRMED)],
    'cognito:user_status ^= "r"': [(True, RESET), (False, RESET)],
    'cognito:user_status = "conf"': [],
    'status = "Enabled"': [(True, status) for status in UserStatus],
    'status = "Disabled"': [(False, status) for status in UserStatus],
    'status ^= "En"': [(True, status) for status in UserStatus],
    'status ^= ""': [(enabled, status) for enabled in (False, True) for status in UserStatus],
    'status = "enabled"': [],
    'status = "true"': [],
    'status ^= "e"': [],
    'status = ""': [],
}


@pytest.mark.parametrize("text", STATES)
def test_states_are_searched_by_their_names(text):
    """``status`` means enabled and has its case, ``cognito:user_status`` has none; both in ascending order."""
    assert search(text) == tuple(State(enabled, status) for enabled, status in STATES[text])


def test_every_status_is_searched_in_order():
    """An empty beginning asks for all states, ascending by their names."""
    statuses = [state.status for state in search('cognito:user_status ^= ""')]
    assert statuses == sorted(statuses)
    assert set(statuses) == set(UserStatus)


def test_where_the_user_name_is_the_sub_it_is_searched_as_one():
    """In pools with UsernameAttributes a user name is not kept twice."""
    assert search_of('username ^= "5a"', names_are_subs=True) == search('sub ^= "5a"')


UNREADABLE = [
    "email", "email =", 'email "x"', "email = x", "email = 'x'", 'email == "x"', 'email != "x"', 'email ~ "x"',
    '= "x"', '"email = "x"', 'email" = "x"', 'email = "x', 'email = "x" and name = "y"', 'email = "x"y"',
    'email = "x" ;', 'email ^ = "x"', '"" = "x"', 'e mail = "x"', 'email = "x\\"', "1=1",
]  # fmt: skip


@pytest.mark.parametrize("text", UNREADABLE)
def test_what_is_no_filter_is_refused(text):
    """API-23: The grammar is one attribute, one operator and one value in quotation marks."""
    with pytest.raises(errors.FilterUnreadable, match=r"^Error while parsing filter$"):
        search(text)


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
    """API-23: Everything but the ten attributes of reference 03 is refused by its name."""
    with pytest.raises(errors.NotSearchable, match=f"^Invalid search attribute: {name}$"):
        search(f'{name} = "x"')


@given(st.text(max_size=256))
def test_no_filter_is_a_fault_of_the_server(text):
    """API-23: Whatever is sent is read or refused."""
    try:
        search(text)
    except errors.InvalidParameterException:
        return


@given(st.text(max_size=300), st.integers(0, 60))
@example("a\U0010ffffb", 1)
def test_a_beginning_lies_in_its_stretch(value, length):
    """A user is found by any beginning of a value, as PostgreSQL and SQLite compare them: byte by byte."""
    quoted = value[:length].replace("\\", "\\\\").replace('"', '\\"')
    stretch = search(f'name ^= "{quoted}"')
    kept = folded(value).encode("utf-8", "surrogatepass")
    assert stretch.first.encode("utf-8", "surrogatepass") <= kept <= stretch.last.encode("utf-8", "surrogatepass")


def test_values_are_kept_folded_and_cut():
    """One value for each searchable attribute that is there, short enough for every index, without NUL."""
    attributes = {"email": "Ann@D.example", "name": "x" * 2048, "gender": "f", "custom:a": "b", "given_name": "a\0b"}
    kept = {"email": "ann@d.example", "name": "x" * 256, "given_name": "a\ufffdb"}
    user = a_user(username="Ann", attributes=attributes)
    assert search_terms(user) == {**kept, "username": "Ann"}
    assert search_terms(a_user(username=user.sub, attributes=attributes)) == kept
    every = a_user(attributes=dict.fromkeys(SEARCHABLE, "v"))
    assert search_terms(every).keys() == {*SEARCHABLE, "username"}
    assert search_terms(None) == {}
