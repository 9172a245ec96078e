"""What keeps an account page safe: cookies, forgeries, ways back. Tables of cases, without a network."""

import base64
import secrets
import string
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from cognomen_kit import Cognito, ConfigurationMissing, SignedIn
from cognomen_kit.web import CSRF_FIELD, Account, SignInNeeded, Visit, WebSettings, insist, safe_next
from cognomen_kit.web.cookies import MOST_CHARACTERS, ended, read, written
from cognomen_kit.web.csrf import CsrfGuard
from cognomen_kit.web.vault import Note, Session, Vault
from kit.web.visiting import Visiting

VISIT = Visit(scheme="https", host="shop.example")
LOCAL = Visit(scheme="http", host="localhost:8000")
LETTERS = string.ascii_letters + string.digits + "-_"

NEXT = {
    "/": "/",
    "/orders?page=2&sort=date": "/orders?page=2&sort=date",
    "/a//b": "/a//b",
    "/login?next=https://evil.example": "/login?next=https://evil.example",
    "": "/home",
    "orders": "/home",
    "//evil.example": "/home",
    "///evil.example": "/home",
    "/\\evil.example": "/home",
    "/orders\\..\\": "/home",
    "\\\\evil.example": "/home",
    "https://evil.example/": "/home",
    "https:evil.example": "/home",
    "javascript:alert(1)": "/home",
    "/\t/evil.example": "/home",
    "/\n/evil.example": "/home",
    "/orders\r\nSet-Cookie: a=b": "/home",
    " /orders": "/home",
    "/or ders": "/home",
    "/\x7f": "/home",
    "//[": "/home",
}


@pytest.mark.parametrize(("wanted", "led"), NEXT.items())
def test_the_way_back_stays_on_the_site(wanted: str, led: str) -> None:
    """Only a path of this site is a way back."""
    assert safe_next(wanted, "/home") == led


def test_no_way_back() -> None:
    """None leads to the other place."""
    assert safe_next(None) == "/"


FLAGS = {
    "https": (VISIT, "__Host-a", True),
    "https on this machine": (replace(LOCAL, scheme="https"), "__Host-a", True),
    "this machine": (LOCAL, "a", False),
    "this machine by number": (replace(LOCAL, host="127.0.0.1:8000"), "a", False),
    "this machine, version 6": (replace(LOCAL, host="[::1]:8000"), "a", False),
    "version 6 without a port": (replace(LOCAL, host="[::1]"), "a", False),
    "a name below localhost": (replace(LOCAL, host="shop.localhost"), "a", False),
    "in the clear": (replace(VISIT, scheme="http"), "a", True),
    "not this machine": (replace(LOCAL, host="localhost.evil.example"), "a", True),
}


@pytest.mark.parametrize(("visit", "name", "secure"), FLAGS.values(), ids=FLAGS)
def test_flags_of_cookies(visit: Visit, name: str, secure: bool) -> None:
    """Secure unless on this machine, __Host- over TLS, HttpOnly and SameSite=Lax always."""
    (cookie,) = written("a", "value", 60, visit)
    expected = f"{name}=value; Max-Age=60; Path=/; HttpOnly; SameSite=Lax"
    assert cookie.header() == expected + ("; Secure" if secure else "")


@pytest.mark.parametrize("length", [1, MOST_CHARACTERS, MOST_CHARACTERS + 1, 5 * MOST_CHARACTERS])
def test_long_values_are_spread(length: int) -> None:
    """A value is read as it was written, over as many cookies as it needs; a shorter one ends the rest."""
    value = secrets.token_hex(length)[:length]
    cookies = list(written("a", value, 60, VISIT))
    assert all(len(cookie.header()) < 4096 for cookie in cookies)
    back = replace(VISIT, cookies={cookie.name: cookie.value for cookie in cookies})
    assert read("a", back) == value
    shorter = [cookie.name for cookie in written("a", "x", 60, back) if cookie.max_age == 0]
    assert shorter == [cookie.name for cookie in cookies[1:]]
    assert [cookie.name for cookie in ended("a", back)] == [cookie.name for cookie in cookies]


def test_what_no_cookies_can_carry_is_refused() -> None:
    """A value that browsers would drop is an error here, not a sign-in that silently fails."""
    with pytest.raises(ValueError, match="too long for cookies"):
        list(written("a", "x" * (5 * MOST_CHARACTERS + 1), 60, VISIT))


ELSEWHERE: dict[str, tuple[dict[str, str], bool]] = {
    "nothing said": ({}, False),
    "own origin": ({"origin": "https://shop.example"}, False),
    "own origin, capitals": ({"origin": "https://SHOP.example"}, False),
    "another site": ({"origin": "https://evil.example"}, True),
    "a site above": ({"origin": "https://example"}, True),
    "a site below": ({"origin": "https://a.shop.example"}, True),
    "another scheme": ({"origin": "http://shop.example"}, True),
    "another port": ({"origin": "https://shop.example:444"}, True),
    "no origin to speak of": ({"origin": "null"}, True),
    "typed by a person": ({"sec-fetch-site": "none"}, False),
    "own page": ({"sec-fetch-site": "same-origin"}, False),
    "page of a neighbour": ({"sec-fetch-site": "same-site"}, True),
    "page of a stranger": ({"sec-fetch-site": "cross-site"}, True),
}


