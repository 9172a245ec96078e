"""What the flows need done with keys: sealing, keyed digests, password hashes, token signatures."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from cognomen.domain.signing_keys import StoredKey, TokenUse
from cognomen.domain.user import StoredPassword


class Sealer(Protocol):
    """Keeps secrets readable only with the master key, which lives outside the database."""

    def seal(self, plain: bytes, purpose: str) -> bytes:
        """AES-256-GCM under the current master key, whose id stands in front; `purpose` is bound to it."""

    def open(self, sealed: bytes, purpose: str) -> bytes:
        """The plain bytes again; raises SealBroken for any other purpose, key or content."""

    def digest(self, plain: bytes, purpose: str) -> bytes:
        """HMAC-SHA256 under a key derived for `purpose`: for short codes, which a hash would not protect."""

    def digests(self, plain: bytes, purpose: str) -> tuple[bytes, ...]:
        """The digest under every known master key, the current one first: one of them is the kept one."""


class SealBroken(Exception):  # noqa: N818
    """A sealed value was changed, moved to another purpose, or sealed under a key that is not known."""


@dataclass(frozen=True, slots=True)
class PasswordVerdict:
    """Whether a password is right, and whether its hash is weaker than the setting asks for."""

    right: bool
    outdated: bool


class PasswordKeeper(Protocol):
    """Argon2id in a bounded pool of threads; a full queue raises TooManyRequestsException."""

    async def keep(self, pool_id: str, srp_name: str, password: str, now_ms: int) -> StoredPassword:
        """Hash a new password and make its SRP verifier (reference 06), sealed."""

    async def check(self, stored: StoredPassword | None, password: str) -> PasswordVerdict:
        """Compare; without a stored password the same work is done and the answer is no."""


class SigningKey(Protocol):
    """One loaded RSA key pair."""

    @property
    def key_id(self) -> str:
        """The ``kid``."""

    @property
    def jwk(self) -> Mapping[str, str]:
        """The public key as RFC 7517 shows it: alg, e, kid, kty, n, use."""

    def sign(self, claims: Mapping[str, Any]) -> str:
        """A compact RS256 JWT with exactly these claims (RFC 7519), header kid and alg."""

    def read(self, token: str) -> dict[str, Any]:
        """The claims of a token of this key; raises TokenUnreadable. Expiry is the caller's to judge."""


class TokenUnreadable(Exception):  # noqa: N818
    """The token is not a well-formed RS256 token signed by this key."""


class KeyFactory(Protocol):
    """Makes and loads signing keys; new ones come from spares generated off the event loop."""

    async def create(self, pool_id: str, token_use: TokenUse, now_ms: int) -> StoredKey:
        """A new RSA-2048 key pair, sealed for this pool and use."""

    def load(self, stored: StoredKey) -> SigningKey:
        """The usable key; raises SealBroken."""


@dataclass(frozen=True, slots=True)
class PoolKeys:
    """The loaded keys of one pool: the newest of each use signs, all of them verify and are published."""

    signers: Mapping[TokenUse, SigningKey]
    by_id: Mapping[str, SigningKey]


@dataclass(frozen=True, slots=True)
class TokenHint:
    """Where a token says it comes from, before anything of it is verified: only good for choosing a key."""

    pool_id: str
    key_id: str
