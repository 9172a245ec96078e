"""The running server, as tests see it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import urlencode

PREFIX = "AWSCognitoIdentityProviderService"
JSON = "application/json"
AWS_JSON = "application/x-amz-json-1.1"
# In the dev profile any well-formed signature will do.
SIGNED = (
    "AWS4-HMAC-SHA256 Credential=testing/20260101/us-east-1/cognito-idp/aws4_request, SignedHeaders=host, Signature=0"
)
UNWANTED = ("AWS_PROFILE", "AWS_SESSION_TOKEN")  # would win over the credentials of the environment, or spoil them
OK = 200


class Refused(Exception):  # noqa: N818
    """The server refused a call: AWS's name of the refusal, its words, and the HTTP status."""

    def __init__(self, name: str, message: str, status: int) -> None:
        super().__init__(f"{name}: {message}")
        self.name = name
        self.message = message
        self.status = status


@dataclass(frozen=True, slots=True)
class Asked:
    """Whom tokens are for, and what of them is changed, as a trigger for token generation may change it.

    `age` is how many seconds ago they were issued. Where `groups` is None they are the user's own.
    """

    pool_id: str
    client_id: str
    username: str
    claims: Mapping[str, Any] = field(default_factory=dict)
    groups: tuple[str, ...] | None = None
    age: int = 0


class Machinery(Protocol):
    """What runs behind a `Cognomen`; nobody but this package makes one."""

    def send(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
        """One HTTP request to the server: the status and the body of its answer."""

    def issue(self, asked: Asked) -> tuple[str, str, str]:
        """An ID token, an access token and a refresh token, made by the server; raises Refused."""

    def move_clock(self, seconds: int) -> int:
        """Move the server's clock, also back; answers its time in milliseconds since 1970."""


@dataclass(frozen=True)
class Cognomen:
    """A server in a thread of this process. `url` is where it answers, `region` what its pools belong to."""

    url: str
    region: str
    machinery: Machinery

    def call(self, operation: str, /, **members: Any) -> dict[str, Any]:
        """Ask for any operation of cognito-idp, signed, with the members of its request; raises Refused."""
        headers = {"Content-Type": AWS_JSON, "X-Amz-Target": f"{PREFIX}.{operation}", "Authorization": SIGNED}
        status, body = self.machinery.send("POST", "/", json.dumps(members).encode(), headers)
        answer: dict[str, Any] = json.loads(body or b"{}")  # some operations answer nothing
        if status != OK:
            raise Refused(answer["__type"].rpartition("#")[2], answer.get("message", ""), status)
        return answer

    def get(self, path: str, **query: Any) -> Any:
        """A document of the server, such as ``/{pool id}/.well-known/jwks.json``; raises Refused."""
        question = f"?{urlencode(query)}" if query else ""
        return _document(self.machinery.send("GET", path + question, b"", {}))

    @property
    def environment(self) -> Mapping[str, str]:
        """What an SDK needs to find this server, and nothing else by mistake."""
        return {
            "AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER": self.url,
            "AWS_ENDPOINT_URL_COGNITO_IDENTITY": self.url,
            "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "false",
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
        }


def _document(answer: tuple[int, bytes]) -> Any:
    status, body = answer
    if status != OK:
        raise Refused("NotFound", body.decode(errors="replace"), status)
    return json.loads(body)
