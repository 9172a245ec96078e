"""Judging: which statements speak of a request, and what follows from all of them together."""

from typing import Any

import pytest

from cognomen.domain.policies import Verdict
from domain.policies import ACTION, POOL, VERDICTS, judge, lookup_of, policy

ALLOW: dict[str, Any] = {}
DENY = {"Effect": "Deny"}
OTHER_POOL = "arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_Bb2"
NEVER = {"Condition": {"StringEquals": {"aws:username": "nobody"}}}

EFFECTS = [
    ("one that allows", [ALLOW], "allow"),
    ("one that denies", [DENY], "deny"),
    ("a denial wins over an allowance before it", [ALLOW, DENY], "deny"),
    ("a denial wins over an allowance after it", [DENY, ALLOW], "deny"),
    ("a denial wins over many allowances", [ALLOW, ALLOW, DENY, ALLOW], "deny"),
    ("none speaks of the action", [{"Action": "cognito-idp:ListUsers"}], "none"),
    ("none speaks of the resource", [{"Resource": OTHER_POOL}], "none"),
    ("none has its conditions met", [NEVER], "none"),
    ("a denial of another action", [ALLOW, {**DENY, "Action": "cognito-idp:ListUsers"}], "allow"),
    ("a denial of another resource", [ALLOW, {**DENY, "Resource": OTHER_POOL}], "allow"),
    ("a denial whose conditions are not met", [ALLOW, {**DENY, **NEVER}], "allow"),
    ("the second of two allowances", [{"Action": "s3:*"}, {"Action": ACTION}], "allow"),
    ("action of one and resource of another", [{"Action": "s3:*"}, {"Resource": OTHER_POOL}], "none"),
]


@pytest.mark.parametrize(("statements", "expected"), [row[1:] for row in EFFECTS], ids=[row[0] for row in EFFECTS])
def test_statements_together(statements: list[dict[str, Any]], expected: str) -> None:
    """Nothing is allowed unless a statement says so, and what one denies no other can allow."""
    assert judge(policy(*statements)) is VERDICTS[expected]


ACTIONS = [
    ("*", True),
    ("cognito-idp:*", True),
    ("cognito-idp:AdminGetUser", True),
    ("cognito-idp:admingetuser", True),
    ("cognito-idp:ADMINGETUSER", True),
    ("cognito-idp:Admin*", True),
    ("cognito-idp:*User", True),
    ("cognito-idp:A*G*U*", True),
    ("cognito-idp:*Get*", True),
    ("cognito-idp:AdminGetUse?", True),
    ("cognito-idp:?????????????", False),
    ("cognito-idp:????????????", True),
    ("cognito-idp:AdminGetUser*", True),
    ("cognito-idp:AdminGetUser?", False),
    ("cognito-idp:Get*", False),
    ("cognito-idp:AdminGet", False),
    ("cognito-idp:AdminGetUserAuthFactors", False),
    ("cognito-identity:*", False),
    ("cognito-identity:AdminGetUser", False),
    ("s3:*", False),
    ("cognito-idp:*Users", False),
    ("cognito-idp:*r*r*", False),
]


@pytest.mark.parametrize(("pattern", "expected"), ACTIONS)
def test_actions(pattern: str, expected: bool) -> None:
    """An action is compared without case; ``*`` stands for any text and ``?`` for one character."""
    assert judge(policy({"Action": pattern})) is (Verdict.ALLOWED if expected else Verdict.NOT_ALLOWED)
    assert judge(policy({"NotAction": pattern})) is (Verdict.NOT_ALLOWED if expected else Verdict.ALLOWED)
    assert judge(policy({"Action": ["s3:GetObject", pattern, "sqs:*"]})) is judge(policy({"Action": pattern}))


RESOURCES = [
    ("*", True),
    ("arn:*", True),
    (POOL, True),
    ("arn:aws:cognito-idp:*:*:userpool/*", True),
    ("arn:aws:cognito-idp:us-east-1:123456789012:*", True),
    ("arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_*", True),
    ("arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_A?1", True),
    ("arn:aws:cognito-idp:us-*-1:123456789012:userpool/*_Aa1", True),
    ("arn:aws:cognito-idp:*", True),
    ("arn:*:cognito-idp:*:*:*", True),
    (OTHER_POOL, False),
    (POOL.lower(), False),
    (POOL + "x", False),
    (POOL[:-1], False),
    ("arn:aws:cognito-idp:eu-west-1:*:userpool/*", False),
    ("arn:aws:cognito-idp:*:000000000000:userpool/*", False),
    ("arn:aws:cognito-identity:*:*:identitypool/*", False),
    ("arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_A?", False),
    ("arn:aws:cognito-idp:us-east-1:123456789012:userpool/${*}", False),
    ("arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_Aa${?}", False),
]


