"""Handlers as they are written for AWS Lambda. What a test wants from one it says in ClientMetadata or the pool."""

import asyncio
import threading
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from queue import Queue
from typing import Any

release = threading.Event()  # what hanging handlers wait for


during: dict[str, Callable[[], Any]] = {}  # by pool: what happens while its trigger runs


def meanwhile(event: Any, context: Any) -> Any:
    during.get(event["userPoolId"], lambda: None)()
    return event


posted: defaultdict[str, Queue[Any]] = defaultdict(Queue)  # by pool: what senders were given


def posting(event: Any, context: Any) -> Any:
    posted[event["userPoolId"]].put(event)
    return event


@dataclass
class Gate:
    """What a handler says when it begins, and waits for before it ends."""

    begun: Queue[int] = field(default_factory=Queue)
    opened: threading.Event = field(default_factory=threading.Event)


gates: defaultdict[str, Gate] = defaultdict(Gate)


def posting_when_told(event: Any, context: Any) -> Any:
    gate = gates[event["userPoolId"]]
    gate.begun.put(context.get_remaining_time_in_millis())
    gate.opened.wait(20)
    posted[event["userPoolId"]].put(event)


def posting_at_last(event: Any, context: Any) -> Any:
    """Fails with the code in its words, the first time."""
    posted[event["userPoolId"]].put(event)
    if posted[event["userPoolId"]].qsize() == 1:
        raise ValueError(f"Down, and {event['request']['code']} was not sent")


def posting_unreadably(event: Any, context: Any) -> Any:
    posted[event["userPoolId"]].put(event)
    return {1, 2}


def unchanged(event: Any, context: Any) -> Any:
    return event


def context_told(event: Any, context: Any) -> Any:
    assert 10_000 < context.get_remaining_time_in_millis() <= 20_000  # milliseconds; the server gives twenty seconds
    assert context.invoked_function_arn.endswith(f":function:{context.function_name}")
    assert context.aws_request_id
    return event


async def unchanged_later(event: Any, context: Any) -> Any:
    await asyncio.sleep(0)
    return event


def failing(event: Any, context: Any) -> Any:
    raise ValueError("Not you {sorry}")


def silent(event: Any, context: Any) -> Any:
    return None


def unreadable(event: Any, context: Any) -> Any:
    return {"response": {1, 2}}


def hanging(event: Any, context: Any) -> Any:
    release.wait(20)
    return event


def nonsense(event: Any, context: Any) -> Any:
    """Members of the wrong types, whatever the trigger."""
    response = event["response"]
    for name in (*response, "autoConfirmUser", "claimsOverrideDetails", "smsMessage", "emailMessage"):
        response[name] = 17
    return event


def admitting(event: Any, context: Any) -> Any:
    response = event["response"]
    response["autoConfirmUser"] = True
    response["autoVerifyEmail"] = "email" in event["request"]["userAttributes"]
    return event


def verifying(event: Any, context: Any) -> Any:
    event["response"] |= {"autoConfirmUser": True, "autoVerifyPhone": True}
    return event


def claims_v1(event: Any, context: Any) -> Any:
    event["response"]["claimsOverrideDetails"] = {
        "claimsToAddOrOverride": {"plan": "gold", "sub": "evil", "cognito:username": "evil", "email": "x@example.com"},
        "claimsToSuppress": ["phone_number", "iss", "aud"],
        "groupOverrideDetails": {
            "groupsToOverride": ["staff", "gods"],
            "iamRolesToOverride": ["arn:aws:iam::000000000000:role/staff"],
            "preferredRole": "arn:aws:iam::000000000000:role/staff",
        },
    }
    return event


def claims_v2(event: Any, context: Any) -> Any:
    event["response"]["claimsAndScopeOverrideDetails"] = {
        "idTokenGeneration": {"claimsToAddOrOverride": {"cart": {"items": [1, 2]}}, "claimsToSuppress": ["email"]},
        "accessTokenGeneration": {
            "claimsToAddOrOverride": {"tenant": 7, "client_id": "evil", "aud": "evil"},
            "scopesToAdd": ["orders/read"],
            "scopesToSuppress": ["aws.cognito.signin.user.admin"],
        },
    }
    return event


