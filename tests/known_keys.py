"""Access keys for tests of signatures: a table of ids and secrets whose owners may do everything."""

from dataclasses import dataclass

from cognomen.domain.access_keys import EVERYTHING, Signer, user_signer
from cognomen.domain.policy_documents import read_policy

ACCOUNT = "123456789012"


@dataclass(frozen=True)
class KnownKeys:
    """Knows these keys and no session tokens."""

    secrets: dict[str, str]

    async def find(self, access_key_id: str, token: bytes | None) -> Signer | None:
        secret = None if token else self.secrets.get(access_key_id)
        if secret is None:
            return None
        return user_signer(ACCOUNT, access_key_id, access_key_id, secret, read_policy(EVERYTHING))
