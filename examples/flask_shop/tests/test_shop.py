"""The shop as its visitors meet it, with a Cognito of its own for every test: `pip install 'cognomen[testing]'`."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from flask.testing import FlaskClient
from shop import make_app

from cognomen.testing import AppClient, Inbox, LogIn, TokenMaker

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
def browser(app_client: AppClient) -> Iterator[FlaskClient]:
    """Somebody at the shop; `app_client` has told the environment where the user pool is."""
    with make_app().test_client() as client:
        yield client


def test_from_sign_up_to_an_order(browser: FlaskClient, inbox: Inbox) -> None:
    """Sign up, confirm with the code of the mail, sign in, order something and see it."""
    account = {"email": KARLA, "password": PASSWORD}
    assert browser.post("/account/sign-up", json={**account, "name": "Karla"}).status_code == 200
    assert browser.post("/account/sign-in", json=account).get_json()["location"] == "/account/confirm"  # first
    assert browser.post("/account/confirm", json={"email": KARLA, "code": inbox.code(KARLA)}).status_code == 200
    signed_in = browser.post("/account/sign-in", json=account)
    assert signed_in.get_json()["location"] == "/orders"
    assert browser.post("/orders/tea").status_code == 303
    assert "Green tea" in browser.get("/orders").text


def test_who_is_not_signed_in_is_led_to_the_sign_in(browser: FlaskClient) -> None:
    """The orders are nobody else's."""
    led = browser.get("/orders", headers={"Accept": "text/html"})
    assert led.location.startswith("/account/sign-in")


def test_everybodys_orders_are_for_staff(browser: FlaskClient, login_as: LogIn) -> None:
    """A member of the group sees them, a customer does not; neither has to sign in for the test."""
    boss, customer = login_as("boss@shop.example", groups=["staff"]), login_as(KARLA)
    browser.post("/orders/mug", headers=customer.headers)
    assert browser.get("/api/orders", headers=boss.headers).get_json() == {customer.user.sub: ["mug"]}
    assert browser.get("/api/orders", headers=customer.headers).status_code == 403


def test_an_old_token_is_refused(browser: FlaskClient, token: TokenMaker) -> None:
    """What was issued two hours ago has expired."""
    for age, expected in {0: 200, 7200: 401}.items():
        headers = {"Authorization": f"Bearer {token(KARLA, groups=['staff'], age=age)}"}
        assert browser.get("/api/orders", headers=headers).status_code == expected