def self_service(event: Any, context: Any) -> Any:
    added = {"scopesToAdd": ["aws.cognito.signin.user.admin"]}
    event["response"]["claimsAndScopeOverrideDetails"] = {"accessTokenGeneration": added}
    return event


def words(event: Any, context: Any) -> Any:
    request, response = event["request"], event["response"]
    name = request["usernameParameter"] or ""
    response["emailSubject"] = f"Hello from {event['triggerSource']}"
    response["emailMessage"] = f"<b>{name}</b> use {request['codeParameter']} now"
    response["smsMessage"] = f"{name} use {request['codeParameter']} now"
    return event


def words_without_code(event: Any, context: Any) -> Any:
    event["response"]["emailMessage"] = "Hello"
    return event


def words_without_end(event: Any, context: Any) -> Any:
    event["response"]["emailMessage"] = "{####}" + "x" * 20_000
    return event


def subject_without_end(event: Any, context: Any) -> Any:
    event["response"] |= {"emailMessage": "{####}", "emailSubject": "x" * 141}
    return event


def define(event: Any, context: Any) -> Any:
    """Two riddles, and at most one wrong answer; a proof of the password where the client began with one."""
    session, response = event["request"]["session"], event["response"]
    right = sum(one["challengeResult"] for one in session if one["challengeName"] == "CUSTOM_CHALLENGE")
    wrong = sum(not one["challengeResult"] for one in session)
    if [one["challengeName"] for one in session] == ["SRP_A"]:
        response |= {"issueTokens": False, "failAuthentication": False, "challengeName": "PASSWORD_VERIFIER"}
    elif wrong > 1:
        response |= {"issueTokens": False, "failAuthentication": True}
    elif right == 2:
        response |= {"issueTokens": True, "failAuthentication": False}
    else:
        response |= {"issueTokens": False, "failAuthentication": False, "challengeName": "CUSTOM_CHALLENGE"}
    return event


def create(event: Any, context: Any) -> Any:
    number = len(event["request"]["session"])
    event["response"] |= {
        "publicChallengeParameters": {"riddle": f"What comes after {number}?"},
        "privateChallengeParameters": {"answer": number + 1},
        "challengeMetadata": f"RIDDLE_{number}",
    }
    return event


def create_huge(event: Any, context: Any) -> Any:
    event["response"] |= {"privateChallengeParameters": {"answer": "x" * 3000}}
    return event


def verify(event: Any, context: Any) -> Any:
    request = event["request"]
    event["response"]["answerCorrect"] = request["challengeAnswer"] == request["privateChallengeParameters"]["answer"]
    return event


def issue_at_once(event: Any, context: Any) -> Any:
    event["response"] |= {"issueTokens": True, "failAuthentication": False}
    return event


def undecided(event: Any, context: Any) -> Any:
    return event


def migrate(event: Any, context: Any) -> Any:
    """Knows one user of another directory."""
    request = event["request"]
    if event["userName"] not in {"olga", "olga@example.com"}:
        raise LookupError("Nobody")
    if event["triggerSource"] == "UserMigration_Authentication" and request["password"] != "Correct-Horse-9":
        raise ValueError("Bad password")
    event["response"] |= {
        "userAttributes": {"email": "olga@example.com", "email_verified": "true", "username": "olga"},
        "messageAction": "SUPPRESS",
    }
    if event["triggerSource"] == "UserMigration_Authentication":
        event["response"]["finalUserStatus"] = "CONFIRMED"
    return event


def migrate_to_be_reset(event: Any, context: Any) -> Any:
    event["response"] |= {
        "userAttributes": {"email": "olga@example.com", "email_verified": "true"},
        "messageAction": "SUPPRESS",
        "finalUserStatus": "RESET_REQUIRED",
    }
    return event


def migrate_nothing(event: Any, context: Any) -> Any:
    return event
