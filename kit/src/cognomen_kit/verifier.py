"""Verifies tokens: the right pool, the right app client, the right use, in time, with the rights it needs."""

import hashlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Self, TypedDict, TypeVar, Unpack

import httpx2

from cognomen_kit import aws_json, base64url, key_sets, surroundings
from cognomen_kit.calls import Call, ConnectionFailed, HttpRequest, JsonObject, fetch
from cognomen_kit.claims import AccessClaims, Claims, IdClaims, access_claims, id_claims, insist_on_time
from cognomen_kit.connections import AsyncConnections, Connections, timeout
from cognomen_kit.drivers import AsyncDriver, Driver
from cognomen_kit.errors import CognitoUnavailable, NotAuthorizedException, UserNotFoundException
from cognomen_kit.jws import SignedToken, read_token
from cognomen_kit.key_sets import KeySet
from cognomen_kit.operations import operation
from cognomen_kit.refused_tokens import Reason, TokenRefused
from cognomen_kit.trust import TrustedPool, pool_of_environment

ClaimsT = TypeVar("ClaimsT", bound=Claims)

DEFAULT_LEEWAY = 10.0
OTHER_USE = {"access": "id", "id": "access"}
SELF_SERVICE_SCOPE = "aws.cognito.signin.user.admin"


class VerifierOptions(TypedDict, total=False):
    """`leeway` forgives clocks that differ, in seconds."""

    leeway: float
    connect_seconds: float
    read_seconds: float
    clock: Callable[[], float]


class AsyncVerifierOptions(VerifierOptions, total=False):
    """`http` is a client of your own, which stays open."""

    http: httpx2.AsyncClient


class SyncVerifierOptions(VerifierOptions, total=False):
    """`http` is a client of your own, which stays open."""

    http: httpx2.Client


class Verification:
    """What both verifiers do; every refusal is a `TokenRefused` with its reason."""

    pools: dict[str, tuple[TrustedPool, KeySet]]
    leeway: float
    clock: Callable[[], float]

    @operation
    def verify_access(
        self,
        token: str,
        *,
        scopes: Iterable[str] | str = (),
        groups: Iterable[str] | str | None = None,
        check_revoked: bool = False,
    ) -> Call[AccessClaims]:
        """An access token that has all of the scopes and whose owner is in one of the groups; raises `TokenRefused`.

        `check_revoked` asks the service about the token, which costs a call each time and needs a token with the
        scope `aws.cognito.signin.user.admin`.
        """
        signed, pool = yield from self._signed(token)
        claims = _of_use(signed, "access", access_claims)
        self._insist(claims, pool)
        if check_revoked:
            yield from _insist_not_revoked(token, claims, pool)
        if not claims.has_scopes(scopes):
            raise TokenRefused(Reason.SCOPE)
        return _in_groups(claims, groups)

    @operation
    def verify_id(
        self,
        token: str,
        *,
        nonce: str | None = None,
        access_token: str | None = None,
        groups: Iterable[str] | str | None = None,
    ) -> Call[IdClaims]:
        """An ID token; raises `TokenRefused`.

        `nonce` and `access_token` bind it to what it came with (OpenID Connect Core 3.1.3).
        """
        signed, pool = yield from self._signed(token)
        claims = _of_use(signed, "id", id_claims)
        self._insist(claims, pool)
        if nonce is not None and claims.all.get("nonce") != nonce:
            raise TokenRefused(Reason.NONCE)
        if access_token is not None and claims.all.get("at_hash") != _half_hash(access_token):
            raise TokenRefused(Reason.ACCESS_TOKEN_HASH)
        return _in_groups(claims, groups)

    @operation
    def load_keys(self) -> Call[None]:
        """Fetch the keys of all pools now, so that the first request need not wait for them."""
        for _, keys in self.pools.values():
            yield from keys.load()

    def _signed(self, token: str) -> Call[tuple[SignedToken, TrustedPool]]:
        """The issuer in the token only chooses among trusted pools; the pool's own key must have signed it."""
        signed = read_token(token)
        issuer = signed.claims.get("iss")
        if not isinstance(issuer, str) or issuer not in self.pools:
            raise TokenRefused(Reason.ISSUER)
        pool, keys = self.pools[issuer]
        signed.verify((yield from keys.key(signed.key_id)))
        return signed, pool

    def _insist(self, claims: Claims, pool: TrustedPool) -> None:
        if not pool.trusts_client(claims.client_id):
            raise TokenRefused(Reason.CLIENT)
        insist_on_time(dict(claims.all), self.clock(), self.leeway)


