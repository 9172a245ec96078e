"""What every operation stands on: the app client, signing, retries and the memory of canonical usernames."""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any, TypeVar

from cognomen_kit import aws_json
from cognomen_kit.app import App
from cognomen_kit.calls import Call, Compute, ConnectionFailed, HttpRequest, JsonObject, Wait, fetch
from cognomen_kit.errors import Circumstances, CognitoError, CognitoUnavailable
from cognomen_kit.members import read_members
from cognomen_kit.retries import may_repeat
from cognomen_kit.surroundings import Surroundings

T = TypeVar("T")


class Core:
    """Holds what operations need; knows no network and no clock but the ones it is given."""

    app: App
    surroundings: Surroundings
    names: "CanonicalNames"

    def send(self, operation: str, members: Mapping[str, Any], hashed: str | None = None) -> Call[JsonObject]:
        """One operation, repeated where that is safe; `hashed` is the username of the SECRET_HASH inside."""
        retries = self.surroundings.retries
        body = aws_json.body_of(members)
        for attempt in range(1, retries.attempts):
            try:
                return (yield from self._send_once(operation, body, hashed))
            except CognitoError as error:
                if not may_repeat(operation, error):
                    raise
            yield Wait(retries.pause(attempt))
        return (yield from self._send_once(operation, body, hashed))

    def ask(self, result: type[T], operation: str, members: Mapping[str, Any], hashed: str | None = None) -> Call[T]:
        """One operation, its answer read into the result's type."""
        return read_members(result, (yield from self.send(operation, members, hashed)))

    def named(self, username: str) -> JsonObject:
        """The members that name the app client and the user, with the proof that belongs to them."""
        return {
            "ClientId": self.app.required_client_id,
            "SecretHash": self.app.secret_hash(username),
            "Username": username,
        }

    def pooled(self, username: str) -> JsonObject:
        """The members by which administrators name a user."""
        return {"UserPoolId": self.app.required_user_pool_id, "Username": username}

    def _send_once(self, operation: str, body: bytes, hashed: str | None) -> Call[JsonObject]:
        request = HttpRequest("POST", self.app.endpoint + "/", aws_json.headers_of(operation), body)
        if operation not in aws_json.UNSIGNED:
            request = yield Compute(self.surroundings.sign, (request, self.app.required_region))
        try:
            response = yield from fetch(request)
        except ConnectionFailed as failed:
            details = {"unsent": failed.unsent}
            at = Circumstances(operation=operation, hashed_username=hashed, details=details)
            raise CognitoUnavailable(str(failed), at=at) from failed
        return aws_json.read(response, operation, hashed)


class CanonicalNames:
    """Remembers which username a refresh token belongs to, by its digest; the oldest are forgotten."""

    def __init__(self, capacity: int = 10_000) -> None:
        self._capacity = capacity
        self._names: OrderedDict[bytes, str] = OrderedDict()
        self._lock = threading.Lock()

    def remember(self, refresh_token: str, username: str) -> None:
        """Note the canonical username that the token was given to."""
        with self._lock:
            self._names[_digest(refresh_token)] = username
            self._names.move_to_end(_digest(refresh_token))
            while len(self._names) > self._capacity:
                self._names.popitem(last=False)

    def of(self, refresh_token: str) -> str | None:
        """The username noted for the token."""
        with self._lock:
            return self._names.get(_digest(refresh_token))


def _digest(refresh_token: str) -> bytes:
    return hashlib.sha256(refresh_token.encode()).digest()
