"""LambdaConfig: which trigger of a pool is at which ARN (reference 08)."""

from collections.abc import Mapping
from typing import Any

from cognomen import errors
from cognomen.domain.trigger_names import Trigger

Document = Mapping[str, Any]
LEGACY, CONFIG = Trigger.PRE_TOKEN_GENERATION.value, "PreTokenGenerationConfig"
SENDERS = (Trigger.CUSTOM_EMAIL_SENDER, Trigger.CUSTOM_SMS_SENDER)
CODE_KEY = "KMSKeyID"
CHALLENGES = (Trigger.DEFINE_AUTH_CHALLENGE, Trigger.CREATE_AUTH_CHALLENGE, Trigger.VERIFY_AUTH_CHALLENGE)


def lambda_config_of(asked: Document) -> dict[str, Any]:
    """LambdaConfig as Describe shows it: the two members for token generation say the same.

    Raises InvalidParameterException where they contradict each other, or codes have no key for their sender.
    """
    config = {name: value for name, value in asked.items() if value}
    if CODE_KEY not in config and any(sender.value in config for sender in SENDERS):
        raise errors.SenderKeyMissing
    versioned = config.get(CONFIG)
    arn = (versioned or {}).get("LambdaArn") or config.get(LEGACY)
    if arn is None:
        return config
    if config.get(LEGACY, arn) != arn:
        raise errors.TokenTriggersDiffer
    return {**config, LEGACY: arn, CONFIG: versioned or {"LambdaVersion": "V1_0", "LambdaArn": arn}}


def triggers_of(settings: Document) -> Mapping[Trigger, str]:
    """The ARNs of the triggers that a pool has."""
    config = settings.get("LambdaConfig") or {}
    return {trigger: _arn_in(config[trigger.value]) for trigger in Trigger if config.get(trigger.value)}


def _arn_in(value: str | Document) -> str:
    """Senders are written with the version of their events, which is always the same."""
    return value if isinstance(value, str) else str(value["LambdaArn"])


def code_key_of(settings: Document) -> str | None:
    """The ARN of the key that codes are encrypted under for the pool's senders."""
    key: str | None = (settings.get("LambdaConfig") or {}).get(CODE_KEY)
    return key


def token_version_of(settings: Document) -> str:
    """The version of the events for token generation: 1, 2 or 3."""
    version = ((settings.get("LambdaConfig") or {}).get(CONFIG) or {}).get("LambdaVersion") or "V1_0"
    return str(version)[1]
