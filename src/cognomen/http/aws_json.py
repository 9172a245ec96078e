"""AWS JSON 1.1: one request in, one answer out (reference 01 and 14)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec
from starlette.types import Receive
from structlog.typing import FilteringBoundLogger

from cognomen import errors
from cognomen.api.call import Head, Principal
from cognomen.api.dispatch import dispatch
from cognomen.errors import Refusal
from cognomen.http import limits, strict_json
from cognomen.http.access_log import CLIENT_GONE, Entry
from cognomen.http.cors import ANY_ORIGIN, EXPOSED, Headers
from cognomen.http.incoming import MIB, BodyTooLong, ClientGone, Incoming, read_body
from cognomen.http.sigv4 import Signatures
from cognomen.http.store_trouble import StoreTrouble
from cognomen.services import Services
from cognomen.storage.database import StorageFailed
from cognomen.wire import identity, idp
from cognomen.wire._base import Access, Operation, WireStruct

CONTENT_TYPE = (b"content-type", b"application/x-amz-json-1.1")
# AWS answers any other content type like an operation it does not know; 1.0 differs in nothing that is used here.
UNDERSTOOD = frozenset({b"application/x-amz-json-1.1", b"application/x-amz-json-1.0"})
LONGEST_HEADER = 1024
SERVICES = {"AWSCognitoIdentityProviderService": idp.OPERATIONS, "AWSCognitoIdentityService": identity.OPERATIONS}
OPERATIONS: Mapping[bytes, Operation] = {
    f"{prefix}.{name}".encode(): operation
    for prefix, operations in SERVICES.items()
    for name, operation in operations.items()
}
# Documented in the model: style documents and images of up to two megabytes.
LONGER_BODIES = {"CreateManagedLoginBranding": 2 * MIB, "UpdateManagedLoginBranding": 2 * MIB}


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer, ready to be sent."""

    status: int
    headers: Headers
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class AwsJson:
    """The codec of both services. `longest_body` holds where an operation's own limits need no longer one."""

    world: Services
    signatures: Signatures
    longest_body: int
    log: FilteringBoundLogger
    trouble: StoreTrouble

    async def answer(self, incoming: Incoming, receive: Receive, entry: Entry) -> Answer | None:
        """Answer a request, whatever is in it; None where the client is gone. Notes in `entry` what becomes known."""
        try:
            return _done(incoming, await self._perform(incoming, receive, entry))
        except ClientGone:
            entry.status = CLIENT_GONE
            return None
        except Refusal as refusal:
            entry.shed = isinstance(refusal, errors.Overloaded)
            return _refused(incoming, refusal, entry)
        except StorageFailed as fault:
            self.trouble.note(fault)
        except Exception:
            self.log.exception("request failed", request_id=incoming.request_id, operation=entry.operation)
        return _refused(incoming, errors.InternalErrorException(f"Request id: {incoming.request_id}"), entry)

    async def _perform(self, incoming: Incoming, receive: Receive, entry: Entry) -> bytes:
        operation = _operation(incoming)
        entry.operation = operation.name
        body = await read_body(incoming, receive, max(self.longest_body, LONGER_BODIES.get(operation.name, 0)))
        principal = await self._principal(operation, incoming, body)
        head = Head(incoming.request_id, incoming.client, principal, _user_agent(incoming))
        request = strict_json.decode(operation, body)
        _note(entry, request)
        limits.check(operation, request)
        result = await dispatch(self.world, operation, head, request)
        return b"" if operation.output is None else strict_json.encode(result)

    async def _principal(self, operation: Operation, incoming: Incoming, body: bytes) -> Principal | None:
        """Who signed; the Authorization header means nothing to an operation that is not signed."""
        if operation.access is Access.IAM or (
            operation.access is Access.IAM_OR_CLIENT and b"authorization" in incoming.headers
        ):
            return await self.signatures.check(incoming, body, operation.service)
        return None


def _operation(incoming: Incoming) -> Operation:
    content_type = incoming.headers.get(b"content-type", b"").partition(b";")[0].strip().lower()
    operation = OPERATIONS.get(incoming.headers.get(b"x-amz-target", b""))
    if operation is None or content_type not in UNDERSTOOD:
        raise errors.UnknownOperationException
    return operation


def _user_agent(incoming: Incoming) -> str:
    """How the caller calls itself; SDKs that may not set the usual header, as in some browsers, have another one."""
    name = incoming.headers.get(b"user-agent") or incoming.headers.get(b"x-amz-user-agent", b"")
    return name.decode("latin-1")


def _note(entry: Entry, request: WireStruct) -> None:
    entry.pool_id = getattr(request, "user_pool_id", None) or ""
    entry.client_id = getattr(request, "client_id", None) or ""


def _done(incoming: Incoming, body: bytes) -> Answer:
    return Answer(200, _headers(incoming, body), body)


def _refused(incoming: Incoming, refusal: Refusal, entry: Entry) -> Answer:
    entry.error = refusal.wire_name
    wording = str(refusal)
    body = msgspec.json.encode({"__type": refusal.wire_name, **({"message": wording} if wording else {})})
    headers = _headers(incoming, body)
    headers.append((b"x-amzn-errortype", f"{refusal.wire_name}:".encode()))
    if wording and wording.isascii() and wording.isprintable():  # what a header cannot hold stands in the body alone
        headers.append((b"x-amzn-errormessage", wording[:LONGEST_HEADER].encode()))
    if isinstance(refusal, BodyTooLong):
        headers.append((b"connection", b"close"))
    return Answer(refusal.status, headers, body)


def _headers(incoming: Incoming, body: bytes) -> Headers:
    return [
        CONTENT_TYPE,
        (b"content-length", b"%d" % len(body)),
        (b"x-amzn-requestid", incoming.request_id.encode()),
        ANY_ORIGIN,
        EXPOSED,
    ]
