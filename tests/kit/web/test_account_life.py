"""The account life, page by page, against the server of this repository."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from cognomen_kit.web import FORM_NAMES, Reply, WebSettings
from kit.site_stories import another_code
from kit.web.conftest import PASSWORD
from kit.web.visiting import Visiting

NEW = "Another-Horse-10"


def told(reply: Reply) -> tuple[int, str | None]:
    return reply.status, reply.error


def test_from_sign_up_to_sign_out(site: Visiting, pool: Any) -> None:
    """Sign up, confirm with the mailed code, sign in, be known, sign out, be unknown."""
    email = f"karla-{uuid.uuid4().hex[:12]}@shop.example"
    site.open("sign-up", next="/cart")
    assert site.fill(email=email, name="Karla", password=PASSWORD).location == "/account/confirm"
    assert site.page.notice == "A code is on its way to k***@s***."
    assert site.page.form.fields[0].value == email
    code = pool.code_for(email)
    wrong = site.fill(code=another_code(code))
    assert told(wrong) == (400, "This code is not right. Please check it and try again.")
    assert site.fill(code=code).location == "/account/sign-in"
    assert site.page.notice == "Your account is confirmed. Please sign in."
    assert site.fill(password=PASSWORD).location == "/cart"
    visitor = site.seen().visitor
    assert visitor is not None
    assert (visitor.email, visitor.name, visitor.via) == (email, "Karla", "cookie")
    assert visitor.sub == visitor.claims.sub == visitor.username
    site.open("sign-out")
    assert site.fill().location == "/"
    assert site.seen().visitor is None
    assert not [name for name in site.jar if "session" in name]


def test_wrong_passwords_are_told_kindly(site: Visiting, email: str) -> None:
    """The same sentence for a wrong password and for nobody; what was typed stays, but for the password."""
    site.open("sign-in")
    assert told(site.fill(email=email, password="wrong")) == (401, "Incorrect username or password.")
    assert [each.value for each in site.page.form.fields] == [email, ""]
    assert told(site.fill(email="nobody@shop.example", password="wrong")) == (401, "Incorrect username or password.")
    assert told(site.fill(email="", password="")) == (400, "Please fill in: E-mail address, Password.")


def test_a_forgotten_password(site: Visiting, pool: Any, email: str) -> None:
    """A code by mail, a new password; the old one is over. Nobody learns who has an account."""
    pool.code_for(email)
    of_sign_up = pool.messages(to=email)[-1]["id"]
    site.open("forgot")
    assert site.fill(email=email).location == "/account/reset"
    assert site.page.form.fields[0].value == email
    code = pool.code_for(email, after=of_sign_up)
    reply = site.fill(code=code, password="short")
    assert told(reply) == (400, "Password not long enough.") or reply.status == 400
    assert site.fill(code=code, password=NEW).location == "/account/sign-in"
    assert told(site.fill(password=PASSWORD))[0] == 401
    assert site.fill(password=NEW).location == "/"
    stranger = replace(site, jar={})
    stranger.open("forgot")
    assert stranger.fill(email="nobody@shop.example").location == "/account/reset"


def test_somebody_unconfirmed_is_led_to_the_code(site: Visiting, pool: Any) -> None:
    """A sign-in before the confirmation goes to the code's page, and another code can be had."""
    email = f"karla-{uuid.uuid4().hex[:12]}@shop.example"
    site.open("sign-up")
    site.fill(email=email, password=PASSWORD)
    pool.server.code_for(email)
    site.open("sign-in")
    assert site.fill(email=email, password=PASSWORD).location == "/account/confirm"
    before = pool.server.messages(to=email)[-1]["id"]
    site.open("resend")
    assert site.fill().location == "/account/confirm"
    assert site.fill(code=pool.server.code_for(email, after=before)).location == "/account/sign-in"


