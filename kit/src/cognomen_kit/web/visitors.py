"""Who is asking: by the sealed cookie of a browser or by the bearer token of a program."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from cognomen_kit.claims import AccessClaims
from cognomen_kit.refused_tokens import Reason, TokenRefused
from cognomen_kit.web.cookies import Cookie


class SignInNeeded(Exception):  # noqa: N818 - reads as the sentence it is
    """Nobody is signed in, and somebody has to be."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody whose tokens are good; `email` and `name` are known only in a browser's session."""

    claims: AccessClaims
    access_token: str = field(repr=False)
    via: Literal["cookie", "bearer"]
    email: str | None = field(default=None, repr=False)
    name: str | None = field(default=None, repr=False)

    @property
    def sub(self) -> str:
        """The id that never changes."""
        return self.claims.sub

    @property
    def username(self) -> str | None:
        """The canonical username; None where the visitor is a machine."""
        return self.claims.username

    @property
    def scopes(self) -> frozenset[str]:
        """What the visitor may do."""
        return self.claims.scopes

    @property
    def groups(self) -> frozenset[str]:
        """The groups of the pool that the visitor is in."""
        return self.claims.groups


@dataclass(frozen=True, slots=True)
class Seen:
    """The visitor, or None; the cookies belong into the response, whatever it is."""

    visitor: Visitor | None
    cookies: tuple[Cookie, ...] = ()


def insist(
    visitor: Visitor | None, *, scopes: Iterable[str] | str = (), groups: Iterable[str] | str | None = None
) -> Visitor:
    """The visitor, who has all of the scopes and is in one of the groups; SignInNeeded, or TokenRefused."""
    if visitor is None:
        raise SignInNeeded
    if not visitor.claims.has_scopes(scopes):
        raise TokenRefused(Reason.SCOPE)
    if groups is not None and not visitor.claims.in_any_group(groups):
        raise TokenRefused(Reason.GROUP)
    return visitor
