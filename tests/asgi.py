"""A client without a network: raw ASGI in, raw ASGI out."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

HOST = "127.0.0.1:9229"
JSON = "application/x-amz-json-1.1"
SIGNED = (
    "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/eu-west-1/cognito-idp/aws4_request, "
    "SignedHeaders=host;x-amz-date, Signature=ab"
)


@dataclass
class Reply:
    """What the application sent."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def type(self) -> str:
        return str(self.json["__type"])


@dataclass
class Browser:
    """Sends requests to an ASGI application; `sent` counts the chunks of the last body that were taken."""

    app: Any
    taken: int = field(default=0)

    async def send(
        self, method: str, target: str, headers: dict[str, str] | None = None, chunks: Iterable[bytes] = (b"",)
    ) -> Reply:
        path, _, query = target.partition("?")
        waiting = list(chunks)
        self.taken = 0
        sent: list[Any] = []

        async def receive() -> Any:
            if not waiting:
                return {"type": "http.disconnect"}
            self.taken += 1
            return {"type": "http.request", "body": waiting.pop(0), "more_body": bool(waiting)}

        async def send(message: Any) -> None:
            sent.append(message)

        raw = [(n.lower().encode("latin-1"), v.encode("latin-1")) for n, v in {"Host": HOST, **(headers or {})}.items()]
        scope = {"type": "http", "method": method, "path": path, "query_string": query.encode(), "headers": raw}
        await self.app({**scope, "client": ("192.0.2.7", 4711)}, receive, send)
        names = {name.decode("latin-1"): value.decode("latin-1") for name, value in sent[0]["headers"]}
        return Reply(sent[0]["status"], names, b"".join(message.get("body", b"") for message in sent[1:]))

    async def get(self, target: str, headers: dict[str, str] | None = None) -> Reply:
        return await self.send("GET", target, headers)

    async def call(self, operation: str, body: bytes = b"{}", **headers: str | None) -> Reply:
        """An API call; a header given as None is left out."""
        service = "AWSCognitoIdentityProviderService"
        target = operation if "." in operation else f"{service}.{operation}"
        usual = {"X-Amz-Target": target, "Content-Type": JSON, "Content-Length": str(len(body))}
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        chosen = {n: v for n, v in {**usual, **given}.items() if v is not None}
        return await self.send("POST", "/", chosen, [body])

    async def signed(self, operation: str, body: bytes = b"{}") -> Reply:
        return await self.call(operation, body, Authorization=SIGNED)
