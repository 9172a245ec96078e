"""Conditions: every operator, present and absent keys, several values on either side."""

from typing import Any

import pytest

from cognomen.domain.policies import Verdict
from domain.policies import ACTION, POOL, lookup_of, policy

NAME, AGENT, IP = "aws:username", "aws:PrincipalArn", "aws:SourceIp"
NOW, TAG, TAGS = "aws:CurrentTime", "aws:RequestTag/n", "aws:TagKeys"
ANN, ROLE = "arn:aws:iam::123456789012:user/ann", "arn:aws:sts::123456789012:assumed-role/app/session"
AT = "2026-05-01T12:00:00Z"

# operator, key, values of the policy, values of the request (None: absent), whether the condition is met
OPERATORS: list[tuple[str, str, Any, Any, bool]] = [
    ("StringEquals", NAME, "ann", "ann", True),
    ("StringEquals", NAME, "ann", "Ann", False),
    ("StringEquals", NAME, "an*", "ann", False),
    ("StringEquals", NAME, "an*", "an*", True),
    ("StringEquals", NAME, ["bob", "ann"], "ann", True),
    ("StringEquals", NAME, ["bob", "eve"], "ann", False),
    ("StringEquals", NAME, "ann", None, False),
    ("StringEquals", NAME, "", "", True),
    ("StringEquals", NAME, "${*}", "*", True),
    ("StringEquals", NAME, "${$}{aws:username}", "${aws:username}", True),
    ("StringEquals", NAME, "${aws:username}", "ann", True),
    ("StringEquals", NAME, "${aws:userid}", "ann", False),
    ("StringEquals", NAME, "${aws:userid, 'ann'}", "ann", True),
    ("StringNotEquals", NAME, "ann", "ann", False),
    ("StringNotEquals", NAME, "ann", "bob", True),
    ("StringNotEquals", NAME, ["ann", "bob"], "bob", False),
    ("StringNotEquals", NAME, "ann", None, True),
    ("StringNotEquals", NAME, "${aws:userid}", "ann", True),
    ("StringEqualsIgnoreCase", NAME, "ANN", "ann", True),
    ("StringEqualsIgnoreCase", NAME, "${aws:username}", "ann", True),
    ("StringEqualsIgnoreCase", NAME, "${aws:userid}", "ann", False),
    ("StringEqualsIgnoreCase", NAME, "bob", "ann", False),
    ("StringEqualsIgnoreCase", NAME, "bob", None, False),
    ("StringNotEqualsIgnoreCase", NAME, "ANN", "ann", False),
    ("StringNotEqualsIgnoreCase", NAME, "bob", "ann", True),
    ("StringNotEqualsIgnoreCase", NAME, "bob", None, True),
    ("StringLike", NAME, "a*", "ann", True),
    ("StringLike", NAME, "?nn", "ann", True),
    ("StringLike", NAME, "A*", "ann", False),
    ("StringLike", NAME, "a*z", "ann", False),
    ("StringLike", NAME, "*", "", True),
    ("StringLike", NAME, "a${*}", "ann", False),
    ("StringLike", NAME, "${aws:username}*", "ann", True),
    ("StringLike", NAME, "line*two", "line\ntwo", True),
    ("StringLike", NAME, "a*", None, False),
    ("StringNotLike", NAME, "a*", "ann", False),
    ("StringNotLike", NAME, "b*", "ann", True),
    ("StringNotLike", NAME, "a*", None, True),
    ("NumericEquals", TAG, "5", "5", True),
    ("NumericEquals", TAG, 5, "5.0", True),
    ("NumericEquals", TAG, ["4", "5"], "5", True),
    ("NumericEquals", TAG, "5", "five", False),
    ("NumericEquals", TAG, "5", None, False),
    ("NumericNotEquals", TAG, "5", "5", False),
    ("NumericNotEquals", TAG, "5", "6", True),
    ("NumericNotEquals", TAG, "5", "five", True),
    ("NumericNotEquals", TAG, "5", None, True),
    ("NumericLessThan", TAG, "5", "4.9", True),
    ("NumericLessThan", TAG, "5", "5", False),
    ("NumericLessThanEquals", TAG, "5", "5", True),
    ("NumericLessThanEquals", TAG, "5", "6", False),
    ("NumericGreaterThan", TAG, "5", "6", True),
    ("NumericGreaterThan", TAG, "5", "5", False),
    ("NumericGreaterThan", TAG, "-1", "0", True),
    ("NumericGreaterThanEquals", TAG, "5", "5", True),
    ("NumericGreaterThanEquals", TAG, "5", "4", False),
    ("NumericGreaterThanEquals", TAG, "5", None, False),
    ("DateEquals", NOW, AT, AT, True),
    ("DateEquals", NOW, "2026-05-01T14:00:00+02:00", AT, True),
    ("DateEquals", NOW, "1777636800", AT, True),
    ("DateNotEquals", NOW, AT, AT, False),
    ("DateNotEquals", NOW, AT, None, True),
    ("DateLessThan", NOW, "2026-05-01T12:00:01Z", AT, True),
    ("DateLessThan", NOW, AT, AT, False),
    ("DateLessThan", NOW, "2026-05-02", AT, True),
    ("DateLessThanEquals", NOW, AT, AT, True),
    ("DateGreaterThan", NOW, "2026-04-30T00:00:00Z", AT, True),
    ("DateGreaterThan", NOW, "2027-01-01T00:00:00Z", AT, False),
    ("DateGreaterThan", NOW, "2026-04-30", "yesterday", False),
    ("DateGreaterThanEquals", NOW, AT, AT, True),
    ("DateGreaterThanEquals", "aws:EpochTime", "1777636800", "1777636800", True),
    ("Bool", "aws:SecureTransport", "true", "true", True),
    ("Bool", "aws:SecureTransport", True, "true", True),
    ("Bool", "aws:SecureTransport", "True", "true", True),
    ("Bool", "aws:SecureTransport", "false", "true", False),
    ("Bool", "aws:SecureTransport", ["true", "false"], "false", True),
    ("Bool", "aws:SecureTransport", "true", "maybe", False),
    ("Bool", "aws:SecureTransport", "false", None, False),
    ("IpAddress", IP, "192.0.2.0/24", "192.0.2.7", True),
    ("IpAddress", IP, "192.0.2.7", "192.0.2.7", True),
    ("IpAddress", IP, "192.0.2.9/24", "192.0.2.7", True),
    ("IpAddress", IP, ["10.0.0.0/8", "192.0.2.0/24"], "192.0.2.7", True),
    ("IpAddress", IP, "192.0.2.0/29", "192.0.2.8", False),
    ("IpAddress", IP, "192.0.2.0/24", "::ffff:192.0.2.7", True),
    ("IpAddress", IP, "2001:db8::/32", "2001:db8::1", True),
    ("IpAddress", IP, "2001:db8::/32", "192.0.2.7", False),
    ("IpAddress", IP, "0.0.0.0/0", "testclient", False),
    ("IpAddress", IP, "0.0.0.0/0", None, False),
    ("NotIpAddress", IP, "192.0.2.0/24", "192.0.2.7", False),
    ("NotIpAddress", IP, "192.0.2.0/24", "198.51.100.1", True),
    ("NotIpAddress", IP, "192.0.2.0/24", "testclient", True),
    ("NotIpAddress", IP, "192.0.2.0/24", None, True),
    ("ArnEquals", AGENT, ANN, ANN, True),
    ("ArnEquals", AGENT, "arn:aws:iam::*:user/*", ANN, True),
    ("ArnLike", AGENT, "arn:aws:iam::*:user/a?n", ANN, True),
    ("ArnLike", AGENT, "arn:aws:sts::*:assumed-role/app/*", ROLE, True),
    ("ArnLike", AGENT, "arn:aws:iam::*:user/${aws:username}", ANN, False),
    ("ArnLike", AGENT, "arn:aws:iam:*:user/*:", ANN, False),
    ("ArnLike", AGENT, "arn:*:*:*:*:*", ANN, True),
    ("ArnLike", AGENT, "arn:aws:iam::123456789012:role/*", ANN, False),
    ("ArnLike", AGENT, ANN, None, False),
    ("ArnNotEquals", AGENT, ANN, ANN, False),
    ("ArnNotEquals", AGENT, ROLE, ANN, True),
    ("ArnNotLike", AGENT, "arn:aws:iam::*:user/*", ANN, False),
    ("ArnNotLike", AGENT, "arn:aws:iam::*:user/*", None, True),
    ("Null", NAME, "true", None, True),
    ("Null", NAME, "true", "ann", False),
    ("Null", NAME, "false", "ann", True),
    ("Null", NAME, False, None, False),
    ("Null", NAME, ["true", "false"], "ann", True),
    # ...IfExists
    ("StringEqualsIfExists", NAME, "ann", None, True),
    ("StringEqualsIfExists", NAME, "ann", "bob", False),
    ("StringNotEqualsIfExists", NAME, "ann", "ann", False),
    ("NumericLessThanIfExists", TAG, "5", None, True),
    ("DateGreaterThanIfExists", NOW, AT, None, True),
    ("BoolIfExists", "aws:SecureTransport", "true", None, True),
    ("BoolIfExists", "aws:SecureTransport", "true", "false", False),
    ("IpAddressIfExists", IP, "192.0.2.0/24", None, True),
    ("ArnLikeIfExists", AGENT, ANN, None, True),
    # Several values in the request
    ("ForAnyValue:StringEquals", TAGS, ["a", "b"], ["b", "c"], True),
    ("ForAnyValue:StringEquals", TAGS, ["a", "b"], ["c", "d"], False),
    ("ForAnyValue:StringEquals", TAGS, "a", None, False),
    ("ForAnyValue:StringNotEquals", TAGS, "a", ["a", "b"], True),
    ("ForAnyValue:StringNotEquals", TAGS, "a", ["a"], False),
    ("ForAnyValue:StringNotEquals", TAGS, "a", None, False),
    ("ForAnyValue:StringLike", TAGS, "te*", ["x", "team"], True),
    ("ForAnyValue:StringLikeIfExists", TAGS, "te*", None, True),
    ("ForAllValues:StringEquals", TAGS, ["a", "b"], ["b", "a"], True),
    ("ForAllValues:StringEquals", TAGS, ["a", "b"], ["a", "c"], False),
    ("ForAllValues:StringEquals", TAGS, ["a", "b"], None, True),
    ("ForAllValues:StringNotEquals", TAGS, "a", ["b", "c"], True),
    ("ForAllValues:StringNotEquals", TAGS, "a", ["a", "c"], False),
    ("ForAllValues:StringLike", TAGS, "te*", ["team", "tea"], True),
    ("StringEquals", TAGS, "a", ["a", "b"], True),
    ("StringNotEquals", TAGS, "a", ["a", "b"], False),
]


