"""Amazon Resource Names of pools (reference 03).

``arn:aws:cognito-idp:{region}:{account}:userpool/{pool id}`` and
``arn:aws:cognito-identity:{region}:{account}:identitypool/{identity pool id}``.
"""

import re

from cognomen import errors
from cognomen.domain.pool import UserPool

PARTITIONS = {"cn": "aws-cn", "us-gov": "aws-us-gov"}
IDENTITY_POOL_ARN = re.compile(
    r"arn:[\w-]+:cognito-identity:[\w-]+:[0-9]{12}:identitypool/(?P<pool_id>[\w-]+:[0-9a-f-]+)", re.ASCII
)
POOL_ARN = re.compile(r"arn:[\w-]+:cognito-idp:[\w-]+:[0-9]{12}:userpool/(?P<pool_id>[\w-]+_[0-9a-zA-Z]+)", re.ASCII)


def partition_of(region: str) -> str:
    """The part of AWS that a region belongs to."""
    return next((name for prefix, name in PARTITIONS.items() if region.startswith(f"{prefix}-")), "aws")


def pool_arn(account_id: str, pool: UserPool) -> str:
    """The ARN of a pool of this account."""
    return arn_of_pool_id(account_id, pool.pool_id)


def arn_of_pool_id(account_id: str, pool_id: str) -> str:
    """The ARN that a pool of this account has if it exists."""
    region = pool_id.partition("_")[0]
    return f"arn:{partition_of(region)}:cognito-idp:{region}:{account_id}:userpool/{pool_id}"


def device_arn(account_id: str, pool: UserPool, username: str, device_key: str) -> str:
    """How administrators are told of a device."""
    owner = f"{username}.{pool.pool_id}"
    return f"arn:{partition_of(pool.region)}:cognito-idp:{pool.region}:{account_id}:owner/{owner}/device/{device_key}"


def arn_of_identity_pool_id(account_id: str, identity_pool_id: str) -> str:
    """The ARN that an identity pool of this account has if it exists."""
    region = identity_pool_id.partition(":")[0]
    return f"arn:{partition_of(region)}:cognito-identity:{region}:{account_id}:identitypool/{identity_pool_id}"


def normal_form(account_id: str, arn: str) -> str:
    """The ARN of the pool that an ARN speaks of, however it is written; what speaks of no pool stays as it is."""
    if pool := POOL_ARN.fullmatch(arn):
        return arn_of_pool_id(account_id, pool["pool_id"])
    if identity_pool := IDENTITY_POOL_ARN.fullmatch(arn):
        return arn_of_identity_pool_id(account_id, identity_pool["pool_id"])
    return arn


def pool_id_in(arn: str) -> str:
    """The pool that an ARN speaks of; raises InvalidParameterException where it speaks of something else."""
    found = POOL_ARN.fullmatch(arn)
    if found is None:
        raise errors.NotAPoolArn(arn=arn)
    return found["pool_id"]
