"""Whose access keys are known: those of the settings, those of the store, and temporary ones with their token."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from cognomen import errors
from cognomen.domain.access_keys import Signer
from cognomen.signing.session_tokens import SessionTokens
from cognomen.storage.key_ring import KeyRing


class Signers(Protocol):
    """Knows who signs with which key."""

    async def find(self, access_key_id: str, token: bytes | None) -> Signer | None:
        """Who signs with a key, or with a temporary key and its session token; None where nobody is known by it.

        Raises UnrecognizedClientException for a key that is disabled, ExpiredTokenException.
        """


@dataclass(frozen=True, slots=True)
class KnownSigners:
    """`lasting` are the keys of the settings, by id."""

    lasting: Mapping[str, Signer]
    ring: KeyRing
    sessions: SessionTokens
    now_ms: Callable[[], int]

    async def find(self, access_key_id: str, token: bytes | None) -> Signer | None:
        """A token means that the key is temporary, whatever else is known under its id."""
        if token is not None:
            return self._of_session(access_key_id, token)
        signer = self.lasting.get(access_key_id) or await self.ring.signer(access_key_id)
        if signer is None and await self.ring.holds(access_key_id):
            raise errors.UnrecognizedClientException
        return signer

    def _of_session(self, access_key_id: str, token: bytes) -> Signer | None:
        signer = self.sessions.signer(access_key_id, token)
        if signer is not None and signer.expires_ms is not None and signer.expires_ms <= self.now_ms():
            raise errors.ExpiredTokenException
        return signer
