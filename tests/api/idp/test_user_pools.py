"""User pools and their schemas through the AWS SDK."""

import base64
import re
import time

import pytest
from cryptography import x509

from conftest import sdk_client
from served import serve

STANDARD = [
    "sub", "name", "given_name", "family_name", "middle_name", "nickname", "preferred_username", "profile",
    "picture", "website", "email", "email_verified", "gender", "birthdate", "zoneinfo", "locale", "phone_number",
    "phone_number_verified", "address", "updated_at", "identities",
]  # fmt: skip


def create(cognito, **asked):
    return cognito.create_user_pool(PoolName="test", **asked)["UserPool"]


def test_a_new_pool_has_the_defaults_of_aws(cognito):
    """What Create answers where nothing was asked (reference 03, pool defaults)."""
    pool = create(cognito)
    assert re.fullmatch(r"us-east-1_[0-9A-Za-z]{9}", pool["Id"])
    assert pool["Arn"] == f"arn:aws:cognito-idp:us-east-1:000000000000:userpool/{pool['Id']}"
    assert [one["Name"] for one in pool["SchemaAttributes"]] == STANDARD
    assert pool["Policies"] == {
        "PasswordPolicy": {
            "MinimumLength": 8,
            "RequireUppercase": True,
            "RequireLowercase": True,
            "RequireNumbers": True,
            "RequireSymbols": True,
            "TemporaryPasswordValidityDays": 7,
        },
        "SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD"]},
    }
    for name, value in {
        "DeletionProtection": "INACTIVE",
        "LambdaConfig": {},
        "MfaConfiguration": "OFF",
        "EstimatedNumberOfUsers": 0,
        "EmailConfiguration": {"EmailSendingAccount": "COGNITO_DEFAULT"},
        "UserPoolTags": {},
        "AdminCreateUserConfig": {"AllowAdminCreateUserOnly": False, "UnusedAccountValidityDays": 7},
        "VerificationMessageTemplate": {"DefaultEmailOption": "CONFIRM_WITH_CODE"},
        "UserPoolTier": "ESSENTIALS",
    }.items():
        assert pool[name] == value, name
    assert "UsernameConfiguration" not in pool


def test_describe_shows_what_create_showed(cognito):
    """Every accepted member comes back (a pool with most of them set)."""
    made = create(
        cognito,
        Policies={"PasswordPolicy": {"MinimumLength": 12, "RequireSymbols": True}},
        AutoVerifiedAttributes=["email"],
        AliasAttributes=["email", "preferred_username"],
        UsernameConfiguration={"CaseSensitive": False},
        UserPoolTags={"team": "blue"},
        DeletionProtection="INACTIVE",
        EmailVerificationSubject="Hello",
        EmailVerificationMessage="Use {####}",
        AdminCreateUserConfig={"AllowAdminCreateUserOnly": True},
        Schema=[
            {"Name": "team", "AttributeDataType": "String", "StringAttributeConstraints": {"MaxLength": "10"}},
            {"Name": "level", "AttributeDataType": "Number", "DeveloperOnlyAttribute": True},
            {"Name": "email", "AttributeDataType": "String", "Required": True},
        ],
        UserPoolTier="LITE",
    )
    shown = cognito.describe_user_pool(UserPoolId=made["Id"])["UserPool"]
    assert shown == made
    names = {one["Name"]: one for one in shown["SchemaAttributes"]}
    assert names["custom:team"]["StringAttributeConstraints"] == {"MaxLength": "10"}
    assert names["dev:custom:level"]["DeveloperOnlyAttribute"] is True
    assert names["email"]["Required"] is True
    assert shown["VerificationMessageTemplate"]["EmailMessage"] == "Use {####}"
    assert shown["EmailVerificationMessage"] == "Use {####}"


