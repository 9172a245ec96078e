"""The service's side of SRP, written from the formulas for the tests: it really checks the proof."""

import base64
import hashlib
import hmac
from dataclasses import dataclass, field
from typing import Any

from cognomen_kit.srp import N
from kit.fake_cognito import Answer, Asked, refusal

G = 2
SECRET_BLOCK = base64.b64encode(bytes(range(256))).decode()


def padded(number: int) -> bytes:
    text = f"{number:x}"
    text = "0" + text if len(text) % 2 else text
    return bytes.fromhex("00" + text if text[0] in "89abcdef" else text)


def hashed(*parts: bytes) -> int:
    return int.from_bytes(hashlib.sha256(b"".join(parts)).digest(), "big")


@dataclass
class SrpServer:
    """One user (or device) that proves a secret: `realm` is the pool's name, or the device's group key."""

    realm: str
    name: str
    verifier: int
    salt: int
    b: int = int("5a" * 32, 16)
    srp_a: int = 0
    asked: list[Asked] = field(default_factory=list)

    @classmethod
    def of_password(cls, realm: str, name: str, password: str, salt: int = 0x8D << 120) -> "SrpServer":
        inner = hashlib.sha256(f"{realm}{name}:{password}".encode()).digest()
        return cls(realm, name, pow(G, hashed(padded(salt), inner), N), salt)

    @property
    def srp_b(self) -> int:
        k = hashed(padded(N), padded(G))
        return (k * self.verifier + pow(G, self.b, N)) % N

    def challenge(self, srp_a: str, name: str = "PASSWORD_VERIFIER", **more: Any) -> dict[str, Any]:
        """What comes after SRP_A."""
        self.srp_a = int(srp_a, 16)
        parameters = {
            "SALT": f"{self.salt:x}",
            "SECRET_BLOCK": SECRET_BLOCK,
            "SRP_B": f"{self.srp_b:x}",
            "USERNAME": self.name,
            "USER_ID_FOR_SRP": self.name,
        }
        return {"ChallengeName": name, "ChallengeParameters": parameters, **more}

    def judge(self, asked: Asked, then: dict[str, Any]) -> Answer | dict[str, Any]:
        """`then` if the proof is right, else what AWS says to a wrong password."""
        given = asked.members["ChallengeResponses"]
        u = hashed(padded(self.srp_a), padded(self.srp_b))
        shared = pow(self.srp_a * pow(self.verifier, u, N), self.b, N)
        extracted = hmac.new(padded(u), padded(shared), hashlib.sha256).digest()
        key = hmac.new(extracted, b"Caldera Derived Key\x01", hashlib.sha256).digest()[:16]
        block = base64.b64decode(given["PASSWORD_CLAIM_SECRET_BLOCK"])
        message = self.realm.encode() + self.name.encode() + block + given["TIMESTAMP"].encode()
        right = base64.b64encode(hmac.new(key, message, hashlib.sha256).digest()).decode()
        if given["PASSWORD_CLAIM_SIGNATURE"] == right:
            return then
        return refusal("NotAuthorizedException", "Incorrect username or password.")
