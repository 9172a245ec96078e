"""GetClientToken through the AWS SDK: tokens of machines, proved by a verifier that is not ours."""

from collections.abc import Callable

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config

from api.idp.machines import MACHINE, token_of, verified, with_machine
from conftest import Pool


@pytest.fixture
def machine(make_pool: Callable[..., Pool]) -> Pool:
    """A client with a secret that may have both scopes of a resource server."""
    pool = make_pool()
    return with_machine(pool)


def test_a_machine_gets_a_token_with_its_scopes(machine):
    """Without asking for any, all custom scopes of the client; the claims are those of a client, not of a user."""
    answer = token_of(machine)
    assert (answer["ExpiresIn"], answer["TokenType"]) == (3600, "Bearer")
    claims = verified(machine, answer["AccessToken"])
    assert claims == {
        "sub": machine.client_id,
        "client_id": machine.client_id,
        "token_use": "access",
        "scope": "api/read api/write",
        "auth_time": claims["iat"],
        "iat": claims["iat"],
        "exp": claims["iat"] + 3600,
        "iss": f"{machine.server.url}/{machine.pool_id}",
        "version": 2,
        "jti": claims["jti"],
    }
    assert verified(machine, token_of(machine)["AccessToken"])["jti"] != claims["jti"]


def test_no_signature_is_needed_and_the_secret_always_is(machine):
    """The secret is the proof: an unsigned call with it passes, a signed one without the right one does not."""
    config = Config(signature_version=UNSIGNED, retries={"max_attempts": 0})
    url = machine.server.url
    unsigned = boto3.client("cognito-idp", endpoint_url=url, region_name="us-east-1", config=config)
    asked = {"ClientId": machine.client_id, "Secret": machine.secret}
    assert unsigned.get_client_token(**asked)["ClientAuthenticationResult"]["AccessToken"]
    for cognito in (unsigned, machine.cognito):
        with pytest.raises(cognito.exceptions.NotAuthorizedException, match="Unable to verify secret for client"):
            cognito.get_client_token(**{**asked, "Secret": "a1b2c3d4e5f6a7b8c9d0e1f2"})


def test_both_live_secrets_work(machine):
    """As long as a client has two of them, either is good; a deleted one is not."""
    ids = {"UserPoolId": machine.pool_id, "ClientId": machine.client_id}
    listed = machine.cognito.list_user_pool_client_secrets(**ids)["ClientSecrets"]
    second = machine.cognito.add_user_pool_client_secret(**ids)["ClientSecretDescriptor"]["ClientSecretValue"]
    for secret in (machine.secret, second):
        assert token_of(machine, Secret=secret)["AccessToken"]
    machine.cognito.delete_user_pool_client_secret(**ids, ClientSecretId=listed[0]["ClientSecretId"])
    with pytest.raises(machine.cognito.exceptions.NotAuthorizedException):
        token_of(machine)
    assert token_of(machine, Secret=second)["AccessToken"]


def test_scopes_are_those_asked_for_as_far_as_they_are_there(machine):
    """A scope that its resource server lost is left out; one that the client does not have is refused."""
    assert verified(machine, token_of(machine, Scopes=["api/write"])["AccessToken"])["scope"] == "api/write"
    for scope in ("api/other", "openid", "aws.cognito.signin.user.admin"):
        with pytest.raises(machine.cognito.exceptions.InvalidParameterException, match="Invalid scope requested"):
            token_of(machine, Scopes=[scope])
    left = [{"ScopeName": "read", "ScopeDescription": "read"}]
    machine.cognito.update_resource_server(UserPoolId=machine.pool_id, Identifier="api", Name="API", Scopes=left)
    assert verified(machine, token_of(machine, Scopes=["api/write"])["AccessToken"])["scope"] == ""
    assert verified(machine, token_of(machine)["AccessToken"])["scope"] == "api/read"


def test_a_token_lives_as_long_as_the_client_says(make_pool):
    """AccessTokenValidity and its unit."""
    machine = with_machine(make_pool(), AccessTokenValidity=10, TokenValidityUnits={"AccessToken": "minutes"})
    answer = token_of(machine)
    claims = verified(machine, answer["AccessToken"])
    assert answer["ExpiresIn"] == claims["exp"] - claims["iat"] == 600


def test_a_machine_is_no_user(machine):
    """Its token opens no operation of users, and its flow goes with no other one."""
    with pytest.raises(machine.cognito.exceptions.NotAuthorizedException, match="required scopes"):
        machine.cognito.get_user(AccessToken=token_of(machine)["AccessToken"])
    flows = ["ALLOW_CLIENT_TOKEN_AUTH", "ALLOW_USER_PASSWORD_AUTH"]
    asked = {"UserPoolId": machine.pool_id, "ClientName": "both", "GenerateSecret": True, "ExplicitAuthFlows": flows}
    with pytest.raises(machine.cognito.exceptions.InvalidParameterException, match="must be the only value"):
        machine.cognito.create_user_pool_client(**asked)


def test_only_clients_with_the_flow_and_a_secret_are_machines(make_pool):
    """A client of users has no token of its own, and neither has one that cannot prove itself."""
    users = make_pool(secret=True)
    with pytest.raises(users.cognito.exceptions.InvalidParameterException, match="CLIENT_TOKEN_AUTH flow not enabled"):
        token_of(users)
    public = make_pool(client=MACHINE)
    with pytest.raises(public.cognito.exceptions.NotAuthorizedException, match="Unable to verify secret"):
        token_of(public, Secret="a1b2c3d4e5f6a7b8c9d0e1f2")
