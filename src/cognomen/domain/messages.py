"""What messages to users say: the pool's own words, else those of AWS (reference 03, default texts)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from html import escape
from typing import Any, TypeAlias

from cognomen import errors
from cognomen.domain.plain_text import holds_markup, plain_text


class MessageKind(StrEnum):
    """Why a message is sent; the values are the suffixes of the CustomMessage trigger (reference 08)."""

    SIGN_UP = "SignUp"
    RESEND_CODE = "ResendCode"
    FORGOT_PASSWORD = "ForgotPassword"  # noqa: S105
    UPDATE_USER_ATTRIBUTE = "UpdateUserAttribute"
    VERIFY_USER_ATTRIBUTE = "VerifyUserAttribute"
    ADMIN_CREATE_USER = "AdminCreateUser"
    AUTHENTICATION = "Authentication"


@dataclass(frozen=True, slots=True)
class Blanks:
    """What is filled into a template: ``{####}`` is the code or the temporary password."""

    username: str
    code: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Wording:
    """A message in words; `body` is plain text, `html` the same with markup, or empty where there is none."""

    subject: str
    body: str = field(repr=False)
    html: str = field(repr=False, default="")


@dataclass(frozen=True, slots=True)
class Words:
    """Texts that a trigger puts in place of the pool's own; None where they stay."""

    subject: str | None
    email: str | None = field(repr=False)
    sms: str | None = field(repr=False)


Place: TypeAlias = tuple[str, ...]  # the members that lead to a text within the settings of a pool


@dataclass(frozen=True, slots=True)
class Text:
    """Where a text stands in the settings of a pool, the first place that holds one first; else AWS's own."""

    places: tuple[Place, ...]
    default: str

    def of(self, settings: Mapping[str, Any]) -> str:
        """The text of this pool."""
        found = (_at(settings, place) for place in self.places)
        return next(filter(None, found), self.default)


@dataclass(frozen=True, slots=True)
class Template:
    """The three texts of one kind of message."""

    subject: Text
    email: Text
    sms: Text


def _verification(words: str) -> Template:
    subject = (("VerificationMessageTemplate", "EmailSubject"), ("EmailVerificationSubject",))
    email = (("VerificationMessageTemplate", "EmailMessage"), ("EmailVerificationMessage",))
    sms = (("VerificationMessageTemplate", "SmsMessage"), ("SmsVerificationMessage",))
    return Template(Text(subject, "Your verification code"), Text(email, words), Text(sms, words))


INVITATION = ("AdminCreateUserConfig", "InviteMessageTemplate")
VERIFY = _verification("Your verification code is {####}. ")
RESET = _verification("Your password reset code is {####}")
INVITE_WORDS = "Your username is {username} and temporary password is {####}. "
SIGN_IN_WORDS = "Your authentication code is {####}. "

TEMPLATES: Mapping[MessageKind, Template] = {
    MessageKind.SIGN_UP: VERIFY,
    MessageKind.RESEND_CODE: VERIFY,
    MessageKind.FORGOT_PASSWORD: RESET,
    MessageKind.UPDATE_USER_ATTRIBUTE: VERIFY,
    MessageKind.VERIFY_USER_ATTRIBUTE: VERIFY,
    MessageKind.ADMIN_CREATE_USER: Template(
        Text(((*INVITATION, "EmailSubject"),), "Your temporary password"),
        Text(((*INVITATION, "EmailMessage"),), INVITE_WORDS),
        Text(((*INVITATION, "SMSMessage"),), INVITE_WORDS),
    ),
    MessageKind.AUTHENTICATION: Template(
        Text((("EmailMfaConfiguration", "Subject"),), "Your authentication code"),
        Text((("EmailMfaConfiguration", "Message"),), SIGN_IN_WORDS),
        Text((("SmsAuthenticationMessage",),), SIGN_IN_WORDS),
    ),
}

CODE = "{####}"
USERNAME = "{username}"
BLANK = re.compile("|".join(map(re.escape, (CODE, USERNAME))))


def email_wording(settings: Mapping[str, Any], kind: MessageKind, blanks: Blanks) -> Wording:
    """A mail; AWS sends HTML, so a template with markup yields both forms and its blanks are escaped.

    Whether it is HTML is decided before the blanks are filled: no user name can turn a text into HTML.
    The subject is one line and its blanks stay unfilled, as on AWS.
    """
    template = TEMPLATES[kind]
    subject = " ".join(template.subject.of(settings).split())
    words = template.email.of(settings)
    if not holds_markup(words):
        return Wording(subject, _filled(words, _values(kind, blanks)))
    html = _filled(words, {blank: escape(value) for blank, value in _values(kind, blanks).items()})
    return Wording(subject, plain_text(html), html)


def sms_wording(settings: Mapping[str, Any], kind: MessageKind, blanks: Blanks) -> Wording:
    """A text message; it has no subject."""
    return Wording("", _filled(TEMPLATES[kind].sms.of(settings), _values(kind, blanks)))


def has_place_for_code(settings: Mapping[str, Any], kind: MessageKind, *, by_mail: bool) -> bool:
    """Whether the pool's template shows the code; AWS delivers no invitation that does not show its password."""
    template = TEMPLATES[kind]
    return CODE in (template.email if by_mail else template.sms).of(settings)


MOST_SMS, MOST_SUBJECT, MOST_EMAIL = 140, 140, 20_000  # characters of what a trigger answers (reference 08)


def check_words(words: Words, kind: MessageKind, *, by_mail: bool) -> None:
    """Refuse texts of a trigger that cannot be sent; raises MessageOfTriggerUnusable."""
    body, most = (words.email, MOST_EMAIL) if by_mail else (words.sms, MOST_SMS)
    member = "emailMessage" if by_mail else "smsMessage"
    if by_mail and words.subject is not None and not 0 < len(words.subject) <= MOST_SUBJECT:
        raise errors.MessageOfTriggerUnusable(member="emailSubject", rule=f"have 1 to {MOST_SUBJECT} characters.")
    if body is None:
        return
    if len(body) > most:
        raise errors.MessageOfTriggerUnusable(member=member, rule=f"have at most {most} characters.")
    needed = (CODE, USERNAME) if kind is MessageKind.ADMIN_CREATE_USER else (CODE,)
    for blank in needed:
        if blank not in body:
            raise errors.MessageOfTriggerUnusable(member=member, rule=f"contain {blank}.")


def settings_with(settings: Mapping[str, Any], kind: MessageKind, words: Words) -> Mapping[str, Any]:
    """The settings of a pool as if these words were its own for this kind of message."""
    template = TEMPLATES[kind]
    put = ((template.subject, words.subject), (template.email, words.email), (template.sms, words.sms))
    for text, value in put:
        if value is not None:
            settings = _with(settings, text.places[0], value)
    return settings


def _with(settings: Mapping[str, Any], place: Place, value: str) -> Mapping[str, Any]:
    member, *further = place
    return {**settings, member: _with(settings.get(member) or {}, tuple(further), value) if further else value}


def _values(kind: MessageKind, blanks: Blanks) -> dict[str, str]:
    """What each blank stands for; AWS fills in the user name in invitations only."""
    values = {CODE: blanks.code}
    return values | {USERNAME: blanks.username} if kind is MessageKind.ADMIN_CREATE_USER else values


def _filled(words: str, values: Mapping[str, str]) -> str:
    """Fill all blanks in one go, so that a value that looks like a blank stays as it is."""
    return BLANK.sub(lambda blank: values.get(blank[0], blank[0]), words)


def _at(settings: Mapping[str, Any], place: Place) -> str:
    value: Any = settings
    for member in place:
        value = (value or {}).get(member)
    return value or ""
