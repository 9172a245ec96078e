"""The sections of the settings: one frozen dataclass each, one key a line of the configuration."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from cognomen.settings.key import Masked, hidden, hidden_password, key
from cognomen.settings.kind import choice, decimal, path, switch, text, url, whole_number


def _one_per_processor() -> int:
    return os.cpu_count() or 1


@dataclass(frozen=True, slots=True)
class Passwords:
    """How costly a password hash is (Argon2id, RFC 9106); the defaults of production are OWASP's."""

    memory_kib: int = key(
        "Memory that one Argon2id hash takes", whole_number(8, 4_194_304), 19456, unit="KiB", dev_default=8
    )
    time_cost: int = key("Passes over that memory", whole_number(1, 100), 2, unit="passes", dev_default=1)
    parallelism: int = key("Lanes of one hash", whole_number(1, 64), 1, unit="lanes")
    threads: int = key(
        "Hashes computed at the same time",
        whole_number(1, 256),
        _one_per_processor,
        unit="threads",
        default_words="one per processor",
    )
    queue: int = key(
        "Hashes that may wait for a thread; one more is answered TooManyRequestsException",
        whole_number(0, 100_000),
        100,
        unit="hashes",
    )


@dataclass(frozen=True, slots=True, repr=False)
class Smtp(Masked):
    """The mail server that codes go out through. Without a host no mail is sent."""

    host: str | None = key("Name of the mail server; where it is not set, no mail goes out", text("a host name"), None)
    port: int = key("Port of the mail server", whole_number(1, 65535), 587)
    security: Literal["tls", "starttls", "none"] = key(
        "TLS from the start, TLS after STARTTLS, or none", choice("tls", "starttls", "none"), "starttls"
    )
    username: str | None = key("Name to log in with; where it is not set, nobody logs in", text("a name"), None)
    password: str | None = key("Password to log in with", text("a password"), None, mask=hidden)
    sender: str | None = key(
        "Address that messages come from; needed where host is set",
        text("an address such as no-reply@example.com", r"[^\s@]+@[^\s@]+|[^<>\r\n]+ <[^\s@<>]+@[^\s@<>]+>"),
        None,
    )
    timeout_s: float = key("How long one step of sending may take", decimal(600), 10.0, unit="seconds")
    ca_file: Path | None = key(
        "Certificates that the mail server is checked against; the system's where it is not set",
        path("a PEM file"),
        None,
    )


@dataclass(frozen=True, slots=True, repr=False)
class Sms(Masked):
    """The webhook that text messages go out through, signed (docs/guides/sms.md). Without a URL none is sent."""

    webhook_url: str | None = key(
        "URL that text messages are posted to; where it is not set, none goes out",
        url("an http:// or https:// URL", "http", "https", may_ask=True),
        None,
        mask=hidden_password,
    )
    webhook_secret_file: Path | None = key(
        "File with the secret that the calls are signed with, whsec_ and base64; needed where webhook_url is set."
        " With two lines each call carries a signature by both",
        path("a file"),
        None,
    )
    timeout_s: float = key("How long one call of the webhook may take", decimal(60), 10.0, unit="seconds")
    ca_file: Path | None = key(
        "Certificates that the webhook's server is checked against; the system's where it is not set",
        path("a PEM file"),
        None,
    )


@dataclass(frozen=True, slots=True)
class Tls:
    """Encryption by the server itself. Without it a proxy in front has to end TLS."""

    certificate_file: Path | None = key(
        "The server's certificate and those that lead to a root; where it is not set, the port speaks plain HTTP",
        path("a PEM file"),
        None,
    )
    key_file: Path | None = key("The certificate's private key, without a passphrase", path("a PEM file"), None)

    @property
    def is_on(self) -> bool:
        """Whether the port speaks TLS."""
        return self.certificate_file is not None


