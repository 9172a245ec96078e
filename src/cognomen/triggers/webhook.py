"""Handlers behind a URL: the event is the body of a POST, and the body of the answer is the event again.

Signed as Standard Webhooks says (standardwebhooks.com), as text messages are.
"""

import base64
import hmac
import json
import secrets
from collections.abc import Callable
from urllib.parse import urlsplit

from cognomen.triggers.port import HandlerFailed, TargetUnreachable
from cognomen.triggers.posting import post

OK = 200
ID_BYTES = 16


def signed_headers(keys: tuple[bytes, ...], call_id: str, at: int, body: bytes) -> dict[str, str]:
    """What proves who sent this and when: HMAC-SHA256 of id, time in seconds and body, by each of the keys."""
    signed = f"{call_id}.{at}.".encode() + body
    signatures = (base64.b64encode(hmac.digest(key, signed, "sha256")).decode() for key in keys)
    return {
        "webhook-id": call_id,
        "webhook-timestamp": str(at),
        "webhook-signature": " ".join(f"v1,{signature}" for signature in signatures),
    }


def error_in(body: bytes) -> str | None:
    """The errorMessage with which handlers on AWS Lambda fail; None where there is none."""
    try:
        said = json.loads(body)
    except ValueError:
        return None
    message = said.get("errorMessage") if isinstance(said, dict) else None
    return message if isinstance(message, str) else None


class WebhookTarget:
    """A web service. 200 brings the event back; any other status with an errorMessage is a handler that failed."""

    def __init__(self, url: str, keys: tuple[bytes, ...], now_ms: Callable[[], int]) -> None:
        self._url = url
        self._keys = keys
        self._now_ms = now_ms

    def call(self, arn: str, event: bytes, seconds: float) -> bytes:
        """Raises HandlerFailed, TargetUnreachable, AnswerUnreadable."""
        parts = urlsplit(self._url)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        signed = signed_headers(self._keys, secrets.token_hex(ID_BYTES), self._now_ms() // 1000, event)
        headers = {"content-type": "application/json", "cognomen-trigger-arn": arn, **signed}
        answer = post(self._url, path, headers, event, seconds)
        if answer.status == OK:
            return answer.body
        message = error_in(answer.body)
        if message is None:
            raise TargetUnreachable(f"HTTP status {answer.status}")
        raise HandlerFailed(message)
