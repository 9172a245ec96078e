"""What makes settings refuse to start, each with what to do about it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from cognomen.settings.files import open_to_others
from cognomen.settings.loopback import is_loopback
from cognomen.settings.server import Settings
from cognomen.settings.webhook_secrets import holds_webhook_secrets

LEAST_MEMORY_KIB = 7168  # the least of OWASP's Argon2id profiles: 7 MiB, five passes
LEAST_WORK_KIB = LEAST_MEMORY_KIB * 5


def broken_rules(settings: Settings) -> list[str]:
    """Everything that makes the profile refuse to start; empty means none."""
    applying = (rule for rule in RULES if rule.profile in (None, settings.profile))
    return [rule.text.format(s=settings) for rule in applying if rule.is_broken(settings)]


@dataclass(frozen=True, slots=True)
class Rule:
    """Settings for which `is_broken` is true do not start; the rule of profile None holds in both."""

    profile: str | None
    is_broken: Callable[[Settings], bool]
    text: str


def _clear_public_url(settings: Settings) -> bool:
    parts = urlsplit(settings.url)
    if settings.public_url is None and not settings.tls.is_on:
        return not is_loopback(settings.host)
    return parts.scheme != "https" and not is_loopback(parts.hostname or "")


def _clear_mail(settings: Settings) -> bool:
    smtp = settings.smtp
    return smtp.host is not None and smtp.security == "none" and not is_loopback(smtp.host)


def _clear_webhook(settings: Settings) -> bool:
    parts = urlsplit(settings.sms.webhook_url or "https:")
    return parts.scheme != "https" and not is_loopback(parts.hostname or "")


def _cheap_hashes(settings: Settings) -> bool:
    memory, passes = settings.passwords.memory_kib, settings.passwords.time_cost
    return memory < LEAST_MEMORY_KIB or memory * passes < LEAST_WORK_KIB


def _no_secrets(file: Path | None) -> bool:
    return file is not None and not holds_webhook_secrets(file)


def _open_secrets(file: Path | None) -> bool:
    return file is not None and file.is_file() and open_to_others(file)


def _missing_file(file: Path | None) -> bool:
    return file is not None and not file.is_file()


RULES = (
    Rule(
        "dev",
        lambda s: not s.unsafe_allow_remote and not is_loopback(s.host),
        "dev listens on loopback only and host is {s.host}: set host to 127.0.0.1, or give"
        " --unsafe-allow-remote where something else keeps strangers out, as with a container's ports",
    ),
    Rule(
        None,
        lambda s: s.in_memory and s.workers > 1,
        "data = :memory: belongs to one process and workers is {s.workers}: set workers to 1, or data to a directory",
    ),
    Rule(
        None,
        lambda s: s.passwords.memory_kib < 8 * s.passwords.parallelism,
        "Argon2id needs 8 KiB a lane: set passwords.memory_kib to 8 times passwords.parallelism or more",
    ),
    Rule(
        None,
        lambda s: _no_secrets(s.trigger_calls.webhook_secret_file),
        "trigger_calls.webhook_secret_file {s.trigger_calls.webhook_secret_file} holds no secret: make one with"
        " `(umask 077; echo whsec_$(head -c 32 /dev/urandom | base64 -w0) > {s.trigger_calls.webhook_secret_file})`",
    ),
    Rule(
        None,
        lambda s: _open_secrets(s.trigger_calls.webhook_secret_file),
        "the secrets in {s.trigger_calls.webhook_secret_file} are open to other users of the machine:"
        " `chmod 600 {s.trigger_calls.webhook_secret_file}`",
    ),
    Rule(
        None,
        lambda s: (s.trigger_calls.aws_access_key_id is None) != (s.trigger_calls.aws_secret_access_key is None),
        "trigger_calls.aws_access_key_id and trigger_calls.aws_secret_access_key go together: set both or neither",
    ),
    Rule(
        None,
        lambda s: s.smtp.host is not None and s.smtp.sender is None,
        "smtp.host is set and nobody is named as the sender: set smtp.sender, such as no-reply@example.com",
    ),
    Rule(
        None,
        lambda s: (s.smtp.username is None) != (s.smtp.password is None),
        "smtp.username and smtp.password go together: set both or neither",
    ),
    Rule(
        None,
        lambda s: _missing_file(s.smtp.ca_file),
        "smtp.ca_file {s.smtp.ca_file} is no file: name a PEM file, or leave it out for the system's",
    ),
    Rule(
        None,
        lambda s: (s.sms.webhook_url is None) != (s.sms.webhook_secret_file is None),
        "sms.webhook_url and sms.webhook_secret_file go together: set both or neither",
    ),
    Rule(
        None,
        lambda s: s.sms.webhook_secret_file is not None and not holds_webhook_secrets(s.sms.webhook_secret_file),
        "sms.webhook_secret_file {s.sms.webhook_secret_file} holds no secret: make one with"
        " `(umask 077; echo whsec_$(head -c 32 /dev/urandom | base64 -w0) > {s.sms.webhook_secret_file})`",
    ),
    Rule(
        None,
        lambda s: s.sms.webhook_secret_file is not None and open_to_others(s.sms.webhook_secret_file),
        "the secrets in {s.sms.webhook_secret_file} are open to other users of the machine:"
        " `chmod 600 {s.sms.webhook_secret_file}`",
    ),
    Rule(
        None,
        lambda s: _missing_file(s.sms.ca_file),
        "sms.ca_file {s.sms.ca_file} is no file: name a PEM file, or leave it out for the system's",
    ),
    Rule(
        None,
        lambda s: (s.tls.certificate_file is None) != (s.tls.key_file is None),
        "tls.certificate_file and tls.key_file go together: set both or neither",
    ),
    Rule(
        None,
        lambda s: _missing_file(s.tls.certificate_file),
        "tls.certificate_file {s.tls.certificate_file} is no file: name a PEM file",
    ),
    Rule(
        None,
        lambda s: _missing_file(s.tls.key_file),
        "tls.key_file {s.tls.key_file} is no file: name a PEM file",
    ),
    Rule(
        None,
        lambda s: s.tls.key_file is not None and open_to_others(s.tls.key_file),
        "the private key {s.tls.key_file} is open to other users of the machine: `chmod 600 {s.tls.key_file}`",
    ),
    Rule(
        None,
        lambda s: s.public_url is not None and s.tls.is_on and urlsplit(s.public_url).scheme != "https",
        "the port speaks TLS and public_url is {s.public_url}: begin it with https://",
    ),
    Rule(
        "production",
        lambda s: s.master_key_file is None,
        "production needs a master key and master_key_file is not set: make one with"
        " `(umask 077; head -c 32 /dev/urandom | base64 > master.key)` and set master_key_file = master.key",
    ),
    Rule(
        "production",
        lambda s: s.master_key_file is not None and not s.master_key_file.is_file(),
        "master_key_file {s.master_key_file} is no file: make one with"
        " `(umask 077; head -c 32 /dev/urandom | base64 > {s.master_key_file})`",
    ),
    Rule(
        None,
        lambda s: s.master_key_path is not None and open_to_others(s.master_key_path),
        "the master key file {s.master_key_path} is open to other users of the machine:"
        " `chmod 600 {s.master_key_path}`",
    ),
    Rule(
        None,
        lambda s: _missing_file(s.threat_protection.leaked_passwords_file),
        "threat_protection.leaked_passwords_file {s.threat_protection.leaked_passwords_file} is no file: name a list of"
        " SHA-1 digests, or leave it out",
    ),
    Rule(
        None,
        lambda s: _missing_file(s.seed),
        "seed {s.seed} is no file: name a TOML or JSON file, or leave it out",
    ),
    Rule(
        "production",
        lambda s: s.dev.fixed_code is not None,
        "dev.fixed_code would let anybody confirm any account: remove it in production",
    ),
    Rule(
        "production",
        _cheap_hashes,
        "passwords.memory_kib = {s.passwords.memory_kib} with time_cost = {s.passwords.time_cost} is cheaper"
        " to guess than OWASP allows: remove both for the defaults, 19456 and 2",
    ),
    Rule(
        "production",
        _clear_public_url,
        "tokens would travel unencrypted: set public_url, now {s.url}, to the https:// URL that clients use",
    ),
    Rule(
        "production",
        _clear_mail,
        "smtp.security = none sends codes unencrypted to {s.smtp.host}: set smtp.security to tls or starttls",
    ),
    Rule(
        "production",
        _clear_webhook,
        "sms.webhook_url would send codes unencrypted: begin it with https://",
    ),
)
