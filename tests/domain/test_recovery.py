"""Where the code for a forgotten password goes, and who gets one."""

from typing import Any

import pytest

from cognomen import errors
from cognomen.domain.recovery import check_recovery_setting, check_reset, contact_to_reset, recovery_contacts
from cognomen.domain.user import UserStatus
from domain.people import a_pool, a_user

EMAIL, PHONE = {"email": "a@d.example"}, {"phone_number": "+4915112345678"}
VERIFIED_EMAIL, VERIFIED_PHONE = {**EMAIL, "email_verified": "true"}, {**PHONE, "phone_number_verified": "true"}
BOTH = {**VERIFIED_EMAIL, **VERIFIED_PHONE}


def setting(*names: str) -> dict[str, Any]:
    return {"RecoveryMechanisms": [{"Priority": place, "Name": name} for place, name in enumerate(names, start=1)]}


EMAIL_FIRST = setting("verified_email", "verified_phone_number")


@pytest.mark.parametrize(
    ("asked", "contacts"),
    [
        ({}, ("phone_number", "email")),
        ({"RecoveryMechanisms": []}, ("phone_number", "email")),
        (setting("verified_email"), ("email",)),
        (setting("verified_phone_number"), ("phone_number",)),
        (EMAIL_FIRST, ("email", "phone_number")),
        (setting("verified_phone_number", "verified_email"), ("phone_number", "email")),
        ({"RecoveryMechanisms": EMAIL_FIRST["RecoveryMechanisms"][::-1]}, ("email", "phone_number")),
        (setting("admin_only"), ()),
    ],
)
def test_the_order_is_that_of_the_priorities(asked: dict[str, Any], contacts: tuple[str, ...]) -> None:
    """By priority and not by place; by phone first where nothing is set; nowhere where only administrators reset."""
    assert recovery_contacts(asked) == contacts
    assert a_pool(AccountRecoverySetting=asked).recovery_contacts == contacts


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (setting("admin_only", "verified_email"), "cannot use admin_only setting with any other"),
        (setting("verified_email", "verified_email"), "can stand there once"),
        (
            {
                "RecoveryMechanisms": [
                    {"Priority": 1, "Name": "verified_email"},
                    {"Priority": 1, "Name": "verified_phone_number"},
                ]
            },
            "can stand there once",
        ),
    ],
)
def test_a_setting_that_contradicts_itself_is_refused(asked: dict[str, Any], told: str) -> None:
    """Neither administrators only and somebody else, nor one thing twice."""
    with pytest.raises(errors.InvalidParameterException, match=told):
        check_recovery_setting(asked)


@pytest.mark.parametrize("asked", [{}, setting("admin_only"), setting("verified_email", "verified_phone_number")])
def test_other_settings_are_taken(asked: dict[str, Any]) -> None:
    """A setting with one meaning is no fault."""
    check_recovery_setting(asked)


@pytest.mark.parametrize(
    ("contacts", "attributes", "contact"),
    [
        (("email", "phone_number"), BOTH, "email"),
        (("phone_number", "email"), BOTH, "phone_number"),
        (("phone_number", "email"), VERIFIED_EMAIL, "email"),
        (("email",), BOTH, "email"),
        (("email", "phone_number"), {**VERIFIED_PHONE, **EMAIL, "email_verified": "false"}, "phone_number"),
    ],
)
@pytest.mark.parametrize("status", [UserStatus.CONFIRMED, UserStatus.RESET_REQUIRED])
def test_the_code_goes_to_the_first_verified_contact(
    contacts: tuple[str, ...], attributes: dict[str, str], contact: str, status: UserStatus
) -> None:
    """CRED-19: Only what is verified, in the order of the pool; also for who has to reset already."""
    assert contact_to_reset(contacts, a_user(attributes=attributes, status=status)) == contact


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"enabled": False}, errors.UserIsDisabled),
        ({"enabled": False, "status": UserStatus.FORCE_CHANGE_PASSWORD}, errors.UserIsDisabled),
        ({"status": UserStatus.FORCE_CHANGE_PASSWORD}, errors.PasswordCannotBeReset),
        ({"status": UserStatus.EXTERNAL_PROVIDER}, errors.PasswordCannotBeReset),
        ({"status": UserStatus.UNCONFIRMED}, errors.PasswordCannotBeReset),
        ({"status": UserStatus.UNCONFIRMED, "attributes": EMAIL}, errors.NoVerifiedContact),
        ({"attributes": {}}, errors.NoVerifiedContact),
        ({"attributes": {**EMAIL, "email_verified": "false"}}, errors.NoVerifiedContact),
        ({"attributes": {"email": "", "email_verified": "true"}}, errors.NoVerifiedContact),
        ({"attributes": VERIFIED_PHONE}, errors.NoVerifiedContact),
    ],
)
def test_who_gets_no_code(changed: dict[str, Any], refusal: type[errors.Refusal]) -> None:
    """Each state and each lack has its refusal; here the pool knows e-mail alone."""
    with pytest.raises(refusal):
        contact_to_reset(("email",), a_user(**{"attributes": VERIFIED_EMAIL, **changed}))


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"enabled": False}, errors.UserIsDisabled),
        ({"status": UserStatus.UNCONFIRMED}, errors.UserNotConfirmedException),
        ({"status": UserStatus.FORCE_CHANGE_PASSWORD}, errors.PasswordCannotBeReset),
        ({"status": UserStatus.COMPROMISED}, errors.PasswordCannotBeReset),
    ],
)
def test_whose_code_is_not_taken(changed: dict[str, Any], refusal: type[errors.Refusal]) -> None:
    """The account may have changed since the code was sent."""
    with pytest.raises(refusal):
        check_reset(a_user(**changed))


@pytest.mark.parametrize("status", [UserStatus.CONFIRMED, UserStatus.RESET_REQUIRED])
def test_whose_code_is_taken(status: UserStatus) -> None:
    """Who forgot, and who was made to reset."""
    check_reset(a_user(status=status, password=None))
