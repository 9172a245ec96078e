"""What the flows need done with keys: sealing, keyed digests, password hashes, token signatures."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from cognomen.domain.passkeys import Expected, Passkey
from cognomen.domain.signing_keys import CertifiedKey, StoredKey, TokenUse
from cognomen.domain.srp_exchange import Claim, Claimant, Exchange
from cognomen.domain.user import StoredPassword

NEVER: Final = 1 << 62
"""A time in milliseconds that does not come."""


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


class CodeKeyMissing(Exception):  # noqa: N818
    """There is no key for an ARN (any more)."""


class CodeKeys(Protocol):
    """The keys that codes are encrypted under for the triggers that send them, by the ARNs of pools' KMSKeyID."""

    def knows(self, arn: str) -> bool:
        """Whether there is a key for the ARN."""

    def encrypt(self, arn: str, plain: str, context: Mapping[str, str]) -> str:
        """A message of the AWS Encryption SDK in base64, bound to the context; raises CodeKeyMissing."""


class NoCodeKeys:
    """For servers whose settings hold none."""

    def knows(self, arn: str) -> bool:  # noqa: ARG002
        """Nothing."""
        return False

    def encrypt(self, arn: str, plain: str, context: Mapping[str, str]) -> str:  # noqa: ARG002
        """The settings may have lost an ARN that a pool still holds."""
        raise CodeKeyMissing(f"the settings hold no key for {arn}")


NO_CODE_KEYS = NoCodeKeys()


@dataclass(frozen=True, slots=True)
class PasswordVerdict:
    """Whether a password is right, and whether its hash is weaker than the setting asks for."""

    right: bool
    outdated: bool


class LeakedPasswords(Protocol):
    """A list of breached passwords."""

    async def holds(self, password: str) -> bool:
        """Whether a password is on the list."""


class PasswordKeeper(Protocol):
    """Argon2id in a bounded pool of threads; a full queue raises TooManyRequestsException."""

    async def keep(self, pool_id: str, srp_name: str, password: str, now_ms: int) -> StoredPassword:
        """Hash a new password and make its SRP verifier (reference 06), sealed."""

    async def check(self, stored: StoredPassword | None, password: str) -> PasswordVerdict:
        """Compare; without a stored password the same work is done and the answer is no."""

    def expect_room(self) -> None:
        """Raise TooManyRequestsException where a hash would be refused anyway, so that nothing is read in vain."""

    async def begin_proof(self, claimant: Claimant, client_public: int) -> Exchange:
        """The numbers of a new SRP exchange, for somebody whose A this is; nobody gets numbers like everybody else."""

    async def judge_proof(self, claimant: Claimant, exchange: Exchange, claim: Claim) -> PasswordVerdict:
        """Whether the claim shows the password; without a stored one the same work is done and the answer is no."""


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


class KeyUnusable(Exception):  # noqa: N818
    """A given private key cannot sign tokens; the message says why and nothing of the key."""


class KeyFactory(Protocol):
    """Makes and loads signing keys; new ones come from spares generated off the event loop."""

    async def create(self, pool_id: str, token_use: TokenUse, now_ms: int) -> StoredKey:
        """A new RSA-2048 key pair, sealed for this pool and use."""

    def adopt(self, pool_id: str, token_use: TokenUse, pem: str, now_ms: int) -> StoredKey:
        """A given RSA key pair in PEM, sealed for this pool and use; raises KeyUnusable."""

    async def create_certified(self, pool_id: str, now_ms: int) -> CertifiedKey:
        """A new RSA-2048 key pair with a certificate, sealed for this pool's requests to SAML providers."""

    def load(self, stored: StoredKey) -> SigningKey:
        """The usable key; raises SealBroken."""


@dataclass(frozen=True, slots=True)
class PoolKeys:
    """The loaded keys of one pool: one of each use signs, all of them verify and are published.

    At `until_ms` another key begins or ends.
    """

    signers: Mapping[TokenUse, SigningKey]
    by_id: Mapping[str, SigningKey]
    until_ms: int = NEVER


@dataclass(frozen=True, slots=True)
class TokenHint:
    """Where a token says it comes from, before anything of it is verified: only good for choosing a key."""

    pool_id: str
    key_id: str


@dataclass(frozen=True, slots=True)
class ClientData:
    """What a browser says of a use of a passkey, of which nothing is verified yet: only good to find what it answers.

    `framed` says that the page stood within a page of another origin.
    """

    challenge: bytes = field(repr=False)
    origin: str
    framed: bool


@dataclass(frozen=True, slots=True)
class NewPasskey:
    """A passkey that was made; `aaguid` tells the kind of authenticator."""

    credential_id: str
    public_key: bytes = field(repr=False)
    sign_count: int
    aaguid: str


@dataclass(frozen=True, slots=True)
class PasskeyUse:
    """That a passkey was used, and how often it was by its own count."""

    sign_count: int


class CredentialUnreadable(Exception):  # noqa: N818
    """What came is not a credential as browsers give it."""


class CredentialRefused(Exception):  # noqa: N818
    """A credential does not show what it should."""


class RelyingPartyDiffers(CredentialRefused):
    """A passkey was made for another relying party."""


class AuthenticatorUnsupported(CredentialRefused):
    """A passkey is of a kind that is not taken, or its maker's statement does not hold."""


class PasskeyJudge(Protocol):
    """Reads and verifies credentials of WebAuthn, as browsers write them; the origin is the caller's to judge."""

    def new_client_data(self, credential: Mapping[str, Any]) -> ClientData:
        """What the browser says of a registration; raises CredentialUnreadable."""

    def used_client_data(self, credential: Mapping[str, Any]) -> ClientData:
        """What the browser says of a sign-in; raises CredentialUnreadable."""

    def judge_new(self, credential: Mapping[str, Any], expected: Expected) -> NewPasskey:
        """The passkey that was made; raises CredentialUnreadable, RelyingPartyDiffers, AuthenticatorUnsupported."""

    def judge_use(self, credential: Mapping[str, Any], expected: Expected, passkey: Passkey) -> PasskeyUse:
        """That this passkey answered; raises CredentialUnreadable, CredentialRefused."""
