"""Sign-in by SRP: the CPU of both its calls against what its powers and signatures alone cost in the same run."""

import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median

import gmpy2

from cognomen.domain.srp import PRIME
from cognomen_kit import srp
from limits import cpu_ms, signature_pair_ms
from rows import Row
from server import Server, serving

PASSWORD = "Correct-Horse-9"
FLOWS = ["ALLOW_USER_SRP_AUTH", "ALLOW_USER_PASSWORD_AUTH"]
USERS, ROUNDS, CALLS = 50, 7, 150
GOAL = 1 / 0.7  # at least 70 % of what the arithmetic allows
EXPONENT_BITS = 256


def power_ms() -> float:
    """One power of SRP by gmpy2, in the way whose time says nothing of the exponent."""
    modulus = gmpy2.mpz(PRIME)
    base, exponent = secrets.randbelow(PRIME), 1 << EXPONENT_BITS - 1 | secrets.randbits(EXPONENT_BITS - 1)
    return cpu_ms(200, lambda: gmpy2.powmod_sec(base, exponent, modulus))


def power(base: int, exponent: int, modulus: int) -> int:
    return int(gmpy2.powmod(base, exponent, modulus))


@dataclass
class World:
    """A pool with confirmed users, and a client of our own."""

    server: Server
    pool_id: str
    client_id: str

    def cost_of_sign_in(self, calls: int) -> float:
        """Milliseconds of CPU of both calls; the client's own powers come between the two blocks, and cost nothing."""
        exchanges = [srp.begin(power) for _ in range(calls + calls // 10)]
        asked = iter(exchanges)
        proofs: list[dict[str, str]] = []

        def begin(number: int) -> None:
            exchange = next(asked)
            first = {"USERNAME": f"user{number % USERS}", "SRP_A": exchange.srp_a}
            answer = self._call("InitiateAuth", AuthFlow="USER_SRP_AUTH", AuthParameters=first)
            proofs.append(answer["ChallengeParameters"])

        def respond(_: int) -> None:
            done = self._call(
                "RespondToAuthChallenge", ChallengeName="PASSWORD_VERIFIER", ChallengeResponses=next(answers)
            )
            assert done["AuthenticationResult"]["AccessToken"]

        first_ms = self.server.cost(calls, begin).cpu_ms
        answers = iter([self._proof(*one) for one in zip(exchanges, proofs, strict=True)])
        return first_ms + self.server.cost(calls, respond).cpu_ms

    def _call(self, operation: str, **members: object) -> dict[str, dict[str, str]]:
        answer: dict[str, dict[str, str]] = self.server.call(operation, ClientId=self.client_id, **members)
        return answer

    def _proof(self, exchange: srp.Exchange, asked: dict[str, str]) -> dict[str, str]:
        name, block, when = asked["USER_ID_FOR_SRP"], asked["SECRET_BLOCK"], srp.timestamp(time.time())
        part = srp.ServerPart(int(asked["SALT"], 16), int(asked["SRP_B"], 16), block)
        identity = srp.Identity(self.pool_id.partition("_")[2], name, PASSWORD)
        return {
            "USERNAME": name,
            "PASSWORD_CLAIM_SECRET_BLOCK": block,
            "PASSWORD_CLAIM_SIGNATURE": srp.claim(power, exchange, identity, part, when),
            "TIMESTAMP": when,
        }


def world(server: Server) -> World:
    """Make a pool and its users."""
    pool_id = server.call("CreateUserPool", PoolName="bench")["UserPool"]["Id"]
    made = server.call("CreateUserPoolClient", UserPoolId=pool_id, ClientName="bench", ExplicitAuthFlows=FLOWS)
    client_id = made["UserPoolClient"]["ClientId"]
    for number in range(USERS):
        server.call("SignUp", ClientId=client_id, Username=f"user{number}", Password=PASSWORD)
        server.call("AdminConfirmSignUp", UserPoolId=pool_id, Username=f"user{number}")
    return World(server, pool_id, client_id)


def rows() -> Iterator[Row]:
    """The powers are g^b, v^u and the shared secret; g^b comes from a table: without it, see the detail."""
    of_three, of_two = [], []
    with serving() as server:
        bench = world(server)
        for _ in range(ROUNDS):  # limits are measured beside each block, since costs drift on a busy machine
            one, pair, spent = power_ms(), signature_pair_ms(), bench.cost_of_sign_in(CALLS)
            of_three.append(spent / (3 * one + pair))
            of_two.append(spent / (2 * one + pair))
    detail = (
        f"last {spent:.3f} ms CPU, a power {one:.3f}, two signatures {pair:.3f}; over two powers {median(of_two):.3f}"
    )
    yield Row("SRP sign-in, CPU over three powers, two signatures", median(of_three), GOAL, "x", detail)
