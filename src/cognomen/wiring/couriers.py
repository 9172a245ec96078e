"""Who carries messages."""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import TypeVar

from cognomen.delivery.inbox import InboxCourier
from cognomen.delivery.port import Courier, Medium
from cognomen.flows.deliver import keep_in_inbox
from cognomen.services import Services
from cognomen.settings import Settings
from cognomen.settings.sections import Sms, Smtp
from cognomen.settings.webhook_secrets import read_webhook_secrets

T = TypeVar("T")


def media_of(settings: Settings) -> frozenset[str]:
    """Which media somebody carries: in dev the inbox takes what no courier does."""
    couriers = {Medium.EMAIL: settings.smtp.host, Medium.SMS: settings.sms.webhook_url}
    return frozenset(medium for medium, where in couriers.items() if settings.is_dev or where)


def couriers_of(settings: Settings, world: Services) -> Mapping[Medium, Courier]:
    """Who carries which medium."""
    couriers: dict[Medium, Courier] = {}
    if settings.is_dev:
        inbox = InboxCourier(lambda message: keep_in_inbox(world, message))
        couriers = dict.fromkeys(Medium, inbox)
    if settings.smtp.host:
        smtp = import_module("cognomen.delivery.smtp")  # only servers that send mail pay for importing it
        couriers[Medium.EMAIL] = smtp.SmtpCourier(relay_of(settings.smtp, smtp.Relay))
    if settings.sms.webhook_url:
        webhook = import_module("cognomen.delivery.webhook")
        couriers[Medium.SMS] = webhook.WebhookCourier(webhook_of(settings.sms, webhook.Webhook), world.now_ms)
    return couriers


def relay_of(asked: Smtp, relay: Callable[..., T]) -> T:
    """The mail server of the settings."""
    return relay(
        host=asked.host,
        port=asked.port,
        sender=asked.sender,
        security=asked.security,
        username=asked.username or "",
        password=asked.password or "",
        ca_file=str(asked.ca_file) if asked.ca_file else None,
        timeout_seconds=asked.timeout_s,
    )


def webhook_of(asked: Sms, webhook: Callable[..., T]) -> T:
    """The webhook of the settings."""
    assert asked.webhook_secret_file  # no server starts without
    return webhook(
        url=asked.webhook_url,
        secrets=read_webhook_secrets(asked.webhook_secret_file),
        ca_file=str(asked.ca_file) if asked.ca_file else None,
        timeout_seconds=asked.timeout_s,
    )
