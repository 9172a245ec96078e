"""AdminUpdateUserAttributes and AdminDeleteUserAttributes through the AWS SDK."""

import pytest

from api.idp.test_users import attributes_of, create, pairs, user
from clocked import cognito, server  # noqa: F401 (the fixtures of this file)
from conftest import PASSWORD

STRICT = {
    "AutoVerifiedAttributes": ["email", "phone_number"],
    "UserAttributeUpdateSettings": {"AttributesRequireVerificationBeforeUpdate": ["email"]},
}


def update(pool, username, **attributes):
    return pool.cognito.admin_update_user_attributes(
        UserPoolId=pool.pool_id, Username=username, UserAttributes=pairs(**attributes)
    )


def delete(pool, username, *names):
    return pool.cognito.admin_delete_user_attributes(
        UserPoolId=pool.pool_id, Username=username, UserAttributeNames=list(names)
    )


def known(pool, username):
    """The attributes of a user besides the sub."""
    found = attributes_of(user(pool, username))
    found.pop("sub")
    return found


def has(pool, username, **attributes):
    create(pool, username, UserAttributes=pairs(**attributes), MessageAction="SUPPRESS")


def test_attributes_are_set_changed_and_taken_away(pool):
    """What is not named stays; an empty value takes one away (model of AdminUpdateUserAttributes)."""
    has(pool, "ann", name="Ann", locale="de")
    update(pool, "ann", name="Anna", nickname="An")
    assert known(pool, "ann") == {"name": "Anna", "nickname": "An", "locale": "de"}
    update(pool, "ann", nickname="", gender="")
    assert known(pool, "ann") == {"name": "Anna", "locale": "de"}
    delete(pool, "ann", "name", "website")
    assert known(pool, "ann") == {"locale": "de"}


def test_nothing_is_applied_of_a_change_that_is_refused(pool):
    """One wrong attribute refuses the whole request (TRUST API-06)."""
    has(pool, "ann", name="Ann")
    with pytest.raises(pool.cognito.exceptions.InvalidParameterException):
        update(pool, "ann", name="Eve", **{"custom:foo": "x"})
    with pytest.raises(pool.cognito.exceptions.InvalidParameterException):
        delete(pool, "ann", "name", "sub")
    assert known(pool, "ann") == {"name": "Ann"}


def test_a_change_shows_in_the_dates(pool):
    """UserLastModifiedDate moves, UserCreateDate does not."""
    has(pool, "ann")
    before = user(pool, "ann")
    pool.server.advance(5)
    update(pool, "ann", name="Ann")
    after = user(pool, "ann")
    assert after["UserCreateDate"] == before["UserCreateDate"]
    assert (after["UserLastModifiedDate"] - before["UserLastModifiedDate"]).total_seconds() >= 5


def test_a_new_email_is_unverified_and_gets_a_code(pool):
    """The pool verifies e-mails: the flag falls, and a code goes to the new address (reference 04)."""
    has(pool, "bob", email="bob@d.example", email_verified="true")
    update(pool, "bob", email="bob@new.example")
    assert known(pool, "bob") == {"email": "bob@new.example", "email_verified": "false"}
    assert pool.messages(to="bob@new.example", wait=10)[0]["kind"] == "UpdateUserAttribute"


def test_an_administrator_verifies_without_a_code(pool):
    """email_verified=true with the address sends nothing; alone it verifies the present one."""
    has(pool, "cat", email="cat@d.example")
    update(pool, "cat", email_verified="true")
    update(pool, "cat", email="cat@new.example", email_verified="true")
    assert known(pool, "cat") == {"email": "cat@new.example", "email_verified": "true"}
    update(pool, "cat", email="cat@third.example")
    assert pool.messages(to="cat@third.example", wait=10)  # sent after whatever went to the second
    assert pool.messages(to="cat@new.example") == []


def test_codes_for_an_address_end_with_it(pool):
    """A code that went to the old address confirms nothing about the new one (TRUST API-11)."""
    pool.sign_up("dot", UserAttributes=pairs(email="dot@d.example"))
    code = pool.code_for("dot@d.example")
    update(pool, "dot", email="dot@new.example")
    with pytest.raises(pool.cognito.exceptions.ExpiredCodeException):
        pool.cognito.confirm_sign_up(ClientId=pool.client_id, Username="dot", ConfirmationCode=code)
    assert known(pool, "dot")["email_verified"] == "false"


def test_where_the_pool_says_so_an_address_is_proved_before_it_counts(make_pool):
    """The old address and its flag stay, a code goes to the new one, other attributes change at once (API-11)."""
    pool = make_pool(AliasAttributes=["email"], **STRICT)
    has(pool, "eva", email="eva@d.example", email_verified="true")
    update(pool, "eva", email="eva@new.example", name="Eva")
    assert known(pool, "eva") == {"email": "eva@d.example", "email_verified": "true", "name": "Eva"}
    assert pool.messages(to="eva@new.example", wait=10)[0]["kind"] == "UpdateUserAttribute"
    assert user(pool, "eva@d.example")["Username"] == "eva"
    with pytest.raises(pool.cognito.exceptions.UserNotFoundException):
        user(pool, "eva@new.example")
    update(pool, "eva", email="eva@new.example", email_verified="true")
    assert known(pool, "eva")["email"] == "eva@new.example"
    assert user(pool, "eva@new.example")["Username"] == "eva"


