"""Sign-up, sign-in and what follows: CPU of each call against what its arithmetic alone costs."""

from dataclasses import dataclass
from itertools import count
from statistics import median
from typing import Any

from cognomen.signing.argon2 import PRODUCTION
from cognomen.signing.argon2_engines import fastest, reference
from limits import sign_in_ms, signature_pair_ms
from rows import Row
from server import Cost, Server, serving

PASSWORD = "Correct-Horse-9"
USERS = 200
ROUNDS = 11
FLOWS = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]


@dataclass
class World:
    """A pool with confirmed users, and the tokens of the last sign-in."""

    server: Server
    pool_id: str
    client_id: str
    tokens: dict[str, Any]

    def sign_up(self, number: int) -> None:
        email = {"Name": "email", "Value": f"user{number}@example.com"}
        name = f"user{number}"
        self.server.call("SignUp", ClientId=self.client_id, Username=name, Password=PASSWORD, UserAttributes=[email])

    def sign_in(self, number: int) -> None:
        parameters = {"USERNAME": f"user{number % USERS}", "PASSWORD": PASSWORD}
        self.tokens |= self.initiate("USER_PASSWORD_AUTH", parameters)

    def refresh(self, _number: int) -> None:
        self.initiate("REFRESH_TOKEN_AUTH", {"REFRESH_TOKEN": self.tokens["RefreshToken"]})

    def get_user(self, _number: int) -> None:
        self.server.call("GetUser", AccessToken=self.tokens["AccessToken"])

    def admin_get_user(self, number: int) -> None:
        self.server.call("AdminGetUser", UserPoolId=self.pool_id, Username=f"user{number % USERS}")

    def initiate(self, flow: str, parameters: dict[str, str]) -> dict[str, Any]:
        answer = self.server.call("InitiateAuth", ClientId=self.client_id, AuthFlow=flow, AuthParameters=parameters)
        result: dict[str, Any] = answer["AuthenticationResult"]
        return result


def world(server: Server) -> World:
    """Make a pool and its users."""
    pool_id = server.call("CreateUserPool", PoolName="bench")["UserPool"]["Id"]
    made = server.call("CreateUserPoolClient", UserPoolId=pool_id, ClientName="bench", ExplicitAuthFlows=FLOWS)
    built = World(server, pool_id, made["UserPoolClient"]["ClientId"], {})
    for number in range(USERS):
        built.sign_up(number)
        server.call("AdminConfirmSignUp", UserPoolId=pool_id, Username=f"user{number}")
    built.sign_in(0)
    return built


def walls(cost: Cost) -> str:
    return f"wall {cost.wall_ms:.3f} ms"


def both(cost: Cost) -> str:
    return f"{cost.cpu_ms:.3f} ms CPU, {walls(cost)}"


def dev_rows(pair: float) -> list[Row]:
    """Cheap hashes, store on disk, as the dev profile keeps it."""
    with serving() as server:
        start = Row("start to first answered request", server.first_answer_s, 0.6, "s")
        memory = Row("memory at rest", server.memory_mb(), 80, "MB")
        bench = world(server)
        sign_in = server.cost(2000, bench.sign_in)
        refresh = server.cost(2000, bench.refresh)
        get_user, admin = server.cost(5000, bench.get_user), server.cost(5000, bench.admin_get_user)
        fresh = count(USERS)
        sign_up = server.cost(1000, lambda _number: bench.sign_up(next(fresh)))
    return [
        start,
        memory,
        Row("sign-in, dev: share of CPU that signs nothing", 1 - pair / sign_in.cpu_ms, 0.5, "", both(sign_in)),
        Row("refresh beyond its two signatures", refresh.cpu_ms - pair, 0.5, "ms", walls(refresh)),
        Row("GetUser, CPU", get_user.cpu_ms, 0.20, "ms", walls(get_user)),
        Row("AdminGetUser, CPU", admin.cpu_ms, 0.15, "ms", walls(admin)),
        Row("SignUp, dev, CPU", sign_up.cpu_ms, 2.0, "ms", walls(sign_up)),
    ]


def production_rows() -> list[Row]:
    """The same sign-in with the password hashes of production; its arithmetic is Argon2id by the reference code."""
    memory, passes = str(PRODUCTION.memory_kib), str(PRODUCTION.passes)
    engines = {"reference": reference, "own": fastest(PRODUCTION)}
    beyond: dict[str, list[float]] = {name: [] for name in engines}
    with serving(COGNOMEN_PASSWORDS__MEMORY_KIB=memory, COGNOMEN_PASSWORDS__TIME_COST=passes) as server:
        bench = world(server)
        for _ in range(ROUNDS):  # the limits beside each block: the cost of a hash drifts by more than the goal
            before = {name: sign_in_ms(engine, PRODUCTION) for name, engine in engines.items()}
            cost = server.cost(60, bench.sign_in)
            for name, engine in engines.items():
                beyond[name].append(cost.cpu_ms - (before[name] + sign_in_ms(engine, PRODUCTION)) / 2)
    own = f"{median(beyond['own']):.2f} ms beyond the hash of the library it takes here"
    detail = f"median of {ROUNDS}; last {cost.cpu_ms:.2f} ms CPU; {own}"
    return [Row("sign-in, production: beyond its arithmetic", median(beyond["reference"]), 0.6, "ms", detail)]


def rows() -> list[Row]:
    """The table of the main job."""
    return [*dev_rows(signature_pair_ms()), *production_rows()]
