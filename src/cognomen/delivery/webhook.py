"""The courier that hands text messages to a webhook, signed as Standard Webhooks says (standardwebhooks.com)."""

import asyncio
import base64
import hmac
import json
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field

import httpx2

from cognomen.delivery.port import DeliveryFailed, Medium, Message
from cognomen.delivery.trust import trusted_authorities
from cognomen.transactions import refuse_network_in_write


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where messages are handed over. With several secrets every call carries a signature by each.

    `ca_file` adds a private authority; `timeout_seconds` is for a whole call.
    """

    url: str = field(repr=False)  # it may hold a password
    secrets: tuple[bytes, ...] = field(repr=False)
    ca_file: str | None = None
    timeout_seconds: float = 10


class WebhookCourier:
    """Posts each message as JSON; whatever is not answered by a 2xx has failed. Redirections are not followed."""

    def __init__(self, webhook: Webhook, now_ms: Callable[[], int]) -> None:
        self._webhook = webhook
        self._now_ms = now_ms
        self._trust = trusted_authorities(webhook.ca_file)
        self._client: httpx2.AsyncClient | None = None

    async def send(self, message: Message) -> None:
        """Return when the receiver has answered that it took the message; raises DeliveryFailed."""
        refuse_network_in_write()
        if message.medium is not Medium.SMS:
            raise DeliveryFailed(f"the webhook does not carry {message.medium}", hopeless=True)
        body = body_of(message)
        headers = signed_headers(self._webhook.secrets, message.message_id, self._now_ms() // 1000, body)
        try:
            async with asyncio.timeout(self._webhook.timeout_seconds):
                status = await self._post(headers, body)
        except TimeoutError:
            raise DeliveryFailed(f"no answer within {self._webhook.timeout_seconds:g} s") from None
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as error:
            raise DeliveryFailed(type(error).__name__) from None  # its text may quote the URL and its password
        if not 200 <= status < 300:  # noqa: PLR2004
            raise DeliveryFailed(f"answered {status}")

    async def _post(self, headers: dict[str, str], body: bytes) -> int:
        """The status alone: what else the receiver says is not read, however long it is."""
        if self._client is None:
            self._client = _client(self._trust)
        async with self._client.stream("POST", self._webhook.url, headers=headers, content=body) as answer:
            return int(answer.status_code)

    async def rest(self) -> None:
        """Close all connections."""
        client, self._client = self._client, None
        if client:
            await client.aclose()


def body_of(message: Message) -> bytes:
    """The message as the receiver gets it. Times are in seconds since 1970; after `expires_at` it is of no use."""
    document = {
        "type": "sms",
        "id": message.message_id,
        "to": message.to,
        "text": message.body,
        "kind": message.kind,
        "pool_id": message.pool_id,
        "username": message.username,
        "created_at": message.created_ms // 1000,
        "expires_at": message.expires_ms // 1000,
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def signed_headers(secrets: tuple[bytes, ...], message_id: str, at: int, body: bytes) -> dict[str, str]:
    """What proves who sent this and when: HMAC-SHA256 of id, time in seconds and body, by each of the secrets."""
    signed = f"{message_id}.{at}.".encode() + body
    signatures = (base64.b64encode(hmac.digest(secret, signed, "sha256")).decode() for secret in secrets)
    return {
        "content-type": "application/json",
        "user-agent": "cognomen",
        "webhook-id": message_id,  # the same for each try, so that a message that comes twice can be recognised
        "webhook-timestamp": str(at),
        "webhook-signature": " ".join(f"v1,{signature}" for signature in signatures),
    }


def _client(trust: ssl.SSLContext) -> httpx2.AsyncClient:
    """Connections to be made; no proxy or password comes from the environment."""
    return httpx2.AsyncClient(verify=trust, trust_env=False, follow_redirects=False, timeout=None)
