"""Documents: what is no policy is refused with the place of the fault, and nothing is read past."""

import json
from typing import Any

import pytest

from cognomen.domain.policy_documents import LONGEST, PolicyMalformed, read_policy

STATEMENT = {"Effect": "Allow", "Action": "cognito-idp:*", "Resource": "*"}
GOOD = {"Version": "2012-10-17", "Id": "an id", "Statement": [{"Sid": "A1", **STATEMENT}, {"Sid": "B", **STATEMENT}]}


def test_a_good_document_is_read() -> None:
    """The one that the cases below spoil is itself without a fault; white space costs nothing."""
    read_policy(json.dumps(GOOD))
    read_policy(json.dumps({"Version": "2012-10-17", "Statement": STATEMENT}) + " " * LONGEST)


def statement(**change: Any) -> dict[str, Any]:
    changed = {name: value for name, value in {**STATEMENT, **change}.items() if value is not None}
    return {"Version": "2012-10-17", "Statement": [STATEMENT, changed]}


def condition(**operators: Any) -> dict[str, Any]:
    return statement(Condition=operators)


FAULTS: list[tuple[Any, str]] = [
    ([], "the policy: must be a JSON object"),
    ("text", "the policy: must be a JSON object"),
    ({}, "the policy: must be a JSON object that is not empty"),
    ({**GOOD, "Principal": "*"}, "Principal: is not known; known are Version, Id, Statement"),
    ({**GOOD, "version": "x"}, "version: is not known"),
    ({"Statement": STATEMENT}, 'Version: must be "2012-10-17"'),
    ({**GOOD, "Version": "2008-10-17"}, 'Version: must be "2012-10-17"'),
    ({**GOOD, "Id": 5}, "Id: must be a text"),
    ({"Version": "2012-10-17"}, "Statement: is missing"),
    ({**GOOD, "Statement": []}, "Statement: is empty"),
    ({**GOOD, "Statement": ["a"]}, "Statement[0]: must be a JSON object"),
    ({**GOOD, "Statement": "a"}, "Statement: must be a JSON object"),
    ({**GOOD, "Statement": [STATEMENT, {}]}, "Statement[1]: must be a JSON object that is not empty"),
    (statement(Principal="*"), "Statement[1].Principal: is not known"),
    (statement(effect="Allow"), "Statement[1].effect: is not known"),
    (statement(Effect=None), "Statement[1].Effect: must be Allow or Deny"),
    (statement(Effect="allow"), "Statement[1].Effect: must be Allow or Deny"),
    (statement(Effect=["Allow"]), "Statement[1].Effect: must be Allow or Deny"),
    (statement(Action=None), "Statement[1]: needs Action or NotAction, and not both"),
    (statement(NotAction="s3:*"), "Statement[1]: needs Action or NotAction, and not both"),
    (statement(Resource=None), "Statement[1]: needs Resource or NotResource, and not both"),
    (statement(NotResource="*"), "Statement[1]: needs Resource or NotResource, and not both"),
    (statement(Action=[]), "Statement[1].Action: is empty"),
    (statement(Action=5), "Statement[1].Action: must be a text"),
    (statement(Action=["s3:*", ""]), "Statement[1].Action[1]: must be a text"),
    (statement(Action="AdminGetUser"), "Statement[1].Action: AdminGetUser is neither * nor a service and an action"),
    (statement(Action="*:AdminGetUser"), "Statement[1].Action: *:AdminGetUser is neither"),
    (statement(Action="cognito-idp:${aws:username}"), "Statement[1].Action: cognito-idp:${aws:username} is neither"),
    (statement(Action="cognito-idp:Admin User"), "Statement[1].Action: cognito-idp:Admin User is neither"),
    (statement(Resource=[]), "Statement[1].Resource: is empty"),
    (statement(Resource=""), "Statement[1].Resource: must be a text"),
    (statement(Resource="us-east-1_Aa1"), "Statement[1].Resource: us-east-1_Aa1 is neither * nor an ARN"),
    (statement(Resource="arn:aws:cognito-idp"), "Statement[1].Resource: arn:aws:cognito-idp is neither"),
    (statement(Resource="arn:aws:a:b:c:d/${aws:username"), "Statement[1].Resource: a variable begins with ${ and"),
    (statement(Resource="arn:aws:a:b:c:d/${}"), "Statement[1].Resource: ${} is no variable"),
    (statement(Resource="arn:aws:a:b:c:d/${a b}"), "Statement[1].Resource: ${a b} is no variable"),
    (
        statement(Resource="arn:aws:a:b:c:d/${aws:nothing}"),
        "Statement[1].Resource: aws:nothing is a condition key that",
    ),
    (
        statement(Resource=None, NotResource="arn:aws:a:b:c:${aws:username}"),
        "Statement[1].NotResource: takes no variables",
    ),
    (statement(Sid="a b"), "Statement[1].Sid: may hold letters and digits alone"),
    (statement(Sid=5), "Statement[1].Sid: may hold letters and digits alone"),
    ({**GOOD, "Statement": [{"Sid": "A", **STATEMENT}] * 2}, "Statement[1].Sid: A names another statement already"),
    (statement(Condition=[]), "Statement[1].Condition: must be a JSON object"),
    (condition(StringEquals="a"), "Statement[1].Condition.StringEquals: must be a JSON object"),
    (condition(StringEquals={}), "Statement[1].Condition.StringEquals: must be a JSON object that is not empty"),
    (
        condition(StringIs={"aws:username": "a"}),
        "Statement[1].Condition.StringIs.aws:username: StringIs is no operator that this server knows",
    ),
    (condition(stringequals={"aws:username": "a"}), "stringequals is no operator"),
    (condition(**{"ForSome:StringEquals": {"aws:username": "a"}}), "ForSome:StringEquals is no operator"),
    (condition(NullIfExists={"aws:username": "true"}), "NullIfExists is no operator"),
    (condition(**{"ForAnyValue:Null": {"aws:username": "true"}}), "ForAnyValue:Null is no operator"),
    (condition(StringEquals={"aws:username": []}), "Statement[1].Condition.StringEquals.aws:username: is empty"),
    (condition(StringEquals={"aws:username": None}), "aws:username: must be a text, a number, true or false"),
    (condition(StringEquals={"aws:username": ["a", {}]}), "aws:username[1]: must be a text, a number, true or false"),
    (condition(StringEquals={"username": "a"}), "username is no condition key: it has no prefix such as aws:"),
    (condition(StringEquals={"aws:": "a"}), "aws: is no condition key"),
    (condition(Bool={"aws:MultiFactorAuthPresent": "true"}), "aws:MultiFactorAuthPresent is a condition key that this"),
    (
        condition(StringEquals={"aws:ResourceTag/": "a"}),
        "aws:ResourceTag/ is a condition key that this server does not",
    ),
    (condition(StringEquals={"cognito-idp:UserPool": "a"}), "cognito-idp:UserPool is a condition key that this server"),
    (condition(StringLike={"aws:username": "${aws:what}"}), "aws:what is a condition key that this server does not"),
    (condition(Null={"aws:username": "maybe"}), "maybe is neither true nor false"),
    (condition(Bool={"aws:SecureTransport": "1"}), "1 is neither true nor false"),
    (condition(NumericEquals={"aws:EpochTime": "five"}), "five is not a number"),
    (condition(NumericEquals={"aws:EpochTime": "inf"}), "inf is not a number"),
    (condition(DateEquals={"aws:CurrentTime": "tomorrow"}), "tomorrow is not a time such as 2026-01-01T00:00:00Z"),
    (condition(IpAddress={"aws:SourceIp": "192.0.2.0/33"}), "'192.0.2.0/33' does not appear to be an IPv4 or IPv6"),
    (condition(ArnLike={"aws:PrincipalArn": "arn:aws:iam"}), "an ARN has six parts, with colons between them"),
    (condition(ArnEquals={"aws:PrincipalArn": "*"}), "an ARN has six parts, with colons between them"),
]


