"""Every kind of challenge as a page, against a service that plays a part."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from cognomen_kit import Cognito
from cognomen_kit.web import Account, WebSettings
from kit.fake_cognito import FakeCognito, refusal
from kit.web.visiting import Visiting

NAME = "user-0001"
TOKENS = {"AuthenticationResult": {"AccessToken": "a", "IdToken": "i", "ExpiresIn": 3600, "TokenType": "Bearer"}}
OPTIONS = json.dumps({"challenge": "AAAA", "rpId": "shop.example"})


def challenge(name: str, parameters: dict[str, str] | None = None, **more: Any) -> dict[str, Any]:
    given = {"USER_ID_FOR_SRP": NAME, **(parameters or {})}
    return {"ChallengeName": name, "ChallengeParameters": given, "Session": "s" * 40, **more}


@pytest.fixture
def site(sync_client: Cognito) -> Iterator[Visiting]:
    return Visiting(Account(sync_client, None, WebSettings(flow="USER_PASSWORD_AUTH", site_name="Shop")))


def begin(site: Visiting, fake: FakeCognito, answer: Any) -> None:
    fake.answers("InitiateAuth", answer)
    site.open("sign-in", next="/cart")
    assert site.fill(email="karla@shop.example", password="Correct-Horse-9").location == "/account/challenge"


PAGES: dict[str, tuple[dict[str, Any], dict[str, str], dict[str, str]]] = {
    "authenticator app": (
        challenge("SOFTWARE_TOKEN_MFA", {"FRIENDLY_DEVICE_NAME": "phone"}),
        {"code": " 123456 "},
        {"SOFTWARE_TOKEN_MFA_CODE": "123456"},
    ),
    "SMS": (
        challenge("SMS_MFA", {"CODE_DELIVERY_DESTINATION": "+*******9876"}),
        {"code": "123456"},
        {"SMS_MFA_CODE": "123456"},
    ),
    "e-mail": (challenge("EMAIL_OTP"), {"code": "12345678"}, {"EMAIL_OTP_CODE": "12345678"}),
    "new password": (
        challenge("NEW_PASSWORD_REQUIRED", {"requiredAttributes": '["userAttributes.phone_number"]'}),
        {"password": "Another-Horse-10", "phone_number": "+491234567"},
        {"NEW_PASSWORD": "Another-Horse-10", "userAttributes.phone_number": "+491234567"},
    ),
    "choice of a second factor": (
        challenge("SELECT_MFA_TYPE", {"MFAS_CAN_CHOOSE": '["SMS_MFA", "SOFTWARE_TOKEN_MFA"]'}),
        {"choice": "SMS_MFA"},
        {"ANSWER": "SMS_MFA"},
    ),
    "choice of a first factor": (
        challenge("SELECT_CHALLENGE", AvailableChallenges=["EMAIL_OTP", "PASSWORD"]),
        {"choice": "PASSWORD", "password": "Correct-Horse-9"},
        {"ANSWER": "PASSWORD", "PASSWORD": "Correct-Horse-9"},
    ),
    "choice without a password": (
        challenge("SELECT_CHALLENGE", AvailableChallenges=["EMAIL_OTP", "PASSWORD"]),
        {"choice": "EMAIL_OTP", "password": "not sent"},
        {"ANSWER": "EMAIL_OTP"},
    ),
    "set-up by e-mail": (
        challenge("MFA_SETUP", {"MFAS_CAN_SETUP": '["EMAIL_OTP"]'}),
        {"choice": "EMAIL_OTP", "contact": "karla@shop.example"},
        {"email": "karla@shop.example"},
    ),
    "passkey": (
        challenge("WEB_AUTHN", {"CREDENTIAL_REQUEST_OPTIONS": OPTIONS}),
        {"credential": '{"id": "x"}'},
        {"CREDENTIAL": '{"id": "x"}'},
    ),
    "custom": (challenge("CUSTOM_CHALLENGE", {"question": "2 + 2"}), {"answer": "4"}, {"ANSWER": "4"}),
}


@pytest.mark.parametrize(("asked", "given", "sent"), PAGES.values(), ids=PAGES)
def test_every_challenge_has_a_page(
    site: Visiting, fake: FakeCognito, asked: dict[str, Any], given: dict[str, str], sent: dict[str, str]
) -> None:
    """Shown, filled in, answered in AWS's words; then on to where the person wanted to be."""
    begin(site, fake, asked)
    assert set(given) == {each.name for each in site.page.form.fields}
    fake.answers("RespondToAuthChallenge", TOKENS)
    assert site.fill(**given).location == "/cart"
    responses = fake.asked[-1].members["ChallengeResponses"]
    assert {name: responses[name] for name in responses if name not in {"USERNAME", "SECRET_HASH"}} == sent
    assert not [name for name in site.jar if "sign-in" in name]


