"""How risky a sign-in is, and what a configuration may ask for."""

import base64
import json
from dataclasses import replace
from typing import Any

import pytest

from cognomen import errors
from cognomen.domain.auth_events import Assessment, AuthEvent, EventKind, Feedback, Outcome, Place, device_name_of
from cognomen.domain.fingerprints import NOTHING_TOLD, Fingerprint, fingerprint_of
from cognomen.domain.risk import RiskConfiguration as Configuration
from cognomen.domain.risk import blocks, check_configuration, demanding, is_in, level_of
from cognomen.domain.risk_words import risk_attributes
from cognomen.domain.second_factors import SecondFactors
from cognomen.domain.user import User
from storage.samples import NOW, POOL, SUB, a_pool, a_user

HOME = Place("192.0.2.1", "Chrome 125, Windows 10")
EVENT = AuthEvent(POOL, SUB, "1", EventKind.SIGN_IN, Outcome.PASS, NOW, HOME)
FAILED = replace(EVENT, outcome=Outcome.FAIL, place=Place("203.0.113.9", "Firefox 130, Linux"))


def said(event: AuthEvent, value: str) -> AuthEvent:
    return replace(event, feedback=Feedback(value, "Admin", NOW))


@pytest.mark.parametrize(
    ("place", "history", "level"),
    [
        (HOME, [], None),
        (HOME, [EVENT], None),
        (replace(HOME, ip_address="192.0.2.2"), [EVENT], "Low"),
        (replace(HOME, device_name="Firefox 130, Linux"), [EVENT], "Low"),
        (FAILED.place, [EVENT], "Medium"),
        (FAILED.place, [EVENT, FAILED], "Medium"),
        (FAILED.place, [EVENT, said(FAILED, "Valid")], None),
        (FAILED.place, [EVENT, said(FAILED, "Invalid")], "High"),
        (HOME, [said(EVENT, "Invalid")], "High"),
        (Place("", "Firefox 130, Linux"), [EVENT], "Low"),
        (Place(), [EVENT], None),
        (Place(), [said(replace(EVENT, place=Place()), "Invalid")], None),
        (HOME, [replace(EVENT, place=Place())], None),
    ],
)
def test_what_is_new_is_a_risk(place: Place, history: list[AuthEvent], level: str | None) -> None:
    """One unknown thing is Low, two are Medium, an address that was called Invalid is High."""
    assert level_of(place, history) == level


@pytest.mark.parametrize(
    ("address", "inside"),
    [
        ("192.0.2.77", True),
        ("192.0.3.1", False),
        ("2001:db8::1", True),
        ("2001:db9::1", False),
        ("::ffff:192.0.2.77", True),
        ("", False),
        ("nowhere", False),
    ],
)
def test_ranges_hold_addresses(address: str, *, inside: bool) -> None:
    """Both families, and IPv4 as IPv6 writes it."""
    ranges = {"RiskExceptionConfiguration": {"BlockedIPRangeList": ["192.0.2.0/24", "2001:db8::/32"]}}
    assert is_in(address, Configuration(POOL, "ALL", ranges, 0).blocked) is inside


def action(name: str, *, notify: bool = False) -> dict[str, Any]:
    return {"EventAction": name, "Notify": notify}


def takeover(*actions: str, **more: Any) -> dict[str, Any]:
    levels = dict(zip(("LowAction", "MediumAction", "HighAction"), map(action, actions), strict=False))
    return {"AccountTakeoverRiskConfiguration": {"Actions": levels, **more}}


def notice(**words: str) -> dict[str, Any]:
    return {"SourceArn": "arn:aws:ses:us-east-1:1:identity/a", "BlockEmail": {"Subject": "s", **words}}


NOTIFYING = {"AccountTakeoverRiskConfiguration": {"Actions": {"LowAction": action("BLOCK", notify=True)}}}
LEAKS = {"CompromisedCredentialsRiskConfiguration": {"Actions": {"EventAction": "BLOCK"}}}


@pytest.mark.parametrize(
    ("settings", "refusal"),
    [
        ({"RiskExceptionConfiguration": {"BlockedIPRangeList": ["192.0.2.0/33"]}}, errors.NotARange),
        ({"RiskExceptionConfiguration": {"SkippedIPRangeList": ["192.0.2.1"]}}, errors.NotARange),
        ({"RiskExceptionConfiguration": {"SkippedIPRangeList": ["everywhere/8"]}}, errors.NotARange),
        (takeover("BLOCK", "MFA_REQUIRED", "BLOCK"), errors.ActionsOutOfOrder),
        (takeover("MFA_IF_CONFIGURED", "NO_ACTION"), errors.ActionsOutOfOrder),
        (NOTIFYING, errors.NotifyWithoutConfiguration),
        (takeover(NotifyConfiguration=notice(TextBody="{one-click-link-valid}")), errors.NotSupportedYet),
        (takeover(NotifyConfiguration=notice(HtmlBody="{one-click-link-invalid}")), errors.NotSupportedYet),
    ],
)
def test_what_cannot_be_done_is_refused(settings: dict[str, Any], refusal: type[errors.Refusal]) -> None:
    """Each by its own name."""
    with pytest.raises(refusal):
        check_configuration(settings, knows_leaks=True, can_mail=True)


