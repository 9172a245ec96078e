"""Which tags a pool can have."""

import pytest

from cognomen.domain.tags import fault_of

TAKEN = [
    {},
    {"team": ""},
    {"Environment": "Test", "cost:center": "a/b=c+d-e@f_g.h i", "é日١": "x"},
    {"cognomen:issuer": "self"},
    {"cognomen:issuer": "aws"},
    {f"key{number}": "v" for number in range(50)},
    {"awesome": "aws:value"},
]
REFUSED = {
    "A user pool cannot have more than 50 tags.": {f"key{number}": "v" for number in range(51)},
    "The tag key aws:x is reserved: tag keys cannot start with aws:": {"aws:x": "y"},
    "The tag key AWS:x is reserved: tag keys cannot start with aws:": {"AWS:x": "y"},
    "The tag a!b contains characters that tags cannot have.": {"a!b": "y"},
    "The tag a contains characters that tags cannot have.": {"a": "tab\there"},
    "The tag cognomen:issuer must be one of self, aws.": {"fine": "x", "cognomen:issuer": "AWS"},
    "The tag cognomen:isuer means nothing to this server, which owns all tags that start with cognomen:": {
        "cognomen:isuer": "aws"
    },
}


@pytest.mark.parametrize("tags", TAKEN)
def test_aws_tags_are_taken(tags: dict[str, str]) -> None:
    """Letters, digits, spaces and a few symbols, up to fifty; and this server's own tags with their values."""
    assert fault_of(tags) is None


@pytest.mark.parametrize("fault", REFUSED)
def test_other_tags_have_a_fault(fault: str) -> None:
    """What AWS reserves or forbids, and what this server would not understand, is told."""
    assert fault_of(REFUSED[fault]) == fault
