"""What the app of a remembered device does, written from the published formulas and nothing of the server or kit."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from refusals.srp_client import G, N, SrpClient, hashed, padded, time_text


def _secret() -> str:
    return base64.b64encode(secrets.token_bytes(40)).decode()


@dataclass(frozen=True)
class DeviceClient:
    """A device that was offered keys: `config` confirms it, `srp_a` and `proof` sign it in."""

    device_key: str
    group_key: str
    secret: str = field(default_factory=_secret)
    salt: int = field(default_factory=lambda: secrets.randbits(128))
    exchange: SrpClient = field(default_factory=lambda: SrpClient(""))

    @classmethod
    def of(cls, answer: Mapping[str, Any]) -> "DeviceClient":
        """The device that an answer with tokens offers to confirm."""
        offered = answer["AuthenticationResult"]["NewDeviceMetadata"]
        return cls(offered["DeviceKey"], offered["DeviceGroupKey"])

    @property
    def identity(self) -> str:
        return self.group_key + self.device_key

    @property
    def config(self) -> dict[str, str]:
        """DeviceSecretVerifierConfig."""
        x = hashed(padded(self.salt), hashlib.sha256(f"{self.identity}:{self.secret}".encode()).digest())
        numbers = {"PasswordVerifier": pow(G, x, N), "Salt": self.salt}
        return {name: base64.b64encode(padded(number)).decode() for name, number in numbers.items()}

    @property
    def srp_a(self) -> str:
        return self.exchange.srp_a

    @property
    def proof_of_nothing(self) -> dict[str, str]:
        """An answer in the right form, to a challenge that was never put."""
        block = base64.b64encode(secrets.token_bytes(900)).decode()
        return self.proof({"SECRET_BLOCK": block, "SALT": "1", "SRP_B": "2"})

    def proof(self, asked: Mapping[str, str], timestamp: str = "") -> dict[str, str]:
        """The ChallengeResponses to these ChallengeParameters, but for USERNAME."""
        block, when = asked["SECRET_BLOCK"], timestamp or time_text()
        signed = self.identity.encode() + base64.b64decode(block) + when.encode()
        mac = hmac.digest(self.exchange.key(asked, self.identity, self.secret), signed, "sha256")
        return {
            "DEVICE_KEY": self.device_key,
            "PASSWORD_CLAIM_SECRET_BLOCK": block,
            "PASSWORD_CLAIM_SIGNATURE": base64.b64encode(mac).decode(),
            "TIMESTAMP": when,
        }
