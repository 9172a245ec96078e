"""What stands behind the ARNs of pools."""

from collections.abc import Callable, Mapping
from importlib import import_module

from cognomen.settings import Settings
from cognomen.settings.code_keys import read_code_keys
from cognomen.settings.webhook_secrets import holds_webhook_secrets, read_webhook_secrets
from cognomen.signing.port import NO_CODE_KEYS, CodeKeys
from cognomen.triggers.port import NO_TRIGGERS, Target, Triggers
from cognomen.triggers.routing import Bounds, RoutingTriggers
from cognomen.triggers.sigv4 import Credentials
from cognomen.triggers.targets import Secrets, TargetUnusable, targets_of

TRIGGERS_LOGGED = 200  # the last runs, for /_dev/triggers


class CodeKeysUnusable(Exception):  # noqa: N818
    """Why keys of the settings cannot be used, and what to do."""


def triggers_of(settings: Settings, now_ms: Callable[[], int]) -> Triggers:
    """What stands behind the ARNs of triggers; raises TargetUnusable. Only dev keeps what was said."""
    if not settings.triggers:
        return NO_TRIGGERS
    targets, problems = trigger_targets(settings, now_ms)
    if problems:
        raise TargetUnusable("\n".join(problems))
    asked = settings.trigger_calls
    bounds = Bounds(asked.at_a_time, asked.queue, asked.timeout_s)
    return RoutingTriggers(targets, bounds, now_ms, TRIGGERS_LOGGED if settings.is_dev else 0)


def code_keys_of(settings: Settings) -> CodeKeys:
    """The keys behind the KMSKeyID of pools; raises CodeKeysUnusable."""
    if not settings.kms_keys:
        return NO_CODE_KEYS
    keys, problems = read_code_keys(settings.kms_keys)
    if problems:
        raise CodeKeysUnusable("\n".join(problems))
    code_keys: CodeKeys = import_module("cognomen.signing.code_keys").AesCodeKeys(keys)
    return code_keys


def trigger_targets(settings: Settings, now_ms: Callable[[], int]) -> tuple[Mapping[str, Target], list[str]]:
    """The targets of the settings, and what keeps some from working."""
    asked = settings.trigger_calls
    key_id, secret = asked.aws_access_key_id, asked.aws_secret_access_key
    credentials = Credentials(key_id, secret, asked.aws_session_token) if key_id and secret else None
    file = asked.webhook_secret_file
    keys = read_webhook_secrets(file) if file and holds_webhook_secrets(file) else ()  # what is wrong, a rule says
    return targets_of(settings.triggers, Secrets(keys, credentials), now_ms)
