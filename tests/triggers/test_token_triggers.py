"""The trigger for token generation where no user signs in: tokens of machines, and exchanged ones."""

import pytest

from api.idp.machines import token_of, verified, with_machine
from triggers.conftest import arn
from triggers.test_effects import EMAIL, FAILURES, failed, refused

META = {"tenant": "7"}
EXCHANGING = {"ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_TOKEN_EXCHANGE_IMPERSONATION"]}


def versioned(handler, version="V3_0"):
    return {"PreTokenGenerationConfig": {"LambdaVersion": version, "LambdaArn": arn(handler)}}


def test_version_3_is_asked_about_machines(pool_with):
    """The event has no user, all that was asked for, and the metadata of the call; what it answers is in the token."""
    triggers = pool_with(versioned("claims_v2"))
    machine = with_machine(triggers.pool)
    claims = verified(machine, token_of(machine, ClientMetadata=META)["AccessToken"])
    assert (claims["tenant"], claims["client_id"], claims["sub"]) == (7, machine.client_id, machine.client_id)
    assert claims["scope"] == "api/read api/write orders/read"
    event = triggers.event("TokenGeneration_ClientCredentials")
    assert (event["version"], event["userName"]) == ("3", "ClientCredentials")
    assert event["callerContext"]["clientId"] == machine.client_id
    assert event["request"] == {
        "userAttributes": {},
        "groupConfiguration": None,
        "scopes": ["api/read", "api/write"],
        "clientMetadata": META,
    }
    assert event["response"] == {"claimsAndScopeOverrideDetails": None}


@pytest.mark.parametrize("version", ["V1_0", "V2_0"])
def test_older_versions_are_not_asked_about_machines(pool_with, version):
    """Their events have no form for it."""
    triggers = pool_with(versioned("failing", version))
    assert token_of(with_machine(triggers.pool))["AccessToken"]
    assert triggers.events == []


def test_no_trigger_makes_a_machine_a_user(pool_with):
    """A scope of users that a trigger adds is left out of a machine's token."""
    machine = with_machine(pool_with(versioned("self_service")).pool)
    assert verified(machine, token_of(machine)["AccessToken"])["scope"] == "api/read api/write"


@pytest.mark.parametrize("outcome", FAILURES)
def test_a_machine_whose_trigger_fails_gets_no_token(pool_with, outcome):
    """The model of GetClientToken has no error for triggers, so the words are those of InvalidParameterException."""
    machine = with_machine(pool_with(versioned(outcome)).pool)
    with refused(machine, "InvalidParameterException", failed(outcome, "PreTokenGeneration")[1]):
        token_of(machine)


def exchanged(pool, **more):
    pool.sign_up("ann", UserAttributes=EMAIL)
    token = pool.sign_in("ann")["AuthenticationResult"]["AccessToken"]
    if more:
        pool.cognito.update_user_pool(UserPoolId=pool.pool_id, **more)
    asked = {"ClientId": pool.client_id, "SubjectToken": token, "SubjectTokenType": "ACCESS_TOKEN"}
    return pool.cognito.get_derived_token(**asked, Audiences=["orders"])


def test_an_exchange_is_told_and_changed(pool_with):
    """As any token of a user; for whom it is stays what was asked for."""
    triggers = pool_with({"PreSignUp": "admitting", **versioned("claims_v2", "V2_0")}, EXCHANGING)
    answer = exchanged(triggers.pool)
    claims = verified(triggers.pool, answer["IssuedToken"])
    assert (claims["tenant"], claims["aud"], claims["scope"]) == (7, "orders", "orders/read")
    assert answer["Scopes"] == ["orders/read"]
    event = triggers.event("TokenGeneration_TokenExchange")
    assert event["userName"] == "ann"
    assert event["request"]["scopes"] == ["orders/read"]  # those of the subject token


@pytest.mark.parametrize("outcome", FAILURES)
def test_an_exchange_whose_trigger_fails_gives_no_token(pool_with, outcome):
    """Each failure has its own refusal, as in a sign-in."""
    pool = pool_with({"PreSignUp": "admitting"}, EXCHANGING).pool
    name, match = failed(outcome, "PreTokenGeneration")
    with refused(pool, name, match):
        exchanged(pool, LambdaConfig=versioned(outcome, "V2_0"))
