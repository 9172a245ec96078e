"""With what a sign-in by USER_AUTH can begin, and where it goes from there."""

from dataclasses import replace
from typing import Any

import pytest

from cognomen import errors
from cognomen.domain.auth_factors import available_challenges, check_first_factors
from cognomen.domain.challenges import USER_AUTH, Situation, Step, what_comes_next
from cognomen.domain.second_factors import Factor, SecondFactors
from cognomen.domain.user import User, UserStatus
from domain.people import a_client, a_pool, a_user

ALL = ["PASSWORD", "EMAIL_OTP", "SMS_OTP", "WEB_AUTHN"]
CONTACTS = {"email": "a@d", "phone_number": "+1"}
APP = SecondFactors(frozenset({Factor.SOFTWARE_TOKEN_MFA}), has_token=True, has_passkey=True)
FULL = a_user(attributes=CONTACTS, factors=SecondFactors(has_passkey=True))
WITH_APP = replace(FULL, factors=APP)
CONTENT = replace(FULL, factors=replace(APP, passkey_is_enough=True))
PASSWORDS = ("PASSWORD_SRP", "PASSWORD")
TWICE = {"WebAuthnConfiguration": {"FactorConfiguration": "MULTI_FACTOR_WITH_USER_VERIFICATION"}}
APPS = {"SoftwareTokenMfaConfiguration": {"Enabled": True}}


def pool_of(factors: list[str], mode: str = "OFF", **settings: Any) -> Any:
    policies = {"SignInPolicy": {"AllowedFirstAuthFactors": factors}}
    return a_pool(Policies=policies, MfaConfiguration=mode, **APPS, **settings)


@pytest.mark.parametrize(
    ("pool", "user", "expected"),
    [
        (pool_of(ALL), FULL, (*PASSWORDS, "EMAIL_OTP", "SMS_OTP", "WEB_AUTHN")),
        (pool_of(["PASSWORD"]), FULL, PASSWORDS),
        (pool_of(["PASSWORD", "WEB_AUTHN"]), FULL, (*PASSWORDS, "WEB_AUTHN")),
        (pool_of(ALL), a_user(attributes={}), PASSWORDS),
        (pool_of(ALL), a_user(attributes=CONTACTS, password=None), ("EMAIL_OTP", "SMS_OTP")),
        (pool_of(ALL), a_user(attributes={}, password=None), ()),
        (pool_of(ALL), replace(FULL, status=UserStatus.FORCE_CHANGE_PASSWORD), PASSWORDS),
        (pool_of(ALL, "ON"), FULL, PASSWORDS),
        (pool_of(ALL, "OPTIONAL"), FULL, (*PASSWORDS, "EMAIL_OTP", "SMS_OTP", "WEB_AUTHN")),
        (pool_of(ALL, "OPTIONAL"), WITH_APP, PASSWORDS),
        (pool_of(ALL, "OPTIONAL", **TWICE), WITH_APP, PASSWORDS),
        (pool_of(ALL, "OPTIONAL"), CONTENT, PASSWORDS),
        (pool_of(ALL, "OPTIONAL", **TWICE), CONTENT, (*PASSWORDS, "WEB_AUTHN")),
        (pool_of(ALL, "ON", **TWICE), CONTENT, (*PASSWORDS, "WEB_AUTHN")),
    ],
)
def test_what_there_is_to_begin_with(pool: Any, user: User, expected: tuple[str, ...]) -> None:
    """What the pool allows and the user has, as far as one factor is enough."""
    assert available_challenges(pool, user) == expected


