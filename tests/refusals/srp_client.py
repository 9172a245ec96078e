"""The client's side of SRP, written from the published formulas and from nothing of the server or the kit."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

# RFC 3526, group 15: 2^3072 - 2^3008 - 1 + 2^64 * ([2^2942 pi] + 1690314); pi comes from Machin's formula.
BITS, G = 3072, 2


def _pi(bits: int) -> int:
    """The first bits of pi behind the point, and 3 in front of them."""
    extra = 64
    one = 1 << bits + extra

    def arctan_of_inverse(x: int) -> int:
        total = term = one // x
        n, sign = 3, -1
        while term:
            term //= x * x
            total += sign * (term // n)
            n, sign = n + 2, -sign
        return total

    return 4 * (4 * arctan_of_inverse(5) - arctan_of_inverse(239)) >> extra


N = (1 << BITS) - (1 << BITS - 64) - 1 + (1 << 64) * (_pi(BITS - 130) + 1690314)


def padded(number: int) -> bytes:
    text = f"{number:x}"
    text = "0" * (len(text) % 2) + text
    return bytes.fromhex("00" + text if text[0] in "89abcdef" else text)


def hashed(*parts: bytes) -> int:
    return int.from_bytes(hashlib.sha256(b"".join(parts)).digest(), "big")


def time_text(ahead: timedelta = timedelta()) -> str:
    """Now, as amazon-cognito-identity-js writes it."""
    when = datetime.now(UTC) + ahead
    return f"{when:%a %b} {when.day} {when:%H:%M:%S} UTC {when:%Y}"


@dataclass(frozen=True)
class SrpClient:
    """One exchange: `srp_a` goes into AuthParameters, `proof` answers what came back."""

    pool_id: str
    secret: int = field(default_factory=lambda: secrets.randbits(1024))

    @property
    def srp_a(self) -> str:
        return f"{pow(G, self.secret, N):x}"

    def proof(self, asked: Mapping[str, str], password: str, timestamp: str = "") -> dict[str, str]:
        """The ChallengeResponses to these ChallengeParameters."""
        name, block, when = asked["USER_ID_FOR_SRP"], asked["SECRET_BLOCK"], timestamp or time_text()
        identity = self.pool_id.partition("_")[2] + name
        signed = identity.encode() + base64.b64decode(block) + when.encode()
        mac = hmac.digest(self.key(asked, identity, password), signed, "sha256")
        return {
            "USERNAME": name,
            "PASSWORD_CLAIM_SECRET_BLOCK": block,
            "PASSWORD_CLAIM_SIGNATURE": base64.b64encode(mac).decode(),
            "TIMESTAMP": when,
        }

    def key(self, asked: Mapping[str, str], identity: str, password: str) -> bytes:
        """What both sides sign with."""
        public, salt = int(asked["SRP_B"], 16), int(asked["SALT"], 16)
        u = hashed(padded(int(self.srp_a, 16)), padded(public))
        x = hashed(padded(salt), hashlib.sha256(f"{identity}:{password}".encode()).digest())
        shared = pow(public - hashed(padded(N), padded(G)) * pow(G, x, N), self.secret + u * x, N)
        extracted = hmac.digest(padded(u), padded(shared), "sha256")
        return hmac.digest(extracted, b"Caldera Derived Key\x01", "sha256")[:16]
