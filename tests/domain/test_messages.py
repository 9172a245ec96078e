"""What messages say."""

import pytest

from cognomen.domain.messages import Blanks, MessageKind, Wording, email_wording, sms_wording
from cognomen.domain.plain_text import holds_markup, plain_text

BLANKS = Blanks("kim", "123456")
VERIFYING = ("SignUp", "ResendCode", "UpdateUserAttribute", "VerifyUserAttribute")
DEFAULTS = [
    *((kind, "Your verification code", "Your verification code is 123456. ") for kind in VERIFYING),
    ("ForgotPassword", "Your verification code", "Your password reset code is 123456"),
    ("AdminCreateUser", "Your temporary password", "Your username is kim and temporary password is 123456. "),
    ("Authentication", "Your authentication code", "Your authentication code is 123456. "),
]
OWN_WORDS = {
    "VerificationMessageTemplate": {
        "EmailSubject": "Welcome",
        "EmailMessage": "Use {####}",
        "SmsMessage": "Text {####}",
    },
    "EmailVerificationSubject": "Old subject",
    "EmailVerificationMessage": "Old {####}",
    "SmsVerificationMessage": "Old text {####}",
    "SmsAuthenticationMessage": "Sign in with {####}",
    "EmailMfaConfiguration": {"Subject": "Sign in", "Message": "Mailed {####}"},
    "AdminCreateUserConfig": {
        "InviteMessageTemplate": {
            "EmailSubject": "Come in",
            "EmailMessage": "{username}: {####}",
            "SMSMessage": "Hi {username}, {####}",
        },
    },
}
OWN = [
    *((kind, "Welcome", "Use 123456", "Text 123456") for kind in (*VERIFYING, "ForgotPassword")),
    ("AdminCreateUser", "Come in", "kim: 123456", "Hi kim, 123456"),
    ("Authentication", "Sign in", "Mailed 123456", "Sign in with 123456"),
]


def test_every_kind_has_a_row() -> None:
    """No kind of message is left out of the tables below."""
    kinds = {kind.value for kind in MessageKind}
    assert kinds == {row[0] for row in DEFAULTS} == {row[0] for row in OWN}


@pytest.mark.parametrize(("kind", "subject", "words"), DEFAULTS)
@pytest.mark.parametrize("settings", [{}, {"VerificationMessageTemplate": {"DefaultEmailOption": "CONFIRM_WITH_CODE"}}])
def test_a_pool_without_words_uses_those_of_aws(settings: dict, kind: str, subject: str, words: str) -> None:
    """A pool that says nothing sends AWS's own texts, space at the end included, by mail and by SMS."""
    assert email_wording(settings, MessageKind(kind), BLANKS) == Wording(subject, words)
    assert sms_wording(settings, MessageKind(kind), BLANKS) == Wording("", words)


@pytest.mark.parametrize(("kind", "subject", "email", "sms"), OWN)
def test_the_words_of_the_pool_win(kind: str, subject: str, email: str, sms: str) -> None:
    """The template of the pool comes first, before the members it has replaced."""
    assert email_wording(OWN_WORDS, MessageKind(kind), BLANKS) == Wording(subject, email)
    assert sms_wording(OWN_WORDS, MessageKind(kind), BLANKS) == Wording("", sms)


def test_older_members_still_count() -> None:
    """EmailVerificationMessage, its subject and SmsVerificationMessage work without the template."""
    old = {name: words for name, words in OWN_WORDS.items() if name != "VerificationMessageTemplate"}
    assert email_wording(old, MessageKind.SIGN_UP, BLANKS) == Wording("Old subject", "Old 123456")
    assert sms_wording(old, MessageKind.SIGN_UP, BLANKS) == Wording("", "Old text 123456")


