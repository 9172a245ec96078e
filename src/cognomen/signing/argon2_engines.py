"""Who computes Argon2id (RFC 9106): the reference code, or libsodium where it is installed and faster on this machine.

A hash is nearly all that a sign-in costs. The tags are the same; libsodium picks the widest instructions it finds when
it runs, which the reference code must be built for.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Final

import argon2
from argon2.low_level import ARGON2_VERSION, Type, hash_secret_raw


@dataclass(frozen=True, slots=True)
class Argon2Parameters:
    """What a new hash costs."""

    memory_kib: int
    passes: int
    lanes: int = 1

    @property
    def cost_kib(self) -> int:
        """What is computed, all passes together."""
        return self.memory_kib * self.passes


Engine = Callable[[bytes, bytes, Argon2Parameters], bytes]
"""The tag of a password with a salt."""

SALT_BYTES: Final = 16
TAG_BYTES: Final = 32
TRIES: Final = 2


def reference(password: bytes, salt: bytes, cost: Argon2Parameters) -> bytes:
    """The tag by the reference code."""
    return hash_secret_raw(password, salt, cost.passes, cost.memory_kib, cost.lanes, TAG_BYTES, Type.ID)


@cache
def fastest(cost: Argon2Parameters) -> Engine:
    """The engine that is quickest here for hashes of one lane and this cost, by trying each.

    What a hash costs besides its arithmetic, in memory that is asked for anew, differs more than the arithmetic does.
    """
    return min(_engines(), key=partial(_seconds, cost))


def computes(found: argon2.Parameters) -> bool:
    """Whether every engine computes hashes of this kind; what was imported may have more lanes or another salt."""
    kind = (found.type, found.version, found.parallelism, found.salt_len, found.hash_len)
    return kind == (Type.ID, ARGON2_VERSION, 1, SALT_BYTES, TAG_BYTES)


def _engines() -> tuple[Engine, ...]:
    if find_spec("nacl") is None:  # the extra "fast" is not installed
        return (reference,)
    return (reference, partial(_libsodium, import_module("nacl.bindings")))


def _libsodium(bindings: Any, password: bytes, salt: bytes, cost: Argon2Parameters) -> bytes:
    algorithm = bindings.crypto_pwhash_ALG_ARGON2ID13
    tag: bytes = bindings.crypto_pwhash_alg(TAG_BYTES, password, salt, cost.passes, cost.memory_kib * 1024, algorithm)
    return tag


def _seconds(cost: Argon2Parameters, engine: Engine) -> float:
    return min(_once(engine, cost) for _ in range(TRIES))


def _once(engine: Engine, cost: Argon2Parameters) -> float:
    began = time.thread_time()
    engine(b"", bytes(SALT_BYTES), cost)
    return time.thread_time() - began
