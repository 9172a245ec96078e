"""Which second factor a sign-in asks for: the decision of reference 05, by the settings of pools and users."""

from itertools import product
from typing import Any

import pytest

from cognomen import errors
from cognomen.domain.challenges import Situation, Step, second_factor_shown, what_comes_next
from cognomen.domain.mfa_preferences import Wish, factors_after
from cognomen.domain.pool import OFFERED_BY
from cognomen.domain.second_factors import NO_FACTORS, Factor, SecondFactors
from domain.people import a_client, a_pool, a_user

SMS, TOTP, EMAIL = Factor
ROLE = {"SnsCallerArn": "arn:aws:iam::123456789012:role/texts"}
PHONE, MAIL = {"phone_number": "+15550001111"}, {"email": "ada@post.example"}
BOTH = {**PHONE, **MAIL}
BY_EMAIL, BY_PHONE, BY_ADMINS = "verified_email", "verified_phone_number", "admin_only"


def pool(mode: str, *factors: Factor, recovery: str = BY_EMAIL) -> Any:
    return a_pool(
        MfaConfiguration=mode,
        SmsConfiguration=ROLE,
        AccountRecoverySetting={"RecoveryMechanisms": [{"Name": recovery, "Priority": 1}]},
        **{OFFERED_BY[factor]: {} for factor in factors},
    )


def own(*enabled: Factor, preferred: Factor | None = None, app: bool = False) -> SecondFactors:
    return SecondFactors(frozenset(enabled), preferred, has_token=app)


APP = own(app=True)
ALL = (SMS, TOTP, EMAIL)
NEXT = [
    # MFA is off
    (pool("OFF", *ALL), BOTH, own(*ALL, preferred=SMS, app=True), Step.DONE),
    # MFA is optional: what the user switched on
    (pool("OPTIONAL", *ALL), BOTH, NO_FACTORS, Step.DONE),
    (pool("OPTIONAL", *ALL), BOTH, APP, Step.DONE),
    (pool("OPTIONAL", *ALL), BOTH, own(SMS), Step.SMS_MFA),
    (pool("OPTIONAL", *ALL), BOTH, own(EMAIL), Step.EMAIL_OTP),
    (pool("OPTIONAL", *ALL), {}, own(TOTP, app=True), Step.SOFTWARE_TOKEN_MFA),
    (pool("OPTIONAL", *ALL), BOTH, own(SMS, EMAIL), Step.SELECT_MFA_TYPE),
    (pool("OPTIONAL", *ALL), BOTH, own(SMS, EMAIL, preferred=EMAIL), Step.EMAIL_OTP),
    (pool("OPTIONAL", *ALL), BOTH, own(*ALL, preferred=TOTP, app=True), Step.SOFTWARE_TOKEN_MFA),
    (pool("OPTIONAL", *ALL), MAIL, own(SMS, preferred=SMS), Step.DONE),  # the number is gone
    (pool("OPTIONAL", SMS, EMAIL), BOTH, own(SMS, TOTP, preferred=TOTP, app=True), Step.SMS_MFA),
    (pool("OPTIONAL", EMAIL), BOTH, own(SMS, preferred=SMS), Step.DONE),  # the pool offers no SMS any more
    # MFA is on: the preferred factor
    (pool("ON", *ALL), BOTH, own(*ALL, preferred=SMS, app=True), Step.SMS_MFA),
    (pool("ON", *ALL), BOTH, own(*ALL, preferred=EMAIL, app=True), Step.EMAIL_OTP),
    (pool("ON", *ALL), BOTH, own(*ALL, preferred=TOTP, app=True), Step.SOFTWARE_TOKEN_MFA),
    # MFA is on, an app is set up, nothing is preferred
    (pool("ON", TOTP), BOTH, APP, Step.SOFTWARE_TOKEN_MFA),
    (pool("ON", *ALL), {}, APP, Step.SOFTWARE_TOKEN_MFA),
    (pool("ON", *ALL), MAIL, APP, Step.SOFTWARE_TOKEN_MFA),  # mail recovers passwords
    (pool("ON", *ALL), PHONE, APP, Step.SELECT_MFA_TYPE),
    (pool("ON", *ALL), BOTH, APP, Step.SELECT_MFA_TYPE),
    (pool("ON", SMS), PHONE, APP, Step.SMS_MFA),  # the pool offers no apps any more
    # MFA is on, there is no app: contacts that do not recover passwords
    (pool("ON", SMS), PHONE, NO_FACTORS, Step.SMS_MFA),
    (pool("ON", EMAIL, recovery=BY_PHONE), MAIL, NO_FACTORS, Step.EMAIL_OTP),
    (pool("ON", SMS, EMAIL), BOTH, NO_FACTORS, Step.SMS_MFA),
    (pool("ON", SMS, EMAIL, recovery=BY_PHONE), BOTH, NO_FACTORS, Step.EMAIL_OTP),
    (pool("ON", SMS, EMAIL, recovery=BY_ADMINS), BOTH, NO_FACTORS, Step.SELECT_MFA_TYPE),
    (pool("ON", SMS, recovery=BY_ADMINS), BOTH, NO_FACTORS, Step.SMS_MFA),
    (pool("ON", SMS, recovery=BY_PHONE), PHONE, own(SMS), Step.SMS_MFA),  # it was switched on by hand
    # MFA is on, there is nothing to ask for
    (pool("ON", TOTP), {}, NO_FACTORS, Step.MFA_SETUP),
    (pool("ON", TOTP), MAIL, NO_FACTORS, Step.MFA_SETUP),
    (pool("ON", *ALL), MAIL, NO_FACTORS, Step.MFA_SETUP),
    (pool("ON", SMS), {}, NO_FACTORS, Step.MFA_SETUP),
]


