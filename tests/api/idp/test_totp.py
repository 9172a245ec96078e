"""Authenticator apps through the AWS SDK: set up, asked for at sign-in, each code taken once."""

from functools import partial

import pytest

from authenticator import App, surely_apart
from conftest import PASSWORD
from second_factors import NOT_GOOD, USED, access_token, guarded, refusal_of
from stopped import cognito, server  # noqa: F401 (the fixtures of this file)

TOTP = "SOFTWARE_TOKEN_MFA"
WRONG = ("CodeMismatchException", "Invalid code received for user")
LOCKED = ("NotAuthorizedException", "Password attempts exceeded")


@pytest.fixture
def optional(make_pool):
    return guarded(make_pool, "OPTIONAL", TOTP)


@pytest.fixture
def enrolled(optional):
    """Ann, who prefers her app."""
    optional.user("ann")
    app = optional.set_up(access_token(optional.begin("ann")), FriendlyDeviceName="phone")
    optional.prefer("ann", TOTP, preferred=TOTP)
    return optional, app


@pytest.mark.parametrize("secret", [False, True])
@pytest.mark.parametrize("by_admin", [False, True])
def test_an_app_is_set_up_and_asked_for(make_pool, secret, by_admin):
    """Proved alone it changes nothing; switched on it is asked for, by both sign-in operations, with AWS's words."""
    pool = guarded(make_pool, "OPTIONAL", TOTP, secret=secret)
    pool.user("ann")
    token = access_token(pool.begin("ann"))
    app = pool.set_up(token, FriendlyDeviceName="phone")
    assert access_token(pool.begin("ann"))
    pool.cognito.set_user_mfa_preference(
        AccessToken=token, SoftwareTokenMfaSettings={"Enabled": True, "PreferredMfa": True}
    )
    asked = pool.begin("ann")
    assert asked["ChallengeName"] == TOTP
    assert asked["ChallengeParameters"] == {"FRIENDLY_DEVICE_NAME": "phone", "USER_ID_FOR_SRP": "ann"}
    assert "AuthenticationResult" not in asked
    responses = {"USERNAME": "ann", "SOFTWARE_TOKEN_MFA_CODE": app.code(pool.now_ms())}
    if secret:
        responses["SECRET_HASH"] = pool.pool.hash("ann")["SecretHash"]
    answer = {"ChallengeName": TOTP, "Session": asked["Session"], "ChallengeResponses": responses}
    if by_admin:
        done = pool.cognito.admin_respond_to_auth_challenge(
            UserPoolId=pool.pool.pool_id, ClientId=pool.pool.client_id, **answer
        )
    else:
        done = pool.cognito.respond_to_auth_challenge(ClientId=pool.pool.client_id, **answer)
    assert done["ChallengeParameters"] == {}
    shown = pool.cognito.get_user(AccessToken=access_token(done))
    assert (shown["PreferredMfaSetting"], shown["UserMFASettingList"]) == (TOTP, [TOTP])
    assert "MFAOptions" not in shown
    factors = pool.cognito.get_user_auth_factors(AccessToken=access_token(done))
    assert (factors["PreferredMfaSetting"], factors["UserMFASettingList"]) == (TOTP, [TOTP])
    assert factors["ConfiguredUserAuthFactors"] == ["PASSWORD"]


def test_a_secret_is_shown_once_in_base32(optional):
    """CRED-17: 52 characters, another one each time, and nothing shows it again."""
    optional.user("ann")
    token = access_token(optional.begin("ann"))
    associate = lambda: optional.cognito.associate_software_token(AccessToken=token)["SecretCode"]  # noqa: E731
    old = App(associate())
    new = surely_apart(optional.now_ms(), associate, old)
    assert [len(app.secret_code) for app in (old, new)] == [52, 52]
    with pytest.raises(optional.cognito.exceptions.EnableSoftwareTokenMFAException, match="Code mismatch and fail"):
        optional.cognito.verify_software_token(AccessToken=token, UserCode=old.code(optional.now_ms()))
    optional.cognito.verify_software_token(AccessToken=token, UserCode=new.code(optional.now_ms()))
    assert new.secret_code not in str(optional.admin("admin_get_user", "ann"))


def test_an_app_without_a_name_shows_none(optional):
    """FRIENDLY_DEVICE_NAME is left out where nobody gave one."""
    optional.user("ann")
    optional.set_up(access_token(optional.begin("ann")))
    optional.prefer("ann", TOTP)
    assert optional.begin("ann")["ChallengeParameters"] == {"USER_ID_FOR_SRP": "ann"}


