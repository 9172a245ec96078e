"""Paging tokens: opaque, sealed, good only for the list that gave them out."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from cognomen import errors
from cognomen.domain import base64url
from cognomen.services import Services
from cognomen.signing.port import SealBroken
from cognomen.storage.database import Tx

MOST = 60  # of any list but a few (reference 03, pagination)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Asked:
    """The page that a caller asks for; a limit of 0 or none means as many as there may be on a page.

    A token of a list with a `lifetime_ms` works for that long.
    """

    listing: str
    token: str | None
    limit: int | None
    lifetime_ms: int | None = None


def token_after(world: Services, listing: str, last_key: str) -> str:
    """The token that continues `listing` behind this key."""
    return base64url.text_of(world.sealer.seal(last_key.encode(), f"page:{listing}"))


def key_of_token(world: Services, listing: str, token: str | None) -> str:
    """Where to go on; the beginning without a token. Raises InvalidParameterException."""
    if token is None:
        return ""
    try:
        return world.sealer.open(base64url.bytes_of(token), f"page:{listing}").decode()
    except (SealBroken, ValueError) as broken:
        raise errors.InvalidParameterException("The pagination token is not valid.") from broken


async def page(
    world: Services, asked: Asked, read: Callable[[Tx, str, int], Awaitable[list[T]]], key_of: Callable[[T], str]
) -> tuple[list[T], str | None]:
    """A page and the token of the next one; `read` takes the key to go on behind, and how many rows at most."""
    after = _key_asked_for(world, asked)
    limit = asked.limit or MOST
    found = await world.database.read(lambda tx: read(tx, after, limit + 1))
    more = len(found) > limit
    return found[:limit], _token_behind(world, asked, key_of(found[limit - 1])) if more else None


def _token_behind(world: Services, asked: Asked, key: str) -> str:
    if asked.lifetime_ms is None:
        return token_after(world, asked.listing, key)
    return token_after(world, asked.listing, f"{world.now_ms() + asked.lifetime_ms} {key}")


def _key_asked_for(world: Services, asked: Asked) -> str:
    key = key_of_token(world, asked.listing, asked.token)
    if asked.lifetime_ms is None or not key:
        return key
    expires_ms, _, key = key.partition(" ")
    if world.now_ms() >= int(expires_ms):
        raise errors.InvalidParameterException("The pagination token has expired.")
    return key
