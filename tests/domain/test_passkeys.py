"""What passkeys are for, and whose pages may use them."""

import pytest

from cognomen import errors
from cognomen.domain.domains import PoolDomain
from cognomen.domain.passkeys import (
    attachment_in,
    check_relying_party,
    is_origin_of,
    relying_party,
    transports_in,
)
from domain.people import a_pool

PREFIX = PoolDomain("shop", "us-east-1_Aa1Bb2Cc3", 1, None, 0, 0)
CUSTOM = PoolDomain("id.shop.example", "us-east-1_Aa1Bb2Cc3", 1, {"CertificateArn": "arn"}, 0, 0)


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        ("https://shop.example", True),
        ("https://shop.example:8443", True),
        ("https://id.shop.example", True),
        ("https://a.b.shop.example", True),
        ("http://shop.example", False),
        ("https://evilshop.example", False),
        ("https://shop.example.evil", False),
        ("https://example", False),
        ("https://shop.example/", False),
        ("https://shop.example@evil.example", False),
        ("https://evil.example@shop.example", False),
        ("https://shop.example:port", False),
        ("https://SHOP.example", True),
        ("https://[::1", False),
        ("android:apk-key-hash:abc", False),
        ("null", False),
        ("", False),
    ],
)
def test_whose_pages_use_a_relying_partys_passkeys(origin, allowed):
    """Those of its domain and below, over TLS."""
    assert is_origin_of(origin, "shop.example") is allowed


@pytest.mark.parametrize("origin", ["http://localhost:3000", "https://localhost", "http://app.localhost"])
def test_the_machine_itself_needs_no_tls(origin):
    """Browsers hold localhost for safe."""
    assert is_origin_of(origin, "localhost")
    assert not is_origin_of("http://127.0.0.1:3000", "localhost")


@pytest.mark.parametrize(
    ("configured", "domains", "expected"),
    [
        ("login.example", [PREFIX, CUSTOM], "login.example"),
        (None, [PREFIX, CUSTOM], "id.shop.example"),
        (None, [PREFIX], f"shop.auth.{a_pool().region}.amazoncognito.com"),
    ],
)
def test_the_relying_party_is_what_was_set_or_a_domain(configured, domains, expected):
    """The custom one goes before the prefix."""
    pool = a_pool(WebAuthnConfiguration={"RelyingPartyId": configured})
    assert relying_party(pool, domains) == expected


def test_without_any_domain_there_are_no_passkeys():
    """There is nothing that they could be for."""
    with pytest.raises(errors.WebAuthnConfigurationMissingException):
        relying_party(a_pool(), [])


@pytest.mark.parametrize(
    "name", ["https://id.example", "ID.example", "id.example:443", "-a.example", "a..b", "a/b", ""]
)
def test_a_relying_party_is_a_domain_name(name):
    """Nothing else."""
    with pytest.raises(errors.RelyingPartyNotADomain):
        check_relying_party({"RelyingPartyId": name})
    for good in ("localhost", "id.example", "xn--d1acufc.xn--p1ai"):
        check_relying_party({"RelyingPartyId": good})
    check_relying_party({})


def test_what_a_browser_adds_is_kept_as_far_as_it_is_known():
    """Whatever shape it has."""
    assert attachment_in({"authenticatorAttachment": "platform"}) == "platform"
    assert [attachment_in({"authenticatorAttachment": odd}) for odd in ("moon", None, [], {}, 1)] == [None] * 5
    assert transports_in({"response": {"transports": ["usb", "moon", {}, "ble"]}}) == ("ble", "usb")
    assert [transports_in(odd) for odd in ({}, {"response": 1}, {"response": {"transports": "usb"}})] == [()] * 3
