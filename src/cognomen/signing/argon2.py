"""Passwords as Argon2id hashes (RFC 9106), with SRP verifiers beside them; who knows one shows or proves it."""

import base64
import hmac
import secrets
from collections.abc import Callable
from functools import partial
from typing import Final, TypeVar

import argon2
from argon2.exceptions import VerifyMismatchError
from argon2.low_level import ARGON2_VERSION, Type, verify_secret

from cognomen.domain import srp
from cognomen.domain.srp_exchange import Claim, Claimant, Exchange
from cognomen.domain.user import StoredPassword
from cognomen.signing import argon2_engines
from cognomen.signing.argon2_engines import SALT_BYTES, TAG_BYTES, Argon2Parameters, Engine
from cognomen.signing.bounded_threads import BoundedThreads, Room
from cognomen.signing.modexp import power
from cognomen.signing.port import PasswordVerdict, Sealer
from cognomen.signing.srp_proofs import SrpProofs, verifier_purpose

T = TypeVar("T")

INLINE_KIB: Final = 64
"""Up to so many KiB, all passes together, a hash costs less (36 µs) than a change of thread (50 µs)."""


MOST_SETTINGS: Final = 256  # whose reading is remembered; imported hashes may bring many
PRODUCTION: Final = Argon2Parameters(memory_kib=19 * 1024, passes=2)  # OWASP, Password Storage
CHEAP: Final = Argon2Parameters(memory_kib=8, passes=1)  # the least that Argon2 knows: 0.02 ms, no protection


class Argon2PasswordKeeper:
    """The PasswordKeeper of every profile; only the parameters differ."""

    def __init__(self, sealer: Sealer, parameters: Argon2Parameters, room: Room) -> None:
        self._sealer = sealer
        self._parameters = parameters
        self._threads = BoundedThreads(room, "argon2")
        self._proofs = SrpProofs(sealer, room)
        self._decoy = decoy_hash(parameters)
        self._engine = _engine_for(parameters)
        self._read: dict[str, argon2.Parameters] = {}

    async def keep(self, pool_id: str, srp_name: str, password: str, now_ms: int) -> StoredPassword:
        """Hash a new password and make its SRP verifier, which is sealed for this pool and name."""
        salt = secrets.token_bytes(srp.SALT_BYTES)
        identity = srp.user_identity(pool_id, srp_name)
        work = partial(_hash_and_verifier, self._engine, self._parameters, identity, salt, password)
        hashed, verifier = await self._run(self._parameters.cost_kib, work)
        sealed = self._sealer.seal(verifier, verifier_purpose(pool_id, srp_name))
        return StoredPassword(hash=hashed, srp_salt=salt, srp_verifier=sealed, set_ms=now_ms)

    async def check(self, stored: StoredPassword | None, password: str) -> PasswordVerdict:
        """Compare; without a stored password the same work is done on a decoy and the answer is no."""
        hashed = self._decoy if stored is None else stored.hash
        found = self._parameters_of(hashed)
        work = partial(_matches, self._engine, hashed, password, found)
        right = await self._run(found.memory_cost * found.time_cost, work)
        lacks_verifier = stored is not None and not stored.srp_verifier  # its hash was imported
        return PasswordVerdict(right and stored is not None, lacks_verifier or self._outdated(found))

    def expect_room(self) -> None:
        """Raise TooManyRequestsException where a hash would be refused anyway."""
        if self._parameters.cost_kib > INLINE_KIB:
            self._threads.expect_room()

    async def begin_proof(self, claimant: Claimant, client_public: int) -> Exchange:
        """The numbers of a new SRP exchange."""
        return await self._proofs.begin(claimant, client_public)

    async def judge_proof(self, claimant: Claimant, exchange: Exchange, claim: Claim) -> PasswordVerdict:
        """Whether the claim shows the password; a hash that is outdated stays so, since nobody sees the password."""
        return PasswordVerdict(await self._proofs.judge(claimant, exchange, claim), outdated=False)

    def _parameters_of(self, hashed: str) -> argon2.Parameters:
        """What the hash was made with; hashes of one setting begin alike, and reading each anew costs 10 µs."""
        beginning = hashed.rsplit("$", 2)[0]
        found = self._read.get(beginning)
        if found is None:
            found = argon2.extract_parameters(hashed)
            if len(self._read) < MOST_SETTINGS:
                self._read[beginning] = found
        return found

    def close(self) -> None:
        """Let the threads end; what waits for them is cancelled."""
        self._threads.close()
        self._proofs.close()

    def _outdated(self, found: argon2.Parameters) -> bool:
        return (
            found.type is not Type.ID
            or found.version < ARGON2_VERSION
            or found.memory_cost < self._parameters.memory_kib
            or found.time_cost < self._parameters.passes
        )

    async def _run(self, cost_kib: int, work: Callable[[], T]) -> T:
        if cost_kib <= INLINE_KIB:
            return work()
        return await self._threads.run(work)


def decoy_hash(parameters: Argon2Parameters) -> str:
    """A hash that costs as much to check as a real one, and that no password has: its tag is random."""
    return _encoded(parameters, secrets.token_bytes(SALT_BYTES), secrets.token_bytes(TAG_BYTES))


def _engine_for(parameters: Argon2Parameters) -> Engine:
    """Cheap hashes are not worth the choice, and not every engine knows several lanes."""
    worth_choosing = parameters.cost_kib > INLINE_KIB and parameters.lanes == 1
    return argon2_engines.fastest(parameters) if worth_choosing else argon2_engines.reference


def _encoded(parameters: Argon2Parameters, salt: bytes, tag: bytes) -> str:
    costs = f"m={parameters.memory_kib},t={parameters.passes},p={parameters.lanes}"
    return f"$argon2id$v={ARGON2_VERSION}${costs}${_text_of(salt)}${_text_of(tag)}"


def _text_of(data: bytes) -> str:
    return base64.b64encode(data).rstrip(b"=").decode()


def _bytes_of(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4))


def _hash_and_verifier(
    engine: Engine, parameters: Argon2Parameters, identity: str, salt: bytes, password: str
) -> tuple[str, bytes]:
    """Both in one go, so that both happen in the same thread; the salt is the verifier's."""
    verifier = srp.verifier(identity, salt, password, power)
    return _hash(engine, parameters, password), verifier.to_bytes(srp.VERIFIER_BYTES, "big")


def _hash(engine: Engine, parameters: Argon2Parameters, password: str) -> str:
    """The bytes of the password count as they were sent: AWS does not normalise them either."""
    salt = secrets.token_bytes(SALT_BYTES)
    return _encoded(parameters, salt, engine(password.encode(), salt, parameters))


def _matches(engine: Engine, hashed: str, password: str, found: argon2.Parameters) -> bool:
    if not argon2_engines.computes(found):
        return _matches_by_reference(hashed, password, found.type)
    salt, tag = map(_bytes_of, hashed.rsplit("$", 2)[1:])
    cost = Argon2Parameters(found.memory_cost, found.time_cost)
    return hmac.compare_digest(engine(password.encode(), salt, cost), tag)


def _matches_by_reference(hashed: str, password: str, kind: Type) -> bool:
    try:
        return verify_secret(hashed.encode(), password.encode(), kind)
    except VerifyMismatchError:
        return False
