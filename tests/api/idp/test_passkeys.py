"""StartWebAuthnRegistration, CompleteWebAuthnRegistration and what follows through the AWS SDK.

The authenticator is one of our own.
"""

import json
import secrets
import uuid

import pytest

from clocked import cognito, server  # noqa: F401 (the fixtures of this file)
from passkey import CHOOSING, is_signed_in, keyed, request_options
from second_factors import refusal_of
from webauthn_authenticator import PRESENT, RP_ID, Authenticator, text

REFUSED = ("NotAuthorizedException", "The passkey could not be verified.")
GONE = ("WebAuthnChallengeNotFoundException", "Challenge was not found, has expired or was already answered.")


@pytest.fixture
def pool(make_pool):
    """A pool with every first factor, whose relying party is localhost."""
    return keyed(make_pool)


@pytest.fixture
def ada(pool):
    """An access token of a confirmed user."""
    pool.pool.confirmed("ada", UserAttributes=[{"Name": "email", "Value": f"{uuid.uuid4()}@post.example"}])
    return pool.token("ada")


def test_the_options_are_those_of_aws(pool, ada):
    """Member by member, with the passkeys that are there already left out of what may be made."""
    first = pool.options(ada)
    sub = pool.cognito.get_user(AccessToken=ada)["UserAttributes"][0]["Value"]
    assert first["user"].pop("id") == text(sub.encode())
    assert first["user"]["name"] == first["user"]["displayName"]
    assert first.keys() == {
        *("authenticatorSelection", "challenge", "excludeCredentials", "pubKeyCredParams", "rp", "timeout", "user")
    }
    assert first["authenticatorSelection"] == {
        "requireResidentKey": True,
        "residentKey": "required",
        "userVerification": "preferred",
    }
    assert (first["rp"], first["timeout"], first["excludeCredentials"]) == ({"id": RP_ID, "name": RP_ID}, 60000, [])
    algorithms = [{"alg": -7, "type": "public-key"}, {"alg": -257, "type": "public-key"}]
    assert first["pubKeyCredParams"] == algorithms
    device = pool.register(ada)
    again = pool.options(ada)
    assert again["excludeCredentials"] == [{"id": text(device.credential_id), "type": "public-key"}]
    assert again["challenge"] != first["challenge"]


def test_a_passkey_is_registered_used_and_deleted(pool, ada):
    """It is listed, signs in by InitiateAuth and by AdminInitiateAuth, and is of no use once it is deleted."""
    device = pool.register(ada)
    (shown,) = pool.passkeys(ada)
    created = shown.pop("CreatedAt")
    assert created.timestamp() * 1000 == pytest.approx(
        pool.pool.server.post("/_dev/clock", {"advance": 0})["now_ms"], abs=60_000
    )
    assert shown == {
        "CredentialId": text(device.credential_id),
        "FriendlyCredentialName": "Passkey",
        "RelyingPartyId": RP_ID,
        "AuthenticatorAttachment": "platform",
        "AuthenticatorTransports": ["hybrid", "internal"],
    }
    asked = pool.asked_for_passkey("ada")
    options = request_options(asked)
    assert asked["ChallengeName"] == "WEB_AUTHN"
    assert asked["AvailableChallenges"] == ["PASSWORD_SRP", "PASSWORD", "EMAIL_OTP", "WEB_AUTHN"]
    assert options.pop("challenge")
    assert options == {
        "allowCredentials": [
            {"id": text(device.credential_id), "type": "public-key", "transports": ["hybrid", "internal"]}
        ],
        "rpId": RP_ID,
        "timeout": 180000,
        "userVerification": "preferred",
    }
    assert is_signed_in(pool.sign_in("ada", device, asked))
    by_admin = pool.begin("ada", admin=True, PREFERRED_CHALLENGE="WEB_AUTHN")
    credential = json.dumps(device.get(request_options(by_admin)))
    assert is_signed_in(pool.answer(by_admin, "ada", admin=True, CREDENTIAL=credential))
    waiting = pool.asked_for_passkey("ada")
    pool.cognito.delete_web_authn_credential(AccessToken=ada, CredentialId=text(device.credential_id))
    assert pool.passkeys(ada) == []
    session = ("NotAuthorizedException", "Invalid session for the user.")
    assert refusal_of(lambda: pool.sign_in("ada", device, waiting)) == session
    asked = pool.asked_for_passkey("ada")
    assert (asked["ChallengeName"], "WEB_AUTHN" in asked["AvailableChallenges"]) == ("SELECT_CHALLENGE", False)


