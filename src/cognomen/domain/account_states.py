"""In which states of an account its user may sign in (reference 02, 04)."""

from collections.abc import Mapping

from cognomen import errors
from cognomen.domain.passwords import PasswordPolicy
from cognomen.domain.user import User, UserStatus

REFUSED: Mapping[UserStatus, type[errors.Refusal]] = {
    UserStatus.UNCONFIRMED: errors.UserNotConfirmedException,
    UserStatus.RESET_REQUIRED: errors.PasswordResetRequiredException,
}


def check_tokens_work(user: User) -> None:
    """Refuse an account whose tokens do not work now; raises UserIsDisabled, PasswordResetRequiredException."""
    if not user.enabled:
        raise errors.UserIsDisabled
    if user.status is UserStatus.RESET_REQUIRED:
        raise errors.PasswordResetRequiredException


def waits_for_code(user: User) -> bool:
    """Whether the user came without a password, and any password is answered by asking for a new one (reference 04)."""
    return user.password is None and user.status is UserStatus.RESET_REQUIRED


def check_confirmed(user: User) -> None:
    """Refuse an account that was not confirmed; raises UserNotConfirmedException."""
    if user.status is UserStatus.UNCONFIRMED:
        raise errors.UserNotConfirmedException


def check_may_sign_in(policy: PasswordPolicy, user: User, now_ms: int) -> None:
    """Refuse an account that may not sign in now, whatever its user has proven.

    Raises UserIsDisabled, UserNotConfirmedException, PasswordResetRequiredException, TemporaryPasswordExpired.
    """
    if not user.enabled:
        raise errors.UserIsDisabled
    if user.status in REFUSED:
        raise REFUSED[user.status]
    temporary = user.status is UserStatus.FORCE_CHANGE_PASSWORD
    if temporary and policy.temporary_ended(user.password_set_ms, now_ms):
        raise errors.TemporaryPasswordExpired
