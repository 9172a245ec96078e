"""The example shop in a real browser, from sign-up to sign-out."""

import uuid
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from browsers import PATIENCE_MS, browser, needs_browser, opened, uvicorn_running
from kit.site_stories import another_code

pytestmark = needs_browser

SHOP = Path(__file__).parents[2] / "examples" / "fastapi_shop"
PASSWORD = "Correct-Horse-9"
NEW = "Another-Horse-10"
FORGED = """url => {
  const form = Object.assign(document.createElement("form"), {method: "post", action: url});
  document.body.append(form);
  form.submit();
}"""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with browser() as started:
        yield started


@pytest.fixture
def pool(make_pool: Callable[..., Any]) -> Any:
    return make_pool(secret=True, AutoVerifiedAttributes=["email"], UsernameAttributes=["email"])


@pytest.fixture
def shop(pool: Any) -> Iterator[str]:
    """The shop as its README starts it: three values, and the one that leaves AWS."""
    environment = {
        "AWS_COGNITO_CLIENT_ID": pool.client_id,
        "AWS_COGNITO_APP_CLIENT_SECRET": pool.secret,
        "AWS_REGION": "us-east-1",
        "AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER": pool.server.url,
    }
    with uvicorn_running("app:make_app", SHOP, environment) as url:
        yield url


@pytest.fixture
def page(chromium: Any) -> Iterator[Any]:
    with opened(chromium) as page:
        yield page


class Person:
    """Somebody at the shop, who goes by what the pages say."""

    def __init__(self, page: Any, shop: str, pool: Any, email: str) -> None:
        self.page, self.shop, self.pool, self.email = page, shop, pool, email

    def open(self, path: str) -> None:
        self.page.goto(self.shop + path)

    def fill(self, submit: str, values: Mapping[str, str]) -> None:
        """Fill in the form by its labels, and send it."""
        for label, value in values.items():
            self.page.locator("main form").get_by_label(label).fill(value)
        self.page.locator("main").get_by_role("button", name=submit, exact=True).click()

    def follow(self, link: str) -> None:
        self.page.get_by_role("link", name=link).click()

    def sees(self, heading: str) -> None:
        self.page.get_by_role("heading", level=1, name=heading, exact=True).wait_for()

    def hears(self, words: str) -> None:
        """The error or the notice of the page, once it is there: the page before may have had another one."""
        from playwright.sync_api import expect

        expect(self.page.locator("[role=alert], [role=status]")).to_have_text(words, timeout=PATIENCE_MS)

    def sign_up(self) -> None:
        self.open("/account/sign-up")
        self.fill("Create account", {"E-mail address": self.email, "Name": "Karla", "Password": PASSWORD})
        self.sees("Confirm your account")

    def confirm(self) -> None:
        self.fill("Confirm", {"Code": self.pool.code_for(self.email)})
        self.sees("Sign in")

    def sign_in(self, password: str = PASSWORD) -> None:
        self.fill("Sign in", {"Password": password})


@pytest.fixture
def karla(page: Any, shop: str, pool: Any) -> Person:
    return Person(page, shop, pool, f"karla-{uuid.uuid4().hex[:12]}@shop.example")


@pytest.fixture
def customer(karla: Person) -> Person:
    """Karla with an account, signed in."""
    karla.sign_up()
    karla.confirm()
    karla.sign_in()
    karla.sees("My orders")
    return karla


def test_from_sign_up_to_sign_out(karla: Person) -> None:
    """Sign up, read the code in the inbox, confirm, sign in, order something, sign out."""
    karla.sign_up()
    karla.hears("A code is on its way to k***@s***.")
    karla.fill("Confirm", {"Code": another_code(karla.pool.code_for(karla.email))})
    karla.hears("This code is not right. Please check it and try again.")
    karla.confirm()
    karla.hears("Your account is confirmed. Please sign in.")
    karla.sign_in()
    karla.sees("My orders")
    karla.open("/")
    karla.page.get_by_role("button", name="Order").first.click()
    karla.sees("My orders")
    assert karla.page.get_by_role("listitem").inner_text() == "Green tea, 100 g"
    karla.open("/account/profile")
    karla.page.get_by_role("button", name="Sign out").click()
    karla.sees("Good things for the kitchen")
    karla.open("/orders")
    karla.sees("Sign in")


