"""The mails that tell users of a risk: the configuration's own words, else these, with their blanks filled.

And what a trigger that sends them is told instead.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from html import escape
from typing import Any

from cognomen.domain.auth_events import AuthEvent
from cognomen.domain.messages import Wording
from cognomen.domain.plain_text import plain_text
from cognomen.domain.risk import BLOCK, MFA_IF_CONFIGURED, MFA_REQUIRED
from cognomen.domain.user import User

UNKNOWN = "unknown"
SEEN = "It came from {ip-address} ({device-name}) at {login-time}. If this was not you, change your password."
DEFAULTS: Mapping[str, Mapping[str, str]] = {
    "BlockEmail": {"Subject": "A sign-in to your account was blocked", "TextBody": f"We blocked a sign-in. {SEEN}"},
    "MfaEmail": {"Subject": "A new sign-in to your account", "TextBody": f"We asked for a second factor. {SEEN}"},
    "NoActionEmail": {"Subject": "A new sign-in to your account", "TextBody": f"We noticed a new sign-in. {SEEN}"},
}
BLANK = re.compile(r"\{[a-z-]+\}")


def risk_wording(notice: Mapping[str, Any], user: User, event: AuthEvent, feedback_token: str) -> Wording:
    """The mail that tells of an event; its subject is one line, and its blanks stay unfilled."""
    words = notice.get(_place(event)) or DEFAULTS[_place(event)]
    values = _values(user, event, feedback_token)
    html = _filled(words.get("HtmlBody") or "", {blank: escape(value) for blank, value in values.items()})
    text = _filled(words.get("TextBody") or "", values)
    return Wording(" ".join(words["Subject"].split()), text or plain_text(html), html)


def risk_attributes(user: User, event: AuthEvent, feedback_token: str) -> dict[str, str | None]:
    """The userAttributes of the event that tells CustomEmailSender; None for what is not known.

    Members and the form of the time as they were seen on AWS (DefinitelyTyped, pull request 52111), but no links.
    """
    return {
        "EVENT_ID": event.event_id,
        "USER_NAME": user.username,
        "IP_ADDRESS": event.place.ip_address or None,
        "DEVICE_NAME": event.place.device_name or None,
        "CITY": None,
        "COUNTRY": None,
        "LOGIN_TIME": f"{_time_of(event):%A, %B %d, %Y %I:%M %p} UTC",
        "ACCOUNT_TAKE_OVER_ACTION": BLOCK if event.risk.blocked else event.risk.action,
        "FEEDBACK_TOKEN": feedback_token,
    }


def _place(event: AuthEvent) -> str:
    if event.risk.blocked:
        return "BlockEmail"
    return "MfaEmail" if event.risk.action in (MFA_REQUIRED, MFA_IF_CONFIGURED) else "NoActionEmail"


def _values(user: User, event: AuthEvent, feedback_token: str) -> dict[str, str]:
    return {
        "{username}": user.username,
        "{ip-address}": event.place.ip_address or UNKNOWN,
        "{device-name}": event.place.device_name or UNKNOWN,
        "{city}": UNKNOWN,
        "{country}": UNKNOWN,
        "{login-time}": f"{_time_of(event):%Y-%m-%d %H:%M:%S} UTC",
        "{event-id}": event.event_id,
        "{feedback-token}": feedback_token,
    }


def _time_of(event: AuthEvent) -> datetime:
    return datetime.fromtimestamp(event.created_ms // 1000, UTC)


def _filled(words: str, values: Mapping[str, str]) -> str:
    return BLANK.sub(lambda blank: values.get(blank[0], blank[0]), words)
