"""The key pairs of a pool: two RSA keys, one for ID tokens and one for access tokens (reference 07).

How long a key waits before it signs, and how long it is published afterwards, is decision 0011.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise
from typing import Final

CACHED_SECONDS: Final = 3600
"""How long whoever reads the key set may keep it."""
SLACK_SECONDS: Final = 300  # clocks that differ, and fetches that take their time
WAITING_MS: Final = (2 * CACHED_SECONDS + SLACK_SECONDS) * 1000
"""From the publication of a key to its first signature: the key set may stay in a shared cache, then in a verifier."""
LONGEST_TOKEN_SECONDS: Final = 86_400  # no client may ask for more
VERIFYING_MS: Final = (LONGEST_TOKEN_SECONDS + SLACK_SECONDS) * 1000
"""From the last signature of a key to its end."""


class TokenUse(StrEnum):
    """Which of a pool's two key pairs signs; the value is the token_use claim."""

    ID = "id"
    ACCESS = "access"


@dataclass(frozen=True, slots=True)
class StoredKey:
    """A signing key as it is kept: sealed PKCS#8, usable only through the master key."""

    pool_id: str
    key_id: str
    token_use: TokenUse
    sealed: bytes = field(repr=False)
    created_ms: int


class KeyState(StrEnum):
    """What becomes of a key, in this order."""

    WAITING = "waiting"  # published, so that verifiers know it before its first token comes
    SIGNING = "signing"
    VERIFYING = "verifying"  # published as long as a token of it may live
    RETIRED = "retired"


@dataclass(frozen=True, slots=True)
class Phase:
    """The state of a key, and when the next one begins; None where nothing is in sight that ends it."""

    state: KeyState
    until_ms: int | None


def phases_of(keys: Iterable[StoredKey], now_ms: int) -> Mapping[str, Phase]:
    """The phase of each key of a pool, by its id.

    The oldest key of a use has always been signing; each other one takes over when it has waited long enough.
    """
    oldest_first = sorted(keys, key=lambda key: (key.created_ms, key.key_id))
    of_uses = ([key for key in oldest_first if key.token_use is use] for use in TokenUse)
    return {key_id: phase for of_use in of_uses for key_id, phase in _phases_of_use(of_use, now_ms)}


def _phases_of_use(oldest_first: list[StoredKey], now_ms: int) -> Iterable[tuple[str, Phase]]:
    if not oldest_first:
        return
    begins = [0, *(key.created_ms + WAITING_MS for key in oldest_first[1:])]
    for key, (begin_ms, end_ms) in zip(oldest_first, pairwise([*begins, None]), strict=True):
        assert begin_ms is not None
        yield key.key_id, _phase(begin_ms, end_ms, now_ms)


def _phase(begin_ms: int, end_ms: int | None, now_ms: int) -> Phase:
    if now_ms < begin_ms:
        return Phase(KeyState.WAITING, begin_ms)
    if end_ms is None or now_ms < end_ms:
        return Phase(KeyState.SIGNING, end_ms)
    gone_ms = end_ms + VERIFYING_MS
    return Phase(KeyState.VERIFYING, gone_ms) if now_ms < gone_ms else Phase(KeyState.RETIRED, None)


@dataclass(frozen=True, slots=True)
class CertifiedKey:
    """A key pair with a certificate (DER), for requests to SAML providers; the private key is sealed PKCS#8."""

    pool_id: str
    sealed: bytes = field(repr=False)
    certificate: bytes
    created_ms: int
