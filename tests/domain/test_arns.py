"""ARNs of pools."""

import pytest

from cognomen import errors
from cognomen.domain.arns import pool_arn, pool_id_in
from cognomen.domain.pool import UserPool

ACCOUNT = "123456789012"


@pytest.mark.parametrize(
    ("region", "partition"),
    [("us-east-1", "aws"), ("eu-west-3", "aws"), ("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")],
)
def test_an_arn_tells_the_pool(region: str, partition: str) -> None:
    """The ARN of a pool of any region names its partition, and leads back to the pool."""
    pool_id = f"{region}_Aa1Bb2Cc3"
    arn = pool_arn(ACCOUNT, UserPool(pool_id, "people", 0, 0, {}))
    assert arn == f"arn:{partition}:cognito-idp:{region}:{ACCOUNT}:userpool/{pool_id}"
    assert pool_id_in(arn) == pool_id


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:cognito-idp:us-east-1:123456789012:userpool/",
        "arn:aws:cognito-idp:us-east-1:123456789012:identitypool/us-east-1_Aa1Bb2Cc3",
        "arn:aws:cognito-identity:us-east-1:123456789012:userpool/us-east-1_Aa1Bb2Cc3",
        "arn:aws:cognito-idp:us-east-1:12345:userpool/us-east-1_Aa1Bb2Cc3",
        "arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_Aa1Bb2Cc3/client/x",
        "arn:aws:iam::123456789012:role/x",
        "us-east-1_Aa1Bb2Cc3",
    ],
)
def test_other_arns_are_refused(arn: str) -> None:
    """What is no ARN of a pool is refused by the whole text."""
    with pytest.raises(errors.NotAPoolArn, match="is not the ARN of a user pool"):
        pool_id_in(arn)