def test_a_passkey_can_answer_the_selection_itself(pool, ada):
    """SELECT_CHALLENGE carries the options, so that one answer chooses and signs; or the choice alone is sent."""
    device = pool.register(ada)
    asked = pool.begin("ada")
    credential = json.dumps(device.get(request_options(asked)))
    assert is_signed_in(pool.answer(asked, "ada", ANSWER="WEB_AUTHN", CREDENTIAL=credential))
    chosen = pool.answer(pool.begin("ada"), "ada", ANSWER="WEB_AUTHN")
    assert chosen["ChallengeName"] == "WEB_AUTHN"
    assert is_signed_in(pool.sign_in("ada", device, chosen))


def test_pages_hold_every_passkey_once(pool, ada):
    """MaxResults and NextToken."""
    devices = [pool.register(ada) for _ in range(3)]
    first = pool.cognito.list_web_authn_credentials(AccessToken=ada, MaxResults=2)
    rest = pool.cognito.list_web_authn_credentials(AccessToken=ada, MaxResults=2, NextToken=first["NextToken"])
    assert "NextToken" not in rest
    shown = [one["CredentialId"] for one in first["Credentials"] + rest["Credentials"]]
    assert sorted(shown) == sorted(text(device.credential_id) for device in devices)


def test_a_user_has_twenty_passkeys_at_most(pool, ada):
    """The twenty-first is refused at both steps, and there is room again once one is deleted."""
    waiting = pool.options(ada)
    devices = [pool.register(ada) for _ in range(20)]
    full = ("LimitExceededException", "A user cannot have more than 20 passkeys.")
    assert refusal_of(lambda: pool.options(ada)) == full
    assert refusal_of(lambda: pool.complete(ada, Authenticator().create(waiting))) == full
    assert len(pool.passkeys(ada)) == 20
    pool.cognito.delete_web_authn_credential(AccessToken=ada, CredentialId=text(devices[0].credential_id))
    pool.complete(ada, Authenticator().create(waiting))


def test_the_configured_factors_tell_of_passkeys(pool, ada):
    """GetUserAuthFactors and AdminGetUserAuthFactors show WEB_AUTHN while there is one."""

    def factors():
        own = pool.cognito.get_user_auth_factors(AccessToken=ada)
        seen = pool.cognito.admin_get_user_auth_factors(UserPoolId=pool.pool.pool_id, Username="ada")
        assert own["ConfiguredUserAuthFactors"] == seen["ConfiguredUserAuthFactors"]
        return own["ConfiguredUserAuthFactors"]

    assert factors() == ["PASSWORD"]
    device = pool.register(ada)
    assert factors() == ["PASSWORD", "WEB_AUTHN"]
    pool.cognito.delete_web_authn_credential(AccessToken=ada, CredentialId=text(device.credential_id))
    assert factors() == ["PASSWORD"]


def test_a_copied_authenticator_is_found_out(pool, ada):
    """CRED-21: Once the copy has signed in, the count of the other one is behind; one that never counts is taken
    as it is.
    """
    device = pool.register(ada)
    copy = device.copy()
    assert is_signed_in(pool.sign_in("ada", copy))
    assert refusal_of(lambda: pool.sign_in("ada", device)) == REFUSED
    idle = pool.register(ada, Authenticator(counts=False))
    assert all(is_signed_in(pool.sign_in("ada", idle)) for _ in range(2))


def test_one_challenge_is_one_sign_in(pool, ada):
    """Neither the session nor what was signed for it works a second time."""
    device = pool.register(ada)
    asked = pool.asked_for_passkey("ada")
    credential = json.dumps(device.get(request_options(asked)))
    other = pool.asked_for_passkey("ada")
    assert refusal_of(lambda: pool.answer(other, "ada", CREDENTIAL=credential)) == REFUSED
    assert is_signed_in(pool.answer(asked, "ada", CREDENTIAL=credential))
    used = ("NotAuthorizedException", "Invalid session for the user, session can only be used once.")
    assert refusal_of(lambda: pool.answer(asked, "ada", CREDENTIAL=credential)) == used
    assert is_signed_in(pool.sign_in("ada", device, other))


BENT_USES = {
    "another-origin": {"origin": "https://evil.example"},
    "origin-that-ends-alike": {"origin": "https://evil-localhost"},
    "origin-without-tls": {"origin": "http://evil.example"},
    "another-relying-party": {"rp_id": "evil.example"},
    "nobody-present": {"flags": 0},
    "of-a-registration": {"bend": lambda said: {**said, "type": "webauthn.create"}},
    "another-challenge": {"bend": lambda said: {**said, "challenge": text(secrets.token_bytes(32))}},
    "within-another-page": {"bend": lambda said: {**said, "crossOrigin": True}},
    "another-user-handle": {"user_handle": b"somebody else"},
    "unknown-passkey": {"credential_id": b"unknown-to-anybody"},
}


