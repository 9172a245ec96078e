"""AdminCreateUser, AdminGetUser, AdminGetUserAuthFactors, AdminEnableUser, AdminDisableUser, AdminDeleteUser.

AdminUpdateUserAttributes, AdminDeleteUserAttributes and ListUsers: test_users_attributes.py, test_users_listed.py.
"""

import datetime as dt

import pytest

from conftest import PASSWORD, sdk_client
from served import serve

TEMPORARY = "Temporary-Horse-1"
DAY = 86_400


def pairs(**attributes):
    return [{"Name": name, "Value": value} for name, value in attributes.items()]


def create(pool, username, **more):
    asked = {"UserPoolId": pool.pool_id, "Username": username, "TemporaryPassword": TEMPORARY, **more}
    return pool.cognito.admin_create_user(**asked)["User"]


def invited(pool, username, email, **more):
    """A user who is mailed a temporary password; answers the message."""
    sent = pool.messages(to=email)
    create(pool, username, UserAttributes=pairs(email=email), DesiredDeliveryMediums=["EMAIL"], **more)
    return pool.messages(to=email, wait=10, **({"after": sent[-1]["id"]} if sent else {}))[-1]


def user(pool, username):
    return pool.cognito.admin_get_user(UserPoolId=pool.pool_id, Username=username)


def attributes_of(found):
    return {one["Name"]: one["Value"] for one in found.get("UserAttributes") or found["Attributes"]}


# Creating


def test_a_new_user_is_answered_as_lists_show_one(pool):
    """Dates, status and attributes, the sub first; unverified contacts have no flag (reference 03, user shapes)."""
    made = create(pool, "ann", UserAttributes=pairs(email="ann@d.example", name="Ann"), MessageAction="SUPPRESS")
    assert made.keys() == {
        "Username",
        "Attributes",
        "UserCreateDate",
        "UserLastModifiedDate",
        "Enabled",
        "UserStatus",
    }
    assert made["Attributes"][0]["Name"] == "sub"
    assert attributes_of(made).keys() == {"sub", "email", "name"}
    assert (made["Username"], made["Enabled"], made["UserStatus"]) == ("ann", True, "FORCE_CHANGE_PASSWORD")
    assert attributes_of(user(pool, "ann")) == attributes_of(made)


def test_an_invitation_tells_name_and_password(pool):
    """The default words of AWS, by the medium that was asked for."""
    message = invited(pool, "bea", "bea@d.example")
    assert (message["kind"], message["subject"]) == ("AdminCreateUser", "Your temporary password")
    assert message["body"] == f"Your username is bea and temporary password is {TEMPORARY}. "
    assert pool.sign_in("bea", message["code"])["ChallengeName"] == "NEW_PASSWORD_REQUIRED"


def test_an_invitation_goes_out_in_the_pools_own_words(make_pool):
    """InviteMessageTemplate, per medium, is shown by Describe and used."""
    template = {
        "SMSMessage": "Hi {username}: {####}",
        "EmailMessage": "<b>{username}</b>, your password is {####}",
        "EmailSubject": "Come in",
    }
    pool = make_pool(AdminCreateUserConfig={"InviteMessageTemplate": template})
    described = pool.cognito.describe_user_pool(UserPoolId=pool.pool_id)["UserPool"]
    assert described["AdminCreateUserConfig"]["InviteMessageTemplate"] == template
    attributes = pairs(email="cid@d.example", phone_number="+4915100000001")
    create(pool, "cid", UserAttributes=attributes, DesiredDeliveryMediums=["EMAIL", "SMS"])
    mail, text = (pool.messages(to=to, wait=10)[0] for to in ("cid@d.example", "+4915100000001"))
    assert (mail["subject"], mail["body"]) == ("Come in", f"cid, your password is {TEMPORARY}")
    assert text["body"] == f"Hi cid: {TEMPORARY}"


def test_a_template_without_the_password_is_not_delivered(make_pool):
    """AWS delivers no invitation that lacks its password; a resend after it would be the cure."""
    pool = make_pool(AdminCreateUserConfig={"InviteMessageTemplate": {"EmailMessage": "Welcome, {username}!"}})
    create(pool, "dan", UserAttributes=pairs(email="dan@d.example"), DesiredDeliveryMediums=["EMAIL"])
    create(pool, "dot", UserAttributes=pairs(phone_number="+4915100000003"))
    assert pool.messages(to="+4915100000003", wait=10)  # sent after whatever went to the other
    assert pool.messages(to="dan@d.example") == []


