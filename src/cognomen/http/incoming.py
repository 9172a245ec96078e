"""The head of an HTTP request as the rest of this package reads it, and its body, read up to a limit."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from starlette.types import Receive, Scope

from cognomen import errors
from cognomen.http.proxies import Proxies

MIB = 1_048_576


NOBODY = Proxies()


class ClientGone(Exception):  # noqa: N818
    """The client closed the connection before its request was complete: there is nobody to answer."""


class BodyTooLong(errors.SerializationException):
    """The rest of the body is not read, so the connection cannot serve another request."""

    wording = "The request body is longer than {limit} bytes"


@dataclass(frozen=True, slots=True)
class Incoming:
    """A request before its body is read. Header names are lower case; repeated ones are joined by a comma."""

    request_id: str
    method: str
    path: str
    query: bytes = field(repr=False)
    headers: Mapping[bytes, bytes] = field(repr=False)
    client: str


def incoming_of(scope: Scope, request_id: str, proxies: Proxies = NOBODY) -> Incoming:
    """Read an ASGI scope (ASGI HTTP 2.4); `client` is empty where the peer has no address."""
    client = scope.get("client")
    headers = _joined(scope["headers"])
    return Incoming(
        request_id=request_id,
        method=scope["method"],
        path=scope["path"],
        query=scope["query_string"],
        headers=headers,
        client=proxies.client_behind(client[0], headers) if client else "",
    )


def _joined(pairs: list[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    headers = dict(pairs)
    if len(headers) < len(pairs):
        headers = {name: b",".join(value.strip() for n, value in pairs if n == name) for name in headers}
    return headers


async def read_body(incoming: Incoming, receive: Receive, limit: int) -> bytes:
    """The whole body; raises BodyTooLong as soon as it is known to exceed `limit` bytes, ClientGone."""
    if _declared_length(incoming) > limit:
        raise BodyTooLong(limit=limit)
    message = await receive()
    body = _chunk(message)
    if not message.get("more_body") and len(body) <= limit:
        return body
    chunks, size = [body], len(body)
    while message.get("more_body") and size <= limit:
        message = await receive()
        chunks.append(_chunk(message))
        size += len(chunks[-1])
    if size > limit:
        raise BodyTooLong(limit=limit)
    return b"".join(chunks)


def _declared_length(incoming: Incoming) -> int:
    declared = incoming.headers.get(b"content-length", b"")
    return int(declared) if declared.isdigit() else 0


def _chunk(message: Mapping[str, object]) -> bytes:
    if message["type"] == "http.disconnect":
        raise ClientGone
    body = message.get("body", b"")
    assert isinstance(body, bytes)
    return body