def test_the_region_is_that_of_the_signature(server):
    """A client of another region makes pools of that region."""
    cognito = sdk_client(server.url)
    abroad = cognito.meta.config.merge(type(cognito.meta.config)(region_name="eu-west-3"))
    import boto3

    client = boto3.client(
        "cognito-idp",
        endpoint_url=server.url,
        region_name="eu-west-3",
        aws_access_key_id="AKIDEXAMPLE",
        aws_secret_access_key="secret",
        config=abroad,
    )
    assert create(client)["Id"].startswith("eu-west-3_")


def test_pages_hold_every_pool_once(cognito):
    """ListUserPools pages through all pools, none twice."""
    made = {create(cognito)["Id"] for _ in range(5)}
    seen, token = [], None
    while True:
        page = cognito.list_user_pools(MaxResults=2, **({"NextToken": token} if token else {}))
        seen += [one["Id"] for one in page["UserPools"]]
        token = page.get("NextToken")
        if token is None:
            break
    assert len(seen) == len(set(seen))
    assert made <= set(seen)


def test_a_deleted_pool_takes_everything_along(pool):
    """Users, clients and keys go with the pool."""
    pool.confirmed("ann")
    token = pool.sign_in("ann")["AuthenticationResult"]["AccessToken"]
    pool.cognito.delete_user_pool(UserPoolId=pool.pool_id)
    with pytest.raises(pool.cognito.exceptions.ResourceNotFoundException, match=r"User pool .* does not exist\."):
        pool.cognito.describe_user_pool(UserPoolId=pool.pool_id)
    with pytest.raises(pool.cognito.exceptions.ResourceNotFoundException):
        pool.sign_in("ann")
    with pytest.raises(pool.cognito.exceptions.NotAuthorizedException, match="Invalid Access Token"):
        pool.cognito.get_user(AccessToken=token)


def test_the_count_of_users_is_estimated(pool):
    """EstimatedNumberOfUsers follows sign-ups."""
    pool.sign_up("ann")
    assert pool.cognito.describe_user_pool(UserPoolId=pool.pool_id)["UserPool"]["EstimatedNumberOfUsers"] == 1


# AddCustomAttributes


def add_attributes(pool, *attributes):
    return pool.cognito.add_custom_attributes(UserPoolId=pool.pool_id, CustomAttributes=list(attributes))


def test_an_added_attribute_is_there_at_once(make_pool):
    """Describe shows it as if the pool had been made with it, and users can have it from then on."""
    pool = make_pool()
    before = pool.cognito.describe_user_pool(UserPoolId=pool.pool_id)["UserPool"]
    answer = add_attributes(
        pool,
        {"Name": "team", "AttributeDataType": "String", "StringAttributeConstraints": {"MaxLength": "4"}},
        {"Name": "level", "AttributeDataType": "Number", "DeveloperOnlyAttribute": True, "Mutable": False},
    )
    assert answer.keys() == {"ResponseMetadata"}
    after = pool.cognito.describe_user_pool(UserPoolId=pool.pool_id)["UserPool"]
    *old, team, level = after["SchemaAttributes"]
    assert old == before["SchemaAttributes"]
    assert team == {
        "Name": "custom:team",
        "AttributeDataType": "String",
        "DeveloperOnlyAttribute": False,
        "Mutable": True,
        "Required": False,
        "StringAttributeConstraints": {"MaxLength": "4"},
    }
    assert (level["Name"], level["Mutable"], level["NumberAttributeConstraints"]) == ("dev:custom:level", False, {})
    assert {**after, "SchemaAttributes": old, "LastModifiedDate": before["LastModifiedDate"]} == before
    pool.sign_up("ann", UserAttributes=[{"Name": "custom:team", "Value": "blue"}])
    with pytest.raises(pool.cognito.exceptions.InvalidParameterException, match="more than 4"):
        pool.sign_up("bob", UserAttributes=[{"Name": "custom:team", "Value": "purple"}])