@dataclass(frozen=True, slots=True)
class Metrics:
    """Figures for Prometheus at `/metrics`, on a port of their own that no stranger should reach."""

    port: int | None = key("Port to answer Prometheus on; where it is not set, none", whole_number(0, 65535), None)
    host: str = key("Address of that port", text("a host name or an IP address", r"[\w.:%-]+"), "127.0.0.1")

    @property
    def are_on(self) -> bool:
        """Whether anything is counted."""
        return self.port is not None


@dataclass(frozen=True, slots=True)
class Audit:
    """The record of changes and sign-ins (docs/guides/audit.md), kept in the store."""

    on: bool = key(
        "Record every change and every attempt to sign in; without its record nothing is changed",
        switch(),
        default=True,
        dev_default=False,
    )
    keep_days: int = key("How long records are kept", whole_number(1, 36_500), 400, unit="days")


@dataclass(frozen=True, slots=True)
class Dev:
    """Comforts of the dev profile."""

    fixed_code: str | None = key(
        "Every code that is sent is this one; refused in production", text("six digits", r"[0-9]{6}"), None
    )


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one caller may ask for."""

    confirm_sign_up_per_hour: int = key(
        "ConfirmSignUp tries of one user", whole_number(1, 1_000_000), 15, unit="tries an hour"
    )
    resend_confirmation_code_per_hour: int = key(
        "ResendConfirmationCode calls for one user", whole_number(1, 1_000_000), 5, unit="calls an hour"
    )
    recover_password_per_hour: int = key(
        "ForgotPassword and ConfirmForgotPassword calls for one user, together (AWS allows 5 to 20, by its own estimate"
        " of the risk)",
        whole_number(1, 1_000_000),
        20,
        unit="calls an hour",
    )
    change_password_per_hour: int = key(
        "ChangePassword calls of one user", whole_number(1, 1_000_000), 5, unit="calls an hour"
    )
    get_user_attribute_verification_code_per_hour: int = key(
        "Codes that one user asks for with GetUserAttributeVerificationCode",
        whole_number(1, 1_000_000),
        5,
        unit="codes an hour",
    )
    verify_user_attribute_per_hour: int = key(
        "VerifyUserAttribute tries of one user", whole_number(1, 1_000_000), 15, unit="tries an hour"
    )
    update_user_attributes_codes_per_hour: int = key(
        "UpdateUserAttributes calls of one user that send a code (AWS publishes no number)",
        whole_number(1, 1_000_000),
        20,
        unit="calls an hour",
    )
    sign_in_codes_per_hour: int = key(
        "Codes that sign-ins of one user begin with, EMAIL_OTP and SMS_OTP together (AWS publishes no number)",
        whole_number(1, 1_000_000),
        20,
        unit="codes an hour",
    )
    request_rates: bool = key(
        "Refuse calls beyond AWS's requests a second: of a category of operations, of one pool, of one user",
        switch(),
        default=True,
        dev_default=False,
    )
    servers: int = key(
        "Servers on one store, which share the request rates evenly; the workers of each are counted by themselves",
        whole_number(1, 10_000),
        1,
        unit="servers",
    )
    longest_wait_ms: int = key(
        "How long a request may wait for its turn: of the process, of a thread that hashes passwords, of the store;"
        " then it is answered TooManyRequestsException",
        whole_number(10, 600_000),
        1000,
        dev_default=10_000,
        unit="milliseconds",
    )
    body_bytes: int = key(
        "Longest request body, where an operation's own limits need no longer one",
        whole_number(1024, 1_073_741_824),
        1_048_576,
        unit="bytes",
    )


@dataclass(frozen=True, slots=True)
class Quotas:
    """How much there may be of a thing; AWS's own numbers unless set."""

    user_pools: int = key(
        "User pools of the server", whole_number(1, 10_000_000), 1000, unit="pools", dev_default=10_000_000
    )
    groups_per_pool: int = key("Groups of one pool", whole_number(1, 1_000_000), 10_000, unit="groups")
    groups_per_user: int = key("Groups that one user may be in", whole_number(1, 10_000), 100, unit="groups")
    clients_per_pool: int = key("App clients of one pool", whole_number(1, 100_000), 1000, unit="clients")
    resource_servers_per_pool: int = key(
        "Resource servers of one pool", whole_number(1, 10_000), 25, unit="resource servers"
    )
    identity_providers_per_pool: int = key(
        "Identity providers of one pool", whole_number(1, 10_000), 300, unit="providers"
    )
    identities_per_user: int = key(
        "Identities of providers that are linked to one user", whole_number(1, 1000), 5, unit="identities"
    )
    passkeys_per_user: int = key("Passkeys of one user", whole_number(1, 1000), 20, unit="passkeys")
    brandings_per_pool: int = key("Managed login styles of one pool", whole_number(1, 10_000), 20, unit="styles")
    terms_per_pool: int = key("Terms documents of one pool", whole_number(1, 10_000), 40, unit="documents")
    import_jobs_per_pool: int = key(
        "User import jobs of one pool, also those that are over", whole_number(1, 100_000), 1000, unit="jobs"
    )
    custom_domains: int = key("Custom domains of all pools together", whole_number(1, 10_000), 4, unit="domains")
    requests_per_second: int = key(
        "Highest limit of a category that UpdateProvisionedLimit sets",
        whole_number(1, 2_147_483_647),
        10_000,
        unit="requests a second",
    )


