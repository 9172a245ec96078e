"""CUSTOM_AUTH in pools with threat protection: CustomAuthMode says whether it is noted, and acted on."""

import pytest

from conftest import PASSWORD
from triggers.test_custom_auth import NAMES, answer
from triggers.test_effects import EMAIL, refused

HOME, AWAY = "192.0.2.1", "203.0.113.9"


@pytest.fixture
def riddles(pool_with):
    """A pool with riddles, whose user has signed in from home by password."""

    def make(**modes):
        add_ons = {"AdvancedSecurityMode": "ENFORCED", **modes}
        pool = pool_with({**NAMES, "PreSignUp": "admitting"}, UserPoolTier="PLUS", UserPoolAddOns=add_ons).pool
        pool.sign_up("ann", UserAttributes=EMAIL)
        from_place(pool, HOME, "ADMIN_USER_PASSWORD_AUTH", PASSWORD=PASSWORD)
        block = {"EventAction": "BLOCK", "Notify": False}
        actions = dict.fromkeys(("LowAction", "MediumAction", "HighAction"), block)
        takeover = {"Actions": actions}
        pool.cognito.set_risk_configuration(UserPoolId=pool.pool_id, AccountTakeoverRiskConfiguration=takeover)
        return pool

    return make


def from_place(pool, address, flow="CUSTOM_AUTH", **parameters):
    return pool.cognito.admin_initiate_auth(
        UserPoolId=pool.pool_id,
        ClientId=pool.client_id,
        AuthFlow=flow,
        AuthParameters={"USERNAME": "ann", **parameters},
        ContextData={"IpAddress": address, "ServerName": "app", "ServerPath": "/", "HttpHeaders": []},
    )


def sign_ins(pool):
    found = pool.cognito.admin_list_user_auth_events(UserPoolId=pool.pool_id, Username="ann")["AuthEvents"]
    return [one["EventResponse"] for one in reversed(found) if one["EventType"] == "SignIn"][1:]


def test_without_a_mode_nothing_is_noted(riddles):
    """A sign-in at risk goes on as ever."""
    pool = riddles()
    asked = from_place(pool, AWAY)
    again = answer(pool, asked, "1")
    assert answer(pool, again, "2")["AuthenticationResult"]
    assert sign_ins(pool) == []


def test_auditing_notes_one_event(riddles):
    """However many riddles it takes; nothing is blocked."""
    pool = riddles(AdvancedSecurityAdditionalFlows={"CustomAuthMode": "AUDIT"})
    asked = from_place(pool, AWAY)
    assert sign_ins(pool) == ["InProgress"]
    again = answer(pool, asked, "1")
    assert answer(pool, again, "2")["AuthenticationResult"]
    assert sign_ins(pool) == ["Pass"]


def test_enforcing_blocks_a_risk(riddles):
    """At once, since no first factor is known to come; from home it goes on."""
    pool = riddles(AdvancedSecurityAdditionalFlows={"CustomAuthMode": "ENFORCED"})
    with refused(pool, "NotAuthorizedException", "Unable to login because of security reasons."):
        from_place(pool, AWAY)
    assert from_place(pool, HOME)["ChallengeName"] == "CUSTOM_CHALLENGE"