@pytest.mark.parametrize(
    ("mode", "user", "passed", "opening", "step"),
    [
        ("OFF", FULL, (), None, Step.SELECT_CHALLENGE),
        ("OFF", FULL, (), Step.EMAIL_OTP, Step.EMAIL_OTP),
        ("OFF", FULL, (Step.SELECT_CHALLENGE,), Step.WEB_AUTHN, Step.WEB_AUTHN),
        ("ON", FULL, (), Step.EMAIL_OTP, Step.SELECT_CHALLENGE),  # it was chosen before MFA was turned on
        ("OFF", FULL, (Step.EMAIL_OTP,), Step.EMAIL_OTP, Step.DONE),
        ("OFF", FULL, (Step.SMS_OTP,), Step.SMS_OTP, Step.DONE),
        ("OFF", FULL, (Step.WEB_AUTHN,), Step.WEB_AUTHN, Step.DONE),
        ("OFF", FULL, (Step.SIGN_UP_CONFIRMED,), None, Step.DONE),
        ("OFF", FULL, (Step.SELECT_CHALLENGE, Step.PASSWORD), None, Step.DONE),
        ("ON", WITH_APP, (Step.PASSWORD,), None, Step.SOFTWARE_TOKEN_MFA),
        ("ON", WITH_APP, (Step.WEB_AUTHN,), Step.WEB_AUTHN, Step.SOFTWARE_TOKEN_MFA),  # turned on meanwhile
        ("ON", WITH_APP, (Step.EMAIL_OTP,), Step.EMAIL_OTP, Step.SOFTWARE_TOKEN_MFA),
        ("ON", WITH_APP, (Step.SIGN_UP_CONFIRMED,), None, Step.SOFTWARE_TOKEN_MFA),
        ("ON", WITH_APP, (Step.PASSWORD, Step.SOFTWARE_TOKEN_MFA), None, Step.DONE),
        ("ON", FULL, (Step.SIGN_UP_CONFIRMED,), None, Step.MFA_SETUP),
    ],
)
def test_where_a_choice_leads(
    mode: str, user: User, passed: tuple[Step, ...], opening: Step | None, step: Step
) -> None:
    """To the factor that was chosen, then to a second one where that is needed, then to tokens."""
    pool = pool_of(["PASSWORD", "WEB_AUTHN"] if mode == "ON" else ALL, mode)
    situation = Situation(USER_AUTH, pool, a_client(), user, passed, opening=opening)
    assert what_comes_next(situation) is step


@pytest.mark.parametrize("flow", ["USER_PASSWORD_AUTH", "USER_SRP_AUTH", "CUSTOM_AUTH"])
@pytest.mark.parametrize("shown", [Step.EMAIL_OTP, Step.SMS_OTP, Step.WEB_AUTHN, Step.SIGN_UP_CONFIRMED])
def test_codes_and_passkeys_are_first_factors_in_user_auth_alone(flow: str, shown: Step) -> None:
    """In the other flows they lead nowhere by themselves."""
    situation = Situation(flow, pool_of(ALL), a_client(), FULL, (shown,), opening=shown)
    if flow == "CUSTOM_AUTH":
        assert what_comes_next(situation) is Step.CUSTOM_CHALLENGE
        return
    with pytest.raises(errors.NotAuthorizedException):
        what_comes_next(situation)


def test_who_has_nothing_to_begin_with_is_refused() -> None:
    """No tokens by default."""
    nothing = a_user(attributes={}, password=None)
    with pytest.raises(errors.NotAuthorizedException):
        what_comes_next(Situation(USER_AUTH, pool_of(ALL), a_client(), nothing, ()))


@pytest.mark.parametrize(
    ("factors", "refusal"),
    [
        (["EMAIL_OTP"], errors.PasswordsMustBeAllowed),
        (["WEB_AUTHN", "SMS_OTP"], errors.PasswordsMustBeAllowed),
        (["PASSWORD", "SOFTWARE_TOKEN"], errors.NotAFirstFactor),
    ],
)
def test_first_factors_that_aws_refuses(factors: list[str], refusal: type[Exception]) -> None:
    """The password stays, and apps are second factors."""
    with pytest.raises(refusal):
        check_first_factors(factors)
    check_first_factors(["PASSWORD", *ALL[1:]])
