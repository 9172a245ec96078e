"""A real SMTP server on loopback, and the certificates it shows."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

LOGIN = LoginPassword(b"postman", b"p4ss-w0rd")


@dataclass
class Mailbox:
    """What a server has taken, how often it was called, and the answers it was told to give instead."""

    mails: list[EmailMessage] = field(default_factory=list)
    envelopes: list[Envelope] = field(default_factory=list)
    calls: int = 0
    goodbyes: int = 0
    refusals: dict[str, str] = field(default_factory=dict)  # by address
    unheard: asyncio.Event = field(default_factory=asyncio.Event)
    may_answer: asyncio.Event | None = None
    lines: list[SMTP] = field(default_factory=list)

    def hang_up(self) -> None:
        """End all calls, as a relay does that nobody has spoken to for long."""
        for line in self.lines:
            if line.transport:
                line.transport.close()

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Take any recipient but those it was told to refuse."""
        if address in self.refusals:
            return self.refusals[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_QUIT(self, _server: SMTP, _session: Session, _envelope: Envelope) -> str:  # noqa: N802
        """Count who leaves politely."""
        self.goodbyes += 1
        return "221 Bye"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep the mail; where it was told to wait, answer later."""
        if self.may_answer:
            self.unheard.set()
            await self.may_answer.wait()
        assert isinstance(envelope.content, bytes)
        self.envelopes.append(envelope)
        mail = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        return "250 OK"


def only_the_postman(_server: SMTP, _session: Session, _envelope: Envelope, _how: str, login: Any) -> AuthResult:
    """One user name and one password are right."""
    return AuthResult(success=login == LOGIN, handled=False)


@asynccontextmanager
async def mail_server(
    box: Mailbox, *, port: int = 0, tls: ssl.SSLContext | None = None, **options: Any
) -> AsyncIterator[int]:
    """Serve at a port, over implicit TLS where `tls` is given; calls under way are cut at the end."""

    def answer() -> SMTP:
        box.calls += 1
        box.lines.append(SMTP(box, hostname="mail.test", loop=asyncio.get_running_loop(), **options))
        return box.lines[-1]

    server = await asyncio.get_running_loop().create_server(answer, "127.0.0.1", port, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        box.hang_up()
        await server.wait_closed()
        await asyncio.sleep(0)


@dataclass(frozen=True)
class Certificate:
    """A self-signed certificate: `file` for those who trust it, `context` for the server that shows it."""

    file: str
    context: ssl.SSLContext


def make_certificate(folder: Path, name: str = "localhost") -> Certificate:
    """A new key and certificate for a host name."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    names = [x509.DNSName(name), x509.IPAddress(ip_address("127.0.0.1"))]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName(names if name == "localhost" else names[:1]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    crt, pem = folder / f"{name}.crt", folder / f"{name}.key"
    crt.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    pem.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(crt, pem)
    return Certificate(str(crt), context)
