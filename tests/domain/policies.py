"""Policies and requests as the tables of cases write them."""

import json
from collections.abc import Mapping
from typing import Any

from cognomen.domain.policies import Policy, Verdict
from cognomen.domain.policy_documents import read_policy

ACTION = "cognito-idp:AdminGetUser"
POOL = "arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_Aa1"
VERDICTS = {"allow": Verdict.ALLOWED, "deny": Verdict.DENIED, "none": Verdict.NOT_ALLOWED}


def policy(*statements: Mapping[str, Any]) -> Policy:
    """A policy of these statements; what they leave out allows everything."""
    usual = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    made = [_complete(usual, statement) for statement in statements]
    return read_policy(json.dumps({"Version": "2012-10-17", "Statement": made}))


def _complete(usual: Mapping[str, Any], statement: Mapping[str, Any]) -> dict[str, Any]:
    return {**{name: value for name, value in usual.items() if f"Not{name}" not in statement}, **statement}


def judge(made: Policy, action: str = ACTION, resource: str = POOL, **context: Any) -> Verdict:
    """What the policy says; `context` names keys with `__` for the colon, each with one value or a list of them."""
    return made.judge(action, resource, lookup_of({name.replace("__", ":"): value for name, value in context.items()}))


def lookup_of(context: Mapping[str, str | list[str]]) -> Any:
    """The keys of a request."""
    values = {key.lower(): tuple([value] if isinstance(value, str) else value) for key, value in context.items()}
    return values.get
