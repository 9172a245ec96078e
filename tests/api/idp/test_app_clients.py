"""CreateUserPoolClient, DescribeUserPoolClient, ListUserPoolClients, DeleteUserPoolClient through the AWS SDK."""

import re

import pytest


def test_a_new_client_has_the_defaults_of_aws(cognito):
    """What Create answers where nothing was asked (reference 03, client defaults)."""
    pool_id = cognito.create_user_pool(PoolName="test")["UserPool"]["Id"]
    client = cognito.create_user_pool_client(UserPoolId=pool_id, ClientName="app")["UserPoolClient"]
    assert re.fullmatch(r"[0-9a-z]{26}", client["ClientId"])
    assert client.keys() == {
        "UserPoolId", "ClientName", "ClientId", "LastModifiedDate", "CreationDate", "RefreshTokenValidity",
        "TokenValidityUnits", "AllowedOAuthFlowsUserPoolClient", "EnableTokenRevocation",
        "EnablePropagateAdditionalUserContextData", "AuthSessionValidity",
    }  # fmt: skip
    assert (client["RefreshTokenValidity"], client["TokenValidityUnits"], client["AuthSessionValidity"]) == (30, {}, 3)


def test_a_generated_secret_is_shown_and_stays(make_pool):
    """52 base-36 characters, the same at Describe."""
    pool = make_pool(secret=True)
    assert re.fullmatch(r"[0-9a-z]{52}", pool.secret)
    shown = pool.cognito.describe_user_pool_client(UserPoolId=pool.pool_id, ClientId=pool.client_id)
    assert shown["UserPoolClient"]["ClientSecret"] == pool.secret


def test_describe_shows_what_create_showed(cognito):
    """Every accepted member comes back."""
    pool_id = cognito.create_user_pool(PoolName="test")["UserPool"]["Id"]
    made = cognito.create_user_pool_client(
        UserPoolId=pool_id,
        ClientName="app",
        GenerateSecret=True,
        RefreshTokenValidity=5,
        AccessTokenValidity=30,
        IdTokenValidity=30,
        TokenValidityUnits={"AccessToken": "minutes", "IdToken": "minutes", "RefreshToken": "days"},
        ReadAttributes=["email", "name"],
        WriteAttributes=["email"],
        ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH"],
        SupportedIdentityProviders=["COGNITO"],
        PreventUserExistenceErrors="ENABLED",
        EnableTokenRevocation=False,
    )["UserPoolClient"]
    shown = cognito.describe_user_pool_client(UserPoolId=pool_id, ClientId=made["ClientId"])["UserPoolClient"]
    assert shown == made
    assert shown["WriteAttributes"] == ["email"]


def test_pages_hold_every_client_once(pool):
    """ListUserPoolClients pages through all clients of its pool and of no other."""
    for _ in range(4):
        pool.cognito.create_user_pool_client(UserPoolId=pool.pool_id, ClientName="more")
    pages = pool.cognito.get_paginator("list_user_pool_clients").paginate(UserPoolId=pool.pool_id, MaxResults=2)
    seen = [one["ClientId"] for page in pages for one in page["UserPoolClients"]]
    assert len(seen) == len(set(seen)) == 5


def test_a_deleted_client_ends_its_sessions(pool):
    """The client is gone and its refresh tokens with it."""
    pool.confirmed("ann")
    pool.cognito.delete_user_pool_client(UserPoolId=pool.pool_id, ClientId=pool.client_id)
    with pytest.raises(pool.cognito.exceptions.ResourceNotFoundException, match=r"User pool client .* does not exist"):
        pool.sign_in("ann")


def test_a_client_of_another_pool_is_not_found(make_pool):
    """A client id counts only with its own pool (TRUST API-04)."""
    one, other = make_pool(), make_pool()
    with pytest.raises(one.cognito.exceptions.ResourceNotFoundException):
        one.cognito.describe_user_pool_client(UserPoolId=one.pool_id, ClientId=other.client_id)