@pytest.mark.parametrize(("steps", "right"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_code_is_taken_half_a_minute_early_or_late(enrolled, steps, right):
    """CRED-17: One step of drift either way, and no more."""
    pool, app = enrolled
    asked = pool.begin("ann")
    code = app.code(pool.now_ms(), steps)
    if right:
        assert access_token(pool.totp(asked, "ann", code))
    else:
        assert refusal_of(lambda: pool.totp(asked, "ann", code)) == WRONG


def test_a_code_works_once(enrolled):
    """CRED-17: Another sign-in cannot use it, nor an older one; the next code is good."""
    pool, app = enrolled
    now = pool.now_ms()
    first, second = pool.begin("ann"), pool.begin("ann")
    assert access_token(pool.totp(first, "ann", app.code(now)))
    for code in (app.code(now), app.code(now, -1)):
        assert refusal_of(partial(pool.totp, second, "ann", code)) == ("ExpiredCodeException", USED)
    assert access_token(pool.totp(second, "ann", app.code(now, 1)))


def test_the_code_that_proved_an_app_does_not_sign_in(optional):
    """It was used already."""
    optional.user("ann")
    token = access_token(optional.begin("ann"))
    app = App(optional.cognito.associate_software_token(AccessToken=token)["SecretCode"])
    code = app.code(optional.now_ms())
    optional.cognito.verify_software_token(AccessToken=token, UserCode=code)
    optional.prefer("ann", TOTP)
    assert refusal_of(lambda: optional.totp(optional.begin("ann"), "ann", code)) == ("ExpiredCodeException", USED)


def test_a_wrong_code_leaves_the_session_good(enrolled):
    """The user may try again; once passed the session is used."""
    pool, app = enrolled
    asked = pool.begin("ann")
    assert refusal_of(lambda: pool.totp(asked, "ann", app.wrong_code(pool.now_ms()))) == WRONG
    assert access_token(pool.totp(asked, "ann", app.code(pool.now_ms())))
    used = "Invalid session for the user, session can only be used once."
    assert refusal_of(lambda: pool.totp(asked, "ann", app.code(pool.now_ms(), 1))) == ("NotAuthorizedException", used)


def test_guesses_are_bounded_across_sessions(enrolled):
    """CRED-04: Five wrong codes lock, however many sign-ins they are spread over, and a right password does not
    unlock.
    """
    pool, app = enrolled
    for _ in range(5):
        asked = pool.begin("ann")
        assert refusal_of(lambda: pool.totp(asked, "ann", app.wrong_code(pool.now_ms()))) == WRONG  # noqa: B023
    asked = pool.begin("ann")
    assert refusal_of(lambda: pool.totp(asked, "ann", app.code(pool.now_ms()))) == LOCKED
    pool.pool.server.advance(1)
    assert access_token(pool.totp(asked, "ann", app.code(pool.now_ms())))
    asked = pool.begin("ann")
    for _ in range(4):  # the right code cleared what was counted
        assert refusal_of(lambda: pool.totp(asked, "ann", app.wrong_code(pool.now_ms()))) == WRONG


def test_another_app_takes_the_place_of_the_first(enrolled):
    """Until it is proved the first one stays."""
    pool, app = enrolled
    token = access_token(pool.totp(pool.begin("ann"), "ann", app.code(pool.now_ms())))
    associate = lambda: pool.cognito.associate_software_token(AccessToken=token)["SecretCode"]  # noqa: E731
    second = surely_apart(pool.now_ms(), associate, app)
    pool.next_step()
    token = access_token(pool.totp(pool.begin("ann"), "ann", app.code(pool.now_ms())))
    pool.cognito.verify_software_token(
        AccessToken=token, UserCode=second.code(pool.now_ms()), FriendlyDeviceName="tablet"
    )
    pool.next_step()
    asked = pool.begin("ann")
    assert asked["ChallengeParameters"]["FRIENDLY_DEVICE_NAME"] == "tablet"
    assert refusal_of(lambda: pool.totp(asked, "ann", app.code(pool.now_ms()))) == WRONG
    assert access_token(pool.totp(asked, "ann", second.code(pool.now_ms())))


def test_an_administrator_takes_an_app_away(enrolled):
    """Nobody is asked for it any more, a challenge under way is over, and another app can be set up."""
    pool, app = enrolled
    asked = pool.begin("ann")
    pool.admin("admin_delete_software_token", "ann")
    assert pool.factors("ann") == (None, [])
    assert refusal_of(lambda: pool.totp(asked, "ann", app.code(pool.now_ms()))) == ("NotAuthorizedException", NOT_GOOD)
    token = access_token(pool.begin("ann"))
    nothing = ("InvalidParameterException", "User has not set up software token mfa")
    assert refusal_of(lambda: pool.admin("admin_delete_software_token", "ann")) == nothing
    code = app.code(pool.now_ms())
    assert refusal_of(lambda: pool.cognito.verify_software_token(AccessToken=token, UserCode=code)) == nothing
    assert pool.set_up(token) != app


@pytest.mark.parametrize("change", ["disable", "delete", "password", "preference", "pool"])
def test_a_challenge_is_over_when_things_change(enrolled, change):
    """Who is disabled, deleted, has another password or is not to be asked any more gets no tokens."""
    pool, app = enrolled
    asked = pool.begin("ann")
    match change:
        case "disable":
            pool.admin("admin_disable_user", "ann")
        case "delete":
            pool.admin("admin_delete_user", "ann")
        case "password":
            pool.admin("admin_set_user_password", "ann", Password=PASSWORD, Permanent=True)
        case "preference":
            pool.admin("admin_set_user_mfa_preference", "ann", SoftwareTokenMfaSettings={"Enabled": False})
        case _:
            pool.cognito.set_user_pool_mfa_config(UserPoolId=pool.pool.pool_id, MfaConfiguration="OFF")
    expected = {
        "disable": ("NotAuthorizedException", "User is disabled."),
        "delete": ("UserNotFoundException", "User does not exist."),
    }
    answer = refusal_of(lambda: pool.totp(asked, "ann", app.code(pool.now_ms())))
    assert answer == expected.get(change, ("NotAuthorizedException", NOT_GOOD))