class AsyncTokenVerifier(AsyncDriver, Verification):
    """Verifies tokens in asyncio; without pools it trusts the one of the environment."""

    def __init__(self, *pools: TrustedPool, **options: Unpack[AsyncVerifierOptions]) -> None:
        trusted = pools or (pool_of_environment(),)
        _equip(self, trusted, options)
        limit = timeout(options.get("connect_seconds"), options.get("read_seconds"))
        self._connections = AsyncConnections(_addresses(trusted), limit, options.get("http"))
        super().__init__(self._connections.send)

    async def close(self) -> None:
        """Close the connections."""
        await self._connections.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


class TokenVerifier(Driver, Verification):
    """Verifies tokens without a loop; threads may share it. Without pools it trusts the environment's."""

    def __init__(self, *pools: TrustedPool, **options: Unpack[SyncVerifierOptions]) -> None:
        trusted = pools or (pool_of_environment(),)
        _equip(self, trusted, options)
        limit = timeout(options.get("connect_seconds"), options.get("read_seconds"))
        self._connections = Connections(_addresses(trusted), limit, options.get("http"))
        super().__init__(self._connections.send)

    def close(self) -> None:
        """Close the connections."""
        self._connections.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _equip(verifier: Verification, pools: Iterable[TrustedPool], options: VerifierOptions) -> None:
    verifier.clock = options.get("clock", surroundings.clock)
    verifier.leeway = options.get("leeway", DEFAULT_LEEWAY)
    verifier.pools = {pool.issuer: (pool, _key_set(pool, verifier.clock)) for pool in pools}


def _key_set(pool: TrustedPool, clock: Callable[[], float]) -> KeySet:
    source = key_sets.from_file(pool.jwks) if isinstance(pool.jwks, Path) else key_sets.from_url(pool.jwks)
    return KeySet(f"keys {pool.jwks}", source, clock)


def _addresses(pools: Iterable[TrustedPool]) -> tuple[str, ...]:
    """Every address that may be asked."""
    return tuple(address for pool in pools for address in (pool.endpoint, pool.jwks) if isinstance(address, str))


def _of_use(signed: SignedToken, use: str, read: Callable[[JsonObject], ClaimsT]) -> ClaimsT:
    given = signed.claims.get("token_use")
    if given == use:
        return read(signed.claims)
    raise TokenRefused(Reason.TOKEN_USE if given == OTHER_USE[use] else Reason.CLAIMS)


def _in_groups(claims: ClaimsT, groups: Iterable[str] | str | None) -> ClaimsT:
    if groups is not None and not claims.in_any_group(groups):
        raise TokenRefused(Reason.GROUP)
    return claims


def _half_hash(access_token: str) -> str:
    """The left half of the SHA-256 of an access token (OpenID Connect Core 3.1.3.6)."""
    half = hashlib.sha256(access_token.encode()).digest()[:16]
    return base64url.text_of(half)


def _insist_not_revoked(token: str, claims: AccessClaims, pool: TrustedPool) -> Call[None]:
    """GetUser refuses a token that was revoked, or whose owner is gone, disabled or signed out everywhere."""
    if SELF_SERVICE_SCOPE not in claims.scopes:
        raise TokenRefused(Reason.SCOPE)
    body = aws_json.body_of({"AccessToken": token})
    request = HttpRequest("POST", pool.endpoint + "/", aws_json.headers_of("GetUser"), body)
    try:
        aws_json.read((yield from fetch(request)), "GetUser", None)
    except ConnectionFailed as failed:
        raise CognitoUnavailable(str(failed)) from failed
    except (NotAuthorizedException, UserNotFoundException):
        raise TokenRefused(Reason.REVOKED) from None
