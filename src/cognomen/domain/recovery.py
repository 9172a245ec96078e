"""Who may reset a forgotten password, and where the code for it may go (reference 04, forgot password)."""

from collections.abc import Mapping
from typing import Any

from cognomen import errors
from cognomen.domain.attributes import VERIFIED_FLAG
from cognomen.domain.second_factors import CONTACT_OF
from cognomen.domain.user import User, UserStatus

CONTACTS = {"verified_email": "email", "verified_phone_number": "phone_number"}
ADMIN_ONLY = "admin_only"
# Pools whose setting is empty go by what was there before it.
LEGACY_ORDER = ("phone_number", "email")
CAN_BE_RESET = frozenset({UserStatus.CONFIRMED, UserStatus.RESET_REQUIRED})
NEVER_CONFIRMED = frozenset({UserStatus.UNCONFIRMED})


def recovery_contacts(setting: Mapping[str, Any]) -> tuple[str, ...]:
    """The attributes of an AccountRecoverySetting, the most preferred one first; empty where it is admin_only."""
    mechanisms = setting.get("RecoveryMechanisms")
    if not mechanisms:
        return LEGACY_ORDER
    names = [one["Name"] for one in sorted(mechanisms, key=lambda one: int(one["Priority"]))]
    return tuple(CONTACTS[name] for name in names if name in CONTACTS)


def check_recovery_setting(setting: Mapping[str, Any]) -> None:
    """Refuse a setting that contradicts itself; raises InvalidParameterException."""
    mechanisms = setting.get("RecoveryMechanisms") or []
    names = [one["Name"] for one in mechanisms]
    if ADMIN_ONLY in names and len(names) > 1:
        text = (
            "Invalid account recovery setting parameter. "
            "Account Recovery Setting cannot use admin_only setting with any other recovery mechanisms."
        )
        raise errors.InvalidParameterException(text)
    if len(set(names)) < len(names) or len({one["Priority"] for one in mechanisms}) < len(names):
        text = "Invalid account recovery setting parameter. Each mechanism and each priority can stand there once."
        raise errors.InvalidParameterException(text)


def contact_to_reset(contacts: tuple[str, ...], user: User) -> str:
    """The attribute that the code for a new password goes to.

    Raises UserIsDisabled, PasswordCannotBeReset, NoVerifiedContact. Who never confirmed an account has nothing
    verified as a rule, and is told so rather than of the state (reference 02).
    """
    if not user.enabled:
        raise errors.UserIsDisabled
    if user.status not in CAN_BE_RESET | NEVER_CONFIRMED:
        raise errors.PasswordCannotBeReset
    preferred = user.factors.preferred  # whose codes must not be all that a lost password needs
    not_a_factor = (name for name in contacts if preferred is None or CONTACT_OF.get(preferred) != name)
    usable = (name for name in not_a_factor if user.attributes.get(name) and is_verified(user, name))
    contact = next(usable, None)
    if contact is None:
        raise errors.NoVerifiedContact
    if user.status in NEVER_CONFIRMED:
        raise errors.PasswordCannotBeReset
    return contact


def is_verified(user: User, contact: str) -> bool:
    """Whether the user has proven to receive what is sent there."""
    return user.attributes.get(VERIFIED_FLAG[contact]) == "true"


def check_reset(user: User) -> None:
    """Refuse to take a code for a new password in this state.

    Raises UserIsDisabled, UserNotConfirmedException, PasswordCannotBeReset.
    """
    if not user.enabled:
        raise errors.UserIsDisabled
    if user.status in NEVER_CONFIRMED:
        raise errors.UserNotConfirmedException
    if user.status not in CAN_BE_RESET:
        raise errors.PasswordCannotBeReset