def test_describe_shows_what_has_to_be_proved(make_pool):
    """UserAttributeUpdateSettings comes back; it can only name what the pool verifies."""
    pool = make_pool(**STRICT)
    described = pool.cognito.describe_user_pool(UserPoolId=pool.pool_id)["UserPool"]
    assert described["UserAttributeUpdateSettings"] == STRICT["UserAttributeUpdateSettings"]
    with pytest.raises(pool.cognito.exceptions.InvalidParameterException, match="AutoVerifiedAttributes"):
        make_pool(**{**STRICT, "AutoVerifiedAttributes": ["phone_number"]})


# Names


def test_an_alias_follows_its_attribute(make_pool):
    """The new address signs in once it is verified, the old one no more and is free for others."""
    pool = make_pool(AliasAttributes=["email", "preferred_username"])
    has(pool, "fay", email="fay@d.example", email_verified="true")
    update(pool, "fay", email="fay@new.example", email_verified="true", preferred_username="fairy")
    assert {user(pool, name)["Username"] for name in ("fay", "fay@new.example", "fairy")} == {"fay"}
    has(pool, "gus", email="fay@d.example", email_verified="true")
    assert user(pool, "fay@d.example")["Username"] == "gus"
    update(pool, "fay", email_verified="false")
    delete(pool, "fay", "preferred_username")
    for gone in ("fay@new.example", "fairy"):
        with pytest.raises(pool.cognito.exceptions.UserNotFoundException):
            user(pool, gone)


@pytest.mark.parametrize(
    "change", [{"email": "hal@d.example", "email_verified": "true"}, {"preferred_username": "hal9"}]
)
def test_an_alias_of_somebody_else_is_refused(make_pool, change):
    """AliasExistsException, and nothing changes; an unverified address is no alias and clashes with nobody."""
    pool = make_pool(AliasAttributes=["email", "preferred_username"])
    has(pool, "hal", email="hal@d.example", email_verified="true")
    update(pool, "hal", preferred_username="hal9")
    has(pool, "ida", name="Ida")
    with pytest.raises(pool.cognito.exceptions.AliasExistsException, match=r"An account with the .* already exists"):
        update(pool, "ida", name="Eve", **change)
    assert known(pool, "ida") == {"name": "Ida"}
    update(pool, "ida", email="hal@d.example")
    assert user(pool, "hal@d.example")["Username"] == "hal"


def test_in_an_email_pool_the_sign_in_follows_the_email(make_pool):
    """Verified or not, the new e-mail signs in and the old one is free; the user name stays the sub (reference 04)."""
    pool = make_pool(UsernameAttributes=["email"])
    sub = pool.confirmed("jon@d.example")["UserSub"]
    update(pool, "jon@d.example", email="jon@new.example")
    assert user(pool, "jon@new.example")["Username"] == sub
    assert pool.sign_in("jon@new.example", PASSWORD)["AuthenticationResult"]
    with pytest.raises(pool.cognito.exceptions.UserNotFoundException):
        pool.sign_in("jon@d.example")
    pool.sign_up("jon@d.example")
    told = "An account with the email already exists"
    with pytest.raises(pool.cognito.exceptions.AliasExistsException, match=told):
        update(pool, "jon@new.example", email="jon@d.example")
    assert known(pool, sub)["email"] == "jon@new.example"


def test_the_email_in_place_of_a_user_name_cannot_be_taken_away(make_pool):
    """Nobody could sign in as that user any more; another kind of contact beside it can go."""
    pool = make_pool(UsernameAttributes=["email", "phone_number"])
    pool.confirmed("kay@d.example", UserAttributes=pairs(phone_number="+4915100000009"))
    delete(pool, "kay@d.example", "phone_number")
    with pytest.raises(pool.cognito.exceptions.InvalidParameterException, match="serves as the username"):
        delete(pool, "kay@d.example", "email")
    with pytest.raises(pool.cognito.exceptions.UserNotFoundException):
        user(pool, "+4915100000009")


def test_nobody_waits_for_an_email_that_somebody_signs_in_with(make_pool):
    """Where e-mails stand in place of user names a taken one is refused at once, not when its code comes."""
    pool = make_pool(UsernameAttributes=["email"], **STRICT)
    for name in ("lea@d.example", "lou@d.example"):
        pool.confirmed(name)
    with pytest.raises(pool.cognito.exceptions.AliasExistsException):
        update(pool, "lou@d.example", email="lea@d.example")


def test_names_fold_when_they_change(make_pool):
    """In a pool that ignores case a changed e-mail signs in however it is written."""
    pool = make_pool(UsernameAttributes=["email"], UsernameConfiguration={"CaseSensitive": False})
    pool.confirmed("max@d.example")
    update(pool, "MAX@d.example", email="Max.New@D.example")
    assert known(pool, "max.new@d.EXAMPLE")["email"] == "Max.New@D.example"