def test_a_text_message_is_what_goes_out_unless_asked(pool):
    """DesiredDeliveryMediums defaults to SMS; who has no phone number gets nothing."""
    create(pool, "fay", UserAttributes=pairs(email="fay@d.example"))
    create(pool, "eve", UserAttributes=pairs(email="eve@d.example", phone_number="+4915100000002"))
    assert TEMPORARY in pool.messages(to="+4915100000002", wait=10)[0]["body"]
    assert pool.messages(to="eve@d.example") + pool.messages(to="fay@d.example") == []


def test_a_suppressed_invitation_is_not_sent(pool):
    """MessageAction SUPPRESS makes the user and says nothing; the next message shows that none came before."""
    create(
        pool, "gus", UserAttributes=pairs(email="gus@d.example"), DesiredDeliveryMediums=["EMAIL"],
        MessageAction="SUPPRESS",
    )  # fmt: skip
    pool.cognito.admin_create_user(
        UserPoolId=pool.pool_id, Username="gus", MessageAction="RESEND", DesiredDeliveryMediums=["EMAIL"]
    )
    assert len(pool.messages(to="gus@d.example", wait=10)) == 1


def test_a_password_is_made_up_where_none_is_given(make_pool):
    """It conforms to the policy and signs in."""
    policy = {"MinimumLength": 30, "RequireUppercase": True, "RequireSymbols": True}
    pool = make_pool(Policies={"PasswordPolicy": policy})
    pool.cognito.admin_create_user(
        UserPoolId=pool.pool_id,
        Username="hal",
        UserAttributes=pairs(email="hal@d.example"),
        DesiredDeliveryMediums=["EMAIL"],
    )
    made_up = pool.code_for("hal@d.example")
    assert len(made_up) == 30
    assert pool.sign_in("hal", made_up)["ChallengeName"] == "NEW_PASSWORD_REQUIRED"


def test_required_attributes_may_come_later(make_pool):
    """AdminCreateUser may omit them (reference 04); administrators set immutable ones and flags."""
    schema = [
        {"Name": "family_name", "Required": True, "Mutable": True},
        {"Name": "badge", "AttributeDataType": "String", "Mutable": False},
        {"Name": "note", "AttributeDataType": "String", "DeveloperOnlyAttribute": True},
    ]
    pool = make_pool(Schema=schema)
    given = {"custom:badge": "7", "dev:custom:note": "vip", "email": "i@d.example", "email_verified": "true"}
    made = create(pool, "ian", UserAttributes=pairs(**given), MessageAction="SUPPRESS")
    assert attributes_of(made).items() >= given.items()


def test_validation_data_and_metadata_leave_no_trace(pool):
    """They are for triggers alone, and a pool without triggers forgets them (model of AdminCreateUser)."""
    made = create(pool, "jan", ValidationData=pairs(plan="gold"), ClientMetadata={"a": "b"}, MessageAction="SUPPRESS")
    assert attributes_of(made).keys() == {"sub"}


def test_in_an_email_pool_the_invitation_tells_the_email(make_pool):
    """The user name is the sub, which nobody would type (reference 04)."""
    pool = make_pool(UsernameAttributes=["email"])
    made = create(pool, "kim@d.example", DesiredDeliveryMediums=["EMAIL"])
    assert made["Username"] == attributes_of(made)["sub"]
    assert attributes_of(made)["email"] == "kim@d.example"
    assert "Your username is kim@d.example and" in pool.messages(to="kim@d.example", wait=10)[0]["body"]
    assert pool.sign_in("kim@d.example", TEMPORARY)["ChallengeName"] == "NEW_PASSWORD_REQUIRED"


