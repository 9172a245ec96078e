"""Cross-origin rules of the API for browser SDKs (reference 14, CORS preflight)."""

import re
from collections.abc import Mapping

Headers = list[tuple[bytes, bytes]]

ANY_ORIGIN = (b"access-control-allow-origin", b"*")
EXPOSED = (b"access-control-expose-headers", b"x-amzn-RequestId,x-amzn-ErrorType,x-amzn-ErrorMessage,Date")
HEADER_NAMES = re.compile(rb"[\w!#$%&'*+.^`|~, -]+")  # RFC 9110 section 5.6.2, and the commas between them


def preflight_headers(asked: Mapping[bytes, bytes], request_id: str) -> Headers:
    """The headers that answer ``OPTIONS /``: what the browser asks for is what it may send.

    Access-Control-Allow-Private-Network is left out on purpose: no public web page is to reach a server at home.
    """
    names = asked.get(b"access-control-request-headers", b"")
    allowed = [(b"access-control-allow-headers", names)] if HEADER_NAMES.fullmatch(names) else []
    return [
        ANY_ORIGIN,
        *allowed,
        (b"access-control-allow-methods", b"POST"),
        EXPOSED,
        (b"access-control-max-age", b"172800"),
        (b"x-amzn-requestid", request_id.encode()),
        (b"content-length", b"0"),
    ]
