"""The server's side of an SRP exchange: B is made, and the client's proof is judged (RFC 5054, reference 06)."""

import base64
import hmac
import secrets
from functools import partial
from typing import Final

from cognomen.clock import Clock
from cognomen.domain import srp
from cognomen.domain.srp_exchange import Claim, Claimant, Exchange
from cognomen.domain.user import StoredPassword
from cognomen.signing import modexp
from cognomen.signing.bounded_threads import BoundedThreads, Room
from cognomen.signing.modexp_processes import PowerProcesses
from cognomen.signing.port import SealBroken, Sealer

CLOCK_SKEW_MS: Final = 15 * 60_000
"""How far a client's clock may be off; AWS's own limit is not known."""
DECOY_PURPOSE: Final = "srp-verifier of nobody"


class SrpProofs:
    """Judges proofs in a bounded pool of threads: with gmpy2 there, else in as many processes, which the threads ask.

    The two powers of a proof take 1.5 ms with gmpy2, meanwhile the event loop goes on; B takes 0.1 ms.
    """

    def __init__(self, sealer: Sealer, room: Room) -> None:
        self._sealer = sealer
        self._threads = BoundedThreads(room, "srp")
        self._processes = PowerProcesses()
        self._decoy = self._sealed_decoy()
        self._prepared = False
        self._clock = Clock()  # a client signs its own time, which goes on as it does when a test moves the server's

    async def begin(self, claimant: Claimant, client_public: int) -> Exchange:
        """B for this A; raises TooManyRequestsException until the first one is made."""
        if not self._prepared:
            await self._threads.run(modexp.prepare)
            self._prepared = True
        secret = 1 + secrets.randbelow((1 << srp.SECRET_BITS) - 1)
        public = srp.server_public(secret, self._verifier_of(claimant), modexp.power)
        return Exchange(client_public, public, secret)

    async def judge(self, claimant: Claimant, exchange: Exchange, claim: Claim) -> bool:
        """Whether somebody who knows the password signed, with a clock like ours; raises TooManyRequestsException."""
        verifier = self._verifier_of(claimant)
        power = modexp.power if modexp.LETS_OTHERS_RUN else self._processes.power
        key = await self._threads.run(partial(_session_key, exchange, verifier, power))
        signature = srp.claim_signature(key, claimant.identity, claim.secret_block, claim.signed.text)
        expected = base64.b64decode(signature)
        right = hmac.compare_digest(expected, claim.signature)
        timely = abs(claim.signed.at_ms - self._clock.now_ms()) <= CLOCK_SKEW_MS
        return right and timely and _has_verifier(claimant.stored)

    def close(self) -> None:
        """Let threads and processes end; what waits for them is cancelled."""
        self._threads.close()
        self._processes.close()

    def _verifier_of(self, claimant: Claimant) -> int:
        """The number that is kept of the password; nobody's is opened from a seal, too."""
        if claimant.stored and _has_verifier(claimant.stored):
            return int.from_bytes(self._sealer.open(claimant.stored.srp_verifier, claimant.sealed_for), "big")
        return int.from_bytes(self._opened_decoy(), "big")

    def _opened_decoy(self) -> bytes:
        """Sealed anew where its master key is gone."""
        try:
            return self._sealer.open(self._decoy, DECOY_PURPOSE)
        except SealBroken:
            self._decoy = self._sealed_decoy()
            return self._sealer.open(self._decoy, DECOY_PURPOSE)

    def _sealed_decoy(self) -> bytes:
        return self._sealer.seal(secrets.token_bytes(srp.VERIFIER_BYTES), DECOY_PURPOSE)


def _has_verifier(stored: StoredPassword | None) -> bool:
    """An imported hash has none before the password was seen once."""
    return stored is not None and bool(stored.srp_verifier)


def _session_key(exchange: Exchange, verifier: int, power: srp.Power) -> bytes:
    scrambler = srp.scrambler(exchange.client_public, exchange.server_public)
    secret = srp.shared_secret(exchange.client_public, scrambler, verifier, exchange.server_secret, power)
    return srp.session_key(secret, scrambler)


def verifier_purpose(pool_id: str, srp_name: str) -> str:
    """What the verifier of a user's password is sealed for."""
    return Claimant(pool_id, srp_name, None).sealed_for