@pytest.mark.parametrize("bent", BENT_USES)
def test_what_a_passkey_says_is_checked(pool, ada, bent):
    """CRED-21: Each wrong claim alone keeps the user out, and the right answer still works in the same session."""
    device = pool.register(ada)
    asked = pool.asked_for_passkey("ada")
    wrong = device.copy()
    for name, value in BENT_USES[bent].items():
        setattr(wrong, name, value)
    assert refusal_of(lambda: pool.sign_in("ada", wrong, asked)) == REFUSED
    assert is_signed_in(pool.sign_in("ada", device, asked))


def test_another_users_passkey_is_refused(pool, ada):
    """Whoever's it is, it signs in its own user alone."""
    pool.register(ada)
    pool.pool.confirmed("eve")
    eves = pool.register(pool.token("eve"))
    assert refusal_of(lambda: pool.sign_in("ada", eves)) == REFUSED
    eves.user_handle = b""
    assert refusal_of(lambda: pool.sign_in("ada", eves)) == REFUSED


BENT_REGISTRATIONS = {
    "another-origin": ({"origin": "https://evil.example"}, "WebAuthnOriginNotAllowedException"),
    "origin-below": ({"origin": "https://app.localhost"}, None),
    "origin-with-user": ({"origin": "https://localhost@evil.example"}, "WebAuthnOriginNotAllowedException"),
    "no-origin": ({"origin": "null"}, "WebAuthnOriginNotAllowedException"),
    "bad-port": ({"origin": "https://localhost:abc"}, "WebAuthnOriginNotAllowedException"),
    "within-another-page": (
        {"bend": lambda said: {**said, "crossOrigin": True}},
        "WebAuthnOriginNotAllowedException",
    ),
    "another-relying-party": ({"rp_id": "evil.example"}, "WebAuthnRelyingPartyMismatchException"),
    "unsupported-algorithm": ({"algorithm": -47}, "WebAuthnCredentialNotSupportedException"),
    "nobody-present": ({"flags": 0}, "WebAuthnCredentialNotSupportedException"),
    "of-a-sign-in": (
        {"bend": lambda said: {**said, "type": "webauthn.get"}},
        "WebAuthnCredentialNotSupportedException",
    ),
    "made-up-challenge": (
        {"bend": lambda said: {**said, "challenge": text(secrets.token_bytes(90))}},
        "WebAuthnChallengeNotFoundException",
    ),
    "longest-id": ({"credential_id": bytes(1023)}, None),
    "too-long-id": ({"credential_id": bytes(1024)}, "WebAuthnCredentialNotSupportedException"),
}


@pytest.mark.parametrize("bent", BENT_REGISTRATIONS)
def test_what_a_new_passkey_says_is_checked(pool, ada, bent):
    """CRED-21: Each wrong claim alone keeps a passkey from being registered."""
    changed, name = BENT_REGISTRATIONS[bent]
    made = Authenticator(**changed).create(pool.options(ada))
    if name:
        assert refusal_of(lambda: pool.complete(ada, made))[0] == name
    else:
        pool.complete(ada, made)
    assert len(pool.passkeys(ada)) == (0 if name else 1)


def test_a_challenge_registers_one_passkey(pool, ada):
    """Not a second one, not one of another user or client, and none after five minutes."""
    options = pool.options(ada)
    pool.complete(ada, Authenticator().create(options))
    assert refusal_of(lambda: pool.complete(ada, Authenticator().create(options))) == GONE
    pool.pool.confirmed("eve")
    of_another = Authenticator().create(pool.options(pool.token("eve")))
    assert refusal_of(lambda: pool.complete(ada, of_another)) == GONE
    second = pool.cognito.create_user_pool_client(UserPoolId=pool.pool.pool_id, ClientName="two", **CHOOSING)
    signed_in = pool.cognito.initiate_auth(
        ClientId=second["UserPoolClient"]["ClientId"],
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "ada", "PASSWORD": "Correct-Horse-9"},
    )["AuthenticationResult"]["AccessToken"]
    of_other_client = Authenticator().create(pool.options(signed_in))
    assert refusal_of(lambda: pool.complete(ada, of_other_client))[0] == "WebAuthnClientMismatchException"
    late = Authenticator().create(pool.options(ada))
    pool.pool.server.advance(301)
    assert refusal_of(lambda: pool.complete(ada, late)) == GONE