@pytest.mark.parametrize(
    ("words", "blanks", "body"),
    [
        ("{####} or {####}", BLANKS, "123456 or 123456"),
        ("{###} {#####} {code} {0} %s", BLANKS, "{###} {#####} {code} {0} %s"),
        ("{username}, {####}", BLANKS, "{username}, 123456"),
        ("{####}", Blanks("kim", "{username}{####}"), "{username}{####}"),
        ("{####}\nBye", BLANKS, "123456\nBye"),
        ("{####}", Blanks("kim", r"\g<0>\1"), r"\g<0>\1"),
    ],
)
def test_only_blanks_are_filled(words: str, blanks: Blanks, body: str) -> None:
    """Values are put in once and as they are; the user name is filled in invitations only, as on AWS."""
    settings = {"EmailVerificationMessage": words}
    assert email_wording(settings, MessageKind.SIGN_UP, blanks).body == body


def test_a_subject_is_one_line_with_blanks_unfilled() -> None:
    """Line breaks in a subject cannot become headers, and no code shows in a list of mails."""
    settings = {"EmailVerificationSubject": "Code\r\nBcc: eve@example.com\n {####}\u2028{username}"}
    subject = email_wording(settings, MessageKind.SIGN_UP, BLANKS).subject
    assert subject == "Code Bcc: eve@example.com {####} {username}"


def test_html_comes_with_a_plain_form() -> None:
    """A template with tags yields both forms of the same words."""
    settings = {"EmailVerificationMessage": "<p>Your code</p><b>{####}</b>"}
    assert email_wording(settings, MessageKind.SIGN_UP, BLANKS) == Wording(
        "Your verification code", "Your code\n123456", "<p>Your code</p><b>123456</b>"
    )


def test_a_user_name_cannot_add_markup() -> None:
    """In HTML a user name is escaped; in plain text it stays as it is and makes no HTML of it."""
    eve = Blanks("<a href=//evil.example>win</a>", "a&b<c")
    invite = {"AdminCreateUserConfig": {"InviteMessageTemplate": {"EmailMessage": "<p>{username} {####}</p>"}}}
    html = email_wording(invite, MessageKind.ADMIN_CREATE_USER, eve)
    assert html.html == "<p>&lt;a href=//evil.example&gt;win&lt;/a&gt; a&amp;b&lt;c</p>"
    assert html.body == "<a href=//evil.example>win</a> a&b<c"
    plain = email_wording({}, MessageKind.ADMIN_CREATE_USER, eve)
    assert plain.html == ""
    assert eve.username in plain.body


@pytest.mark.parametrize(
    ("text", "is_markup"),
    [
        ("<b>x</b>", True),
        ("a<br>b", True),
        ("a<br/>b", True),
        ("<!-- note -->", True),
        ("caf&eacute; &#233; &#xe9;", True),
        ("1 < 2 > 0", False),
        ("Q&A; AT&T", False),
        ("write to <me@example.com", False),
        ("{####}", False),
    ],
)
def test_what_counts_as_html(text: str, is_markup: bool) -> None:
    """Tags, comments and character references make HTML; a lone bracket or ampersand does not."""
    assert holds_markup(text) is is_markup


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One</p><p>Two</p>", "One\nTwo"),
        ("a<br>b<br/>c", "a\nb\nc"),
        ("a\n  b\t c", "a b c"),
        ('<a href="https://x.example/?a=1&amp;b=2">Go</a>!', "Go (https://x.example/?a=1&b=2)!"),
        ('<a href="https://x.example/">https://x.example/</a>', "https://x.example/"),
        ("<a>Go</a> on", "Go on"),
        ("<head><title>T</title><style>p {}</style></head><body>x", "x"),
        ("<script>if (a < b) {}</script>x", "x"),
        ("x</style>y", "xy"),
        ("<style/>x", "x"),
        ("&lt;b&gt; caf&eacute; &amp;", "<b> café &"),
        ("<ul><li>a</li><li>b</li></ul>", "a\nb"),
        ("<!-- no -->yes", "yes"),
    ],
)
def test_html_as_plain_text(html: str, text: str) -> None:
    """What a browser shows stays, one line a block, links with their addresses."""
    assert plain_text(html) == text


def test_codes_do_not_print_themselves() -> None:
    """Neither blanks nor wordings show the code in their repr."""
    settings = {"EmailVerificationMessage": "<b>{####}</b>"}
    shown = repr(BLANKS) + repr(email_wording(settings, MessageKind.SIGN_UP, BLANKS))
    assert "123456" not in shown
