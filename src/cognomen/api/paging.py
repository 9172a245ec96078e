"""Paging tokens: opaque, sealed, good only for the list that gave them out."""

import base64
import binascii

from cognomen import errors
from cognomen.services import Services
from cognomen.signing.port import SealBroken


def token_after(world: Services, listing: str, last_key: str) -> str:
    """The token that continues `listing` behind this key."""
    return base64.urlsafe_b64encode(world.sealer.seal(last_key.encode(), f"page:{listing}")).decode()


def key_of_token(world: Services, listing: str, token: str | None) -> str:
    """Where to go on; the beginning without a token. Raises InvalidParameterException."""
    if token is None:
        return ""
    try:
        return world.sealer.open(base64.urlsafe_b64decode(token.encode()), f"page:{listing}").decode()
    except (SealBroken, binascii.Error, ValueError) as broken:
        raise errors.InvalidParameterException("The pagination token is not valid.") from broken