def test_a_wrong_password_is_told_kindly(karla: Person) -> None:
    """The page says so, keeps the address, and leads on to where Karla wanted to be."""
    karla.sign_up()
    karla.confirm()
    karla.open("/orders")
    karla.fill("Sign in", {"E-mail address": karla.email, "Password": "Wrong-Horse-9"})
    karla.hears("Incorrect username or password.")
    assert karla.page.get_by_label("E-mail address").input_value() == karla.email
    assert karla.page.get_by_label("Password").input_value() == ""
    karla.sign_in()
    karla.sees("My orders")


def test_a_forgotten_password(karla: Person) -> None:
    """A code by mail, a new password, and the old one is over."""
    karla.sign_up()
    karla.confirm()
    before = karla.pool.messages(to=karla.email)[-1]["id"]
    karla.pool.cognito.admin_update_user_attributes(
        UserPoolId=karla.pool.pool_id,
        Username=karla.email,
        UserAttributes=[{"Name": "email_verified", "Value": "true"}],
    )
    karla.follow("I forgot my password")
    karla.fill("Send code", {"E-mail address": karla.email})
    karla.sees("Choose a new password")
    code = karla.pool.code_for(karla.email, after=before)
    karla.fill("Set password", {"Code": code, "New password": "short"})
    karla.hears("Password not long enough.")
    karla.fill("Set password", {"Code": code, "New password": NEW})
    karla.sees("Sign in")
    karla.sign_in(PASSWORD)
    karla.hears("Incorrect username or password.")
    karla.sign_in(NEW)
    karla.sees("My orders")


def test_the_profile(customer: Person) -> None:
    """A name is changed; a new address is verified; so is the password."""
    customer.open("/account/profile")
    customer.fill("Save", {"Name": "Karla <b>K.</b>"})
    customer.hears("Your profile is saved.")
    assert customer.page.get_by_label("Name").input_value() == "Karla <b>K.</b>"
    new = f"new-{customer.email}"
    customer.fill("Save", {"E-mail address": new})
    customer.sees("Verify your details")
    customer.fill("Verify", {"Code": customer.pool.code_for(new)})
    customer.hears("Thank you, that is verified.")
    customer.follow("Change my password")
    customer.fill("Change", {"Present password": PASSWORD, "New password": NEW})
    customer.hears("Your password is changed.")


def test_forged_and_replayed_requests_are_refused(customer: Person) -> None:
    """A form without its token, a form of another site, and cookies from before the sign-out lead nowhere."""
    page, shop = customer.page, customer.shop
    customer.open("/account/profile")
    page.evaluate("document.querySelectorAll('[name=csrf_token]').forEach(each => each.value = '')")
    customer.fill("Save", {"Name": "Mallory"})
    customer.hears("This page was open for too long. Please try again.")
    old = page.context.cookies()
    assert all(each["httpOnly"] and each["sameSite"] == "Lax" and not each["secure"] for each in old)
    elsewhere = shop.replace("127.0.0.1", "localhost")
    page.goto(f"{elsewhere}/")
    with page.expect_navigation() as answer:
        page.evaluate(FORGED, f"{shop}/orders/tea")
    assert answer.value.status in {401, 403}
    customer.open("/account/profile")
    page.get_by_role("button", name="Sign out").click()
    customer.sees("Good things for the kitchen")
    page.context.add_cookies(old)
    customer.open("/account/profile")
    customer.sees("Sign in")
    customer.hears("Please sign in again.")


def test_pages_fit_a_phone_and_the_night(chromium: Any, shop: str) -> None:
    """Nothing runs over the edge, and the dark design is dark."""
    phone = {"viewport": {"width": 360, "height": 640}, "color_scheme": "dark"}
    with opened(chromium, **phone) as page:
        for form in ("sign-up", "sign-in", "confirm", "forgot", "reset"):
            page.goto(f"{shop}/account/{form}")
            assert page.evaluate("document.documentElement.scrollWidth") <= 360
            assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(16, 18, 24)"
            unlabelled = "[...document.querySelectorAll('input:not([type=hidden])')].filter(e => !e.labels.length)"
            assert page.evaluate(f"{unlabelled}.length") == 0
