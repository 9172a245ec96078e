"""What the settings may map an ARN to, and what keeps such a line from working."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from cognomen.triggers.aws_lambda import LambdaTarget
from cognomen.triggers.port import Target
from cognomen.triggers.python import HandlerMissing, PythonTarget
from cognomen.triggers.sigv4 import Credentials
from cognomen.triggers.webhook import WebhookTarget

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
PLACE = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_][\w.]*")


class TargetUnusable(Exception):  # noqa: N818
    """Why a target cannot be used, and what to do."""


@dataclass(frozen=True, slots=True)
class Secrets:
    """What targets over the network prove themselves with."""

    webhook: tuple[bytes, ...] = field(default=(), repr=False)
    credentials: Credentials | None = None


def targets_of(
    lines: Mapping[str, str], secrets: Secrets, now_ms: Callable[[], int]
) -> tuple[Mapping[str, Target], list[str]]:
    """The targets by their ARNs, and what keeps lines of the settings from working."""
    targets, problems = {}, []
    for arn, line in lines.items():
        try:
            targets[arn] = target_of(line, secrets, now_ms)
        except TargetUnusable as fault:
            problems.append(f'[triggers] "{arn}" = "{line}": {fault}')
    return targets, problems


def target_of(text: str, secrets: Secrets, now_ms: Callable[[], int]) -> Target:
    """The target that a line of the settings means; raises TargetUnusable."""
    kind = text.partition(":")[0]
    if kind not in KINDS:
        raise TargetUnusable("name a target such as python:package.module:function, https://host/path or lambda:URL")
    return KINDS[kind](text, secrets, now_ms)


def _python(text: str, _secrets: Secrets, _now_ms: Callable[[], int]) -> Target:
    place = text.removeprefix("python:")
    if not PLACE.fullmatch(place):
        raise TargetUnusable("write python:package.module:function")
    try:
        return PythonTarget.named(place)
    except HandlerMissing as missing:
        raise TargetUnusable(f"{place} cannot be imported ({missing}): mend it, or put it onto PYTHONPATH") from missing


def _webhook(text: str, secrets: Secrets, now_ms: Callable[[], int]) -> Target:
    _require_safe(text)
    if not secrets.webhook:
        raise TargetUnusable("requests to webhooks are signed: set trigger_calls.webhook_secret_file")
    return WebhookTarget(text, secrets.webhook, now_ms)


def _lambda(text: str, secrets: Secrets, now_ms: Callable[[], int]) -> Target:
    url = text.removeprefix("lambda:")
    _require_safe(url)
    if secrets.credentials is None:
        raise TargetUnusable("set trigger_calls.aws_access_key_id and trigger_calls.aws_secret_access_key")
    return LambdaTarget(url, secrets.credentials, now_ms)


def _require_safe(url: str) -> None:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host, parts = None, urlsplit("")
    if not host or parts.scheme not in {"http", "https"}:
        raise TargetUnusable("the URL must begin with https:// and a host")
    if parts.scheme == "http" and host not in LOOPBACK:
        raise TargetUnusable("events hold personal data: begin the URL with https://, or name this machine")


KINDS: Mapping[str, Callable[[str, Secrets, Callable[[], int]], Target]] = {
    "python": _python,
    "https": _webhook,
    "http": _webhook,
    "lambda": _lambda,
}
