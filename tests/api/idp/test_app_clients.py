"""App clients and their secrets through the AWS SDK."""

import dataclasses
import re

import pytest

from conftest import sdk_client
from served import serve


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


# Several secrets


def secrets_of(pool):
    asked = {"UserPoolId": pool.pool_id, "ClientId": pool.client_id}
    return pool.cognito.list_user_pool_client_secrets(**asked)["ClientSecrets"]


def add_secret(pool, **more):
    asked = {"UserPoolId": pool.pool_id, "ClientId": pool.client_id, **more}
    return pool.cognito.add_user_pool_client_secret(**asked)["ClientSecretDescriptor"]


def delete_secret(pool, secret_id):
    asked = {"UserPoolId": pool.pool_id, "ClientId": pool.client_id, "ClientSecretId": secret_id}
    return pool.cognito.delete_user_pool_client_secret(**asked)


def sign_in_with(pool, secret):
    return dataclasses.replace(pool, secret=secret).sign_in("ann")


def test_a_secret_is_replaced_without_a_pause(make_pool):
    """While two secrets are live both work, and Describe shows the newer; a deleted one stops working at once."""
    pool = make_pool(secret=True)
    pool.confirmed("ann")
    old, added = pool.secret, add_secret(pool)
    new = added["ClientSecretValue"]
    assert re.fullmatch(r"[0-9a-z]{52}", new)
    assert re.fullmatch(rf"{pool.client_id}--[0-9]+", added["ClientSecretId"])
    shown = pool.cognito.describe_user_pool_client(UserPoolId=pool.pool_id, ClientId=pool.client_id)["UserPoolClient"]
    assert shown["ClientSecret"] == new
    for secret in (old, new):
        sign_in_with(pool, secret)
    first, second = secrets_of(pool)
    assert second == {name: added[name] for name in ("ClientSecretId", "ClientSecretCreateDate")}
    assert first.keys() == second.keys(), "values are never listed"
    assert first["ClientSecretCreateDate"] <= second["ClientSecretCreateDate"]
    assert delete_secret(pool, first["ClientSecretId"]).keys() == {"ResponseMetadata"}
    assert secrets_of(pool) == [second]
    sign_in_with(pool, new)
    with pytest.raises(pool.cognito.exceptions.NotAuthorizedException, match="Unable to verify secret hash"):
        sign_in_with(pool, old)


def test_a_chosen_secret_is_not_told(make_pool):
    """What the caller knows already is not repeated, and works all the same."""
    pool = make_pool(secret=True)
    pool.confirmed("ann")
    chosen = "Chosen_Secret+0123456789"
    added = add_secret(pool, ClientSecret=chosen)
    assert added.keys() == {"ClientSecretId", "ClientSecretCreateDate"}
    sign_in_with(pool, chosen)
    shown = pool.cognito.describe_user_pool_client(UserPoolId=pool.pool_id, ClientId=pool.client_id)["UserPoolClient"]
    assert shown["ClientSecret"] == chosen


def test_two_secrets_are_live_at_most_and_one_at_least(make_pool):
    """The third is refused until one goes, and the last one stays."""
    pool = make_pool(secret=True)
    added = add_secret(pool)
    with pytest.raises(pool.cognito.exceptions.LimitExceededException, match="more than 2 secrets"):
        add_secret(pool)
    delete_secret(pool, added["ClientSecretId"])
    [last] = secrets_of(pool)
    with pytest.raises(pool.cognito.exceptions.InvalidParameterException, match="last secret"):
        delete_secret(pool, last["ClientSecretId"])
    add_secret(pool)
    assert len(secrets_of(pool)) == 2


def test_a_change_of_secrets_is_a_change_of_the_client():
    """LastModifiedDate moves with it."""
    with serve() as server:
        cognito = sdk_client(server.url)
        asked = {"UserPoolId": cognito.create_user_pool(PoolName="test")["UserPool"]["Id"]}
        made = cognito.create_user_pool_client(ClientName="app", GenerateSecret=True, **asked)["UserPoolClient"]
        asked["ClientId"] = made["ClientId"]
        server.advance(60)
        cognito.add_user_pool_client_secret(**asked)
        shown = cognito.describe_user_pool_client(**asked)["UserPoolClient"]
    assert (shown["LastModifiedDate"] - made["LastModifiedDate"]).total_seconds() >= 60


def test_a_client_without_a_secret_stays_so(pool):
    """It has none to list, and none can be added."""
    assert secrets_of(pool) == []
    with pytest.raises(pool.cognito.exceptions.InvalidParameterException, match="made without a secret"):
        add_secret(pool)


def test_a_lite_pool_has_no_clients_for_choice_based_sign_in(make_pool):
    """What the tier of the pool lacks is refused by name, and the same is taken in ESSENTIALS."""
    flows = {"ExplicitAuthFlows": ["ALLOW_USER_AUTH"]}
    make_pool(client=flows)
    lite = make_pool(UserPoolTier="LITE")
    with pytest.raises(lite.cognito.exceptions.FeatureUnavailableInTierException, match="LITE pricing tier"):
        lite.cognito.create_user_pool_client(UserPoolId=lite.pool_id, ClientName="choosy", **flows)


def test_an_updated_client_does_what_it_now_may(make_pool):
    """A flow that is taken away is refused at once, and one that is given works."""
    pool = make_pool()
    pool.confirmed("ann")
    asked = {"UserPoolId": pool.pool_id, "ClientId": pool.client_id}
    pool.cognito.update_user_pool_client(**asked, ClientName="renamed", ExplicitAuthFlows=["ALLOW_REFRESH_TOKEN_AUTH"])
    with pytest.raises(pool.cognito.exceptions.InvalidParameterException, match="flow not enabled"):
        pool.sign_in("ann")
    pool.cognito.update_user_pool_client(**asked, ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"], IdTokenValidity=3)
    assert pool.sign_in("ann")["AuthenticationResult"]["AccessToken"]
    shown = pool.cognito.describe_user_pool_client(**asked)["UserPoolClient"]
    assert shown["ClientName"] == "renamed"
    assert shown["IdTokenValidity"] == 3
