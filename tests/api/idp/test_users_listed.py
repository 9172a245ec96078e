"""ListUsers through the AWS SDK."""

import pytest

from api.idp.test_users import attributes_of, create, pairs, user
from clocked import cognito, server  # noqa: F401 (the fixtures of this file)
from conftest import Pool

NAMES = ["Ada", "ada", "Bob", "bo", "eve", "Zoe"]


@pytest.fixture(scope="module")
def people(cognito, server):
    """A pool of six, of whom one is disabled and one was confirmed."""
    pool_id = cognito.create_user_pool(PoolName="people")["UserPool"]["Id"]
    pool = Pool(cognito, server, pool_id, "", None)
    for number, name in enumerate(NAMES):
        attributes = {"name": name, "email": f"{name}@D{number % 2}.example", "family_name": 'O"Hara \\ Lee'}
        if name != "eve":
            attributes["phone_number"] = f"+49151{number}"
        create(pool, name, UserAttributes=pairs(**attributes), MessageAction="SUPPRESS")
    cognito.admin_disable_user(UserPoolId=pool_id, Username="bo")
    cognito.admin_set_user_password(UserPoolId=pool_id, Username="eve", Password="Correct-Horse-9", Permanent=True)
    return pool


def found(pool, filter_=None, **more):
    asked = {"UserPoolId": pool.pool_id, **({"Filter": filter_} if filter_ is not None else {}), **more}
    return [one["Username"] for one in pool.cognito.list_users(**asked)["Users"]]


def paged(pool, limit, **more):
    """All users, by pages of so many."""
    token: dict[str, str] = {}
    while True:
        page = pool.cognito.list_users(UserPoolId=pool.pool_id, Limit=limit, **token, **more)
        yield [one["Username"] for one in page["Users"]]
        if "PaginationToken" not in page:
            return
        token = {"PaginationToken": page["PaginationToken"]}


def test_a_user_is_listed_as_administrators_see_one(people):
    """The members of UserType, attributes with the sub first (reference 03)."""
    listed = {one["Username"]: one for one in people.cognito.list_users(UserPoolId=people.pool_id)["Users"]}
    assert set(listed) == set(NAMES)
    one = user(people, "Ada")
    assert listed["Ada"] == {
        "Username": "Ada",
        "Attributes": one["UserAttributes"],
        **{name: one[name] for name in ("UserCreateDate", "UserLastModifiedDate", "Enabled", "UserStatus")},
    }


# In the order in which they have to come: by the value, then by sub where values are equal.
FILTERS = {
    'username = "Ada"': ["Ada"],
    'username = "ADA"': [],
    'username ^= "A"': ["Ada"],
    'username ^= ""': ["Ada", "Bob", "Zoe", "ada", "bo", "eve"],
    'email = "BOB@d0.example"': ["Bob"],
    '"email"="bob@d0.example"': ["Bob"],
    'email ^= "bo"': ["bo", "Bob"],
    'email ^= "bo@"': ["bo"],
    'email ^= ""': [{"Ada", "ada"}, "bo", "Bob", "eve", "Zoe"],
    'name ^= "ADA"': [{"Ada", "ada"}],
    'phone_number ^= "+49151"': ["Ada", "ada", "Bob", "bo", "Zoe"],
    'phone_number = "+491512"': ["Bob"],
    'family_name = "o\\"hara \\\\ lee"': [{*NAMES}],
    'given_name ^= ""': [],
    'preferred_username = "x"': [],
    'cognito:user_status = "confirmed"': ["eve"],
    '"cognito:user_status" ^= "Conf"': ["eve"],
    'cognito:user_status ^= ""': ["eve", {"Ada", "ada", "Bob", "bo", "Zoe"}],
    'cognito:user_status = "CONF"': [],
    'status = "Disabled"': ["bo"],
    'status ^= "En"': [{"Ada", "ada", "Bob", "eve", "Zoe"}],
    'status = "enabled"': [],
    "": [{*NAMES}],
    'email = "%"': [],
    'email ^= "%"': [],
    'email = "\' or 1=1 --"': [],
    'email ^= "\U0010ffff"': [],
}


@pytest.mark.parametrize("text", FILTERS)
@pytest.mark.parametrize("limit", [60, 2, 1])
def test_a_filter_finds_in_order(people, text, limit):
    """Who is found, ascending by the attribute, on whatever pages (reference 03, ListUsers)."""
    pages = list(paged(people, limit, Filter=text))
    assert all(len(page) == limit for page in pages[:-1])
    names = [name for page in pages for name in page]
    for expected in FILTERS[text]:
        group = {expected} if isinstance(expected, str) else expected
        assert set(names[: len(group)]) == group
        names = names[len(group) :]
    assert names == []