def test_what_the_server_lacks_is_refused() -> None:
    """BLOCK needs a list of breached passwords, Notify a courier for mail."""
    with pytest.raises(errors.NotSupportedYet):
        check_configuration(LEAKS, knows_leaks=False, can_mail=True)
    check_configuration(LEAKS, knows_leaks=True, can_mail=False)
    mails = {
        "AccountTakeoverRiskConfiguration": {
            "Actions": {name: action("BLOCK", notify=True) for name in ("LowAction", "MediumAction", "HighAction")},
            "NotifyConfiguration": notice(),
        }
    }
    with pytest.raises(errors.CodeDeliveryFailureException):
        check_configuration(mails, knows_leaks=True, can_mail=False)
    check_configuration(mails, knows_leaks=True, can_mail=True)


OPTIONAL = {"MfaConfiguration": "OPTIONAL", "SoftwareTokenMfaConfiguration": {}}
WITH_APP = a_user(factors=SecondFactors(has_token=True))


@pytest.mark.parametrize(
    ("settings", "user", "action", "mode"),
    [
        (OPTIONAL, WITH_APP, "MFA_IF_CONFIGURED", "ON"),
        (OPTIONAL, a_user(), "MFA_IF_CONFIGURED", "OPTIONAL"),
        (OPTIONAL, a_user(), "MFA_REQUIRED", "ON"),
        (OPTIONAL, WITH_APP, "NO_ACTION", "OPTIONAL"),
        (OPTIONAL, WITH_APP, "BLOCK", "OPTIONAL"),
        ({}, WITH_APP, "MFA_REQUIRED", "OFF"),
    ],
)
def test_a_risk_asks_for_a_second_factor(settings: dict[str, Any], user: User, action: str, mode: str) -> None:
    """Of whom has one, or of everybody; where MFA is off there is nothing to ask for."""
    assert demanding(a_pool(**settings), user, action).mfa == mode


def test_what_cannot_be_shown_is_blocked() -> None:
    """MFA_REQUIRED lets nobody in where the pool has none."""
    assert blocks(a_pool(), "BLOCK")
    assert blocks(a_pool(), "MFA_REQUIRED")
    assert not blocks(a_pool(), "MFA_IF_CONFIGURED")
    assert not blocks(a_pool(**OPTIONAL), "MFA_REQUIRED")


@pytest.mark.parametrize(
    ("place", "risk", "told"),
    [
        (HOME, Assessment("Low", "NO_ACTION"), ("192.0.2.1", "Chrome 125, Windows 10", "NO_ACTION")),
        (Place(), Assessment("Low", "MFA_IF_CONFIGURED"), (None, None, "MFA_IF_CONFIGURED")),
        (Place("192.0.2.1"), Assessment("High", "MFA_REQUIRED", blocked=True), ("192.0.2.1", None, "BLOCK")),
    ],
)
def test_a_sender_is_told_of_a_risk(place: Place, risk: Assessment, told: tuple[str | None, str | None, str]) -> None:
    """What was seen and done; what is not known is null."""
    event = replace(EVENT, place=place, risk=risk, created_ms=1_616_163_906_789)
    address, device, action = told
    assert risk_attributes(a_user(username="ann"), event, "a token") == {
        "EVENT_ID": "1",
        "USER_NAME": "ann",
        "IP_ADDRESS": address,
        "DEVICE_NAME": device,
        "CITY": None,
        "COUNTRY": None,
        "LOGIN_TIME": "Friday, March 19, 2021 02:25 PM UTC",
        "ACCOUNT_TAKE_OVER_ACTION": action,
        "FEEDBACK_TOKEN": "a token",
    }


def encoded(payload: Any) -> str:
    return base64.b64encode(
        json.dumps({"payload": payload, "signature": "x", "version": "JS20171115"}).encode()
    ).decode()


AGENT = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/125.0.0.0 Safari/537.36"
)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            encoded(json.dumps({"contextData": {"UserAgent": AGENT, "ClientTimezone": "-07:00"}})),
            Fingerprint(AGENT, "-07:00"),
        ),
        (encoded(json.dumps({"contextData": {"UserAgent": 7, "ClientTimezone": "a\0b"}})), Fingerprint("", "ab")),
        (encoded(json.dumps({"contextData": []})), NOTHING_TOLD),
        (encoded("nothing"), NOTHING_TOLD),
        (encoded(7), NOTHING_TOLD),
        (base64.b64encode(b"[" * 100_000).decode(), NOTHING_TOLD),
        (base64.b64encode(b"\xff").decode(), NOTHING_TOLD),
        ("not base64", NOTHING_TOLD),
        ("\u00e9", NOTHING_TOLD),
        (None, NOTHING_TOLD),
    ],
)
def test_a_fingerprint_is_read(text: str | None, told: Fingerprint) -> None:
    """What the browser is and its time zone; what cannot be read tells nothing."""
    assert fingerprint_of(text) == told


def test_a_device_has_a_name() -> None:
    """As events show it."""
    assert device_name_of(AGENT) == "Chrome 125, Windows 10"
    assert device_name_of("something") == ""