@pytest.mark.parametrize(("pattern", "expected"), RESOURCES)
def test_resources(pattern: str, expected: bool) -> None:
    """An ARN is compared letter by letter, with the same wildcards."""
    assert judge(policy({"Resource": pattern})) is (Verdict.ALLOWED if expected else Verdict.NOT_ALLOWED)
    assert judge(policy({"NotResource": pattern})) is (Verdict.NOT_ALLOWED if expected else Verdict.ALLOWED)
    assert judge(policy({"Resource": ["arn:aws:s3:::b/*", pattern]})) is judge(policy({"Resource": pattern}))


@pytest.mark.parametrize("pattern", ["arn:aws:cognito-idp:*:*:userpool/*", "arn:aws:cognito-idp:*:*:*", "arn:*"])
def test_what_is_about_no_resource_needs_the_star(pattern: str) -> None:
    """ListUserPools and its like are about ``*``, which no pattern of ARNs means (IAM user guide, Resource)."""
    assert judge(policy({"Resource": pattern}), "cognito-idp:ListUserPools", "*") is Verdict.NOT_ALLOWED
    assert judge(policy({"Resource": [pattern, "*"]}), "cognito-idp:ListUserPools", "*") is Verdict.ALLOWED


BY_NAME = "arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_${aws:username}"
VARIABLES = [
    (BY_NAME, {"aws:username": "Aa1"}, True),
    (BY_NAME.replace("aws:username", "AWS:UserName"), {"aws:username": "Aa1"}, True),
    (BY_NAME.replace("aws:username", " aws:username "), {"aws:username": "Aa1"}, True),
    (BY_NAME, {"aws:username": "Bb2"}, False),
    (BY_NAME, {"aws:username": "*"}, False),
    (BY_NAME, {"aws:username": "A.1"}, False),
    (BY_NAME, {}, False),
    (BY_NAME, {"aws:username": ["Aa1", "Bb2"]}, False),
    (BY_NAME.replace("username", "username, 'Aa1'"), {}, True),
    (BY_NAME.replace("username", "username, 'Aa1'"), {"aws:username": "Bb2"}, False),
    (BY_NAME.replace("${aws:username}", "${aws:PrincipalTag/team}*"), {"aws:principaltag/team": "Aa"}, True),
    (BY_NAME.replace("us-east-1_", "${aws:userid}_"), {"aws:userid": "us-east-1", "aws:username": "Aa1"}, True),
]


@pytest.mark.parametrize(("pattern", "context", "expected"), VARIABLES)
def test_variables_in_resources(pattern: str, context: dict[str, Any], expected: bool) -> None:
    """A variable stands for the one value of its key, letter by letter; without a value nothing fits."""
    made = policy({"Resource": pattern})
    verdict = made.judge(ACTION, POOL, lookup_of(context))
    assert verdict is (Verdict.ALLOWED if expected else Verdict.NOT_ALLOWED)


def test_a_policy_tells_which_keys_it_asks_for() -> None:
    """Whoever judges can work out no more than these: those of conditions and of variables, in lower case."""
    made = policy(
        {"Resource": BY_NAME},
        {**DENY, "Condition": {"StringLike": {"aws:ResourceTag/Team": "${aws:PrincipalTag/Team}"}}},
        {"Condition": {"Null": {"aws:TagKeys": "true"}}},
    )
    assert made.keys == {"aws:username", "aws:resourcetag/team", "aws:principaltag/team", "aws:tagkeys"}
    assert policy(ALLOW).keys == frozenset()


def test_what_the_caller_names_costs_no_more_than_a_walk() -> None:
    """A pattern of many wildcards against a long text that nearly fits is decided at once."""
    made = policy({"Resource": "arn:aws:cognito-idp:::" + "*a" * 30 + "*b"})
    assert judge(made, resource="arn:aws:cognito-idp:::" + "a" * 5000) is Verdict.NOT_ALLOWED
