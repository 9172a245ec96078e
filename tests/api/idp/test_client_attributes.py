"""What the users of an app client may read and write where the client lists nothing: as on AWS, and in strict pools."""

import base64
import json

import pytest

STRICT = {"cognomen:mode": "strict"}
SCHEMA = [
    {"Name": "team", "AttributeDataType": "String", "Mutable": True},
    {"Name": "badge", "AttributeDataType": "String", "Mutable": False},
    {"Name": "note", "AttributeDataType": "String", "Mutable": True, "DeveloperOnlyAttribute": True},
]


def pairs(**attributes):
    return [{"Name": name, "Value": value} for name, value in attributes.items()]


def given(pool, **attributes):
    """A confirmed user whom an administrator gave these attributes, signed in."""
    pool.confirmed("ann")
    pool.cognito.admin_update_user_attributes(
        UserPoolId=pool.pool_id, Username="ann", UserAttributes=pairs(**attributes)
    )
    return pool.sign_in("ann")["AuthenticationResult"]


def shown(pool, tokens):
    found = pool.cognito.get_user(AccessToken=tokens["AccessToken"])["UserAttributes"]
    return {one["Name"]: one["Value"] for one in found if one["Name"] != "sub"}


def claims(tokens):
    body = tokens["IdToken"].split(".")[1]
    return json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))


def test_custom_attributes_are_for_users_as_on_aws(make_pool):
    """Without lists, SignUp writes custom attributes, immutable ones as well, and GetUser and ID token show them."""
    pool = make_pool(Schema=SCHEMA)
    pool.confirmed("kim", UserAttributes=pairs(**{"custom:team": "blue", "custom:badge": "7", "name": "Kim"}))
    tokens = pool.sign_in("kim")["AuthenticationResult"]
    assert shown(pool, tokens) == {"custom:team": "blue", "custom:badge": "7", "name": "Kim"}
    assert claims(tokens)["custom:badge"] == "7"


@pytest.mark.parametrize("tags", [{}, STRICT])
def test_attributes_for_developers_are_for_them_alone(make_pool, tags):
    """Neither GetUser nor the ID token shows them, SignUp cannot write them; AdminGetUser shows them."""
    pool = make_pool(Schema=SCHEMA, UserPoolTags=tags)
    tokens = given(pool, **{"dev:custom:note": "vip", "name": "Ann"})
    assert shown(pool, tokens) == {"name": "Ann"}
    assert "dev:custom:note" not in claims(tokens)
    seen = pool.cognito.admin_get_user(UserPoolId=pool.pool_id, Username="ann")["UserAttributes"]
    assert {"Name": "dev:custom:note", "Value": "vip"} in seen
    with pytest.raises(pool.cognito.exceptions.NotAuthorizedException, match="unauthorized attribute"):
        pool.sign_up("kim", UserAttributes=pairs(**{"dev:custom:note": "x"}))


def test_in_a_strict_pool_users_do_not_write_custom_attributes_unasked(make_pool):
    """SignUp, UpdateUserAttributes and DeleteUserAttributes are refused as a whole; standard attributes are written."""
    pool = make_pool(Schema=SCHEMA, UserPoolTags=STRICT)
    refused = pool.cognito.exceptions.NotAuthorizedException
    with pytest.raises(refused, match="unauthorized attribute"):
        pool.sign_up("kim", UserAttributes=pairs(**{"name": "Kim", "custom:team": "blue"}))
    token = given(pool, **{"custom:team": "blue"})["AccessToken"]
    with pytest.raises(refused, match="unauthorized attribute"):
        pool.cognito.update_user_attributes(
            AccessToken=token, UserAttributes=pairs(**{"name": "Ann", "custom:team": "red"})
        )
    with pytest.raises(refused, match="unauthorized attribute"):
        pool.cognito.delete_user_attributes(AccessToken=token, UserAttributeNames=["custom:team"])
    pool.cognito.update_user_attributes(AccessToken=token, UserAttributes=pairs(name="Ann"))
    seen = pool.cognito.admin_get_user(UserPoolId=pool.pool_id, Username="ann")["UserAttributes"]
    assert {one["Name"]: one["Value"] for one in seen if one["Name"] != "sub"} == {"name": "Ann", "custom:team": "blue"}


def test_in_a_strict_pool_users_do_not_read_custom_attributes_unasked(make_pool):
    """GetUser and ID token show the standard ones."""
    pool = make_pool(Schema=SCHEMA, UserPoolTags=STRICT)
    tokens = given(pool, **{"custom:team": "blue", "name": "Ann"})
    assert shown(pool, tokens) == {"name": "Ann"}
    assert "custom:team" not in claims(tokens)


def test_lists_count_in_strict_pools_as_elsewhere(make_pool):
    """A client that names a custom attribute reads and writes it, and nothing that it does not name."""
    lists = {"ReadAttributes": ["custom:team"], "WriteAttributes": ["custom:team"]}
    pool = make_pool(client=lists, Schema=SCHEMA, UserPoolTags=STRICT)
    pool.confirmed("kim", UserAttributes=pairs(**{"custom:team": "blue"}))
    assert shown(pool, pool.sign_in("kim")["AuthenticationResult"]) == {"custom:team": "blue"}
    with pytest.raises(pool.cognito.exceptions.NotAuthorizedException, match="unauthorized attribute"):
        pool.sign_up("lee", UserAttributes=pairs(name="Lee"))


def test_the_mode_can_be_changed(make_pool):
    """The tag decides at once, whether set with the pool or by TagResource."""
    pool = make_pool(Schema=SCHEMA)
    tokens = given(pool, **{"custom:team": "blue"})
    arn = pool.cognito.describe_user_pool(UserPoolId=pool.pool_id)["UserPool"]["Arn"]
    pool.cognito.tag_resource(ResourceArn=arn, Tags=STRICT)
    assert shown(pool, tokens) == {}
    pool.cognito.untag_resource(ResourceArn=arn, TagKeys=list(STRICT))
    assert shown(pool, tokens) == {"custom:team": "blue"}
