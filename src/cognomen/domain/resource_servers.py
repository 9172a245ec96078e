"""Resource servers: APIs of others whose scopes the pool hands out (reference 11)."""

from collections.abc import Iterable
from dataclasses import dataclass

from cognomen import errors


@dataclass(frozen=True, slots=True)
class Scope:
    """One thing that clients may be allowed to do there."""

    name: str
    description: str


@dataclass(frozen=True, slots=True)
class ResourceServer:
    """A resource server of a pool."""

    pool_id: str
    identifier: str
    name: str
    scopes: tuple[Scope, ...]
    created_ms: int
    modified_ms: int

    @property
    def scope_names(self) -> frozenset[str]:
        """Its scopes as tokens and clients name them."""
        return frozenset(f"{self.identifier}/{scope.name}" for scope in self.scopes)


def distinct(scopes: Iterable[Scope]) -> tuple[Scope, ...]:
    """The scopes, no two of one name; raises ScopeNamedTwice."""
    by_name: dict[str, Scope] = {}
    for scope in scopes:
        if scope.name in by_name:
            raise errors.ScopeNamedTwice(name=scope.name)
        by_name[scope.name] = scope
    return tuple(by_name.values())