def test_the_profile(signed_in: Visiting, pool: Any, email: str) -> None:
    """Shown as the service has it; a changed name is saved, a new address is verified with a code."""
    signed_in.open("profile")
    assert [each.value for each in signed_in.page.form.fields] == ["Karla", email]
    assert signed_in.fill(name="Karla K.").location == "/account/profile"
    assert signed_in.page.notice == "Your profile is saved."
    assert signed_in.page.form.fields[0].value == "Karla K."
    new = f"new-{uuid.uuid4().hex[:12]}@shop.example"
    assert signed_in.fill(email=new).location == "/account/verify"
    code = pool.code_for(new)
    assert told(signed_in.fill(code=another_code(code)))[0] == 400
    assert signed_in.fill(code=code).location == "/account/profile"
    assert signed_in.page.form.fields[1].value == new


def test_an_attribute_is_removed(signed_in: Visiting, pool: Any, email: str) -> None:
    """A field that was emptied removes the attribute."""
    signed_in.open("profile")
    assert signed_in.fill(name="").location == "/account/profile"
    user = pool.cognito.admin_get_user(UserPoolId=pool.pool_id, Username=email)
    assert "name" not in {each["Name"] for each in user["UserAttributes"]}


def test_changing_the_password(signed_in: Visiting, email: str) -> None:
    """The present password is asked for; afterwards the new one counts."""
    signed_in.open("change-password")
    assert told(signed_in.fill(previous_password="wrong", password=NEW))[0] == 401
    assert signed_in.page.form.name == "change-password"
    assert signed_in.fill(previous_password=PASSWORD, password=NEW).location == "/account/profile"
    stranger = replace(signed_in, jar={})
    stranger.open("sign-in")
    assert stranger.fill(email=email, password=NEW).location == "/"


def test_nobody_signs_out(site: Visiting) -> None:
    """Whoever is not signed in is led to where a sign-out leads."""
    assert site.open("sign-out").location == site.send("sign-out").location == "/"


@pytest.mark.parametrize("name", ["profile", "verify", "change-password"])
def test_pages_of_the_signed_in_lead_strangers_to_the_sign_in(site: Visiting, name: str) -> None:
    """And back again afterwards; a program is told 401."""
    reply = site.open(name)
    assert (reply.status, reply.json_status) == (303, 401)
    assert reply.location == f"/account/sign-in?next=/account/{name}"
    assert site.send(name).location == f"/account/sign-in?next=/account/{name}"


@pytest.mark.parametrize("name", ["sign-in", "sign-up"])
def test_the_signed_in_need_no_sign_in(signed_in: Visiting, name: str) -> None:
    """They are led on."""
    assert signed_in.open(name, next="/cart").location == "/cart"


def test_signing_out_everywhere(signed_in: Visiting, make_site: Callable[..., Visiting], email: str) -> None:
    """The session of another browser ends with it, as soon as that one asks the service."""
    other = make_site(WebSettings(check_revoked=True))
    other.open("sign-in")
    other.fill(email=email, password=PASSWORD)
    assert other.seen().visitor is not None
    signed_in.open("sign-out")
    signed_in.fill(everywhere="on")
    assert other.seen().visitor is None


def test_an_old_session_cannot_be_replayed(signed_in: Visiting) -> None:
    """A cookie from before the sign-out opens no page that asks the service, and is not renewed."""
    old = dict(signed_in.jar)
    signed_in.open("sign-out")
    signed_in.fill()
    thief = replace(signed_in, jar=old)
    reply = thief.open("profile")
    assert told(reply) == (401, "Please sign in again.")
    assert reply.page is not None
    assert reply.page.form.name == "sign-in"
    assert thief.seen().visitor is None


def test_there_are_no_other_pages(site: Visiting) -> None:
    """A name that is no form is a KeyError, for 404."""
    assert len(FORM_NAMES) == 11
    for act in (site.open, site.send):
        with pytest.raises(KeyError):
            act("admin")
