"""A sign-in that waits, carried in a cookie: sealed with AES-GCM under a key of the caller's, resumed anywhere."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict
from enum import StrEnum
from typing import Any, TypeAlias

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from cognomen_kit import base64url
from cognomen_kit.context import Context
from cognomen_kit.tickets import RememberedDevice, Ticket

State: TypeAlias = Mapping[str, Any]

KEY_BYTES = 32
NONCE_BYTES = 12
CHALLENGE = "challenge"
LONGEST_SESSION = 15 * 60  # seconds; AuthSessionValidity allows no more


class SealProblem(StrEnum):
    """Why a sealed challenge cannot be resumed."""

    BROKEN = "it was not sealed under these keys for this app client, or was changed since"
    EXPIRED = "it was sealed too long ago"


class SealRefused(ValueError):  # noqa: N818 - reads as the sentence it is
    """A sealed challenge cannot be resumed; the person has to start again."""

    def __init__(self, problem: SealProblem) -> None:
        super().__init__(problem)
        self.problem: SealProblem = problem


def seal(state: State, key: bytes, client_id: str, purpose: str = CHALLENGE) -> str:
    """The state as text that is safe in a cookie; it opens only under the same key for the same app client."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    plain = json.dumps(state, separators=(",", ":")).encode()
    sealed = nonce + _cipher(key).encrypt(nonce, plain, _bound_to(purpose, client_id))
    return base64url.text_of(sealed)


def unseal(sealed: str, keys: tuple[bytes, ...], client_id: str, now: float) -> State:
    """A challenge's state under one of the keys; `now` in seconds since 1970. Raises SealRefused."""
    return in_time(opened(sealed, keys, client_id), now, LONGEST_SESSION)


def opened(sealed: str, keys: tuple[bytes, ...], client_id: str, purpose: str = CHALLENGE) -> State:
    """The state under one of the keys (the newest first, then older ones), whenever it was sealed."""
    data = _bytes_of(sealed)
    for key in keys:
        try:
            plain = _cipher(key).decrypt(data[:NONCE_BYTES], data[NONCE_BYTES:], _bound_to(purpose, client_id))
        except (InvalidTag, ValueError):
            continue
        state: State = json.loads(plain)
        return state
    raise SealRefused(SealProblem.BROKEN)


def in_time(state: State, now: float, longest: float) -> State:
    """The state, unless it was sealed more than so many seconds ago."""
    if now - state["sealed_at"] > longest:
        raise SealRefused(SealProblem.EXPIRED)
    return state


def ticket_state(ticket: Ticket) -> State:
    """A ticket as JSON has it."""
    return asdict(ticket)


def ticket_of(state: State) -> Ticket:
    """The ticket that was written as JSON."""
    device = state["device"]
    return Ticket(
        username=state["username"],
        admin=state["admin"],
        device=None if device is None else RememberedDevice(**device),
        context=Context(**state["context"]),
    )


def _cipher(key: bytes) -> AESGCM:
    if len(key) != KEY_BYTES:
        raise TypeError(f"the key of a seal has {KEY_BYTES} bytes: secrets.token_bytes({KEY_BYTES})")
    return AESGCM(key)


def _bound_to(purpose: str, client_id: str) -> bytes:
    return f"cognomen-kit {purpose} 1 {client_id}".encode()


def _bytes_of(sealed: str) -> bytes:
    try:
        return base64url.bytes_of(sealed)
    except ValueError:
        raise SealRefused(SealProblem.BROKEN) from None
