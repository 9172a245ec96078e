"""Password policies, and when a temporary password ends."""

import pytest

from cognomen import errors
from cognomen.domain.account_states import check_may_sign_in, check_tokens_work
from cognomen.domain.passwords import PasswordPolicy
from cognomen.domain.user import UserStatus
from domain.people import DAY, NOW, a_user

LENIENT = PasswordPolicy(6, uppercase=False, lowercase=False, numbers=False, symbols=False)


@pytest.mark.parametrize(
    ("password", "rule"),
    [
        ("", "Password not long enough"),
        ("Ab1!xyz", "Password not long enough"),
        ("ab1!xyzw", "Password must have uppercase characters"),
        ("AB1!XYZW", "Password must have lowercase characters"),
        ("ABc!xyzw", "Password must have numeric characters"),
        ("ABc1xyzw", "Password must have symbol characters"),
        ("Éb1!xyzw", "Password must have uppercase characters"),  # AWS counts A to Z alone
        ("Ab٣!xyzw", "Password must have numeric characters"),
        ("abcdefgh", "Password must have uppercase characters"),  # one at a time
    ],
)
def test_the_first_broken_rule_is_told_in_the_words_for_the_asker(password: str, rule: str) -> None:
    """Users and administrators read different words (reference 02, password policy)."""
    with pytest.raises(errors.InvalidPasswordException) as to_user:
        PasswordPolicy().check(password)
    with pytest.raises(errors.InvalidPasswordException) as to_admin:
        PasswordPolicy().check(password, by_admin=True)
    assert str(to_user.value) == f"Password did not conform with policy: {rule}"
    assert str(to_admin.value) == f"Password did not conform with password policy: {rule}"
    assert to_admin.value.wire_name == "InvalidPasswordException"


@pytest.mark.parametrize("password", ["Correct-Horse-9", "A b1c d2 e", "Zz9^" * 64])
def test_what_follows_the_rules_is_taken(password: str) -> None:
    """Inner spaces are symbols, and 256 characters are not too many."""
    PasswordPolicy().check(password)


@pytest.mark.parametrize("password", ["x" * 257, " abcdef", "abcdef "])
def test_what_no_pool_takes(password: str) -> None:
    """Too long, or with a space at an end."""
    with pytest.raises(errors.InvalidPasswordException):
        LENIENT.check(password)


@pytest.mark.parametrize(
    ("settings", "days", "history"),
    [
        ({}, 7, 0),
        ({"TemporaryPasswordValidityDays": 0, "PasswordHistorySize": 0}, 7, 0),
        ({"TemporaryPasswordValidityDays": 365, "PasswordHistorySize": 24}, 365, 24),
    ],
)
def test_days_and_history_are_read(settings: dict[str, int], days: int, history: int) -> None:
    """0 days are 7 days (reference 13); no history where none is asked for."""
    policy = PasswordPolicy.of(settings)
    assert (policy.temporary_days, policy.history_size) == (days, history)


# States


@pytest.mark.parametrize(
    ("status", "enabled", "age_ms", "refusal"),
    [
        (UserStatus.CONFIRMED, False, 0, errors.UserIsDisabled),
        (UserStatus.UNCONFIRMED, False, 0, errors.UserIsDisabled),
        (UserStatus.UNCONFIRMED, True, 0, errors.UserNotConfirmedException),
        (UserStatus.RESET_REQUIRED, True, 0, errors.PasswordResetRequiredException),
        (UserStatus.FORCE_CHANGE_PASSWORD, True, 2 * DAY, errors.TemporaryPasswordExpired),
        (UserStatus.FORCE_CHANGE_PASSWORD, True, 400 * DAY, errors.TemporaryPasswordExpired),
    ],
)
def test_who_may_not_sign_in(status: UserStatus, enabled: bool, age_ms: int, refusal: type[errors.Refusal]) -> None:
    """Each state has its refusal; the password is two days good here."""
    with pytest.raises(refusal):
        check_may_sign_in(PasswordPolicy(temporary_days=2), a_user(status=status, enabled=enabled), NOW + age_ms)


@pytest.mark.parametrize(
    ("status", "age_ms"),
    [
        (UserStatus.CONFIRMED, 400 * DAY),
        (UserStatus.FORCE_CHANGE_PASSWORD, 0),
        (UserStatus.FORCE_CHANGE_PASSWORD, 2 * DAY - 1),
    ],
)
def test_who_may_sign_in(status: UserStatus, age_ms: int) -> None:
    """A password that is to stay has no end."""
    check_may_sign_in(PasswordPolicy(temporary_days=2), a_user(status=status), NOW + age_ms)


@pytest.mark.parametrize(
    ("status", "enabled", "refusal"),
    [
        (UserStatus.CONFIRMED, False, errors.UserIsDisabled),
        (UserStatus.RESET_REQUIRED, True, errors.PasswordResetRequiredException),
        (UserStatus.RESET_REQUIRED, False, errors.UserIsDisabled),
    ],
)
def test_whose_tokens_do_not_work(status: UserStatus, enabled: bool, refusal: type[errors.Refusal]) -> None:
    """A disabled user's, and of one whose password an administrator had reset."""
    with pytest.raises(refusal):
        check_tokens_work(a_user(status=status, enabled=enabled))


def test_a_temporary_password_leaves_tokens_good() -> None:
    """A changed password revokes nothing (reference 04)."""
    check_tokens_work(a_user(status=UserStatus.FORCE_CHANGE_PASSWORD))
