"""Signing requests to AWS with Signature Version 4; written from AWS's description of it."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

ALGORITHM = "AWS4-HMAC-SHA256"


@dataclass(frozen=True, slots=True)
class Credentials:
    """An access key; temporary ones have a session token."""

    key_id: str
    secret: str = field(repr=False)
    session_token: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Post:
    """A POST to be signed; `path` is as it is sent, and `time` like 20260102T030405Z."""

    host: str
    path: str
    body: bytes = field(repr=False)
    region: str
    service: str
    time: str


def signed_headers(post: Post, credentials: Credentials, more: Mapping[str, str]) -> dict[str, str]:
    """The headers to send, Authorization among them."""
    token = {"x-amz-security-token": credentials.session_token} if credentials.session_token else {}
    headers = {**more, **token, "host": post.host, "x-amz-date": post.time}
    names = ";".join(sorted(headers))
    canonical = "\n".join(
        (
            "POST",
            quote(post.path, safe="/-_.~"),  # every service but S3 has what is escaped escaped again
            "",
            *(f"{name}:{headers[name].strip()}" for name in sorted(headers)),
            "",
            names,
            hashlib.sha256(post.body).hexdigest(),
        )
    )
    scope = f"{post.time[:8]}/{post.region}/{post.service}/aws4_request"
    to_sign = "\n".join((ALGORITHM, post.time, scope, hashlib.sha256(canonical.encode()).hexdigest()))
    signature = hmac.digest(_key(post, credentials), to_sign.encode(), "sha256").hex()
    value = f"{ALGORITHM} Credential={credentials.key_id}/{scope}, SignedHeaders={names}, Signature={signature}"
    return {**headers, "authorization": value}


def _key(post: Post, credentials: Credentials) -> bytes:
    key = f"AWS4{credentials.secret}".encode()
    for part in (post.time[:8], post.region, post.service, "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return key
