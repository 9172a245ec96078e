"""One account among many: reading it, listing, refreshing its tokens, making another one."""

from collections.abc import Iterator
from itertools import count
from typing import Any

import growth
from growth import Call, Filled
from people import BEGINNINGS, email_of
from rows import Row

PASSWORD = "Correct-Horse-9"
FLOWS = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]


class Accounts:
    """The calls of one signed-in user of a pool, and of its administrators."""

    def __init__(self, filled: Filled) -> None:
        self._server, self._pool_id, self._size = filled.server, filled.pool_id, filled.size
        self._new = count()
        asked = {"ClientName": "bench", "ExplicitAuthFlows": FLOWS}
        self._client_id = self._administer("CreateUserPoolClient", **asked)["UserPoolClient"]["ClientId"]
        self._administer("AdminSetUserPassword", Username=email_of(0), Password=PASSWORD, Permanent=True)
        self._tokens = self._initiate("USER_PASSWORD_AUTH", {"USERNAME": email_of(0), "PASSWORD": PASSWORD})

    def calls(self) -> dict[str, Call]:
        access, refresh = self._tokens["AccessToken"], {"REFRESH_TOKEN": self._tokens["RefreshToken"]}
        return {
            "AdminGetUser": lambda n: self._administer("AdminGetUser", Username=email_of(n * 7919 % self._size)),
            "GetUser": lambda _: self._server.call("GetUser", AccessToken=access),
            "ListUsers": lambda _: self._administer("ListUsers"),
            "ListUsers, e-mail by its beginning": lambda n: self._administer(
                "ListUsers", Filter=f'email ^= "{BEGINNINGS[n % len(BEGINNINGS)]}"'
            ),
            "refresh": lambda _: self._initiate("REFRESH_TOKEN_AUTH", refresh),
            "AdminCreateUser": lambda _: self._create(next(self._new)),
        }

    def _create(self, number: int) -> None:
        asked = {"Username": f"new{number}@example.com", "TemporaryPassword": PASSWORD, "MessageAction": "SUPPRESS"}
        self._administer("AdminCreateUser", **asked)

    def _administer(self, operation: str, **members: Any) -> Any:
        return self._server.call(operation, UserPoolId=self._pool_id, **members)

    def _initiate(self, flow: str, parameters: dict[str, str]) -> Any:
        asked = {"ClientId": self._client_id, "AuthFlow": flow, "AuthParameters": parameters}
        return self._server.call("InitiateAuth", **asked)["AuthenticationResult"]


def rows(most: int = 10_000) -> Iterator[Row]:
    yield from growth.rows(lambda filled: Accounts(filled).calls(), most)
