"""Tags of a pool: AWS's rules for all of them, and the few that mean something to this server."""

import unicodedata
from collections.abc import Mapping

from cognomen.domain.issuers import ISSUER_TAG
from cognomen.domain.pool import MODE_TAG

MOST_TAGS = 50
RESERVED = "aws:"
# The tags of this server, and the values that each may have.
OURS = "cognomen:"
OUR_TAGS: Mapping[str, tuple[str, ...]] = {ISSUER_TAG: ("self", "aws"), MODE_TAG: ("compat", "strict")}
# What AWS takes in tags besides letters, digits and spaces.
SYMBOLS = frozenset("_.:/=+-@")


def fault_of(tags: Mapping[str, str]) -> str | None:
    """Why a pool cannot have these tags; None where it can."""
    if len(tags) > MOST_TAGS:
        return f"A user pool cannot have more than {MOST_TAGS} tags."
    return next((fault for key, value in tags.items() if (fault := _fault_of_tag(key, value))), None)


def _fault_of_tag(key: str, value: str) -> str | None:
    if key.lower().startswith(RESERVED):
        return f"The tag key {key} is reserved: tag keys cannot start with {RESERVED}"
    if not all(map(_is_allowed, key + value)):
        return f"The tag {key} contains characters that tags cannot have."
    if key in OUR_TAGS and value not in OUR_TAGS[key]:
        return f"The tag {key} must be one of {', '.join(OUR_TAGS[key])}."
    if key.startswith(OURS) and key not in OUR_TAGS:
        return f"The tag {key} means nothing to this server, which owns all tags that start with {OURS}"
    return None


def _is_allowed(character: str) -> bool:
    return character in SYMBOLS or unicodedata.category(character)[0] in "LNZ"
