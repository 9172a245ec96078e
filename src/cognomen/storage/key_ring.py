"""Access keys from memory, since every signed call asks for one; a change shows in all processes within a second.

All keys are held, so that a stranger who makes ids up never makes anybody read.
"""

import asyncio
from collections.abc import Callable

from cognomen.domain.access_keys import AccessKey, Signer
from cognomen.storage import access_keys
from cognomen.storage.database import Database

FRESH_MS = 500


class KeyRing:
    """Looks access keys up. `signer_of` opens the secret and reads the policy: at the first use of a key."""

    def __init__(self, database: Database, signer_of: Callable[[AccessKey], Signer], now_ms: Callable[[], int]) -> None:
        self._database = database
        self._signer_of = signer_of
        self._now_ms = now_ms
        self._checking = asyncio.Lock()
        self._checked_ms = -FRESH_MS
        self._version = -1
        self._keys: dict[str, AccessKey] = {}
        self._signers: dict[str, Signer] = {}

    async def holds(self, key_id: str) -> bool:
        """Whether there is a key with this id, enabled or not."""
        if not self._is_fresh():
            await self._check()
        return key_id in self._keys

    async def signer(self, key_id: str) -> Signer | None:
        """Who signs with this key; None where nobody may."""
        if not self._is_fresh():
            await self._check()
        signer = self._signers.get(key_id)
        return self._first_use(key_id) if signer is None else signer

    def _first_use(self, key_id: str) -> Signer | None:
        key = self._keys.get(key_id)
        if key is None or not key.enabled:
            return None
        signer = self._signers[key_id] = self._signer_of(key)
        return signer

    def _is_fresh(self) -> bool:
        # A clock that was set back makes nothing fresh.
        return 0 <= self._now_ms() - self._checked_ms < FRESH_MS

    async def _check(self) -> None:
        async with self._checking:
            if self._is_fresh():  # another task has just looked
                return
            asked_ms = self._now_ms()
            version = await self._database.read(access_keys.version)
            if version != self._version:
                # The version first: what changes in between is read now and once more at the next look.
                keys = await self._database.read(access_keys.all_keys)
                self._keys = {key.key_id: key for key in keys}
                self._signers = {}
            self._version = version
            self._checked_ms = asked_ms
