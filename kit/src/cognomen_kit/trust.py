"""Which pools and app clients a verifier trusts."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from cognomen_kit.app import App, ConfigurationMissing, aws_endpoint, from_environment, region_of_pool


@dataclass(frozen=True, slots=True)
class TrustedPool:
    """A pool whose tokens count; `client_ids` None trusts every app client of the pool."""

    issuer: str
    client_ids: frozenset[str] | None
    endpoint: str
    jwks: str | Path

    @classmethod
    def of(
        cls,
        user_pool_id: str,
        client_ids: Iterable[str] | str | None,
        *,
        endpoint: str | None = None,
        issuer: str | None = None,
        jwks: str | Path | None = None,
    ) -> "TrustedPool":
        """A pool of AWS, or behind `endpoint`; `issuer` and `jwks` (a URL or a file) replace what follows from it."""
        base = (endpoint or aws_endpoint(_region(user_pool_id))).rstrip("/")
        return cls(
            issuer=issuer or f"{base}/{user_pool_id}",
            client_ids=None if client_ids is None else _clients(client_ids),
            endpoint=base,
            jwks=jwks or f"{base}/{user_pool_id}/.well-known/jwks.json",
        )

    def trusts_client(self, client_id: str) -> bool:
        """Whether tokens made for this app client count."""
        return self.client_ids is None or client_id in self.client_ids


def pool_of_environment() -> TrustedPool:
    """The pool and the app client that a client made without arguments would use."""
    return pool_of_app(from_environment())


def pool_of_app(app: App) -> TrustedPool:
    """The pool that an app client belongs to, and this client alone; raises ConfigurationMissing."""
    return TrustedPool.of(app.required_user_pool_id, app.required_client_id, endpoint=app.endpoint)


def _clients(client_ids: Iterable[str] | str) -> frozenset[str]:
    """An empty list is a setting that went missing, not the wish to trust everybody."""
    clients = frozenset((client_ids,) if isinstance(client_ids, str) else client_ids)
    if not all(clients) or not clients:
        raise ConfigurationMissing("name the app clients to trust, or pass None to trust all of the pool")
    return clients


def _region(user_pool_id: str) -> str:
    region = region_of_pool(user_pool_id)
    if region is None:
        raise ConfigurationMissing(f"{user_pool_id!r} is not the id of a user pool: eu-west-1_AbCdEfGhI")
    return region
