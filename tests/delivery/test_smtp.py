"""Mail over a real SMTP server: protected, signed in, with headers that nobody can add to."""

import asyncio
import socket
from dataclasses import replace
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest

from cognomen.delivery.mail import mail_of
from cognomen.delivery.port import DeliveryFailed, Medium
from cognomen.delivery.smtp import Relay, Security, SmtpCourier
from delivery.mail_server import LOGIN, Certificate, Mailbox, mail_server, make_certificate, only_the_postman
from delivery.post_world import MESSAGE

pytestmark = pytest.mark.anyio

SENDER = "Accounts <no-reply@accounts.example>"


def courier_for(port: int, **options: Any) -> SmtpCourier:
    given = {"security": Security.NONE, "sender": SENDER, "timeout_seconds": 5, **options}
    return SmtpCourier(Relay("localhost", port, **given))


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return make_certificate(tmp_path_factory.mktemp("certificates"))


async def test_a_mail_says_who_what_and_when() -> None:
    """Headers name sender, recipient, subject, date and a stable id; the envelope agrees; the body is the words."""
    box = Mailbox()
    async with mail_server(box) as port:
        courier = courier_for(port)
        await courier.send(MESSAGE)
        await courier.rest()
    mail, envelope = box.mails[0], box.envelopes[0]
    assert (envelope.mail_from, envelope.rcpt_tos) == ("no-reply@accounts.example", ["kim@example.com"])
    assert mail["From"] == SENDER
    assert mail["To"] == "kim@example.com"
    assert mail["Subject"] == "Your verification code"
    assert mail["Message-ID"] == "<01890000-0000-7000-8000-000000000001@accounts.example>"
    assert parsedate_to_datetime(mail["Date"]).timestamp() == 1_700_000_000
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_content_type() == "text/plain"
    assert mail.get_content().rstrip("\r\n") == MESSAGE.body


@pytest.mark.parametrize("body", ["Grüße: 123456", "Код: 123456\n\n.\n" + "я" * 2000])
async def test_other_alphabets_arrive(body: str) -> None:
    """Subject, body and sender's name in any alphabet arrive as written, over seven bits."""
    box = Mailbox()
    words = replace(MESSAGE, subject="Dein Bestätigungscode ✓ " * 5, body=body)
    assert mail_of(words, SENDER).as_bytes().isascii()
    async with mail_server(box) as port:
        courier = courier_for(port, sender="Büro 🏠 <post@bücher.example>")
        await courier.send(words)
        await courier.rest()
    mail = box.mails[0]
    assert mail["Subject"].strip() == words.subject.strip()
    assert mail["From"] == "Büro 🏠 <post@xn--bcher-kva.example>"
    assert mail.get_content().replace("\r\n", "\n").rstrip("\n") == words.body


async def test_html_travels_beside_its_plain_form() -> None:
    """A message with markup is multipart/alternative, plain text first (RFC 2046 5.1.4)."""
    box = Mailbox()
    async with mail_server(box) as port:
        courier = courier_for(port)
        await courier.send(replace(MESSAGE, html="<p>Your code: <b>123456</b></p>"))
        await courier.rest()
    plain, html = box.mails[0].iter_parts()
    assert box.mails[0].get_content_type() == "multipart/alternative"
    assert plain.get_content().rstrip("\r\n") == MESSAGE.body
    assert html.get_content().rstrip("\r\n") == "<p>Your code: <b>123456</b></p>"


async def test_the_pool_may_name_sender_and_reply_address() -> None:
    """The sender of a pool comes before that of the relay, and answers go where the pool says."""
    box = Mailbox()
    async with mail_server(box) as port:
        courier = courier_for(port)
        await courier.send(replace(MESSAGE, sender="Shop <hi@shop.example>", reply_to="ask@shop.example"))
        await courier.rest()
    assert box.mails[0]["From"] == "Shop <hi@shop.example>"
    assert box.mails[0]["Reply-To"] == "ask@shop.example"
    assert box.envelopes[0].mail_from == "hi@shop.example"
    assert box.mails[0]["Message-ID"].endswith("@shop.example>")


