"""Bytes as text for tokens: base64url without padding (RFC 7515 section 2), one spelling each.

The decoder of the standard library passes over unused bits, so that one token had many spellings.
"""

import base64


def text_of(data: bytes) -> str:
    """The spelling of these bytes."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def bytes_of(text: str) -> bytes:
    """The bytes of which this is the spelling; raises ValueError for every other text."""
    data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    if text_of(data) != text:
        raise ValueError(text)
    return data