def test_a_passkey_belongs_to_one_user(pool, ada):
    """What is registered already is refused, also for another user."""
    device = pool.register(ada)
    pool.pool.confirmed("eve")
    token = pool.token("eve")
    again = device.create(pool.options(token))
    known = ("InvalidParameterException", "The passkey is registered already.")
    assert refusal_of(lambda: pool.complete(token, again)) == known
    assert pool.passkeys(token) == []


def test_the_relying_party_is_the_pools(make_pool, pool, ada):
    """As configured, else the prefix domain; another one does not know the passkeys of before."""
    device = pool.register(ada)
    config = {"UserPoolId": pool.pool.pool_id, "MfaConfiguration": "OFF"}
    pool.cognito.set_user_pool_mfa_config(**config, WebAuthnConfiguration={"RelyingPartyId": "id.example"})
    asked = pool.asked_for_passkey("ada")
    assert (request_options(asked)["rpId"], request_options(asked)["allowCredentials"]) == ("id.example", [])
    assert refusal_of(lambda: pool.sign_in("ada", device, asked)) == REFUSED
    assert pool.options(ada)["rp"] == {"id": "id.example", "name": "id.example"}
    bare = keyed(make_pool, passkeys=None)
    bare.pool.confirmed("ada")
    token = bare.token("ada")
    assert refusal_of(lambda: bare.options(token))[0] == "WebAuthnConfigurationMissingException"
    prefix = f"p{secrets.token_hex(6)}"
    bare.cognito.create_user_pool_domain(UserPoolId=bare.pool.pool_id, Domain=prefix)
    host = f"{prefix}.auth.us-east-1.amazoncognito.com"
    assert bare.options(token)["rp"]["id"] == host
    device = bare.register(token, Authenticator(rp_id=host, origin=f"https://{host}"))
    assert is_signed_in(bare.sign_in("ada", device))


def test_verification_is_required_where_the_pool_says_so(make_pool):
    """A passkey that did not verify its user is neither registered nor signs in."""
    pool = keyed(make_pool, passkeys={"UserVerification": "required"})
    pool.pool.confirmed("ada")
    token = pool.token("ada")
    options = pool.options(token)
    assert options["authenticatorSelection"]["userVerification"] == "required"
    made = Authenticator(flags=PRESENT).create(options)
    assert refusal_of(lambda: pool.complete(token, made))[0] == "WebAuthnCredentialNotSupportedException"
    device = pool.register(token)
    asked = pool.asked_for_passkey("ada")
    assert request_options(asked)["userVerification"] == "required"
    device.flags = PRESENT
    assert refusal_of(lambda: pool.sign_in("ada", device, asked)) == REFUSED


def test_a_pool_without_passkeys_registers_none(make_pool):
    """WEB_AUTHN is not among its first factors."""
    pool = keyed(make_pool, ["PASSWORD"])
    pool.pool.confirmed("ada")
    token = pool.token("ada")
    disabled = ("WebAuthnNotEnabledException", "Passkeys are not enabled for the user pool.")
    assert refusal_of(lambda: pool.options(token)) == disabled
    assert refusal_of(lambda: pool.complete(token, {})) == disabled


def test_what_is_set_of_passkeys_is_shown(pool):
    """SetUserPoolMfaConfig and GetUserPoolMfaConfig; left out, it is gone."""
    given = {
        "RelyingPartyId": "id.example",
        "UserVerification": "required",
        "FactorConfiguration": "MULTI_FACTOR_WITH_USER_VERIFICATION",
    }
    config = {"UserPoolId": pool.pool.pool_id, "MfaConfiguration": "OFF"}
    answer = pool.cognito.set_user_pool_mfa_config(**config, WebAuthnConfiguration=given)
    shown = pool.cognito.get_user_pool_mfa_config(UserPoolId=pool.pool.pool_id)
    assert answer["WebAuthnConfiguration"] == shown["WebAuthnConfiguration"] == given
    pool.cognito.set_user_pool_mfa_config(**config)
    assert "WebAuthnConfiguration" not in pool.cognito.get_user_pool_mfa_config(UserPoolId=pool.pool.pool_id)


def test_names_come_from_the_kind_of_authenticator(pool, ada):
    """Known AAGUIDs have names."""
    pool.register(ada, Authenticator(aaguid=bytes.fromhex("fbfc3007154e4ecc8c0b6e020557d7bd")))
    assert pool.passkeys(ada)[0]["FriendlyCredentialName"] == "iCloud Keychain"
