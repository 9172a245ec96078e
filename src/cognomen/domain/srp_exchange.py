"""One sign-in by SRP: who claims to know the password, the numbers that are exchanged, and the proof (reference 06)."""

from dataclasses import dataclass, field
from typing import Final

from cognomen.domain.srp import VERIFIER_BYTES, device_identity, user_identity
from cognomen.domain.srp_timestamps import SignedTime
from cognomen.domain.user import StoredPassword

SECRET_BYTES: Final = 32
PUBLIC_BYTES: Final = VERIFIER_BYTES + 1  # of A, in front of which some clients put a zero byte


@dataclass(frozen=True, slots=True)
class Claimant:
    """Whose password is to be proven, by USER_ID_FOR_SRP; nobody's is stored, and a proof of it is always wrong.

    The password of a device is the secret that its app keeps; it is named by its key, and has a group key.
    """

    pool_id: str
    srp_name: str
    stored: StoredPassword | None = field(repr=False)
    group_key: str = ""

    @property
    def identity(self) -> str:
        """Who this is in SRP."""
        if self.group_key:
            return device_identity(self.group_key, self.srp_name)
        return user_identity(self.pool_id, self.srp_name)

    @property
    def sealed_for(self) -> str:
        """What the verifier is sealed for."""
        return f"{'device' if self.group_key else 'srp'}-verifier {self.pool_id} {self.srp_name}"


@dataclass(frozen=True, slots=True)
class Exchange:
    """The numbers of one exchange: A and B, which everybody may know, and the server's own b."""

    client_public: int
    server_public: int
    server_secret: int = field(repr=False)

    def packed(self) -> bytes:
        """All three, each as wide as it can be."""
        return (
            self.client_public.to_bytes(PUBLIC_BYTES, "big")
            + self.server_public.to_bytes(VERIFIER_BYTES, "big")
            + self.server_secret.to_bytes(SECRET_BYTES, "big")
        )

    @classmethod
    def unpacked(cls, packed: bytes) -> "Exchange":
        """The exchange that was packed."""
        behind_b = PUBLIC_BYTES + VERIFIER_BYTES
        parts = packed[:PUBLIC_BYTES], packed[PUBLIC_BYTES:behind_b], packed[behind_b:]
        return cls(*(int.from_bytes(part, "big") for part in parts))


@dataclass(frozen=True, slots=True)
class Claim:
    """The proof as it came: a signature over the decoded secret block and the time at which it was made."""

    signature: bytes = field(repr=False)
    secret_block: bytes = field(repr=False)
    signed: SignedTime


@dataclass(frozen=True, slots=True)
class SecretBlock:
    """What a SECRET_BLOCK stands for: one PASSWORD_VERIFIER challenge that was put to somebody or nobody.

    `subject` is whom a wrong answer counts against: a sub, or what stands for a name that nobody has. Times are in
    milliseconds.
    """

    block_id: str
    flow: str
    subject: str
    srp_name: str
    password_set_ms: int
    expires_ms: int
    exchange: bytes = field(repr=False)
    device_key: str = ""
    event_id: str = ""  # under which threat protection notes the sign-in
