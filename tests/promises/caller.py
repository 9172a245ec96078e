"""Calls both services with signatures of every kind, right and wrong."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Self
from unittest.mock import patch

import urllib3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from promises.made_up import target_of
from refusals.service import Answer


@dataclass(frozen=True)
class Signature:
    """How a request is signed, and what is done to it afterwards. `replace` changes the Authorization header."""

    access_key: str
    secret: str
    token: str | None = None
    late: timedelta = timedelta()
    other_service: bool = False
    replace: tuple[str, str] = ("", "")
    authorization: str | None = None


@dataclass
class Caller:
    """Sends raw requests to one server."""

    url: str
    http: urllib3.PoolManager = field(default_factory=lambda: urllib3.PoolManager(retries=False, timeout=30))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.clear()

    def call(
        self, operation: tuple[str, str], request: Mapping[str, Any], signature: Signature | None = None
    ) -> Answer:
        """Call an operation of a service; without a signature there is no Authorization header."""
        body = json.dumps(request).encode()
        headers = self.headers(operation, body, signature)
        got = self.http.request("POST", f"{self.url}/", body=body, headers=headers)
        return Answer(got.status, {name.lower(): value for name, value in got.headers.items()}, got.data)

    def headers(
        self, operation: tuple[str, str], body: bytes, signature: Signature | None, query: str = ""
    ) -> dict[str, str]:
        """The headers of a request with this body."""
        plain = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": target_of(*operation)}
        if signature is None:
            return plain
        request = AWSRequest("POST", f"{self.url}/?{query}", headers=plain, data=body)
        _sign(request, operation[0], signature)
        headers = dict(request.headers.items())
        if signature.authorization is not None:
            headers["Authorization"] = signature.authorization
        headers["Authorization"] = headers["Authorization"].replace(*signature.replace)
        return headers


SERVICES = {"cognito-idp": "cognito-identity", "cognito-identity": "cognito-idp"}


def _sign(request: AWSRequest, service: str, signature: Signature) -> None:
    credentials = Credentials(signature.access_key, signature.secret, signature.token)
    scope = SERVICES[service] if signature.other_service else service
    now = datetime.now(UTC).replace(tzinfo=None) - signature.late
    with patch("botocore.auth.get_current_datetime", lambda **_: now):
        SigV4Auth(credentials, scope, "us-east-1").add_auth(request)