@pytest.mark.parametrize(("operator", "key", "values", "given", "expected"), OPERATORS)
def test_operators(operator: str, key: str, values: Any, given: Any, expected: bool) -> None:
    """An operator compares as the IAM user guide says, also where the request has no such key."""
    made = policy({"Condition": {operator: {key: values}}})
    context = {} if given is None else {key: given}
    verdict = made.judge(ACTION, POOL, lookup_of(context))
    assert verdict is (Verdict.ALLOWED if expected else Verdict.NOT_ALLOWED)


def test_there_are_many_cases() -> None:
    """The table is as long as the guide is detailed."""
    assert len(OPERATORS) >= 120


TOGETHER = [
    ("both operators are met", {"StringEquals": {NAME: "ann"}, "IpAddress": {IP: "192.0.2.0/24"}}, True),
    ("one operator is not met", {"StringEquals": {NAME: "bob"}, "IpAddress": {IP: "192.0.2.0/24"}}, False),
    ("both keys are met", {"StringEquals": {NAME: "ann", IP: "192.0.2.7"}}, True),
    ("one key is not met", {"StringEquals": {NAME: "ann", IP: "192.0.2.8"}}, False),
    ("names of keys have no case", {"StringEquals": {"AWS:USERNAME": "ann"}}, True),
    ("a key of another service is never there", {"StringEquals": {"s3:prefix": "a"}}, False),
    ("and its negation is met", {"StringNotEquals": {"s3:prefix": "a"}}, True),
]


@pytest.mark.parametrize(("conditions", "expected"), [row[1:] for row in TOGETHER], ids=[row[0] for row in TOGETHER])
def test_all_conditions_have_to_be_met(conditions: dict[str, Any], expected: bool) -> None:
    """Operators and keys are joined by "and", the values of one key by "or"."""
    verdict = policy({"Condition": conditions}).judge(ACTION, POOL, lookup_of({NAME: "ann", IP: "192.0.2.7"}))
    assert verdict is (Verdict.ALLOWED if expected else Verdict.NOT_ALLOWED)