async def test_a_burst_uses_one_connection() -> None:
    """Messages that follow one another share a connection; after a rest a new one is made."""
    box = Mailbox()
    async with mail_server(box) as port:
        courier = courier_for(port)
        for _ in range(5):
            await courier.send(MESSAGE)
        assert (len(box.mails), box.calls, box.goodbyes) == (5, 1, 0)
        await courier.rest()
        assert box.goodbyes == 1
        await courier.send(MESSAGE)
        assert (len(box.mails), box.calls) == (6, 2)
        await courier.rest()


async def test_simultaneous_sends_do_not_mix() -> None:
    """Ten sends at once arrive whole, each to its own recipient."""
    box = Mailbox()
    async with mail_server(box) as port:
        courier = courier_for(port)
        messages = [replace(MESSAGE, to=f"user{i}@example.com", body=f"code {i}") for i in range(10)]
        await asyncio.gather(*map(courier.send, messages))
        await courier.rest()
    arrived = {mail["To"]: mail.get_content().rstrip("\r\n") for mail in box.mails}
    assert arrived == {message.to: message.body for message in messages}


async def test_a_relay_that_hung_up_is_called_again() -> None:
    """A kept connection that the relay has closed costs no failed send."""
    box = Mailbox()
    async with mail_server(box) as port:
        courier = courier_for(port)
        await courier.send(MESSAGE)
        box.hang_up()
        async with asyncio.timeout(20):
            while courier._idle[0].is_connected:  # noqa: ASYNC110 (its end is told by nothing else)
                await asyncio.sleep(0)
        await courier.send(MESSAGE)
        await courier.rest()
    assert (len(box.mails), box.calls) == (2, 2)


@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
async def test_protected_and_signed_in(security: Security, certificate: Certificate) -> None:
    """Over TLS and STARTTLS the relay's certificate is checked and the password is sent only then."""
    box = Mailbox()
    implicit = security is Security.TLS
    options = (
        {"tls": certificate.context} if implicit else {"tls_context": certificate.context, "require_starttls": True}
    )
    login = {"username": LOGIN.login.decode(), "password": LOGIN.password.decode()}
    async with mail_server(
        box, authenticator=only_the_postman, auth_require_tls=not implicit, auth_required=not implicit, **options
    ) as port:
        courier = courier_for(port, security=security, ca_file=certificate.file, **login)
        await courier.send(MESSAGE)
        await courier.send(MESSAGE)
        await courier.rest()
    assert (len(box.mails), box.calls) == (2, 1)


@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
@pytest.mark.parametrize("name", ["untrusted", "elsewhere.example"])
async def test_a_strange_certificate_gets_no_mail(
    security: Security, name: str, certificate: Certificate, tmp_path: Path
) -> None:
    """A relay whose certificate is unknown or for another name gets neither password nor mail."""
    strange = make_certificate(tmp_path, "localhost" if name == "untrusted" else name)
    trusted = certificate.file if name == "untrusted" else strange.file
    options = {"tls": strange.context} if security is Security.TLS else {"tls_context": strange.context}
    box = Mailbox()
    async with mail_server(box, **options) as port:
        with pytest.raises(DeliveryFailed, match="certificate verify failed"):
            await courier_for(port, security=security, ca_file=trusted).send(MESSAGE)
    assert box.mails == []


async def test_starttls_never_falls_back(certificate: Certificate) -> None:
    """A relay (or somebody in between) that offers no STARTTLS gets no mail in plain text."""
    box = Mailbox()
    async with mail_server(box) as port:
        with pytest.raises(DeliveryFailed, match="STARTTLS extension not supported"):
            await courier_for(port, security=Security.STARTTLS, ca_file=certificate.file).send(MESSAGE)
    assert box.mails == []