def situation(of: Any, attributes: dict[str, str], factors: SecondFactors, *passed: Step, **more: Any) -> Situation:
    return Situation("F", of, a_client(), a_user(attributes=attributes, factors=factors), passed, **more)


@pytest.mark.parametrize("proof", [Step.PASSWORD, Step.PASSWORD_VERIFIER])
@pytest.mark.parametrize(("of", "attributes", "factors", "step"), NEXT)
def test_what_is_asked_for(
    of: Any, attributes: dict[str, str], factors: SecondFactors, step: Step, proof: Step
) -> None:
    """After the password, however it was proven; and after a new password, too."""
    assert what_comes_next(situation(of, attributes, factors, proof)) is step
    assert what_comes_next(situation(of, attributes, factors, proof, Step.NEW_PASSWORD_REQUIRED)) is step


@pytest.mark.parametrize(
    ("of", "attributes"),
    [
        (pool("ON", SMS), MAIL),
        (pool("ON", SMS, recovery=BY_PHONE), PHONE),
        (pool("ON", SMS, recovery=BY_PHONE), {}),
        (pool("ON", EMAIL), MAIL),
    ],
)
def test_who_has_nothing_is_refused(of: Any, attributes: dict[str, str]) -> None:
    """Nothing to ask for and nothing to set up: no tokens."""
    with pytest.raises(errors.NoSecondFactor):
        what_comes_next(situation(of, attributes, NO_FACTORS, Step.PASSWORD))


@pytest.mark.parametrize("factor", list(Factor))
@pytest.mark.parametrize("mode", ["ON", "OPTIONAL"])
def test_a_factor_that_was_shown_is_enough(mode: str, factor: Factor) -> None:
    """One is asked for, not several; and the one that was chosen is the one that is asked for."""
    chosen, everything = Step(factor.value), own(*ALL, app=True)
    of = pool(mode, *ALL, recovery=BY_ADMINS)
    picked = situation(of, BOTH, everything, Step.PASSWORD, Step.SELECT_MFA_TYPE, chosen=chosen)
    assert what_comes_next(picked) is chosen
    assert what_comes_next(picked.after(chosen, picked.user)) is Step.DONE


def test_a_choice_that_cannot_be_used_any_more_is_made_again() -> None:
    """The number was taken away meanwhile."""
    of = pool("OPTIONAL", *ALL)
    picked = situation(of, MAIL, own(*ALL, app=True), Step.PASSWORD, Step.SELECT_MFA_TYPE, chosen=Step.SMS_MFA)
    assert what_comes_next(picked) is Step.SELECT_MFA_TYPE


@pytest.mark.parametrize(
    "passed",
    [
        (Step.PASSWORD,),
        (Step.PASSWORD, Step.SELECT_MFA_TYPE),
        (Step.PASSWORD, Step.MFA_SETUP),
        (Step.PASSWORD, Step.TOKEN_SET_UP),
        (Step.PASSWORD, Step.NEW_PASSWORD_REQUIRED),
        (Step.PASSWORD_VERIFIER, Step.SELECT_MFA_TYPE, Step.MFA_SETUP),
    ],
)
def test_half_way_is_not_enough(passed: tuple[Step, ...]) -> None:
    """CRED-18: Whatever was passed but a code, or a set-up to its end, shows no second factor."""
    of = pool("ON", *ALL)
    assert not second_factor_shown(situation(of, BOTH, APP, *passed))
    assert what_comes_next(situation(of, BOTH, APP, *passed)) is not Step.DONE


