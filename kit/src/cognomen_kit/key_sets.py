"""The public keys of an issuer: fetched once, refreshed behind the scenes, kept through an outage."""

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey, RSAPublicNumbers

from cognomen_kit import jws
from cognomen_kit.calls import Background, Call, ConnectionFailed, HttpRequest, compute, fetch, share
from cognomen_kit.refused_tokens import Reason, TokenRefused

FRESH_SECONDS = 3600.0  # older keys are still used, while new ones are fetched in the background
COOL_DOWN_SECONDS = 60.0  # tokens with unknown key ids cause one fetch in this time, however many come
FIRST_RETRY_SECONDS = 1.0  # nothing can be verified before the first fetch succeeds, so that is retried sooner
SMALLEST_KEY_BITS = 2048

Source = Callable[[], Call[bytes]]


class KeysUnreadable(ValueError):  # noqa: N818 - never leaves this module's callers
    """What came is not a set of keys."""


class KeySet:
    """Keys by key id, and when they were asked for last; times are seconds of the clock that comes in."""

    def __init__(self, name: str, source: Source, clock: Callable[[], float]) -> None:
        self._name = name
        self._source = source
        self._clock = clock
        self._keys: Mapping[str, RSAPublicKey] | None = None
        self._loading = False
        self._loaded_at = self._failed_at = self._asked_at = float("-inf")

    def key(self, key_id: str) -> Call[RSAPublicKey]:
        """The key of this id; an id that nobody knows is asked for once in a while, not once for each token."""
        if self._keys is None:
            yield from self._first_load()
        found = self._known(key_id)
        if found is None and self._may_ask():
            yield from self._ask_again()
            found = self._known(key_id)
        if found is None:
            raise TokenRefused(Reason.UNKNOWN_KEY)
        if self._is_old():
            yield Background(f"{self._name}, refreshed", self.load)
        return found

    def load(self) -> Call[None]:
        """Fetch the keys, once for all who wait; what is there already stays when that fails."""
        self._loading = True
        try:
            yield from share(self._name, self._fetch)
        except (ConnectionFailed, OSError, KeysUnreadable) as failed:
            raise TokenRefused(Reason.KEYS_UNAVAILABLE) from failed
        finally:
            self._loading = False

    def _fetch(self) -> Call[None]:
        try:
            self._keys = read_keys((yield from self._source()))
            self._loaded_at = self._clock()
        except Exception:
            self._failed_at = self._clock()
            raise

    def _first_load(self) -> Call[None]:
        if not self._loading and self._is_within(self._failed_at, FIRST_RETRY_SECONDS):
            raise TokenRefused(Reason.KEYS_UNAVAILABLE)
        yield from self.load()

    def _ask_again(self) -> Call[None]:
        if not self._loading:
            self._asked_at = self._clock()
        with suppress(TokenRefused):  # the keys at hand stay in use
            yield from self.load()

    def _known(self, key_id: str) -> RSAPublicKey | None:
        return None if self._keys is None else self._keys.get(key_id)

    def _may_ask(self) -> bool:
        """Also while a fetch is under way: the new key may be in it."""
        return self._loading or not self._is_within(self._asked_at, COOL_DOWN_SECONDS)

    def _is_old(self) -> bool:
        return not (
            self._is_within(self._loaded_at, FRESH_SECONDS) or self._is_within(self._failed_at, COOL_DOWN_SECONDS)
        )

    def _is_within(self, moment: float, seconds: float) -> bool:
        """A clock that was set back counts as time gone by, so that nothing waits for hours."""
        return abs(self._clock() - moment) < seconds


def from_url(url: str) -> Source:
    """Keys published at a URL; redirects are not followed."""

    def source() -> Call[bytes]:
        response = yield from fetch(HttpRequest("GET", url, {"accept": "application/json"}))
        if response.status != 200:  # noqa: PLR2004 - anything else is no key set
            raise KeysUnreadable(f"status {response.status}")
        return response.body

    return source


def from_file(path: Path) -> Source:
    """Keys in a file, read again when an unknown key id turns up."""

    def source() -> Call[bytes]:
        return (yield from compute(path.read_bytes))

    return source


def read_keys(document: bytes) -> Mapping[str, RSAPublicKey]:
    """The RSA signing keys of a JWK Set (RFC 7517); others are passed over, as the RFC asks, but not all."""
    try:
        listed = json.loads(document)["keys"]
        keys = {each["kid"]: key for each in listed if (key := _usable_key(each)) is not None}
    except (ValueError, TypeError, KeyError, RecursionError) as wrong:
        raise KeysUnreadable("not a JWK Set") from wrong
    if not keys:
        raise KeysUnreadable("a JWK Set without a usable key")
    return keys


def _usable_key(key: Mapping[str, Any]) -> RSAPublicKey | None:
    """An RSA key for RS256 signatures, or None for anything else."""
    if key["kty"] != "RSA" or key.get("use", "sig") != "sig" or key.get("alg", "RS256") != "RS256":
        return None
    try:
        public_key = RSAPublicNumbers(_number(key["e"]), _number(key["n"])).public_key()
    except (ValueError, KeyError, TypeError, TokenRefused):
        return None
    return public_key if "kid" in key and public_key.key_size >= SMALLEST_KEY_BITS else None


def _number(text: str) -> int:
    return int.from_bytes(jws.decode(text), "big")