async def test_wrong_password(certificate: Certificate) -> None:
    """A refused password is named as such, without the password."""
    box = Mailbox()
    options = {"tls_context": certificate.context, "authenticator": only_the_postman, "auth_required": True}
    async with mail_server(box, **options) as port:
        courier = courier_for(
            port, security=Security.STARTTLS, ca_file=certificate.file, username="postman", password="wr0ng-one"
        )
        with pytest.raises(DeliveryFailed) as failed:
            await courier.send(MESSAGE)
    assert str(failed.value) == "SMTPAuthenticationError 535 5.7.8"
    assert not failed.value.hopeless


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("550 5.1.1 <kim@example.com>: no such user", "SMTPRecipientRefused 550 5.1.1"),
        ("450 kim@example.com is greylisted", "SMTPRecipientRefused 450"),
    ],
)
async def test_a_refusal_is_told_without_the_address(answer: str, reason: str) -> None:
    """What the relay says is kept to its codes; the message is tried again, and others still go out."""
    box = Mailbox(refusals={"kim@example.com": answer})
    async with mail_server(box) as port:
        courier = courier_for(port)
        with pytest.raises(DeliveryFailed) as failed:
            await courier.send(MESSAGE)
        await courier.send(replace(MESSAGE, to="lee@example.com"))
        await courier.rest()
    assert (str(failed.value), failed.value.hopeless) == (reason, False)
    assert failed.value.__suppress_context__
    assert [mail["To"] for mail in box.mails] == ["lee@example.com"]