@pytest.mark.parametrize(("document", "fault"), FAULTS)
def test_a_fault_is_told_with_its_place(document: Any, fault: str) -> None:
    """What cannot be kept to is refused, and the refusal says where it stands and what is wrong."""
    with pytest.raises(PolicyMalformed) as refused:
        read_policy(json.dumps(document))
    assert fault in str(refused.value)
    assert not fault.startswith(("Statement", "Version", "Id", "the policy")) or str(refused.value).startswith(fault)


NOT_JSON = [
    ("", "the policy: is not JSON"),
    ("{", "the policy: is not JSON"),
    ('{"Version": NaN}', "the policy: is not JSON: NaN is no number"),
    ('{"Version": "2012-10-17", "Version": "2012-10-17"}', "the policy: is not JSON: Version stands there twice"),
    ("[" * 6000, "the policy: is not JSON"),
    ('{"Id": "' + "x" * LONGEST + '"}', f"the policy: is longer than {LONGEST} characters, white space not counted"),
]


@pytest.mark.parametrize(("text", "fault"), NOT_JSON)
def test_what_is_not_json_is_refused(text: str, fault: str) -> None:
    """A member that stands there twice is refused too, since the first would be lost without a word."""
    with pytest.raises(PolicyMalformed) as refused:
        read_policy(text)
    assert str(refused.value).startswith(fault)
