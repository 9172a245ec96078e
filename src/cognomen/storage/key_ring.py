"""Access keys from memory, since every signed call asks for one; a change shows in all processes within a second.

All keys are held, so that a stranger who makes ids up never makes anybody read.
"""

from collections.abc import Callable

from cognomen.domain.access_keys import AccessKey, Signer
from cognomen.storage import access_keys
from cognomen.storage.database import Database
from cognomen.storage.freshness import Freshness


class KeyRing:
    """Looks access keys up. `signer_of` opens the secret and reads the policy: at the first use of a key."""

    def __init__(self, database: Database, signer_of: Callable[[AccessKey], Signer], now_ms: Callable[[], int]) -> None:
        self._database = database
        self._signer_of = signer_of
        self._fresh = Freshness(now_ms)
        self._version = -1
        self._keys: dict[str, AccessKey] = {}
        self._signers: dict[str, Signer] = {}

    async def holds(self, key_id: str) -> bool:
        """Whether there is a key with this id, enabled or not."""
        if not self._fresh.holds():
            await self._fresh.renew(self._look)
        return key_id in self._keys

    async def signer(self, key_id: str) -> Signer | None:
        """Who signs with this key; None where nobody may."""
        if not self._fresh.holds():
            await self._fresh.renew(self._look)
        signer = self._signers.get(key_id)
        return self._first_use(key_id) if signer is None else signer

    def _first_use(self, key_id: str) -> Signer | None:
        key = self._keys.get(key_id)
        if key is None or not key.enabled:
            return None
        signer = self._signers[key_id] = self._signer_of(key)
        return signer

    async def _look(self) -> bool:
        version = await self._database.read(access_keys.version)
        if version != self._version:
            # The version first: what changes in between is read now and once more at the next look.
            keys = await self._database.read(access_keys.all_keys)
            self._keys = {key.key_id: key for key in keys}
            self._signers = {}
        self._version = version
        return True
