"""Second factors: what the code of an authenticator app adds to a sign-in by password, on both engines."""

import json
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any

from cognomen.domain.totp import STEP_MS, code_at, secret_of
from rows import Row
from server import Server, serving
from stores import postgres, sqlite

PASSWORD = "Correct-Horse-9"
FLOWS = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
CALLS, ROUNDS = 200, 9
USERS = CALLS + CALLS // 10  # each signs in once a round, since every code works once
GOALS = {"SQLite": 0.4, "PostgreSQL": 0.9}


@dataclass
class World:
    """A pool in which half of the users have an app."""

    server: Server
    pool_id: str
    client_id: str
    secrets: list[bytes]

    def by_password(self, calls: int) -> float:
        """Milliseconds of CPU of a sign-in without a second factor."""
        return self.server.cost(calls, lambda number: self._begin(f"plain{number}")).cpu_ms

    def by_totp(self, calls: int) -> float:
        """Milliseconds of CPU of both calls of a sign-in with an app."""
        now_ms = self.next_step()
        codes = iter([code_at(secret, now_ms // STEP_MS) for secret in self.secrets])
        sessions: list[tuple[str, str]] = []

        def begin(_: int) -> None:
            name = f"guarded{len(sessions)}"
            sessions.append((name, self._begin(name)["Session"]))

        def respond(_: int) -> None:
            name, session = next(asked)
            responses = {"USERNAME": name, "SOFTWARE_TOKEN_MFA_CODE": next(codes)}
            done = self.server.call(
                "RespondToAuthChallenge",
                ClientId=self.client_id,
                ChallengeName="SOFTWARE_TOKEN_MFA",
                Session=session,
                ChallengeResponses=responses,
            )
            assert done["AuthenticationResult"]["AccessToken"]

        first_ms = self.server.cost(calls, begin).cpu_ms
        asked = iter(sessions)
        return first_ms + self.server.cost(calls, respond).cpu_ms

    def next_step(self) -> int:
        """Move the server's clock on, so that every app shows a code that was not used."""
        url = f"http://127.0.0.1:{self.server.port}/_dev/clock"
        body = json.dumps({"advance": 60}).encode()
        request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return int(json.load(answer)["now_ms"])

    def enrol(self, name: str) -> None:
        """Give a user an app, and let it be asked for."""
        token = self._begin(name)["AuthenticationResult"]["AccessToken"]
        secret = secret_of(self.server.call("AssociateSoftwareToken", AccessToken=token)["SecretCode"])
        code = code_at(secret, self.now_ms // STEP_MS)
        self.server.call("VerifySoftwareToken", AccessToken=token, UserCode=code)
        self.server.call("SetUserMFAPreference", AccessToken=token, SoftwareTokenMfaSettings={"Enabled": True})
        self.secrets.append(secret)

    now_ms: int = 0

    def _begin(self, name: str) -> Mapping[str, Any]:
        parameters = {"USERNAME": name, "PASSWORD": PASSWORD}
        answer: Mapping[str, Any] = self.server.call(
            "InitiateAuth", ClientId=self.client_id, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=parameters
        )
        return answer


def world(server: Server) -> World:
    """Make a pool and its users."""
    pool_id = server.call("CreateUserPool", PoolName="bench")["UserPool"]["Id"]
    apps = {"MfaConfiguration": "OPTIONAL", "SoftwareTokenMfaConfiguration": {"Enabled": True}}
    server.call("SetUserPoolMfaConfig", UserPoolId=pool_id, **apps)
    made = server.call("CreateUserPoolClient", UserPoolId=pool_id, ClientName="bench", ExplicitAuthFlows=FLOWS)
    built = World(server, pool_id, made["UserPoolClient"]["ClientId"], [])
    for number in range(USERS):
        for name in (f"plain{number}", f"guarded{number}"):
            server.call("SignUp", ClientId=built.client_id, Username=name, Password=PASSWORD)
            server.call("AdminConfirmSignUp", UserPoolId=pool_id, Username=name)
        built.now_ms = built.next_step()
        built.enrol(f"guarded{number}")
    return built


def rows() -> Iterator[Row]:
    """Password alone and with a code take turns, since costs drift on a busy machine."""
    for store in (sqlite, postgres):
        added = []
        with store() as kept, serving(*kept.flags) as server:
            bench = world(server)
            for _ in range(ROUNDS):
                plain, guarded = bench.by_password(CALLS), bench.by_totp(CALLS)
                added.append(guarded - plain)
        detail = f"median of {ROUNDS}; last {plain:.3f} ms without, {guarded:.3f} with"
        yield Row(f"TOTP beyond the password, CPU, {kept.engine}", median(added), GOALS[kept.engine], "ms", detail)