def test_a_verified_alias_is_usable_and_moves_only_by_force(make_pool):
    """A second holder is UsernameExistsException, the only such error of the model; force takes the alias (API-12)."""
    pool = make_pool(AliasAttributes=["email"])
    verified = pairs(email="lea@d.example", email_verified="true")
    create(pool, "lea", UserAttributes=verified, MessageAction="SUPPRESS")
    assert user(pool, "lea@d.example")["Username"] == "lea"
    with pytest.raises(
        pool.cognito.exceptions.UsernameExistsException, match="An account with the email already exists"
    ):
        create(pool, "lou", UserAttributes=verified, MessageAction="SUPPRESS")
    with pytest.raises(pool.cognito.exceptions.UserNotFoundException):
        user(pool, "lou")
    create(pool, "lou", UserAttributes=verified, MessageAction="SUPPRESS", ForceAliasCreation=True)
    assert user(pool, "lea@d.example")["Username"] == "lou"
    assert attributes_of(user(pool, "lea"))["email_verified"] == "false"


def test_a_name_is_given_once(pool):
    """Whoever comes second is refused, whether the first signed up or was made by an administrator."""
    pool.sign_up("mia")
    with pytest.raises(pool.cognito.exceptions.UsernameExistsException, match=r"User account already exists$"):
        create(pool, "mia", MessageAction="SUPPRESS")


# Temporary passwords


