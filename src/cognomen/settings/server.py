"""All settings of one server."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from cognomen.settings.arns import KEY_ARNS, LOG_ARNS, LOG_TARGETS, TRIGGER_ARNS
from cognomen.settings.key import Masked, hidden_password, hidden_values, key
from cognomen.settings.kind import (
    choice,
    database_url,
    list_of,
    network,
    path,
    switch,
    table_of,
    text,
    url,
    whole_number,
)
from cognomen.settings.sections import (
    Audit,
    Dev,
    Limits,
    Metrics,
    Passwords,
    Postgres,
    Quotas,
    Sms,
    Smtp,
    Sqlite,
    ThreatProtection,
    Tls,
    TriggerCalls,
)

MEMORY = ":memory:"
EVERY_ADDRESS = ("0.0.0.0", "::")  # noqa: S104 - only to show a URL that can be opened
WEB_URL = url("an http:// or https:// URL", "http", "https")
ACCESS_KEY_IDS = text("letters, digits and _, at most 128", r"\w{1,128}")
ACCESS_KEY_SECRETS = text("text of at least 16 characters", r"\S{16,}")
CATEGORY_NAMES = text("a category such as UserRead", r"[A-Za-z]{1,64}")


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
        "PostgreSQL to keep everything in, in place of the embedded store; of several hosts, as in"
        " postgresql://USER@HOST1,HOST2/NAME, the one that takes writes",
        database_url(),
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
    audit: Audit = field(default_factory=Audit)
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
    log_destinations: Mapping[str, str] = key(
        "Where lines for the ARNs in a pool's log delivery go: ARN = file:PATH, or a URL that lines of JSON are posted"
        " to. Those of all other ARNs are told in the server's own log",
        table_of(LOG_ARNS, LOG_TARGETS),
        dict,
        mask=hidden_values,
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
    postgres: Postgres = field(default_factory=Postgres)

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


def _in_url(host: str) -> str:
    if host in EVERY_ADDRESS:
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host
