"""All settings of one server, and what makes them refuse to start."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from cognomen.settings.files import open_to_others
from cognomen.settings.key import Masked, hidden_password, hidden_values, key
from cognomen.settings.kind import choice, list_of, network, path, switch, table_of, text, url, whole_number
from cognomen.settings.loopback import is_loopback
from cognomen.settings.sections import (
    Dev,
    Limits,
    Metrics,
    Passwords,
    Quotas,
    Sms,
    Smtp,
    Sqlite,
    ThreatProtection,
    Tls,
    TriggerCalls,
)
from cognomen.settings.webhook_secrets import holds_webhook_secrets

MEMORY = ":memory:"
EVERY_ADDRESS = ("0.0.0.0", "::")  # noqa: S104 - only to show a URL that can be opened
WEB_URL = url("an http:// or https:// URL", "http", "https")
ACCESS_KEY_IDS = text("letters, digits and _, at most 128", r"\w{1,128}")
ACCESS_KEY_SECRETS = text("text of at least 16 characters", r"\S{16,}")
CATEGORY_NAMES = text("a category such as UserRead", r"[A-Za-z]{1,64}")
KEY_ARNS = text("the ARN of a key", r"arn:[^:\s]+:kms:[a-z0-9-]*:[0-9]*:(key|alias)/\S+")
TRIGGER_ARNS = text("the ARN of a function", r"arn:[^:\s]+:lambda:[a-z0-9-]*:[0-9]*:function:\S+")
LEAST_MEMORY_KIB = 7168  # the least of OWASP's Argon2id profiles: 7 MiB, five passes
LEAST_WORK_KIB = LEAST_MEMORY_KIB * 5


@dataclass(frozen=True, slots=True, repr=False)
class Settings(Masked):
    """Everything that is chosen at start. `load` makes one from flags, environment and file."""

    host: str = key("Address to listen on", text("a host name or an IP address", r"[\w.:%-]+"), "127.0.0.1")
    port: int = key("Port to listen on; 0 takes a free one", whole_number(0, 65535), 9229)
    data: str = key(
        "Directory of the embedded store and the master key; :memory: for a store that ends with the server",
        text("a directory or :memory:"),
        "./data",
    )
    database: str | None = key(
        "PostgreSQL to keep everything in, in place of the embedded store",
        url("a postgresql:// URL", "postgresql", may_ask=True),
        None,
        mask=hidden_password,
    )
    profile: Literal["dev", "production"] = key(
        "dev for laptops and tests, production for everything else", choice("dev", "production"), "dev"
    )
    workers: int = key("Processes that share the port", whole_number(1, 256), 1, unit="processes")
    drain_s: int = key(
        "How long a server that is asked to end serves on while it says that it is not ready, for load balancers",
        whole_number(0, 600),
        3,
        dev_default=0,
        unit="seconds",
    )
    public_url: str | None = key(
        "URL that clients reach the server by; tokens and discovery carry it",
        WEB_URL,
        None,
        default_words="http://HOST:PORT",
    )
    trusted_proxies: tuple[str, ...] = key(
        "Proxies whose X-Forwarded-For is believed to say who the client is",
        list_of(network()),
        (),
    )
    region: str = key(
        "AWS region of requests that name none",
        text("a region such as us-east-1", r"[a-z0-9-]{1,32}"),
        "us-east-1",
    )
    account_id: str = key("AWS account that ARNs are made with", text("12 digits", r"[0-9]{12}"), "000000000000")
    issuer: Literal["self", "aws"] = key(
        "Who tokens say they are from: this server's public URL, or AWS's own address of the pool",
        choice("self", "aws"),
        "self",
    )
    accepted_issuers: tuple[str, ...] = key(
        "Further issuers whose access tokens are still taken, each followed by /POOL_ID in the token",
        list_of(WEB_URL),
        (),
    )
    master_key_file: Path | None = key(
        "File with the key that everything sealed is sealed under; needed in production",
        path("a file"),
        None,
        default_words="DIR/master.key in dev, made where it is missing",
    )
    seed: Path | None = key(
        "TOML or JSON file of pools, app clients, groups and users that each start makes where they are missing",
        path("a file"),
        None,
    )
    unsafe_allow_remote: bool = key(
        "Let the dev profile listen where other machines reach it, as a container must",
        switch(),
        default=False,
    )
    log_level: Literal["debug", "info", "warning", "error"] = key(
        "The least level that is logged", choice("debug", "info", "warning", "error"), "info"
    )
    log_format: Literal["json", "plain"] = key(
        "Log lines for machines or for people", choice("json", "plain"), "json", dev_default="plain"
    )
    passwords: Passwords = field(default_factory=Passwords)
    tls: Tls = field(default_factory=Tls)
    smtp: Smtp = field(default_factory=Smtp)
    sms: Sms = field(default_factory=Sms)
    metrics: Metrics = field(default_factory=Metrics)
    dev: Dev = field(default_factory=Dev)
    limits: Limits = field(default_factory=Limits)
    quotas: Quotas = field(default_factory=Quotas)
    access_keys: Mapping[str, str] = key(
        "Access keys that may do everything: id = secret. `cognomen access-key` makes others; dev takes any",
        table_of(ACCESS_KEY_IDS, ACCESS_KEY_SECRETS),
        dict,
        mask=hidden_values,
        default_words="none",
    )
    rates: Mapping[str, int] = key(
        "Requests a second of categories of operations, in place of AWS's defaults: category = rate",
        table_of(CATEGORY_NAMES, whole_number(1, 2_147_483_647)),
        dict,
        unit="requests a second",
        default_words="AWS's",
    )
    triggers: Mapping[str, str] = key(
        "What runs for the ARNs in a pool's LambdaConfig: ARN = python:package.module:function, an https:// URL, or"
        " lambda:URL of an endpoint of AWS Lambda",
        table_of(TRIGGER_ARNS, text("a target")),
        dict,
        default_words="none",
    )
    trigger_calls: TriggerCalls = field(default_factory=TriggerCalls)
    kms_keys: Mapping[str, str] = key(
        "Files with the keys that stand for KMSKeyID in a pool's LambdaConfig, 32 bytes in base64: ARN = file",
        table_of(KEY_ARNS, text("a file")),
        dict,
        default_words="none",
    )
    threat_protection: ThreatProtection = field(default_factory=ThreatProtection)
    sqlite: Sqlite = field(default_factory=Sqlite)

    @property
    def is_dev(self) -> bool:
        """Whether this is the profile for laptops and tests."""
        return self.profile == "dev"

    @property
    def sharers_of_rates(self) -> int:
        """How many processes share the rates of calls."""
        return self.workers * self.limits.servers

    @property
    def in_memory(self) -> bool:
        """Whether everything is forgotten when the server stops."""
        return self.database is None and self.data == MEMORY

    @property
    def data_dir(self) -> Path | None:
        """Where files are kept; None where there are none to keep."""
        return None if self.data == MEMORY else Path(self.data)

    @property
    def master_key_path(self) -> Path | None:
        """The file of the master key; None where the key may be made up and forgotten."""
        if self.master_key_file or self.data_dir is None:
            return self.master_key_file
        return self.data_dir / "master.key"

    @property
    def url(self) -> str:
        """The public URL in force, without a slash at its end."""
        scheme = "https" if self.tls.is_on else "http"
        return (self.public_url or f"{scheme}://{_in_url(self.host)}:{self.port}").rstrip("/")

    def at(self, port: int) -> "Settings":
        """The same settings, once it is known which port is really listened on."""
        return replace(self, port=port)

    def problems(self) -> list[str]:
        """Everything that makes the profile refuse to start, each with what to do; empty means none."""
        applying = (rule for rule in RULES if rule.profile in (None, self.profile))
        return [rule.text.format(s=self) for rule in applying if rule.is_broken(self)]


def _in_url(host: str) -> str:
    if host in EVERY_ADDRESS:
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


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