@pytest.mark.parametrize(
    ("asked", "days"),
    [
        ({}, 7),
        ({"Policies": {"PasswordPolicy": {"TemporaryPasswordValidityDays": 2}}}, 2),
        ({"AdminCreateUserConfig": {"UnusedAccountValidityDays": 3}}, 3),
        (
            {
                "Policies": {"PasswordPolicy": {"TemporaryPasswordValidityDays": 4}},
                "AdminCreateUserConfig": {"UnusedAccountValidityDays": 4},
            },
            4,
        ),
    ],
)
def test_a_temporary_password_expires(asked, days):
    """It works for as many days as either member says, 7 by default, and Describe shows them in both."""
    with serve() as server:
        cognito = sdk_client(server.url)
        pool_id = cognito.create_user_pool(PoolName="p", **asked)["UserPool"]["Id"]
        shown = cognito.describe_user_pool(UserPoolId=pool_id)["UserPool"]
        assert shown["Policies"]["PasswordPolicy"]["TemporaryPasswordValidityDays"] == days
        assert shown["AdminCreateUserConfig"]["UnusedAccountValidityDays"] == days
        client_id = cognito.create_user_pool_client(
            UserPoolId=pool_id, ClientName="c", ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"]
        )["UserPoolClient"]["ClientId"]
        ann = {"UserPoolId": pool_id, "Username": "ann", "TemporaryPassword": TEMPORARY}
        cognito.admin_create_user(**ann)

        def sign_in():
            parameters = {"USERNAME": "ann", "PASSWORD": TEMPORARY}
            return cognito.initiate_auth(ClientId=client_id, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=parameters)

        server.advance(days * DAY - 60)
        assert sign_in()["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
        server.advance(61)
        with pytest.raises(cognito.exceptions.NotAuthorizedException, match="Temporary password has expired"):
            sign_in()
        cognito.admin_create_user(**ann, MessageAction="RESEND")
        assert sign_in()["ChallengeName"] == "NEW_PASSWORD_REQUIRED"


def test_a_resend_replaces_the_password(pool):
    """RESEND mails a fresh password; the older one stops working, and attributes stay as they are."""
    first = invited(pool, "nia", "nia@d.example")
    again = pool.cognito.admin_create_user(
        UserPoolId=pool.pool_id,
        Username="nia",
        MessageAction="RESEND",
        DesiredDeliveryMediums=["EMAIL"],
        UserAttributes=pairs(name="Somebody"),
    )["User"]
    assert attributes_of(again).keys() == {"sub", "email"}
    second = pool.messages(to="nia@d.example", after=first["id"], wait=10)[0]
    assert second["code"] != first["code"]
    with pytest.raises(pool.cognito.exceptions.NotAuthorizedException, match="Incorrect username or password"):
        pool.sign_in("nia", first["code"])
    assert pool.sign_in("nia", second["code"])["ChallengeName"] == "NEW_PASSWORD_REQUIRED"


def test_who_has_a_password_is_not_invited_again(pool):
    """RESEND of a confirmed user is refused, of nobody it is UserNotFoundException (reference 04)."""
    pool.confirmed("oli")
    asked = {"UserPoolId": pool.pool_id, "MessageAction": "RESEND"}
    told = "Resend not possible. oli status is not FORCE_CHANGE_PASSWORD"
    with pytest.raises(pool.cognito.exceptions.UnsupportedUserStateException, match=told):
        pool.cognito.admin_create_user(**asked, Username="oli")
    with pytest.raises(pool.cognito.exceptions.UserNotFoundException):
        pool.cognito.admin_create_user(**asked, Username="nobody")
    assert pool.sign_in("oli", PASSWORD)["AuthenticationResult"]


# Asking


def test_an_administrator_sees_everything(pool):
    """Dates, status and all attributes, the sub first (reference 03, user shapes)."""
    done = pool.sign_up("ann", UserAttributes=[{"Name": "email", "Value": "ann@d.example"}])
    found = user(pool, "ann")
    found.pop("ResponseMetadata")
    assert found.keys() == {
        "Username",
        "UserAttributes",
        "UserCreateDate",
        "UserLastModifiedDate",
        "Enabled",
        "UserStatus",
    }
    assert found["UserAttributes"][0] == {"Name": "sub", "Value": done["UserSub"]}
    assert (found["Username"], found["Enabled"], found["UserStatus"]) == ("ann", True, "UNCONFIRMED")
    assert isinstance(found["UserCreateDate"], dt.datetime)


def test_a_password_is_a_factor(pool):
    """AdminGetUserAuthFactors lists it, and no second factors where there are none."""
    pool.confirmed("ann")
    answer = pool.cognito.admin_get_user_auth_factors(UserPoolId=pool.pool_id, Username="ann")
    answer.pop("ResponseMetadata")
    assert answer == {"Username": "ann", "ConfiguredUserAuthFactors": ["PASSWORD"]}


# Enabling and deleting


def test_a_disabled_user_gets_nowhere_and_old_tokens_stay_dead(pool):
    """Sign-in, access token and refresh token are refused at once, and enabling brings only the sign-in back."""
    pool.confirmed("pia")
    tokens = pool.sign_in("pia")["AuthenticationResult"]
    refused = pool.cognito.exceptions.NotAuthorizedException

    def refresh():
        return pool.cognito.initiate_auth(
            ClientId=pool.client_id,
            AuthFlow="REFRESH_TOKEN_AUTH",
            AuthParameters={"REFRESH_TOKEN": tokens["RefreshToken"]},
        )

    for _ in range(2):  # twice disabled is disabled
        pool.cognito.admin_disable_user(UserPoolId=pool.pool_id, Username="pia")
    assert user(pool, "pia")["Enabled"] is False
    with pytest.raises(refused, match="User is disabled"):
        pool.sign_in("pia")
    for use in (refresh, lambda: pool.cognito.get_user(AccessToken=tokens["AccessToken"])):
        with pytest.raises(refused):
            use()
    pool.cognito.admin_enable_user(UserPoolId=pool.pool_id, Username="pia")
    assert user(pool, "pia")["Enabled"] is True
    for use in (refresh, lambda: pool.cognito.get_user(AccessToken=tokens["AccessToken"])):
        with pytest.raises(refused):
            use()
    assert pool.sign_in("pia")["AuthenticationResult"]


def test_a_deleted_user_is_gone_with_name_and_tokens(pool):
    """The name is free again, the access token finds nobody, the refresh token is invalid."""
    pool.confirmed("ann")
    result = pool.sign_in("ann")["AuthenticationResult"]
    pool.cognito.admin_delete_user(UserPoolId=pool.pool_id, Username="ann")
    with pytest.raises(pool.cognito.exceptions.UserNotFoundException):
        user(pool, "ann")
    with pytest.raises(pool.cognito.exceptions.UserNotFoundException):
        pool.cognito.get_user(AccessToken=result["AccessToken"])
    with pytest.raises(pool.cognito.exceptions.NotAuthorizedException, match="Invalid Refresh Token"):
        pool.cognito.initiate_auth(
            ClientId=pool.client_id,
            AuthFlow="REFRESH_TOKEN_AUTH",
            AuthParameters={"REFRESH_TOKEN": result["RefreshToken"]},
        )
    pool.sign_up("ann")


def test_a_deletion_answers_with_an_empty_body(pool):
    """Operations without an output shape send zero bytes (reference 01)."""
    pool.sign_up("ann")
    answer = pool.cognito.admin_delete_user(UserPoolId=pool.pool_id, Username="ann")
    assert answer["ResponseMetadata"]["HTTPHeaders"]["content-length"] == "0"
