"""SRP-6a as Cognito speaks it, the client's side (RFC 5054 with SHA-256, HKDF and Cognito's own padding).

Numbers are padded to a positive two's complement (one leading zero byte where the top bit is set), never to
the width of N. Every function is pure: randomness, time and exponentiation come in.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

PowMod = Callable[[int, int, int], int]

# RFC 3526, group 15 (3072 bits); the generator is 2.
N = int(
    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DD"
    "EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED"
    "EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F"
    "83655D23DCA3AD961C62F356208552BB9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3B"
    "E39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF6955817183995497CEA956AE515D2261898FA0510"
    "15728E5A8AAAC42DAD33170D04507A33A85521ABDF1CBA64ECFB850458DBEF0A8AEA71575D060C7DB3970F85A6E1E4C7"
    "ABF5AE8CDB0933D71E8C94E04A25619DCEE3D2261AD2EE6BF12FFA06D98A0864D87602733EC86A64521F2B18177B200C"
    "BBE117577A615D6C770988C0BAD946E208E24FA074E5AB3143DB5BFCE0FD108E4B82D120A93AD2CAFFFFFFFFFFFFFFFF",
    16,
)
G = 2
DERIVED_KEY_INFO = b"Caldera Derived Key\x01"
SECRET_BITS = 256  # RFC 5054 section 3.1 asks for at least that many
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class UnsafeServerValue(ValueError):  # noqa: N818 - the protocol orders the client to stop
    """The server's public value would make the key known to anybody (RFC 5054 section 2.5.3)."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One run of the protocol: the secret exponent and the public value made from it."""

    secret: int = field(repr=False)
    public: int

    @property
    def srp_a(self) -> str:
        """The public value as the wire has it."""
        return f"{self.public:x}"


@dataclass(frozen=True, slots=True)
class Identity:
    """Who proves what: pool name and USER_ID_FOR_SRP for users, group key and device key for devices."""

    realm: str
    name: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ServerPart:
    """What the service sent: numbers, and an opaque block that goes back as it came."""

    salt: int
    public: int
    secret_block: str = field(repr=False)


def begin(powmod: PowMod, secret: int | None = None) -> Exchange:
    """Choose a secret exponent and make the public value A = g^a."""
    secret = secrets.randbits(SECRET_BITS) | 1 << (SECRET_BITS - 1) if secret is None else secret
    return Exchange(secret, powmod(G, secret, N))


def claim(powmod: PowMod, exchange: Exchange, identity: Identity, server: ServerPart, timestamp: str) -> str:
    """PASSWORD_CLAIM_SIGNATURE: the proof that both sides know the password."""
    key = session_key(powmod, exchange, identity, server)
    block = base64.b64decode(server.secret_block)
    message = identity.realm.encode() + identity.name.encode() + block + timestamp.encode()
    return base64.b64encode(hmac.digest(key, message, hashlib.sha256)).decode()


def session_key(powmod: PowMod, exchange: Exchange, identity: Identity, server: ServerPart) -> bytes:
    """The 16 bytes both sides derive: S = (B - k·g^x)^(a + u·x), then HKDF with u as salt."""
    if server.public % N == 0:
        raise UnsafeServerValue("SRP_B is zero")
    u = _digest_number(pad(exchange.public), pad(server.public))
    if u == 0:
        raise UnsafeServerValue("the hash of both public values is zero")
    x = password_exponent(identity, server.salt)
    base = (server.public - K * powmod(G, x, N)) % N
    shared = powmod(base, exchange.secret + u * x, N)
    extracted = hmac.digest(pad(u), pad(shared), hashlib.sha256)
    return hmac.digest(extracted, DERIVED_KEY_INFO, hashlib.sha256)[:16]


def password_exponent(identity: Identity, salt: int) -> int:
    """The private exponent x = H(salt | H(realm + name + ":" + password))."""
    inner = hashlib.sha256(f"{identity.realm}{identity.name}:{identity.password}".encode()).digest()
    return _digest_number(pad(salt), inner)


def timestamp(now: float) -> str:
    """`Thu Jan 1 00:00:00 UTC 2026`: the service insists on English, UTC and no leading zero in the day."""
    at = datetime.fromtimestamp(now, UTC)
    return f"{DAYS[at.weekday()]} {MONTHS[at.month - 1]} {at.day} {at:%H:%M:%S} UTC {at.year}"


def pad(number: int) -> bytes:
    """Shortest big-endian bytes with the top bit clear."""
    return number.to_bytes(number.bit_length() // 8 + 1, "big")


def _digest_number(*parts: bytes) -> int:
    return int.from_bytes(hashlib.sha256(b"".join(parts)).digest(), "big")


K = _digest_number(pad(N), pad(G))
