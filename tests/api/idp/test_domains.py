"""Domains of pools through the AWS SDK."""

import re
import secrets

import pytest

from conftest import sdk_client
from served import serve

CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/0a1b2c3d-0a1b"
CUSTOM = {"CertificateArn": CERTIFICATE, "SecurityPolicy": "TLS_V1_2_2021"}


@pytest.fixture
def prefix():
    return f"app-{secrets.token_hex(6)}"


def described(cognito, domain):
    return cognito.describe_user_pool_domain(Domain=domain)["DomainDescription"]


def test_a_prefix_is_described_and_shown_by_the_pool(pool, prefix):
    """Describe tells whose it is; the pool tells its name; without a version it is the classic one."""
    made = pool.cognito.create_user_pool_domain(UserPoolId=pool.pool_id, Domain=prefix)
    assert made["ManagedLoginVersion"] == 1
    assert "CloudFrontDomain" not in made
    shown = described(pool.cognito, prefix)
    assert re.fullmatch(r"[0-9]{14}", shown.pop("Version"))
    assert shown == {
        "UserPoolId": pool.pool_id,
        "AWSAccountId": "000000000000",
        "Domain": prefix,
        "Status": "ACTIVE",
        "ManagedLoginVersion": 1,
    }
    of_pool = pool.cognito.describe_user_pool(UserPoolId=pool.pool_id)["UserPool"]
    assert of_pool["Domain"] == prefix
    assert "CustomDomain" not in of_pool


def test_a_domain_that_nobody_has_is_described_as_nothing(cognito):
    """No error: an empty description."""
    assert described(cognito, "nobody-has-this-one") == {}


def test_a_pool_has_a_prefix_and_a_custom_domain(pool, prefix):
    """One of each; the custom one has dots, keeps its certificate, and says where it must point at."""
    name = f"{prefix}.example.com"
    pool.cognito.create_user_pool_domain(UserPoolId=pool.pool_id, Domain=prefix)
    made = pool.cognito.create_user_pool_domain(UserPoolId=pool.pool_id, Domain=name, CustomDomainConfig=CUSTOM)
    assert made["CloudFrontDomain"] == "127.0.0.1"
    assert described(pool.cognito, name)["CustomDomainConfig"] == CUSTOM
    with pytest.raises(pool.cognito.exceptions.InvalidParameterException, match="already has a domain"):
        pool.cognito.create_user_pool_domain(UserPoolId=pool.pool_id, Domain=f"{prefix}-2")
    shown = pool.cognito.describe_user_pool(UserPoolId=pool.pool_id)["UserPool"]
    assert (shown["Domain"], shown["CustomDomain"]) == (prefix, name)
    other = {"CertificateArn": f"{CERTIFICATE}-new"}
    pool.cognito.update_user_pool_domain(UserPoolId=pool.pool_id, Domain=name, CustomDomainConfig=other)
    assert described(pool.cognito, name)["CustomDomainConfig"] == other
    pool.cognito.delete_user_pool_domain(UserPoolId=pool.pool_id, Domain=name)  # there are only four in all


def test_the_version_of_the_pages_changes(pool, prefix):
    """What an update does not say of a domain stays."""
    pool.cognito.create_user_pool_domain(UserPoolId=pool.pool_id, Domain=prefix, ManagedLoginVersion=2)
    key = {"UserPoolId": pool.pool_id, "Domain": prefix}
    assert pool.cognito.update_user_pool_domain(**key)["ManagedLoginVersion"] == 2
    assert pool.cognito.update_user_pool_domain(**key, ManagedLoginVersion=1)["ManagedLoginVersion"] == 1
    assert described(pool.cognito, prefix)["ManagedLoginVersion"] == 1


def test_a_domain_belongs_to_one_pool_until_it_is_deleted(make_pool, prefix):
    """Another pool cannot have it, or touch it; a pool with a domain cannot be deleted."""
    one, other = make_pool(), make_pool()
    mine, theirs = ({"UserPoolId": pool.pool_id, "Domain": prefix} for pool in (one, other))
    one.cognito.create_user_pool_domain(**mine)
    refused = one.cognito.exceptions.InvalidParameterException
    with pytest.raises(refused, match="Domain already associated with another user pool"):
        one.cognito.create_user_pool_domain(**theirs)
    with pytest.raises(refused, match="No such domain"):
        one.cognito.delete_user_pool_domain(**theirs)
    with pytest.raises(refused, match="It has a domain configured that should be deleted first"):
        one.cognito.delete_user_pool(UserPoolId=one.pool_id)
    one.cognito.delete_user_pool_domain(**mine)
    one.cognito.create_user_pool_domain(**theirs)
    one.cognito.delete_user_pool(UserPoolId=one.pool_id)


@pytest.mark.parametrize("word", ["aws", "amazon", "cognito"])
def test_words_of_aws_are_reserved_as_parts_of_a_prefix(pool, prefix, word):
    """As a part between dashes they are refused, within another word they are not."""
    with pytest.raises(pool.cognito.exceptions.InvalidParameterException, match=f"reserved word: {word}"):
        pool.cognito.create_user_pool_domain(UserPoolId=pool.pool_id, Domain=f"{word}-{prefix}")
    pool.cognito.create_user_pool_domain(UserPoolId=pool.pool_id, Domain=f"x{word}-{prefix}")


def test_there_are_no_more_custom_domains_than_the_quota():
    """The quota is that of all pools together."""
    with serve(**{"quotas.custom_domains": "1"}) as server:
        cognito = sdk_client(server.url)
        one, other = (cognito.create_user_pool(PoolName="narrow")["UserPool"]["Id"] for _ in range(2))
        cognito.create_user_pool_domain(UserPoolId=one, Domain="a.example.com", CustomDomainConfig=CUSTOM)
        asked = {"UserPoolId": other, "Domain": "b.example.com", "CustomDomainConfig": CUSTOM}
        with pytest.raises(cognito.exceptions.LimitExceededException, match="more than 1 custom domains"):
            cognito.create_user_pool_domain(**asked)
        cognito.delete_user_pool_domain(UserPoolId=one, Domain="a.example.com")
        cognito.create_user_pool_domain(**asked)
