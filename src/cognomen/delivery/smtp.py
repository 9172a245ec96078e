"""The courier that hands mail to an SMTP relay (RFC 5321; STARTTLS RFC 3207; implicit TLS RFC 8314)."""

import re
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from enum import StrEnum

import aiosmtplib

from cognomen.delivery.mail import mail_of, named_address
from cognomen.delivery.port import DeliveryFailed, Medium, Message
from cognomen.delivery.trust import trusted_authorities
from cognomen.transactions import refuse_network_in_write

ENHANCED_CODE = re.compile(r"[245]\.\d{1,3}\.\d{1,3}\b")  # RFC 3463
GOODBYE_SECONDS = 2
OUR_SIDE = (aiosmtplib.SMTPConnectError, aiosmtplib.SMTPNotSupported, ssl.SSLError)  # worded without the server


class Security(StrEnum):
    """How the connection is protected; neither of the first two ever falls back to plain text."""

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Relay:
    """Where mail is handed over. `ca_file` adds a private authority; `timeout_seconds` is for each step."""

    host: str
    port: int
    sender: str
    security: Security = Security.STARTTLS
    username: str = ""
    password: str = field(repr=False, default="")
    ca_file: str | None = None
    timeout_seconds: float = 15

    def __post_init__(self) -> None:
        """No sender that is no mailbox, no password in plain text; raises ValueError."""
        object.__setattr__(self, "security", Security(self.security))  # "tls" alone must not pass for plain text
        try:
            named_address(self.sender)
        except DeliveryFailed as error:
            raise ValueError(f"sender: {error}") from error
        if self.username and self.security is Security.NONE:
            raise ValueError("a user name needs security tls or starttls: else its password travels in plain text")

    def line(self, trust: ssl.SSLContext | None) -> aiosmtplib.SMTP:
        """A connection to be made; it introduces itself by the domain of the sender."""
        return aiosmtplib.SMTP(
            hostname=self.host,
            port=self.port,
            username=self.username or None,
            password=self.password or None,
            local_hostname=named_address(self.sender).domain,
            timeout=self.timeout_seconds,
            use_tls=self.security is Security.TLS,
            start_tls=self.security is Security.STARTTLS,
            tls_context=trust,
        )


class SmtpCourier:
    """Hands mails over, one at a time on each connection; connections are reused until it may rest."""

    def __init__(self, relay: Relay) -> None:
        self._relay = relay
        self._trust = None if relay.security is Security.NONE else trusted_authorities(relay.ca_file)
        self._idle: list[aiosmtplib.SMTP] = []

    async def send(self, message: Message) -> None:
        """Return when the relay has taken the mail; raises DeliveryFailed."""
        refuse_network_in_write()
        if message.medium is not Medium.EMAIL:
            raise DeliveryFailed(f"mail does not carry {message.medium}", hopeless=True)
        mail = mail_of(message, self._relay.sender)
        try:
            await self._hand_over(mail)
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            raise DeliveryFailed(_reason(error)) from None

    async def _hand_over(self, mail: EmailMessage) -> None:
        """Send on a connection that is free; one that failed is not used again."""
        line = self._idle.pop() if self._idle else self._relay.line(self._trust)
        try:
            if not line.is_connected:  # new, or the relay has hung up
                await line.connect()
            await line.send_message(mail)
        except BaseException:
            line.close()
            raise
        self._idle.append(line)

    async def rest(self) -> None:
        """Say goodbye on every connection."""
        while self._idle:
            line = self._idle.pop()
            with suppress(aiosmtplib.SMTPException, OSError):
                await line.quit(timeout=GOODBYE_SECONDS)
            line.close()


def _reason(error: Exception) -> str:
    """What went wrong, from parts that cannot hold an address: servers like to quote them."""
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        return _reason(error.recipients[0])
    name = type(error).__name__
    if isinstance(error, aiosmtplib.SMTPResponseException):
        enhanced = ENHANCED_CODE.match(error.message)
        return f"{name} {error.code} {enhanced[0] if enhanced else ''}".rstrip()
    if isinstance(error, OUR_SIDE) or type(error) is aiosmtplib.SMTPException:
        return f"{name}: {error}"
    return name
