"""AWS Signature Version 4 for the calls that need it (AWS General Reference: signing AWS API requests)."""

import hashlib
import hmac
from datetime import UTC, datetime
from urllib.parse import urlsplit

from cognomen_kit.calls import HttpRequest
from cognomen_kit.credentials import Credentials

SERVICE = "cognito-idp"
ALGORITHM = "AWS4-HMAC-SHA256"


def sign(request: HttpRequest, credentials: Credentials, region: str, at: float) -> HttpRequest:
    """The request with its signature; `at` is in seconds since 1970, and AWS takes minutes of skew at most."""
    stamp = datetime.fromtimestamp(at, UTC).strftime("%Y%m%dT%H%M%SZ")
    headers = {**request.headers, "host": urlsplit(request.url).netloc, "x-amz-date": stamp}
    if credentials.session_token:
        headers["x-amz-security-token"] = credentials.session_token
    scope = f"{stamp[:8]}/{region}/{SERVICE}/aws4_request"
    signed = ";".join(sorted(headers))
    to_sign = "\n".join((ALGORITHM, stamp, scope, _sha256(_canonical(request, headers, signed))))
    signature = hmac.digest(_key(credentials, scope), to_sign.encode(), hashlib.sha256).hex()
    headers["authorization"] = (
        f"{ALGORITHM} Credential={credentials.access_key_id}/{scope}, SignedHeaders={signed}, Signature={signature}"
    )
    return HttpRequest(request.method, request.url, headers, request.body)


def _canonical(request: HttpRequest, headers: dict[str, str], signed: str) -> bytes:
    """Method, path, query, headers and body digest; the service is called at a plain path without a query."""
    lines = [f"{name}:{' '.join(headers[name].split())}" for name in sorted(headers)]
    path = urlsplit(request.url).path or "/"
    return "\n".join((request.method, path, "", *lines, "", signed, _sha256(request.body))).encode()


def _key(credentials: Credentials, scope: str) -> bytes:
    """The signing key, derived from the secret key through each part of the scope."""
    key = b"AWS4" + credentials.secret_access_key.encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), hashlib.sha256)
    return key


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