@dataclass(frozen=True, slots=True, repr=False)
class TriggerCalls(Masked):
    """How the targets of `triggers` are called."""

    timeout_s: float = key("How long a trigger may take; AWS allows 5", decimal(60), 5.0, unit="seconds")
    at_a_time: int = key("Triggers that run at the same time", whole_number(1, 1000), 32, unit="calls")
    queue: int = key(
        "Triggers that may wait to run; one more is answered TooManyRequestsException",
        whole_number(0, 100_000),
        500,
        unit="calls",
    )
    webhook_secret_file: Path | None = key(
        "File with the secret that calls of webhooks are signed with, whsec_ and base64; needed where there are some."
        " A second line is a second secret, while one takes the place of the other",
        path("a file"),
        None,
    )
    aws_access_key_id: str | None = key("Access key that invokes AWS Lambda functions", text("a key id", r"\w+"), None)
    aws_secret_access_key: str | None = key("Secret of that access key", text("a secret", r"\S+"), None, mask=hidden)
    aws_session_token: str | None = key(
        "Session token of that access key, where it is a temporary one", text("a token", r"\S+"), None, mask=hidden
    )


@dataclass(frozen=True, slots=True)
class ThreatProtection:
    """What pools with threat protection can be told of breached passwords."""

    leaked_passwords_file: Path | None = key(
        "Sorted file with the SHA-1 of a breached password on each line, as Have I Been Pwned gives them out; without"
        " it no pool can refuse breached passwords",
        path("a file"),
        None,
    )


@dataclass(frozen=True, slots=True)
class Sqlite:
    """The embedded store."""

    synchronous: Literal["FULL", "NORMAL"] = key(
        "FULL: an acknowledged write survives a power cut; NORMAL: faster, the last may be lost",
        choice("FULL", "NORMAL"),
        "FULL",
        dev_default="NORMAL",
    )


@dataclass(frozen=True, slots=True)
class Postgres:
    """How long calls wait for PostgreSQL before they are answered InternalErrorException."""

    connections: int = key("Connections that each process holds at most", whole_number(1, 1000), 10, unit="connections")
    connect_timeout_s: float = key(
        "How long a call waits for a connection that is free, or for a host that takes writes",
        decimal(60),
        4.0,
        unit="seconds",
    )
    statement_timeout_s: float = key(
        "How long a call waits for the answer to one statement; PostgreSQL ends the statement after four fifths of it",
        decimal(60),
        4.0,
        unit="seconds",
    )
    call_timeout_s: float = key(
        "How long one call waits for the database in all; what it has not done by then is not done",
        decimal(600),
        4.0,
        unit="seconds",
    )