async def test_nobody_listens() -> None:
    """A relay that is down is a failure that is tried again."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))  # so that nobody else can listen there
        with pytest.raises(DeliveryFailed, match=r"SMTPConnectError.*Connect call failed") as failed:
            await courier_for(held.getsockname()[1]).send(MESSAGE)
    assert not failed.value.hopeless


async def test_a_relay_that_says_nothing_is_given_up() -> None:
    """A step that takes longer than the time given is a failure, and the connection is not used again."""
    box = Mailbox(may_answer=asyncio.Event())
    async with mail_server(box) as port:
        courier = courier_for(port, timeout_seconds=1)
        with pytest.raises(DeliveryFailed, match="SMTPReadTimeoutError"):
            await courier.send(MESSAGE)
        box.may_answer.set()
        box.may_answer = None
        await courier.send(MESSAGE)
        await courier.rest()
    assert box.calls == 2


async def test_a_connection_that_was_cut_off_midway_is_not_used_again() -> None:
    """After a send that was cancelled, the next message has a connection and answers of its own."""
    box = Mailbox(may_answer=asyncio.Event())
    async with mail_server(box) as port:
        courier = courier_for(port)
        sending = asyncio.create_task(courier.send(MESSAGE))
        await box.unheard.wait()
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending
        box.may_answer = None
        await courier.send(replace(MESSAGE, to="lee@example.com"))
        await courier.rest()
    assert [mail["To"] for mail in box.mails] == ["lee@example.com"]
    assert box.calls == 2


INJECTIONS = {
    "to: CRLF": {"to": "kim@example.com\r\nBcc: eve@example.com"},
    "to: LF": {"to": "kim@example.com\nBcc: eve@example.com"},
    "to: CR": {"to": "kim@example.com\rBcc: eve@example.com"},
    "to: NEL": {"to": "kim@example.com\x85Bcc: eve@example.com"},
    "to: NUL": {"to": "kim@example.com\x00"},
    "to: two": {"to": "kim@example.com,eve@example.com"},
    "to: two in a group": {"to": "g: kim@example.com, eve@example.com;"},
    "to: with a name": {"to": "Kim <kim@example.com>"},
    "to: end of path": {"to": "kim@example.com>\tNOTIFY=SUCCESS"},
    "to: comment": {"to": "kim@example.com (or eve)"},
    "to: quoted": {"to": '"eve@example.com, kim"@example.com'},
    "to: two signs": {"to": "kim@eve.example@example.com"},
    "to: encoded word": {"to": "=?utf-8?q?eve=40example.com=2C?= kim@example.com"},
    "to: no sign": {"to": "kim"},
    "to: empty": {"to": ""},
    "to: no domain": {"to": "kim@"},
    "to: bad domain": {"to": "kim@" + "ü" * 64 + ".example"},
    "subject: CRLF": {"subject": "Code\r\nBcc: eve@example.com"},
    "subject: LF": {"subject": "Code\nBcc: eve@example.com"},
    "subject: CR": {"subject": "Code\rBcc: eve@example.com"},
    "subject: body": {"subject": "Code\r\n\r\nClick here"},
    "subject: vertical tab": {"subject": "Code\x0bBcc: eve@example.com"},
    "subject: line separator": {"subject": "Code\u2028Bcc: eve@example.com"},
    "subject: escape": {"subject": "Code\x1b[2J"},
    "id: CRLF": {"message_id": "1\r\nBcc: eve@example.com"},
    "sender: CRLF": {"sender": "Shop\r\nBcc: eve@example.com <hi@shop.example>"},
    "sender: two": {"sender": "hi@shop.example, eve@example.com"},
    "sender: half open": {"sender": "Hi <hi@shop.example"},
    "sender: nobody": {"sender": "Hi <>"},
    "sender: two named": {"sender": "Hi <hi@shop.example>, Eve <eve@example.com>"},
    "reply: CRLF": {"reply_to": "hi@shop.example\r\nBcc: eve@example.com"},
    "sms": {"medium": Medium.SMS},
}


@pytest.mark.parametrize("change", INJECTIONS.values(), ids=INJECTIONS.keys())
async def test_no_header_can_be_added(change: dict[str, Any]) -> None:
    """A value that would end its header or name a second mailbox is refused for good, before any connection."""
    box = Mailbox()
    async with mail_server(box) as port:
        with pytest.raises(DeliveryFailed) as failed:
            await courier_for(port).send(replace(MESSAGE, **change))
    assert failed.value.hopeless
    assert "eve" not in str(failed.value)
    assert (box.calls, box.mails) == (0, [])


@pytest.mark.parametrize(
    "address",
    ["a..b@carrier.example", "o'kim+tag@example.com", "kim@localhost", "KIM@Example.COM", "x=y/z!#$%@example.com"],
)
async def test_unusual_addresses_are_reached(address: str) -> None:
    """Addresses that people really have are not refused."""
    box = Mailbox()
    async with mail_server(box) as port:
        courier = courier_for(port)
        await courier.send(replace(MESSAGE, to=address))
        await courier.rest()
    assert box.envelopes[0].rcpt_tos == [address]
    assert box.mails[0]["To"] == address


async def test_an_address_in_another_alphabet_needs_a_relay_that_knows_it() -> None:
    """With SMTPUTF8 (RFC 6531) it arrives; without, it is a failure that names the reason."""
    box = Mailbox()
    message = replace(MESSAGE, to="кім@bücher.example")
    async with mail_server(box, enable_SMTPUTF8=True) as port:
        courier = courier_for(port)
        await courier.send(message)
        await courier.rest()
    assert box.envelopes[0].rcpt_tos == ["кім@xn--bcher-kva.example"]
    async with mail_server(box) as port:
        with pytest.raises(DeliveryFailed, match="SMTPUTF8 is not supported"):
            await courier_for(port).send(message)


@pytest.mark.parametrize(
    "wrong",
    [
        {"sender": "nobody"},
        {"sender": "A\r\nBcc: b <a@example.com>"},
        {"security": "none", "username": "postman", "password": "p4ss-w0rd"},
        {"security": "ssl"},
        {"security": Security.NONE, "username": "postman", "password": "p4ss-w0rd"},
    ],
)
def test_a_relay_that_cannot_be_right_is_refused(wrong: dict[str, Any]) -> None:
    """A sender that is no mailbox, or a password in plain text, is refused before anything is sent."""
    with pytest.raises(ValueError, match=r"sender|plain text|Security"):
        Relay("localhost", 25, **{"sender": SENDER, **wrong})


def test_the_password_does_not_print_itself() -> None:
    """The repr of a relay has no password in it."""
    relay = Relay("localhost", 587, SENDER, username="postman", password="p4ss-w0rd")
    assert "p4ss-w0rd" not in repr(relay)
