"""What users do about themselves through the AWS SDK: attributes, codes that prove contacts, factors, deletion."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress

import pytest

from api.idp.test_users import attributes_of, create, pairs, user
from conftest import Pool, sdk_client
from served import serve

PHONE = "+12065559371"
PROVEN = {"UserAttributeUpdateSettings": {"AttributesRequireVerificationBeforeUpdate": ["email"]}}


def signed_in(pool, username, **attributes):
    """The access token of a confirmed user."""
    pool.confirmed(username, UserAttributes=pairs(**attributes))
    return pool.sign_in(username)["AuthenticationResult"]["AccessToken"]


def known(pool, token):
    """The attributes of the user besides the sub."""
    found = attributes_of(pool.cognito.get_user(AccessToken=token))
    found.pop("sub")
    return found


def update(pool, token, **attributes):
    return pool.cognito.update_user_attributes(AccessToken=token, UserAttributes=pairs(**attributes))


def ask(pool, token, name="email"):
    return pool.cognito.get_user_attribute_verification_code(AccessToken=token, AttributeName=name)


def verify(pool, token, code, name="email"):
    pool.cognito.verify_user_attribute(AccessToken=token, AttributeName=name, Code=code)


def newest(pool, to, kind, after=""):
    """The newest message to an address, which has to be of this kind; the one of a sign-up is let by, even if late."""
    found = []
    while not found:
        came = pool.messages(to=to, wait=10, after=after)
        after = came[-1]["id"]
        found = [one for one in came if one["kind"] != "SignUp"]
    assert found[-1]["kind"] == kind
    return found[-1]


# GetUser


def test_a_user_sees_no_dates_and_no_status(pool):
    """GetUser answers with name and attributes only (reference 03, user shapes)."""
    done = pool.confirmed("ann", UserAttributes=[{"Name": "email", "Value": "ann@self.example"}])
    token = pool.sign_in("ann")["AuthenticationResult"]["AccessToken"]
    found = pool.cognito.get_user(AccessToken=token)
    found.pop("ResponseMetadata")
    assert found.keys() == {"Username", "UserAttributes"}
    assert found["UserAttributes"][0] == {"Name": "sub", "Value": done["UserSub"]}


def test_an_id_token_is_no_access_token(pool):
    """The other token of the same sign-in opens nothing (TRUST API-03)."""
    pool.confirmed("ann")
    token = pool.sign_in("ann")["AuthenticationResult"]["IdToken"]
    with pytest.raises(pool.cognito.exceptions.NotAuthorizedException, match="Invalid Access Token"):
        pool.cognito.get_user(AccessToken=token)


# UpdateUserAttributes, DeleteUserAttributes


def test_users_set_change_and_take_away_their_attributes(pool):
    """What is not named stays; an empty value takes one away, and so does DeleteUserAttributes."""
    token = signed_in(pool, "ann", name="Ann", locale="de")
    assert update(pool, token, name="Anna", nickname="An")["CodeDeliveryDetailsList"] == []
    assert known(pool, token) == {"name": "Anna", "nickname": "An", "locale": "de"}
    update(pool, token, nickname="", gender="")
    assert known(pool, token) == {"name": "Anna", "locale": "de"}
    pool.cognito.delete_user_attributes(AccessToken=token, UserAttributeNames=["name", "website"])
    assert known(pool, token) == {"locale": "de"}


@pytest.mark.parametrize("refused", [{"email_verified": "true"}, {"name": "Eve"}, {"dev:custom:note": "x"}])
def test_nothing_is_applied_where_the_client_may_not_write_all_of_it(make_pool, refused):
    """WriteAttributes are all or nothing for a request, setting and deleting alike (TRUST API-07)."""
    note = {"Name": "note", "AttributeDataType": "String", "Mutable": True, "DeveloperOnlyAttribute": True}
    pool = make_pool(client={"WriteAttributes": ["email", "nickname"]}, Schema=[note])
    token = signed_in(pool, "ann", email="ann@self.example", nickname="An")
    with pytest.raises(pool.cognito.exceptions.NotAuthorizedException, match="unauthorized attribute"):
        update(pool, token, nickname="Eve", **refused)
    with pytest.raises(pool.cognito.exceptions.NotAuthorizedException, match="unauthorized attribute"):
        pool.cognito.delete_user_attributes(AccessToken=token, UserAttributeNames=["nickname", *refused])
    assert known(pool, token) == {"email": "ann@self.example", "email_verified": "false", "nickname": "An"}
    update(pool, token, nickname="Anna")
    assert known(pool, token)["nickname"] == "Anna"


def test_without_a_list_every_mutable_attribute_is_written_but_none_of_developers(make_pool):
    """API-09: WriteAttributes not set: custom attributes are written as well, unless they are immutable."""
    schema = [{"Name": name, "AttributeDataType": "String", "Mutable": name == "team"} for name in ("team", "badge")]
    pool = make_pool(Schema=schema)
    token = signed_in(pool, "ann")
    update(pool, token, **{"custom:team": "blue"})
    with pytest.raises(pool.cognito.exceptions.InvalidParameterException, match="cannot be updated"):
        update(pool, token, **{"custom:badge": "7", "name": "Ann"})
    assert known(pool, token) == {"custom:team": "blue"}


def test_a_new_email_is_unverified_until_its_code_comes_back(pool):
    """The answer tells where the code went, masked; the code verifies the new address and works once."""
    token = signed_in(pool, "bob", email="bob@self.example")
    details = update(pool, token, email="bob@later.example")["CodeDeliveryDetailsList"]
    assert details == [{"Destination": "b***@l***", "DeliveryMedium": "EMAIL", "AttributeName": "email"}]
    assert known(pool, token) == {"email": "bob@later.example", "email_verified": "false"}
    code = newest(pool, "bob@later.example", "UpdateUserAttribute")["code"]
    verify(pool, token, code)
    assert known(pool, token) == {"email": "bob@later.example", "email_verified": "true"}
    with pytest.raises(pool.cognito.exceptions.ExpiredCodeException):
        verify(pool, token, code)


def test_where_the_pool_says_so_the_old_email_counts_until_then(make_pool):
    """It is shown and signs in; the new one takes its place by the code (AttributesRequireVerificationBeforeUpdate)."""
    pool = make_pool(AliasAttributes=["email"], AutoVerifiedAttributes=["email"], **PROVEN)
    token = signed_in(pool, "eva", email="eva@self.example")
    ask(pool, token)
    verify(pool, token, newest(pool, "eva@self.example", "VerifyUserAttribute")["code"])
    assert user(pool, "eva@self.example")["Username"] == "eva"
    update(pool, token, email="eva@later.example", name="Eva")
    assert known(pool, token) == {"email": "eva@self.example", "email_verified": "true", "name": "Eva"}
    assert pool.sign_in("eva@self.example")["AuthenticationResult"]
    verify(pool, token, newest(pool, "eva@later.example", "UpdateUserAttribute")["code"])
    assert known(pool, token) == {"email": "eva@later.example", "email_verified": "true", "name": "Eva"}
    assert pool.sign_in("eva@later.example")["AuthenticationResult"]
    with pytest.raises(pool.cognito.exceptions.UserNotFoundException):
        pool.sign_in("eva@self.example")


def test_a_preferred_username_signs_in_and_belongs_to_one(make_pool):
    """Set by the user it is an alias at once; another user is refused it, and gets it when it is free."""
    pool = make_pool(AliasAttributes=["preferred_username"])
    ann, eve = signed_in(pool, "ann"), signed_in(pool, "eve")
    update(pool, ann, preferred_username="queen")
    assert user(pool, "queen")["Username"] == "ann"
    with pytest.raises(pool.cognito.exceptions.AliasExistsException):
        update(pool, eve, preferred_username="queen", name="Eve")
    assert known(pool, eve) == {}
    pool.cognito.delete_user_attributes(AccessToken=ann, UserAttributeNames=["preferred_username"])
    update(pool, eve, preferred_username="queen")
    assert user(pool, "queen")["Username"] == "eve"


# GetUserAttributeVerificationCode, VerifyUserAttribute


def test_each_contact_is_proved_by_the_code_sent_to_it(pool):
    """E-mail by mail and phone number by text message, whether or not the pool verifies it by itself."""
    token = signed_in(pool, "cat", email="cat@self.example", phone_number=PHONE)
    for name, to, medium in (("email", "cat@self.example", "EMAIL"), ("phone_number", PHONE, "SMS")):
        details = ask(pool, token, name)["CodeDeliveryDetails"]
        assert (details["AttributeName"], details["DeliveryMedium"]) == (name, medium)
        verify(pool, token, newest(pool, to, "VerifyUserAttribute")["code"], name)
        assert known(pool, token)[f"{name}_verified"] == "true"


def test_a_newer_code_replaces_the_older_one(pool):
    """Only the last code that was sent proves the contact."""
    token = signed_in(pool, "dan", email="dan@self.example")
    ask(pool, token)
    older = newest(pool, "dan@self.example", "VerifyUserAttribute")
    ask(pool, token)
    code = newest(pool, "dan@self.example", "VerifyUserAttribute", older["id"])["code"]
    if code != older["code"]:
        with pytest.raises(pool.cognito.exceptions.CodeMismatchException):
            verify(pool, token, older["code"])
    verify(pool, token, code)


@contextmanager
def own_pool(**settings):
    """A pool on a server of its own, whose settings and clock nobody else minds."""
    with serve(**settings) as server:
        cognito = sdk_client(server.url)
        pool_id = cognito.create_user_pool(PoolName="own")["UserPool"]["Id"]
        asked = {"ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"], "AccessTokenValidity": 12}
        made = cognito.create_user_pool_client(UserPoolId=pool_id, ClientName="app", **asked)["UserPoolClient"]
        yield Pool(cognito, server, pool_id, made["ClientId"], None)


def codes_and_tries_left(pool, token):
    """How many codes and tries there are, found by using them up."""
    errors = pool.cognito.exceptions

    def attempt():
        with suppress(errors.CodeMismatchException):
            verify(pool, token, "0000000")

    return tuple(
        sum(1 for _ in calls_before(errors.LimitExceededException, call))
        for call in (lambda: ask(pool, token), attempt)
    )


def calls_before(refusal, call):
    """Calls again and again until this refusal, or far too often."""
    with suppress(refusal):
        for _ in range(20):
            yield call()


def test_the_hourly_counts_end_with_the_hour():
    """5 codes and 15 tries an hour (reference 13), each counted by itself."""
    with own_pool() as pool:
        token = signed_in(pool, "fay", email="fay@self.example")
        assert codes_and_tries_left(pool, token) == (5, 15)
        assert codes_and_tries_left(pool, token) == (0, 0)
        pool.server.advance(3601)
        assert codes_and_tries_left(pool, token) == (5, 15)


def test_the_hourly_counts_are_settings():
    """[limits] says how many codes and tries one user has in an hour."""
    counts = {"get_user_attribute_verification_code": "2", "verify_user_attribute": "1"}
    with own_pool(**{f"limits.{name}_per_hour": count for name, count in counts.items()}) as pool:
        token = signed_in(pool, "fay", email="fay@self.example")
        assert codes_and_tries_left(pool, token) == (2, 1)


def test_of_many_uses_of_one_code_one_works(pool):
    """A code proves a contact once, however many calls bring it at the same time."""
    token = signed_in(pool, "gus", email="gus@self.example")
    ask(pool, token)
    code = newest(pool, "gus@self.example", "VerifyUserAttribute")["code"]

    def attempt(_):
        with suppress(pool.cognito.exceptions.ExpiredCodeException):
            verify(pool, token, code)
            return True
        return False

    with ThreadPoolExecutor(8) as crowd:
        assert sum(crowd.map(attempt, range(12))) == 1


# DeleteUser


def test_deleting_oneself_ends_everything(make_pool):
    """Tokens, sign-in, alias and groups are gone; the name is free, and whoever takes it is somebody else."""
    pool = make_pool(AliasAttributes=["preferred_username"])
    pool.cognito.create_group(UserPoolId=pool.pool_id, GroupName="staff")
    before = pool.confirmed("ann")["UserSub"]
    tokens = pool.sign_in("ann")["AuthenticationResult"]
    update(pool, tokens["AccessToken"], preferred_username="queen")
    pool.cognito.admin_add_user_to_group(UserPoolId=pool.pool_id, Username="ann", GroupName="staff")
    pool.cognito.delete_user(AccessToken=tokens["AccessToken"])
    refused = pool.cognito.exceptions
    with pytest.raises(refused.UserNotFoundException):
        pool.cognito.get_user(AccessToken=tokens["AccessToken"])
    with pytest.raises(refused.NotAuthorizedException):
        pool.cognito.initiate_auth(
            ClientId=pool.client_id,
            AuthFlow="REFRESH_TOKEN_AUTH",
            AuthParameters={"REFRESH_TOKEN": tokens["RefreshToken"]},
        )
    with pytest.raises(refused.UserNotFoundException):
        user(pool, "queen")
    assert pool.cognito.list_users_in_group(UserPoolId=pool.pool_id, GroupName="staff")["Users"] == []
    assert pool.confirmed("ann")["UserSub"] != before
    with pytest.raises(refused.UserNotFoundException):
        pool.cognito.get_user(AccessToken=tokens["AccessToken"])


def test_of_many_deletions_one_works(pool):
    """The others are told that there is no such user."""
    token = signed_in(pool, "bob")

    def attempt(_):
        with suppress(pool.cognito.exceptions.UserNotFoundException):
            pool.cognito.delete_user(AccessToken=token)
            return True
        return False

    with ThreadPoolExecutor(8) as crowd:
        assert sum(crowd.map(attempt, range(8))) == 1


# GetUserAuthFactors


def test_factors_are_those_that_an_administrator_is_told(pool):
    """The password is listed, and no second factors where there are none (AdminGetUserAuthFactors)."""
    token = signed_in(pool, "ann")
    create(pool, "other")
    found = pool.cognito.get_user_auth_factors(AccessToken=token)
    told = pool.cognito.admin_get_user_auth_factors(UserPoolId=pool.pool_id, Username="ann")
    assert found["Username"] == "ann"
    assert found["ConfiguredUserAuthFactors"] == told["ConfiguredUserAuthFactors"] == ["PASSWORD"]
    assert not {"PreferredMfaSetting", "UserMFASettingList"} & found.keys()
