"""How a caller calls itself, whichever header says so."""

import pytest

from cognomen.http.aws_json import _user_agent
from cognomen.http.incoming import Incoming

CASES = [
    ({b"user-agent": b"Boto3/1.44.5"}, "Boto3/1.44.5"),
    ({b"x-amz-user-agent": b"aws-sdk-js/3.0"}, "aws-sdk-js/3.0"),
    ({b"user-agent": b"Mozilla/5.0", b"x-amz-user-agent": b"aws-sdk-js/3.0"}, "Mozilla/5.0"),
    ({b"user-agent": b"", b"x-amz-user-agent": b"aws-sdk-js/3.0"}, "aws-sdk-js/3.0"),
    ({b"user-agent": b"caf\xe9"}, "caf\u00e9"),
    ({}, ""),
]


@pytest.mark.parametrize(("headers", "told"), CASES)
def test_the_usual_header_goes_before_that_of_sdks(headers: dict[bytes, bytes], told: str) -> None:
    """User-Agent where it is there, else x-amz-user-agent; any bytes are text."""
    assert _user_agent(Incoming("id", "POST", "/", b"", headers, "")) == told
