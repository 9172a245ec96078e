"""Access keys that are kept in the store, and who signs with one."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from cognomen.domain.policies import Policy

USER_NAME = re.compile(r"[\w+=,.@-]{1,64}", re.ASCII)  # as IAM names users
LONGEST_DESCRIPTION = 256
# What a key may do that was made without a policy of its own.
EVERYTHING = (
    '{"Version": "2012-10-17", "Statement": '
    '{"Effect": "Allow", "Action": ["cognito-idp:*", "cognito-identity:*"], "Resource": "*"}}'
)


@dataclass(frozen=True, slots=True)
class AccessKey:
    """A key as it is kept: its secret sealed, its policy as it was written."""

    key_id: str
    user: str
    description: str
    enabled: bool
    sealed: bytes = field(repr=False)
    policy: str
    created_ms: int


@dataclass(frozen=True, slots=True)
class Signer:
    """Somebody who can sign requests, and what they may do; `expires_ms` is None for a lasting key.

    `context` holds the condition keys that are the same in all of their requests.
    """

    arn: str
    secret: str = field(repr=False)
    policy: Policy
    context: Mapping[str, tuple[str, ...]]
    expires_ms: int | None = None


def sealing_purpose(key_id: str) -> str:
    """What a sealed secret is bound to."""
    return f"access-key:{key_id}"


def user_signer(account_id: str, key_id: str, user: str, secret: str, policy: Policy) -> Signer:
    """Who signs with a lasting key: a user, of whom nothing but the name exists here."""
    arn = f"arn:aws:iam::{account_id}:user/{user}"
    context = {"aws:principalarn": (arn,), "aws:username": (user,), "aws:userid": (key_id,)}
    return Signer(arn, secret, policy, context)
