"""Tokens without a sign-in: issued by the server, for a user who is made where there is none."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from cognomen.testing.pools import AppClient, User, UserPool
from cognomen.testing.server import Asked


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a sign-in gives, and whose it is."""

    user: User
    id_token: str = field(repr=False)
    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)

    @property
    def headers(self) -> dict[str, str]:
        """What a request to a backend carries: the access token as bearer."""
        return {"Authorization": f"Bearer {self.access_token}"}


@dataclass(frozen=True)
class LogIn:
    """Signs users of a pool in, through an app client."""

    pool: UserPool
    client: AppClient

    def __call__(
        self, username: str, *, groups: Iterable[str] = (), attributes: Mapping[str, str] | None = None
    ) -> Tokens:
        """The user's tokens; raises Refused where the account may not sign in.

        Whoever is not there is made, with these attributes, and joins these groups.
        """
        user = self.pool.user(username, attributes=attributes, groups=groups)
        asked = Asked(self.pool.pool_id, self.client.client_id, user.username)
        return Tokens(user, *self.pool.cognomen.machinery.issue(asked))

    def through(self, client: AppClient) -> "LogIn":
        """The same for another app client of the pool."""
        return replace(self, client=client)


@dataclass(frozen=True)
class TokenMaker:
    """Makes tokens of a pool for an app client."""

    pool: UserPool
    client: AppClient

    def __call__(
        self,
        username: str = "somebody",
        *,
        use: Literal["access", "id"] = "access",
        groups: Iterable[str] | None = None,
        claims: Mapping[str, Any] | None = None,
        age: int = 0,
    ) -> str:
        """One token of a user, who is made where there is none. `age` is how many seconds ago it was issued.

        `groups` take the place of the user's own in the token alone. `claims` are those that a trigger for token
        generation may set, and ``scope``, in an access token; raises ValueError for others, and Refused.
        """
        wanted = dict(claims or {})
        if use == "id" and "scope" in wanted:
            raise ValueError("an ID token has no scope: take use='access'")
        user = self.pool.user(username)
        told = None if groups is None else tuple(groups)
        asked = Asked(self.pool.pool_id, self.client.client_id, user.username, wanted, told, age)
        of_id, of_access, _ = self.pool.cognomen.machinery.issue(asked)
        return {"id": of_id, "access": of_access}[use]

    def through(self, client: AppClient) -> "TokenMaker":
        """The same for another app client of the pool."""
        return replace(self, client=client)
