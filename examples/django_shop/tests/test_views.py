"""The shop as its visitors meet it, with a Cognito of its own for every test: `pip install 'cognomen[testing]'`."""

import os
from collections.abc import Iterator, Mapping
from typing import Any

import django
import pytest
from django.test import Client, override_settings
from django.test.utils import setup_test_environment

from cognomen.testing import AppClient, Inbox, LogIn, TokenMaker

os.environ["DJANGO_SETTINGS_MODULE"] = "settings"  # pytest-django, where you have it, does these three
django.setup()
setup_test_environment()

JSON = "application/json"
KARLA = "karla@shop.example"
PASSWORD = "Correct-Horse-9"


@pytest.fixture
def user_pool_members() -> Mapping[str, Any]:
    """People sign in with their e-mail address."""
    return {"UsernameAttributes": ["email"]}


@pytest.fixture
def app_client_members() -> Mapping[str, Any]:
    """The shop's app client has a secret."""
    return {"GenerateSecret": True}


@pytest.fixture
def browser(app_client: AppClient) -> Iterator[Client]:
    """Somebody at the shop; the client for Cognito is made anew, from the environment that `app_client` has set."""
    with override_settings(COGNITO_CLIENT={}):
        yield Client()


def test_from_sign_up_to_an_order(browser: Client, inbox: Inbox) -> None:
    """Sign up, confirm with the code of the mail, sign in, order something and see it."""
    account = {"email": KARLA, "password": PASSWORD}
    assert browser.post("/account/sign-up", {**account, "name": "Karla"}, JSON).status_code == 200
    assert browser.post("/account/sign-in", account, JSON).json()["location"] == "/account/confirm"  # first
    assert browser.post("/account/confirm", {"email": KARLA, "code": inbox.code(KARLA)}, JSON).status_code == 200
    signed_in = browser.post("/account/sign-in", account, JSON)
    assert signed_in.json()["location"] == "/orders"
    assert browser.post("/orders/tea").status_code == 302
    assert "Green tea" in browser.get("/orders").content.decode()


def test_who_is_not_signed_in_is_led_to_the_sign_in(browser: Client) -> None:
    """The orders are nobody else's."""
    led = browser.get("/orders", headers={"Accept": "text/html"})
    assert led.headers["Location"].startswith("/account/sign-in")


def test_everybodys_orders_are_for_staff(browser: Client, login_as: LogIn) -> None:
    """A member of the group sees them, a customer does not; neither has to sign in for the test."""
    boss, customer = login_as("boss@shop.example", groups=["staff"]), login_as(KARLA)
    browser.post("/orders/mug", headers=customer.headers)
    assert browser.get("/api/orders", headers=boss.headers).json()[customer.user.sub] == ["mug"]
    assert browser.get("/api/orders", headers=customer.headers).status_code == 403


def test_an_old_token_is_refused(browser: Client, token: TokenMaker) -> None:
    """What was issued two hours ago has expired."""
    for age, expected in {0: 200, 7200: 401}.items():
        headers = {"Authorization": f"Bearer {token(KARLA, groups=['staff'], age=age)}"}
        assert browser.get("/api/orders", headers=headers).status_code == expected