def test_setting_up_an_authenticator_app(site: Visiting, fake: FakeCognito) -> None:
    """The key is shown, also as a link for the app; a code proves that it is set up."""
    begin(site, fake, challenge("MFA_SETUP", {"MFAS_CAN_SETUP": '["SOFTWARE_TOKEN_MFA"]'}))
    fake.answers("AssociateSoftwareToken", {"SecretCode": "JBSWY3DPEHPK3PXP", "Session": "t" * 40})
    assert site.fill(choice="SOFTWARE_TOKEN_MFA").location == "/account/challenge"
    assert "JBSWY3DPEHPK3PXP" in site.page.form.intro
    assert site.page.form.fields[0].value.startswith("otpauth://totp/Shop")
    wrong = refusal("EnableSoftwareTokenMFAException", "Code mismatch")
    fake.answers("VerifySoftwareToken", wrong, {"Status": "SUCCESS", "Session": "u" * 40})
    assert site.fill(code="000000").page.form.name == "challenge"
    fake.answers("RespondToAuthChallenge", TOKENS)
    assert site.fill(code="123456").location == "/cart"


def test_a_wrong_code_may_be_tried_again(site: Visiting, fake: FakeCognito) -> None:
    """The same challenge is shown again, until the service has had enough; then it begins anew."""
    fake.answers("InitiateAuth", challenge("SOFTWARE_TOKEN_MFA"))
    begin(site, fake, TOKENS)
    wrong = refusal("CodeMismatchException", "Invalid code received for user")
    over = refusal("NotAuthorizedException", "Invalid session for the user, session is expired.")
    fake.answers("RespondToAuthChallenge", wrong, over)
    reply = site.fill(code="000000")
    assert (reply.status, site.page.form.name) == (400, "challenge")
    reply = site.fill(code="000000")
    assert (reply.status, reply.error, site.page.form.name) == (401, "Please sign in again.", "sign-in")
    assert site.page.form.fields[0].value == "karla@shop.example"
    assert site.open("challenge").location == "/account/sign-in"
    site.open("sign-in")
    assert site.fill(email="karla@shop.example", password="Correct-Horse-9").location == "/cart"


def test_a_pending_sign_in_belongs_to_its_browser(site: Visiting, fake: FakeCognito) -> None:
    """Without the sealed cookie there is nothing to answer."""
    begin(site, fake, challenge("SOFTWARE_TOKEN_MFA"))
    del site.jar["__Host-cognomen-sign-in"]
    reply = site.fill(code="123456")
    assert (reply.location, reply.json_status) == ("/account/sign-in", 401)


def test_what_no_page_knows_is_said(site: Visiting, fake: FakeCognito) -> None:
    """A challenge of a later day leads to a sentence, not to a fault."""
    fake.answers("InitiateAuth", challenge("FACE_OF_THE_MOON"))
    site.open("sign-in")
    reply = site.fill(email="karla@shop.example", password="Correct-Horse-9")
    assert (reply.status, reply.code) == (400, "NoSuchPage")


def test_a_passkey_that_is_no_json(site: Visiting, fake: FakeCognito) -> None:
    """Nothing is sent, and the page says so."""
    begin(site, fake, challenge("WEB_AUTHN", {"CREDENTIAL_REQUEST_OPTIONS": OPTIONS}))
    asked = len(fake.asked)
    assert site.fill(credential="{").status == 400
    assert len(fake.asked) == asked