def test_a_sub_is_found_whole_and_by_its_beginning(people):
    """``sub`` is searched as it is."""
    sub = attributes_of(user(people, "Zoe"))["sub"]
    for text in (f'sub = "{sub}"', f'sub ^= "{sub}"', f'sub ^= "{sub[:20]}"'):
        assert found(people, text) == ["Zoe"]
    assert found(people, f'sub = "{sub[:20]}"') == []


def test_a_limit_of_zero_is_a_whole_page(people):
    """Limit goes from 0 to 60, and 0 says nothing."""
    assert len(found(people, Limit=0)) == len(NAMES)


def test_only_the_attributes_asked_for_are_shown(people):
    """AttributesToGet; an empty list means all (reference 03)."""
    asked = {"UserPoolId": people.pool_id, "Filter": 'username = "Ada"'}
    for wanted, shown in ((["email"], {"email"}), (["name", "sub"], {"name", "sub"}), (["sub"], {"sub"})):
        (one,) = people.cognito.list_users(**asked, AttributesToGet=wanted)["Users"]
        assert attributes_of(one).keys() == shown
    (one,) = people.cognito.list_users(**asked, AttributesToGet=[])["Users"]
    assert attributes_of(one).keys() == {"sub", "name", "email", "family_name", "phone_number"}


def test_an_attribute_that_somebody_on_the_page_lacks_is_refused(people):
    """AWS answers an error unless all users in the result have a value (model of ListUsers)."""
    told = "One or more requested attributes do not exist"
    refused = people.cognito.exceptions.InvalidParameterException
    for more in ({}, {"Filter": 'username = "eve"'}):
        with pytest.raises(refused, match=told):
            found(people, AttributesToGet=["phone_number"], **more)
    assert found(people, 'username = "Ada"', AttributesToGet=["phone_number"]) == ["Ada"]


def test_what_changes_is_found_by_what_it_is_now(pool):
    """Search follows changed, deleted and disabled users in the same moment."""
    create(pool, "ann", UserAttributes=pairs(email="ann@d.example", name="Ann"), MessageAction="SUPPRESS")
    changed = pairs(email="new@d.example", name="")
    pool.cognito.admin_update_user_attributes(UserPoolId=pool.pool_id, Username="ann", UserAttributes=changed)
    assert found(pool, 'email ^= "ann"') == found(pool, 'name ^= ""') == []
    assert found(pool, 'email = "new@d.example"') == ["ann"]
    pool.cognito.admin_delete_user(UserPoolId=pool.pool_id, Username="ann")
    assert found(pool, 'email = "new@d.example"') == found(pool) == []


def test_a_list_goes_on_after_changes(pool):
    """Users who come and go between two pages neither repeat others nor hide them."""
    for number in range(6):
        create(pool, f"user{number}", UserAttributes=pairs(name=f"n{number}"), MessageAction="SUPPRESS")
    pages = paged(pool, 2, Filter='name ^= "n"')
    assert next(pages) == ["user0", "user1"]
    for gone in ("user1", "user2"):
        pool.cognito.admin_delete_user(UserPoolId=pool.pool_id, Username=gone)
    create(pool, "between", UserAttributes=pairs(name="n31"), MessageAction="SUPPRESS")
    assert list(pages) == [["user3", "between"], ["user4", "user5"]]


# Tokens


def token_of(pool, **more):
    return pool.cognito.list_users(UserPoolId=pool.pool_id, Limit=1, **more)["PaginationToken"]


def test_a_token_belongs_to_its_list_and_lasts_an_hour(make_pool, people):
    """Another filter or pool, a changed token and one older than an hour are refused (TRUST API-22)."""
    token = token_of(people, Filter='email ^= "a"')
    other = make_pool()
    refused = people.cognito.exceptions.InvalidParameterException
    foreign = [
        {"UserPoolId": people.pool_id, "Filter": 'email ^= "b"', "PaginationToken": token},
        {"UserPoolId": people.pool_id, "PaginationToken": token},
        {"UserPoolId": other.pool_id, "Filter": 'email ^= "a"', "PaginationToken": token},
        {"UserPoolId": people.pool_id, "Filter": 'email ^= "a"', "PaginationToken": f"{token[:-5]}AAAA{token[-1]}"},
        {"UserPoolId": people.pool_id, "Filter": 'email ^= "a"', "PaginationToken": "nonsense"},
    ]
    for request in foreign:
        with pytest.raises(refused, match="pagination token is not valid"):
            people.cognito.list_users(**request)
    right = {"Filter": 'email ^= "a"', "PaginationToken": token}
    people.server.advance(3500)
    assert len(found(people, right["Filter"], PaginationToken=token)) == 1
    people.server.advance(101)
    with pytest.raises(refused, match="pagination token has expired"):
        people.cognito.list_users(UserPoolId=people.pool_id, **right)


def test_a_token_tells_nothing(people):
    """The values at which a list goes on cannot be read from its token."""
    token = token_of(people, Filter='email ^= ""')
    assert "example" not in token
    assert token.isascii()
    assert not any(character.isspace() for character in token)
