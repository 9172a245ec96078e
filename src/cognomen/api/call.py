"""One call in progress, and the mark that makes a function an operation."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

from cognomen.domain.access_keys import Signer
from cognomen.domain.app_client import AppClient
from cognomen.domain.pool import UserPool
from cognomen.domain.sessions import Visitor
from cognomen.domain.user import User
from cognomen.services import Services


@dataclass(frozen=True, slots=True)
class Principal:
    """Whoever signed the request. `signer` is None where the key is not known: dev believes everybody."""

    access_key_id: str
    account_id: str
    region: str
    signer: Signer | None = None


@dataclass(frozen=True, slots=True)
class Head:
    """What is known of a request before its body is read. `principal` is None where nobody signed."""

    request_id: str
    source_ip: str
    principal: Principal | None
    user_agent: str = ""


@dataclass(frozen=True, slots=True)
class Call:
    """An authenticated call. Which of the optional parts are there follows from the operation's access class."""

    world: Services
    head: Head
    known_pool: UserPool | None = None
    known_client: AppClient | None = None
    known_user: User | None = None
    claims: Mapping[str, Any] | None = None

    @property
    def pool(self) -> UserPool:
        """The pool that the call names, or that its client or token belongs to."""
        assert self.known_pool is not None
        return self.known_pool

    @property
    def client(self) -> AppClient:
        """The app client that the call names."""
        assert self.known_client is not None
        return self.known_client

    @property
    def user(self) -> User:
        """The user whose access token came with the call."""
        assert self.known_user is not None
        return self.known_user

    @property
    def visitor(self) -> Visitor:
        """Where the call comes from."""
        return Visitor(self.head.source_ip, self.head.user_agent)

    @property
    def region(self) -> str:
        """The region of the caller's signature, else the server's own."""
        return self.head.principal.region if self.head.principal else self.world.facts.region


Handler: TypeAlias = Callable[[Call, Any], Awaitable[Any]]
H = TypeVar("H", bound=Handler)


def operation(function: H) -> H:
    """Mark only; api.table collects. Importing a module changes nothing by itself."""
    function.is_operation = True  # type: ignore[attr-defined]
    return function
