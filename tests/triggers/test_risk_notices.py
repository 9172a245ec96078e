"""Notices of a risk, in pools whose mail is sent by a trigger."""

import json
from pathlib import Path
from typing import Any

import pytest

from conftest import Pool, sdk_client
from encryption_sdk import KEY_ARN
from promises.verifying import ACCESS_KEY, verifying
from triggers import handlers
from triggers.conftest import PASSWORD, arn, key_file
from triggers.test_custom_senders import senders
from triggers.test_events import EMAIL, GOLDEN
from watched import AWAY, FLOWS, HOME, LINUX, Watched

SOURCE = "CustomEmailSender_AccountTakeOverNotification"
PROTECTED = {"UserPoolTier": "PLUS", "UserPoolAddOns": {"AdvancedSecurityMode": "ENFORCED"}}
ELSEWHERE = "198.51.100.7"


def at_home(pool: Pool) -> Watched:
    """A user with an address who has signed in from home."""
    names = {"UserPoolId": pool.pool_id, "Username": "ann"}
    pool.cognito.admin_create_user(**names, MessageAction="SUPPRESS", UserAttributes=EMAIL)
    pool.cognito.admin_set_user_password(**names, Password=PASSWORD, Permanent=True)
    watched = Watched(pool)
    watched.from_place("ann", HOME)
    return watched


def told(watched: Watched) -> dict[str, Any]:
    """The next event that the sender gets."""
    event: dict[str, Any] = handlers.posted[watched.pool.pool_id].get(timeout=20)
    assert event["triggerSource"] == SOURCE
    return event


def test_a_notice_goes_through_the_sender(pool_with):
    """Member by member, and by no mail; by the token in it the user says what they know."""
    watched = at_home(pool_with(senders(), client={"ExplicitAuthFlows": FLOWS}, **PROTECTED).pool)
    watched.act("NO_ACTION", notify=True)
    assert watched.from_place("ann", AWAY, LINUX)["AuthenticationResult"]
    event = told(watched)
    attributes = event["request"]["userAttributes"]
    assert attributes["EVENT_ID"] == watched.events("ann")[0]["EventId"]
    watched.cognito.update_auth_event_feedback(
        UserPoolId=watched.pool.pool_id,
        Username="ann",
        EventId=attributes["EVENT_ID"],
        FeedbackToken=attributes["FEEDBACK_TOKEN"],
        FeedbackValue="Valid",
    )
    attributes |= {"EVENT_ID": "<event>", "LOGIN_TIME": "<time>", "FEEDBACK_TOKEN": "<token>"}
    text = json.dumps(event).replace(watched.pool.pool_id, "<pool>").replace(watched.pool.client_id, "<client>")
    assert json.loads(text) == json.loads((GOLDEN / f"{SOURCE}.json").read_text("utf-8"))
    assert [one for one in watched.pool.server.messages() if one["pool_id"] == watched.pool.pool_id] == []


def test_a_blocked_sign_in_is_told_of(pool_with):
    """The action is BLOCK, also where a second factor was required of a pool that has none."""
    watched = at_home(pool_with(senders(), client={"ExplicitAuthFlows": FLOWS}, **PROTECTED).pool)
    for action, address in (("BLOCK", AWAY), ("MFA_REQUIRED", ELSEWHERE)):
        watched.act(action, notify=True)
        with pytest.raises(watched.cognito.exceptions.NotAuthorizedException, match="security reasons"):
            watched.from_place("ann", address)
        attributes = told(watched)["request"]["userAttributes"]
        assert (attributes["ACCOUNT_TAKE_OVER_ACTION"], attributes["IP_ADDRESS"]) == ("BLOCK", address)


def test_no_courier_is_needed(tmp_path: Path) -> None:
    """In production, where nothing carries mail, only a pool with a sender can have notices, and sends them."""
    chosen = {
        "triggers": {arn("posting"): "python:triggers.handlers:posting"},
        "kms_keys": {KEY_ARN: key_file(tmp_path)},
    }
    with verifying(tmp_path, data=str(tmp_path), public_url="https://id.example", **chosen) as served:
        key, secret = ACCESS_KEY
        cognito = sdk_client(served.url, aws_access_key_id=key, aws_secret_access_key=secret)
        for config in ({}, senders("posting", "CustomEmailSender")):
            pool_id = cognito.create_user_pool(PoolName="p", LambdaConfig=config, **PROTECTED)["UserPool"]["Id"]
            app = cognito.create_user_pool_client(UserPoolId=pool_id, ClientName="app", ExplicitAuthFlows=FLOWS)
            watched = at_home(Pool(cognito, served, pool_id, app["UserPoolClient"]["ClientId"], None))
            if config:
                watched.act("NO_ACTION", notify=True)
            else:
                with pytest.raises(cognito.exceptions.CodeDeliveryFailureException):
                    watched.act("NO_ACTION", notify=True)
        assert watched.from_place("ann", AWAY)["AuthenticationResult"]
        assert told(watched)["request"]["userAttributes"]["IP_ADDRESS"] == AWAY
