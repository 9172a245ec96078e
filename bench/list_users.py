"""Calls in pools of 10,000 users and more: their CPU, the store's own included, must not grow with the pool."""

from collections.abc import Callable, Iterator
from itertools import count, takewhile
from typing import Any

from import_users import import_people, make_pool
from main_job import Row
from people import BEGINNINGS, email_of
from server import Server, serving
from stores import STORES, Kept

SIZES = (10_000, 100_000, 1_000_000)
GOAL = 1.3  # times the CPU in the smallest pool
CALLS = 1000
DEEP = 0.5  # behind which share of the list a page is deep in it
Call = Callable[[int], object]
PASSWORD = "Correct-Horse-9"
FLOWS = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]


class Account:
    """One signed-in user of the pool, and the calls that such a user makes."""

    def __init__(self, server: Server, pool_id: str) -> None:
        self._server = server
        asked = {"UserPoolId": pool_id, "ClientName": "bench", "ExplicitAuthFlows": FLOWS}
        self._client_id = server.call("CreateUserPoolClient", **asked)["UserPoolClient"]["ClientId"]
        user = {"UserPoolId": pool_id, "Username": email_of(0), "Password": PASSWORD, "Permanent": True}
        server.call("AdminSetUserPassword", **user)
        self._tokens = self._initiate("USER_PASSWORD_AUTH", {"USERNAME": email_of(0), "PASSWORD": PASSWORD})

    def get_user(self, _: int) -> None:
        self._server.call("GetUser", AccessToken=self._tokens["AccessToken"])

    def refresh(self, _: int) -> None:
        self._initiate("REFRESH_TOKEN_AUTH", {"REFRESH_TOKEN": self._tokens["RefreshToken"]})

    def _initiate(self, flow: str, parameters: dict[str, str]) -> Any:
        asked = {"ClientId": self._client_id, "AuthFlow": flow, "AuthParameters": parameters}
        return self._server.call("InitiateAuth", **asked)["AuthenticationResult"]


class Lists:
    """The calls of administrators, on one pool of so many users."""

    def __init__(self, server: Server, pool_id: str, size: int) -> None:
        self._server = server
        self._pool_id = pool_id
        self._size = size
        self._new = count()
        self._deep = self._deep_tokens({})
        self._deep_in_names = self._deep_tokens({"Filter": 'name ^= ""'})

    def calls(self) -> dict[str, Call]:
        return {
            "AdminGetUser": lambda n: self._server.call(
                "AdminGetUser", UserPoolId=self._pool_id, Username=self._email(n)
            ),
            "AdminCreateUser": lambda _: self._create(next(self._new)),
            "first page": lambda _: self._list(),
            "page deep in the list": lambda n: self._list(PaginationToken=self._deep[n % len(self._deep)]),
            "e-mail by its beginning": lambda n: self._list(Filter=f'email ^= "{BEGINNINGS[n % len(BEGINNINGS)]}"'),
            "e-mail": lambda n: self._list(Filter=f'email = "{self._email(n)}"'),
            "deep in the names": lambda n: self._list(
                Filter='name ^= ""', PaginationToken=self._deep_in_names[n % len(self._deep_in_names)]
            ),
            "enabled": lambda _: self._list(Filter='status = "Enabled"'),
        }

    def _create(self, number: int) -> None:
        asked = {"Username": f"new{number}@example.com", "TemporaryPassword": PASSWORD, "MessageAction": "SUPPRESS"}
        self._server.call("AdminCreateUser", UserPoolId=self._pool_id, **asked)

    def _email(self, number: int) -> str:
        return email_of(number * 7919 % self._size)

    def _list(self, **more: Any) -> Any:
        return self._server.call("ListUsers", UserPoolId=self._pool_id, **more)

    def _deep_tokens(self, more: dict[str, Any]) -> list[str]:
        """Walk the list and keep tokens from its second half, far apart from one another."""
        pages = self._size // 60
        kept, page = [], self._list(**more)
        for number in range(pages):
            if number > DEEP * pages and number % max(1, pages // 200) == 0:
                kept.append(page["PaginationToken"])
            page = self._list(**more, PaginationToken=page["PaginationToken"])
        return kept


def cpu_ms(kept: Kept, server: Server, call: Call) -> float:
    """Milliseconds of CPU of one call, in the server and in the store."""
    store = 0.0

    def measured(number: int) -> None:
        nonlocal store
        if number == 0:
            store = kept.cpu_s()
        call(number)

    cost = server.cost(CALLS, measured)
    return cost.cpu_ms + (kept.cpu_s() - store) * 1000 / CALLS


def rows(most: int = 100_000) -> Iterator[Row]:
    for store in STORES:
        with store() as kept, serving(*kept.flags) as server:
            smallest: dict[str, float] = {}
            for size in takewhile(lambda size: size <= most, SIZES):
                pool_id = make_pool(server)
                import_people(kept, pool_id, size)
                kept.settle()
                server.connect()
                account = Account(server, pool_id)
                calls = {
                    "GetUser": account.get_user,
                    "refresh": account.refresh,
                    **Lists(server, pool_id, size).calls(),
                }
                for name, call in calls.items():
                    spent = cpu_ms(kept, server, call)
                    first = smallest.setdefault(name, spent)
                    detail = f"{spent:.3f} ms CPU"
                    yield Row(f"{kept.engine}, {size:,}: {name}", spent / first, GOAL, "x", detail)
