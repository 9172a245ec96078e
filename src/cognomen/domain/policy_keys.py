"""What a policy may ask of a request: the condition keys of AWS that this server knows (IAM user guide, "Global keys").

Names of keys are compared without case, so they are lower case everywhere but in the policies themselves.
"""

from collections.abc import Callable
from typing import TypeAlias

# The values of a key in one request; None where the request has no such key. Never empty.
Lookup: TypeAlias = Callable[[str], tuple[str, ...] | None]

RESOURCE_TAG, REQUEST_TAG, PRINCIPAL_TAG = "aws:resourcetag/", "aws:requesttag/", "aws:principaltag/"
TAGS = (RESOURCE_TAG, REQUEST_TAG, PRINCIPAL_TAG)
KEYS = frozenset(
    {
        "aws:currenttime",
        "aws:epochtime",
        "aws:principalarn",
        "aws:requestedregion",
        "aws:securetransport",
        "aws:sourceip",
        "aws:tagkeys",
        "aws:tokenissuetime",
        "aws:userid",
        "aws:username",
    }
)
# A key of another service is never in a request to this one; one of these would be on AWS.
OURS = ("aws:", "cognito-idp:", "cognito-identity:")


def key_named(name: str) -> str:
    """The key as it is looked up; raises ValueError where this server could not tell its value."""
    key = name.lower()
    if ":" not in key.strip(":"):
        raise ValueError(f"{name} is no condition key: it has no prefix such as aws:")
    tag = next((prefix for prefix in TAGS if key.startswith(prefix)), None)
    if key == tag or (tag is None and key.startswith(OURS) and key not in KEYS):
        raise ValueError(f"{name} is a condition key that this server does not know")
    return key
