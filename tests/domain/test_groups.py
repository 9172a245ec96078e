"""What groups put into tokens."""

import pytest

from cognomen import errors
from cognomen.domain.groups import NO_GROUPS, Group, GroupClaims, check_role, claims_of

R1, R2 = "arn:aws:iam::123456789012:role/one", "arn:aws:iam::123456789012:role/two"


def group(name: str, precedence: int | None = None, role_arn: str | None = None) -> Group:
    return Group("us-east-1_Aa1Bb2Cc3", f"id-of-{name}", name, None, role_arn, precedence, 0, 0)


CLAIMS: dict[str, tuple[list[Group], GroupClaims]] = {
    "no groups": ([], NO_GROUPS),
    "one without a role": ([group("a")], GroupClaims(("a",))),
    "one with a role and no precedence": ([group("a", None, R1)], GroupClaims(("a",), (R1,), R1)),
    "the lowest precedence goes first": (
        [group("a", 5, R1), group("b", 0, R2)],
        GroupClaims(("b", "a"), (R2, R1), R2),
    ),
    "no precedence goes last, even behind the highest": (
        [group("a", None, R1), group("b", 2**31 - 1, R2)],
        GroupClaims(("b", "a"), (R2, R1), R2),
    ),
    "one precedence goes by name, and two roles leave none preferred": (
        [group("b", 1, R1), group("a", 1, R2)],
        GroupClaims(("a", "b"), (R2, R1), None),
    ),
    "one precedence with one role": ([group("b", 1, R1), group("a", 1, R1)], GroupClaims(("a", "b"), (R1,), R1)),
    "without precedence two roles leave none preferred": (
        [group("a", None, R1), group("b", None, R2)],
        GroupClaims(("a", "b"), (R1, R2), None),
    ),
    "a group without a role takes no part in preferring": (
        [group("a", 0), group("b", 1, R1), group("c", 2, R2)],
        GroupClaims(("a", "b", "c"), (R1, R2), R1),
    ),
    "a group without a role does not tie": (
        [group("a", 1), group("b", 1, R1)],
        GroupClaims(("a", "b"), (R1,), R1),
    ),
    "names go by their characters, not by their letters": (
        [group("b"), group("B"), group("a"), group("é")],
        GroupClaims(("B", "a", "b", "é")),
    ),
}


@pytest.mark.parametrize("case", CLAIMS)
def test_claims_follow_precedence_and_names(case: str) -> None:
    """Groups and roles in order of precedence, then name; the preferred role is the first one, unless two tie."""
    groups, expected = CLAIMS[case]
    assert claims_of(groups) == expected
    assert claims_of(reversed(groups)) == expected, "the order of the rows does not matter"


@pytest.mark.parametrize(
    "arn", [None, R1, "arn:aws-cn:iam::123456789012:role/x", "arn:aws-us-gov:iam::123456789012:role/a/path/x+=,.@-_1"]
)
def test_roles_are_taken(arn: str | None) -> None:
    """A role of any partition, with or without a path, or none."""
    check_role(arn)


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:iam::123456789012:user/x",
        "arn:aws:iam::123456789012:role/",
        "arn:aws:iam::12345678901:role/x",
        "arn:aws:iam:us-east-1:123456789012:role/x",
        "arn:aws:s3::123456789012:role/x",
        "arn:aws:sts::123456789012:assumed-role/x/y",
        R1 + "\n",
        "",
    ],
)
def test_other_arns_are_no_roles(arn: str) -> None:
    """Whatever is not the ARN of a role is refused, and told."""
    with pytest.raises(errors.NotAnIamRole) as refused:
        check_role(arn)
    assert str(refused.value) == f"RoleArn {arn} is not the ARN of an IAM role."
