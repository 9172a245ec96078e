"""A message as a mail (RFC 5322): headers that nobody can add to, and a body in one or two forms."""

import re
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate

from cognomen.delivery.port import DeliveryFailed, Message

# Seven bits: a server without 8BITMIME (RFC 6152) takes it as well.
POLICY = SMTP.clone(cte_type="7bit")
# Whatever ends a line for some reader of headers, and whatever no header should hold.
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
# One mailbox without quotes or comments (RFC 5321 4.1.2): nothing in it can end it or begin another one.
# Dots may stand anywhere, since some carriers have given out such addresses.
ATOM = r"[^\s\x00-\x1f\x7f-\x9f<>()\[\],;:\\\"@]+"
MAILBOX = re.compile(f"({ATOM})@({ATOM})")
NAMED = re.compile(r'\s*(?:"([^"\\]*)"|([^"<>]*?))\s*<([^<>]*)>\s*')


def mail_of(message: Message, sender: str) -> EmailMessage:
    """The mail to send, from the pool's own sender or else the one given; raises DeliveryFailed, hopeless."""
    mail = EmailMessage(POLICY)
    mail["From"] = named_address(message.sender or sender)
    mail["To"] = _address(message.to)
    if message.reply_to:
        mail["Reply-To"] = named_address(message.reply_to)
    mail["Subject"] = _clean(message.subject)
    mail["Date"] = formatdate(message.created_ms / 1000)
    # The same for each try, so that a mail sent twice can be recognised.
    mail["Message-ID"] = _clean(f"<{message.message_id}@{mail['From'].addresses[0].domain}>")
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday note answers it
    mail.set_content(message.body)
    if message.html:
        mail.add_alternative(message.html, subtype="html")
    return mail


def named_address(text: str) -> Address:
    """``Name <local@domain>`` or ``local@domain``; raises DeliveryFailed for anything else."""
    parts = NAMED.fullmatch(_clean(text))
    return _address(parts[3], parts[1] or parts[2] or "") if parts else _address(text)


def _address(text: str, name: str = "") -> Address:
    parts = MAILBOX.fullmatch(text)
    if parts is None:
        raise DeliveryFailed("an address is no plain mailbox", hopeless=True)
    try:
        domain = parts[2] if parts[2].isascii() else parts[2].encode("idna").decode()
    except UnicodeError:
        raise DeliveryFailed("the domain of an address cannot be written in ASCII", hopeless=True) from None
    return Address(name, parts[1], domain)


def _clean(header: str) -> str:
    if CONTROL.search(header):
        raise DeliveryFailed("a header holds a control character", hopeless=True)
    return header