def test_an_app_that_was_set_up_in_the_sign_in_ends_it() -> None:
    """TOKEN_SET_UP leads back to MFA_SETUP, and that to the end."""
    proved = situation(pool("ON", *ALL), BOTH, own(TOTP, preferred=TOTP, app=True), Step.PASSWORD, Step.TOKEN_SET_UP)
    assert what_comes_next(proved) is Step.MFA_SETUP
    assert what_comes_next(proved.after(Step.MFA_SETUP, proved.user)) is Step.DONE


@pytest.mark.parametrize(
    ("mode", "attributes", "factors", "passed"),
    list(
        product(
            ["OFF", "OPTIONAL", "ON"],
            [{}, BOTH],
            [NO_FACTORS, own(*ALL, preferred=TOTP, app=True)],
            [(), (Step.SOFTWARE_TOKEN_MFA,), (Step.SMS_MFA, Step.EMAIL_OTP), (Step.TOKEN_SET_UP, Step.MFA_SETUP)],
        )
    ),
)
def test_a_second_factor_replaces_no_password(
    mode: str, attributes: dict[str, str], factors: SecondFactors, passed: tuple[Step, ...]
) -> None:
    """Without the password nothing is asked for and nothing is given."""
    with pytest.raises(errors.NotAuthorizedException):
        what_comes_next(situation(pool(mode, *ALL), attributes, factors, *passed))


# Preferences


REFUSED = [
    (errors.TwoPreferredFactors, [Wish(SMS, True, True), Wish(EMAIL, True, True)], BOTH, pool("OPTIONAL", *ALL)),
    (errors.PreferredFactorIsOff, [Wish(SMS, False, True)], BOTH, pool("OPTIONAL", *ALL)),
    (errors.FactorNotOffered, [Wish(SMS, True, False)], BOTH, pool("OPTIONAL", TOTP)),
    (errors.FactorNotOffered, [Wish(SMS, True, False)], BOTH, pool("OFF", *ALL)),
    (errors.FactorNotSetUp, [Wish(SMS, True, False)], MAIL, pool("OPTIONAL", *ALL)),
    (errors.FactorNotSetUp, [Wish(EMAIL, True, None)], PHONE, pool("ON", *ALL)),
    (errors.FactorNotSetUp, [Wish(TOTP, True, True)], BOTH, pool("OPTIONAL", *ALL)),
]


@pytest.mark.parametrize(("refusal", "wishes", "attributes", "of"), REFUSED)
def test_wishes_that_cannot_be(
    refusal: type[errors.Refusal], wishes: list[Wish], attributes: dict[str, str], of: Any
) -> None:
    """Nothing is switched on that could not be asked for."""
    with pytest.raises(refusal):
        factors_after(of, a_user(attributes=attributes), wishes)


@pytest.mark.parametrize(
    ("before", "wishes", "after"),
    [
        (NO_FACTORS, [], NO_FACTORS),
        (NO_FACTORS, [Wish(SMS, True, False)], own(SMS)),
        (own(SMS, preferred=SMS), [Wish(EMAIL, True, True)], own(SMS, EMAIL, preferred=EMAIL)),
        (own(SMS, preferred=SMS), [Wish(EMAIL, True, False)], own(SMS, EMAIL, preferred=SMS)),
        (own(SMS, preferred=SMS), [Wish(SMS, True, False)], own(SMS)),
        (own(SMS, preferred=SMS), [Wish(SMS, True, None)], own(SMS, preferred=SMS)),
        (own(SMS, EMAIL, preferred=SMS), [Wish(SMS, False, None)], own(EMAIL)),
        (
            own(SMS, EMAIL, preferred=SMS),
            [Wish(SMS, False, False), Wish(EMAIL, True, True)],
            own(EMAIL, preferred=EMAIL),
        ),
    ],
)
def test_wishes_add_up(before: SecondFactors, wishes: list[Wish], after: SecondFactors) -> None:
    """What is not named stays, and what is off is not preferred."""
    assert factors_after(pool("OPTIONAL", *ALL), a_user(attributes=BOTH, factors=before), wishes) == after


def test_where_the_pool_insists_nothing_is_switched_off() -> None:
    """But what was not on may be said to be off."""
    user = a_user(attributes=BOTH, factors=own(SMS))
    with pytest.raises(errors.FactorsCannotBeTurnedOff):
        factors_after(pool("ON", *ALL), user, [Wish(SMS, False, False)])
    assert factors_after(pool("ON", *ALL), user, [Wish(EMAIL, False, False)]) == own(SMS)