@pytest.mark.parametrize(("headers", "elsewhere"), ELSEWHERE.values(), ids=ELSEWHERE)
def test_where_a_request_comes_from(headers: dict[str, str], elsewhere: bool) -> None:
    """As the browser says it."""
    assert replace(VISIT, headers=headers).comes_from_elsewhere is elsewhere


BEARERS = {"Bearer abc": "abc", "bearer  abc ": "abc", "Basic abc": None, "": None, "Bearer": ""}


@pytest.mark.parametrize(("header", "token"), BEARERS.items())
def test_bearer_tokens(header: str, token: str | None) -> None:
    """RFC 6750: the scheme has no case; an empty token is one, and will be refused."""
    assert replace(VISIT, headers={"authorization": header}).bearer_token == token


def test_forms_belong_to_a_browser_and_a_session() -> None:
    """A hidden field is good with the cookie and the session it was made for, under any of the keys."""
    old, new = secrets.token_bytes(32), secrets.token_bytes(32)
    guard = CsrfGuard((new, old))
    nonce = guard.nonce(VISIT)
    visit = replace(VISIT, cookies={cookie.name: cookie.value for cookie in guard.cookie(nonce, VISIT)})
    token = guard.token(nonce, "session")
    assert guard.accepts(token, visit, "session")
    assert guard.accepts(CsrfGuard((old,)).token(nonce, "session"), visit, "session")
    assert guard.token(nonce, "session") != token, "the same text on every page could be guessed from its length"
    assert not guard.accepts(token, visit, None)
    assert not guard.accepts(token, visit, "another session")
    assert not guard.accepts(token, VISIT, "session")
    assert not guard.accepts(guard.token("another nonce", "session"), visit, "session")
    assert not CsrfGuard((secrets.token_bytes(32),)).accepts(token, visit, "session")
    for odd in ("", "x", "é", token[:-4], base64.urlsafe_b64encode(b"short").decode(), token + "\n"):
        assert not guard.accepts(odd, visit, "session")


@pytest.fixture
def client() -> Iterator[Cognito]:
    with Cognito(client_id="c", client_secret="s" * 52, region="eu-west-1", clock=lambda: 1000.0) as made:
        yield made


def signed_in() -> SignedIn:
    return SignedIn("access", "id", 3600, "Bearer", "refresh", username="karla")


def kept(cookies: Any) -> Visit:
    return replace(VISIT, cookies={cookie.name: cookie.value for cookie in cookies})


def test_a_session_is_sealed(client: Cognito) -> None:
    """No cookie shows a token; one that was changed, moved to another name or sealed elsewhere is none."""
    vault = Vault(client, WebSettings())
    session = Session.begun(signed_in(), 1000.0)
    visit = kept(vault.with_session(session, VISIT))
    assert vault.session(visit) == session
    ((name, value),) = visit.cookies.items()
    assert "refresh" not in value
    assert not {"refresh", "access"} & set(repr(session).replace("'", " ").split())
    for last in set(LETTERS) - {value[-1]}:
        assert vault.session(replace(visit, cookies={name: value[:-1] + last})) is None
    moved = replace(visit, cookies={"__Host-cognomen-note": value, "__Host-cognomen-sign-in": value})
    assert (vault.note(moved), vault.pending(moved)) == (Note(), None)
    assert Vault(client, WebSettings(keys=(secrets.token_bytes(32),))).session(visit) is None


def test_keys_change(client: Cognito) -> None:
    """What an older key sealed opens as long as that key is named."""
    old, new = secrets.token_bytes(32), secrets.token_bytes(32)
    visit = kept(Vault(client, WebSettings(keys=(old,))).with_session(Session.begun(signed_in(), 0), VISIT))
    assert Vault(client, WebSettings(keys=(new, old))).session(visit) is not None
    assert Vault(client, WebSettings(keys=(new,))).session(visit) is None


def test_a_session_does_not_last_for_ever(client: Cognito) -> None:
    """However the browser keeps its cookies."""
    settings = WebSettings(session_seconds=60)
    visit = kept(Vault(client, settings).with_session(Session.begun(signed_in(), 0), VISIT))
    for now, lasts in ((1060.0, True), (1061.0, False)):
        with Cognito(client_id="c", client_secret="s" * 52, region="eu-west-1", clock=lambda now=now: now) as later:
            assert (Vault(later, settings).session(visit) is not None) is lasts


def test_keys_have_to_come_from_somewhere() -> None:
    """Without a client secret and without keys nothing can be sealed, and the start says what to do."""
    with Cognito(client_id="c", region="eu-west-1") as public, pytest.raises(ConfigurationMissing, match="keys="):
        Account(public)
    with pytest.raises(ConfigurationMissing, match="32 bytes"):
        WebSettings(keys=(b"short",))
    for base in ("account", "/account/"):
        with pytest.raises(ConfigurationMissing, match="base"):
            WebSettings(base=base)


def test_nobody_has_no_rights() -> None:
    """insist() refuses nobody before it looks at rights."""
    with pytest.raises(SignInNeeded):
        insist(None, scopes="a", groups="b")


def test_a_form_of_an_older_page_is_refused_kindly(client: Cognito) -> None:
    """The page comes again with what was typed, and a field that counts."""
    site = Visiting(Account(client))
    site.open("sign-up")
    reply = site.fill(**{CSRF_FIELD: "AAAA"}, email="karla@shop.example", password="secret")
    assert (reply.status, reply.code) == (403, "FormRefused")
    assert site.page.csrf_token
    assert [each.value for each in site.page.form.fields] == ["karla@shop.example", "", ""]
    assert "secret" not in repr(reply)
