"""Signature Version 4 of a request, checked (AWS IAM user guide, "Create a signed AWS API request")."""

import hashlib
import hmac
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Protocol

from cognomen import errors
from cognomen.api.call import Principal
from cognomen.http.authorization import ALGORITHM, Authorization, read_authorization
from cognomen.http.incoming import Incoming
from cognomen.http.signers import Signers

TERMINATOR = "aws4_request"
LEEWAY = timedelta(minutes=15)
BASIC = "%Y%m%dT%H%M%SZ"  # ISO 8601 without separators
SESSION_TOKEN = b"x-amz-security-token"
STAMP = re.compile(r"[0-9]{8}T[0-9]{6}Z")


class Signatures(Protocol):
    """Decides who is believed to be who they say they are."""

    async def check(self, incoming: Incoming, body: bytes, service: str) -> Principal:
        """The caller of a signed request.

        Raises MissingAuthenticationTokenException, IncompleteSignatureException, UnrecognizedClientException,
        ExpiredTokenException, InvalidSignatureException.
        """


class AnyWellFormedSignature:
    """Believes everybody who sends a well-formed Authorization header: for the dev profile alone.

    A key that is known brings its policy along all the same, so that policies can be tried out.
    """

    def __init__(self, account_id: str, signers: Signers | None = None) -> None:
        self._account_id = account_id
        self._signers = signers

    async def check(self, incoming: Incoming, body: bytes, service: str) -> Principal:  # noqa: ARG002
        """Whoever the header names; body and service are not looked at."""
        claimed = read_authorization(incoming.headers)
        token = incoming.headers.get(SESSION_TOKEN)
        signer = await self._signers.find(claimed.access_key_id, token) if self._signers else None
        return Principal(claimed.access_key_id, self._account_id, claimed.region, signer)


class VerifiedSignatures:
    """Believes those who signed with the secret of a known access key, now, for this service."""

    def __init__(self, signers: Signers, account_id: str, now_ms: Callable[[], int]) -> None:
        self._signers = signers
        self._account_id = account_id
        self._now_ms = now_ms
        # bounded, because whoever knows an access key id can name any region
        self._signing_key = lru_cache(maxsize=1024)(_signing_key)

    async def check(self, incoming: Incoming, body: bytes, service: str) -> Principal:
        """Sign the request anew and compare."""
        claimed = read_authorization(incoming.headers)
        stamp = _stamp(incoming.headers)
        signer = await self._signers.find(claimed.access_key_id, incoming.headers.get(SESSION_TOKEN))
        if signer is None:
            raise errors.UnrecognizedClientException
        _check_scope(claimed, service, stamp)
        _check_age(stamp, datetime.fromtimestamp(self._now_ms() // 1000, UTC))
        _check_coverage(claimed, incoming.headers)
        canonical = _canonical_request(claimed, incoming, _body_hash(incoming.headers, body))
        scope = f"{claimed.date}/{claimed.region}/{service}/{TERMINATOR}"
        text = f"{ALGORITHM}\n{stamp}\n{scope}\n{hashlib.sha256(canonical).hexdigest()}"
        key = self._signing_key(signer.secret, claimed.date, claimed.region, service)
        right = hmac.digest(key, text.encode(), "sha256").hex()
        if not hmac.compare_digest(right, claimed.signature):
            raise errors.InvalidSignatureException
        return Principal(claimed.access_key_id, self._account_id, claimed.region, signer)


def _signing_key(secret: str, date: str, region: str, service: str) -> bytes:
    key = f"AWS4{secret}".encode()
    for part in (date, region, service, TERMINATOR):
        key = hmac.digest(key, part.encode(), "sha256")
    return key


def _stamp(headers: Mapping[bytes, bytes]) -> str:
    """When the request was signed, as the string to sign has it: X-Amz-Date wins over Date."""
    given = headers.get(b"x-amz-date", headers.get(b"date", b"")).decode("latin-1")
    if not given:
        text = "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header."
        raise errors.IncompleteSignatureException(text)
    try:
        if STAMP.fullmatch(given):
            return f"{datetime.fromisoformat(given):{BASIC}}"
        return f"{parsedate_to_datetime(given).astimezone(UTC):{BASIC}}"
    except (ValueError, OverflowError):
        raise errors.IncompleteSignatureException("Date must be in ISO-8601 'basic format'.") from None


def _check_scope(claimed: Authorization, service: str, stamp: str) -> None:
    if claimed.service != service:
        raise errors.InvalidSignatureException(f"Credential should be scoped to correct service: '{service}'. ")
    if claimed.terminator != TERMINATOR:
        raise errors.InvalidSignatureException(f"Credential should be scoped with a valid terminator: '{TERMINATOR}'.")
    if claimed.date != stamp[:8]:
        text = "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP."
        raise errors.InvalidSignatureException(text)


def _check_age(stamp: str, now: datetime) -> None:
    """Basic stamps of one length sort as text in the order of time."""
    oldest, newest = f"{now - LEEWAY:{BASIC}}", f"{now + LEEWAY:{BASIC}}"
    if stamp < oldest:
        text = f"Signature expired: {stamp} is now earlier than {oldest} ({now:{BASIC}} - 15 min.)"
        raise errors.InvalidSignatureException(text)
    if stamp > newest:
        text = f"Signature not yet current: {stamp} is still later than {newest} ({now:{BASIC}} + 15 min.)"
        raise errors.InvalidSignatureException(text)


def _check_coverage(claimed: Authorization, headers: Mapping[bytes, bytes]) -> None:
    """Host, the date and every X-Amz-* header must be signed, or they could be swapped on the way."""
    signed = {name.encode() for name in claimed.signed_headers}
    needed = {name for name in headers if name.startswith(b"x-amz-")} | {b"host"}
    if b"x-amz-date" not in needed:
        needed.add(b"date")
    if not needed <= signed:
        names = ", ".join(sorted(name.decode("latin-1") for name in needed - signed))
        raise errors.InvalidSignatureException(f"The request has headers that must be signed and are not: {names}")


def _body_hash(headers: Mapping[bytes, bytes], body: bytes) -> bytes:
    """SHA-256 of the body; UNSIGNED-PAYLOAD and the streaming forms are not for these services."""
    computed = hashlib.sha256(body).hexdigest().encode()
    if headers.get(b"x-amz-content-sha256", computed) != computed:
        text = "The provided 'x-amz-content-sha256' header does not match what was computed."
        raise errors.InvalidSignatureException(text)
    return computed


def _canonical_request(claimed: Authorization, incoming: Incoming, body_hash: bytes) -> bytes:
    """Every operation is a POST to the one path ``/``, so the rules for escaping paths have no case here."""
    names = [name.encode() for name in claimed.signed_headers]
    lines = [name + b":" + b" ".join(incoming.headers.get(name, b"").split()) for name in names]
    start = (incoming.method.encode(), incoming.path.encode(), _canonical_query(incoming.query))
    return b"\n".join((*start, *lines, b"", b";".join(names), body_hash))


def _canonical_query(query: bytes) -> bytes:
    pairs = sorted(pair.partition(b"=")[::2] for pair in query.split(b"&") if pair)
    return b"&".join(name + b"=" + value for name, value in pairs)
