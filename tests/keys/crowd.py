"""People who sign in and backends that verify, all the time, while a test changes the keys beneath them."""

import json
import threading
import traceback
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import jwt as pyjwt

from cognomen_kit import Cognito, TrustedPool
from cognomen_kit.verifier import TokenVerifier
from conftest import PASSWORD, Pool, sdk_client
from keys.house import ISSUER, House

HOUR = 3600
Keys = dict[str, Any]


@dataclass
class Cached:
    """What a source gave, kept for an hour whatever it says meanwhile; at first for so many seconds less."""

    source: Callable[[], Keys]
    now: Callable[[], float]
    less: int = 0
    _kept: Keys | None = None
    _until: float = 0.0

    def __call__(self) -> Keys:
        now = self.now()
        if self._kept is None or now >= self._until:
            self._until = now + HOUR - (0 if self._kept else self.less)
            self._kept = self.source()
        return self._kept


class PatientVerifier:
    """Keeps keys for an hour, that came from a shared cache which keeps them for one, and never asks sooner."""

    def __init__(self, house: House, shared: Cached, less: int) -> None:
        self._keys = Cached(shared, lambda: house.now, less)

    def verify(self, token: str) -> None:
        key = self._keys()[pyjwt.get_unverified_header(token)["kid"]]
        pyjwt.decode(token, key, ["RS256"], options={"verify_aud": False, "verify_exp": False, "verify_iat": False})


def published(house: House, pool: Pool) -> Keys:
    """The keys of a pool by their ids."""
    with urllib.request.urlopen(f"{house.servers[1].url}/{pool.pool_id}/.well-known/jwks.json", timeout=30) as answer:
        return {key["kid"]: pyjwt.PyJWK(key).key for key in json.load(answer)["keys"]}


class Gate:
    """Lets the clocks move between two rounds and never within one."""

    def __init__(self) -> None:
        self._free = threading.Condition()
        self._inside = 0
        self._closed = False

    @contextmanager
    def round(self) -> Iterator[None]:
        with self._free:
            self._free.wait_for(lambda: not self._closed)
            self._inside += 1
        try:
            yield
        finally:
            with self._free:
                self._inside -= 1
                self._free.notify_all()

    @contextmanager
    def closed(self) -> Iterator[None]:
        with self._free:
            self._closed = True
            assert self._free.wait_for(lambda: not self._inside, 60)
        yield
        with self._free:
            self._closed = False
            self._free.notify_all()


@dataclass
class Crowd:
    """Threads that each do one kind of thing; what fails is kept, with its stack."""

    house: House
    pool: Pool
    gate: Gate = field(default_factory=Gate)
    done: Counter[str] = field(default_factory=Counter)
    failed: list[str] = field(default_factory=list)
    _over: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def at_work(self) -> Iterator["Crowd"]:
        shared = Cached(lambda: published(self.house, self.pool), lambda: self.house.now)
        people = [Person(self, shared, number) for number in range(3)]
        threads = [threading.Thread(target=self._keep_on, args=(person,)) for person in people]
        for thread in threads:
            thread.start()
        try:
            yield self
        finally:
            self._over.set()
            for thread in threads:
                thread.join()
            for person in people:
                person.close()

    def goes_on(self) -> None:
        """Wait until everybody has done two more rounds: one of them began after this call."""
        goal = {name: self.done[name] + 2 for name in ("person 0", "person 1", "person 2")}
        step = threading.Event()
        for _ in range(6000):
            if self.failed or all(self.done[name] >= count for name, count in goal.items()):
                break
            step.wait(0.01)
        assert not self.failed, self.failed[0]

    def move_clocks(self, seconds: int) -> None:
        with self.gate.closed():
            self.house.advance(seconds)
        self.goes_on()

    def _keep_on(self, person: "Person") -> None:
        while not self._over.is_set() and not self.failed:
            with self.gate.round():
                try:
                    person.live()
                except BaseException:  # noqa: BLE001 - it is what the test is about
                    self.failed.append(traceback.format_exc())
            self.done[person.name] += 1


class Person:
    """Signs in by password and SRP, refreshes, uses tokens new and old, and shows them to backends."""

    def __init__(self, crowd: Crowd, shared: Cached, number: int) -> None:
        self.name = f"person {number}"
        self._crowd, self._pool = crowd, crowd.pool
        self._username = f"person{number}"
        self._sdks = [sdk_client(server.url) for server in crowd.house.servers]
        self._pool.confirmed(self._username)
        house, pool = crowd.house, crowd.pool
        self._kit = Cognito(
            client_id=pool.client_id,
            client_secret=pool.secret,
            user_pool_id=pool.pool_id,
            region="us-east-1",
            endpoint=house.servers[number % 2].url,
        )
        self._patient = PatientVerifier(house, shared, less=number * HOUR // 3)
        trusted = TrustedPool.of(
            pool.pool_id, pool.client_id, endpoint=house.servers[0].url, issuer=f"{ISSUER}/{pool.pool_id}"
        )
        self._verifier = TokenVerifier(trusted, clock=lambda: house.now)
        first = pool.sign_in(self._username)["AuthenticationResult"]
        self._refresh_token = first["RefreshToken"]
        self._old = [first]

    def close(self) -> None:
        """Let go of all connections."""
        self._kit.close()
        self._verifier.close()
        for sdk in self._sdks:
            sdk.close()

    def live(self) -> None:
        """One round, each time through the other server."""
        count = self._crowd.done
        sdk, other = self._sdks if count[self.name] % 2 else self._sdks[::-1]
        tokens = self._pool.sign_in(self._username, PASSWORD)["AuthenticationResult"]
        login = {"REFRESH_TOKEN": self._refresh_token, **self._proof(sdk)}
        refreshed = sdk.initiate_auth(
            ClientId=self._pool.client_id, AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters=login
        )["AuthenticationResult"]
        proven = self._kit.sign_in(self._username, PASSWORD)
        for token in (tokens["AccessToken"], refreshed["AccessToken"], proven.access_token):
            other.get_user(AccessToken=token)
            self._verifier.verify_access(token)
            self._patient.verify(token)
        self._verifier.verify_id(tokens["IdToken"])
        self._patient.verify(tokens["IdToken"])
        self._use_oldest(other, tokens)
        count["sign-ins"] += 2
        count["refreshes"] += 1
        count["verifications"] += 10

    def _use_oldest(self, sdk: Any, newest: dict[str, str]) -> None:
        """The oldest access token that has not ended: it must work to its last minute."""
        self._old.append(newest)
        self._old = [one for one in self._old if _ends(one) > self._crowd.house.now + 1]
        sdk.get_user(AccessToken=self._old[0]["AccessToken"])
        self._verifier.verify_access(self._old[0]["AccessToken"])
        self._patient.verify(self._old[0]["AccessToken"])
        self._old = self._old[:50] + self._old[-1:]

    def _proof(self, sdk: Any) -> dict[str, str]:
        sub = sdk.admin_get_user(UserPoolId=self._pool.pool_id, Username=self._username)["Username"]
        return {"SECRET_HASH": self._pool.hash(sub)["SecretHash"]}


def _ends(tokens: dict[str, str]) -> float:
    claims = pyjwt.decode(tokens["AccessToken"], options={"verify_signature": False})
    return float(claims["exp"])