def test_adding_attributes_changes_the_pool():
    """LastModifiedDate moves with it."""
    with serve() as server:
        cognito = sdk_client(server.url)
        pool_id = create(cognito)["Id"]
        server.advance(60)
        attributes = [{"Name": "team", "AttributeDataType": "String"}]
        cognito.add_custom_attributes(UserPoolId=pool_id, CustomAttributes=attributes)
        pool = cognito.describe_user_pool(UserPoolId=pool_id)["UserPool"]
    assert (pool["LastModifiedDate"] - pool["CreationDate"]).total_seconds() >= 60


def test_added_and_made_attributes_are_the_same(make_pool):
    """A pool made with attributes and one that got them later describe them alike, whatever their type."""
    attributes = [
        {"Name": "a", "AttributeDataType": "String"},
        {"Name": "b", "AttributeDataType": "Number", "NumberAttributeConstraints": {"MinValue": "1", "MaxValue": "9"}},
        {"Name": "c", "AttributeDataType": "Boolean", "Mutable": False},
        {"Name": "d", "AttributeDataType": "DateTime", "DeveloperOnlyAttribute": True},
    ]
    made, later = make_pool(Schema=attributes), make_pool()
    add_attributes(later, *attributes[:2])
    add_attributes(later, *attributes[2:])
    schemas = [
        one.cognito.describe_user_pool(UserPoolId=one.pool_id)["UserPool"]["SchemaAttributes"] for one in (made, later)
    ]
    assert schemas[0] == schemas[1]


def test_a_pool_has_fifty_custom_attributes_at_most(make_pool):
    """Those it was made with count, and a call that asks for too many adds none."""
    pool = make_pool(Schema=[{"Name": f"m{number}", "AttributeDataType": "String"} for number in range(30)])
    nineteen = [{"Name": f"a{number}", "AttributeDataType": "String"} for number in range(19)]
    add_attributes(pool, *nineteen)
    one, two = ({"Name": name, "AttributeDataType": "Boolean"} for name in ("one", "two"))
    with pytest.raises(pool.cognito.exceptions.InvalidParameterException, match="more than 50 custom attributes"):
        add_attributes(pool, one, two)
    add_attributes(pool, one)
    schema = pool.cognito.describe_user_pool(UserPoolId=pool.pool_id)["UserPool"]["SchemaAttributes"]
    assert sum(":" in entry["Name"] for entry in schema) == 50


def test_a_protected_pool_can_be_deleted_once_it_is_not(make_pool):
    """Deletion protection holds until an update ends it."""
    pool = make_pool(DeletionProtection="ACTIVE")
    with pytest.raises(pool.cognito.exceptions.InvalidParameterException, match="deletion protection is activated"):
        pool.cognito.delete_user_pool(UserPoolId=pool.pool_id)
    pool.cognito.update_user_pool(UserPoolId=pool.pool_id, DeletionProtection="INACTIVE")
    pool.cognito.delete_user_pool(UserPoolId=pool.pool_id)


def test_a_pool_has_one_certificate_for_saml(make_pool):
    """It is the same every time, another one than that of other pools, and names the pool."""
    pool, other = make_pool(), make_pool()
    first, again, foreign = (
        pool.cognito.get_signing_certificate(UserPoolId=one)["Certificate"]
        for one in (pool.pool_id, pool.pool_id, other.pool_id)
    )
    assert first == again != foreign
    certificate = x509.load_der_x509_certificate(base64.b64decode(first))
    assert certificate.subject.rfc4514_string() == f"CN={pool.pool_id}"
    certificate.verify_directly_issued_by(certificate)
    assert certificate.not_valid_after_utc.timestamp() > time.time() + 9 * 365 * 86_400


def test_there_are_no_more_pools_than_the_quota():
    """One too many is LimitExceededException and leaves nothing behind; a deletion makes room."""
    with serve(**{"quotas.user_pools": "2"}) as server:
        narrow = sdk_client(server.url)
        first, _ = create(narrow), create(narrow)
        with pytest.raises(narrow.exceptions.LimitExceededException, match="more than 2 user pools"):
            create(narrow)
        assert len(narrow.list_user_pools(MaxResults=60)["UserPools"]) == 2
        narrow.delete_user_pool(UserPoolId=first["Id"])
        create(narrow)
