"""Two servers on one store, and many calls that reach them in one moment."""

import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count
from threading import Barrier
from typing import Any

from refusals.service import Answer, Service

CODE, PASSWORD = "246810", "Correct-Horse-9"
FLOWS = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
LIMITS = ("confirm_sign_up", "resend_confirmation_code", "recover_password", "change_password")
SETTINGS = {
    "public_url": "http://id.example",
    "dev.fixed_code": CODE,
    **{f"limits.{name}_per_hour": "1000000" for name in LIMITS},
}
Request = tuple[str, Mapping[str, Any]]


@dataclass
class Arena:
    """Where races are held."""

    services: Sequence[Service]
    _numbers: Any = field(default_factory=count)

    def fresh(self, word: str) -> str:
        """A name that was not used before."""
        return f"{word}{next(self._numbers)}"

    def done(self, operation: str, **members: Any) -> dict[str, Any]:
        """The answer to a call that must succeed, of the servers in turn."""
        answer = self.services[next(self._numbers) % len(self.services)].call(operation, members)
        assert answer.status == 200, (operation, answer)
        return answer.document

    def pool(self, client: Mapping[str, Any] | None = None, **members: Any) -> tuple[str, str]:
        """The ids of a new pool, which mails codes, and of its client."""
        made = self.done("CreateUserPool", PoolName="races", AutoVerifiedAttributes=["email"], **members)
        pool_id = made["UserPool"]["Id"]
        asked = {"ExplicitAuthFlows": FLOWS, **(client or {})}
        made = self.done("CreateUserPoolClient", UserPoolId=pool_id, ClientName="a", **asked)
        return pool_id, made["UserPoolClient"]["ClientId"]

    def sign_in(self, client_id: str, name: str, password: str = PASSWORD) -> dict[str, Any]:
        """What a right password brings: tokens or a challenge."""
        login = {"USERNAME": name, "PASSWORD": password}
        return self.done("InitiateAuth", ClientId=client_id, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=login)

    def everywhere(self, operation: str, **members: Any) -> None:
        """A change that every server has noticed when this returns, because each makes it itself."""
        for service in self.services:
            assert service.call(operation, members).status == 200

    def now_ms(self) -> int:
        """What the servers' clocks show."""
        return int(time.time() * 1000)

    def together(self, requests: Sequence[Request]) -> list[Answer]:
        """Send all requests at once, spread over the servers; their answers in the same order."""
        start = Barrier(len(requests))

        def send(numbered: tuple[int, Request]) -> Answer:
            number, (operation, members) = numbered
            start.wait(30)
            return self.services[number % len(self.services)].call(operation, members)

        with ThreadPoolExecutor(len(requests)) as crowd:
            return list(crowd.map(send, enumerate(requests)))
