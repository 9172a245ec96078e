"""With which first factors a user could sign in (reference 05, USER_AUTH)."""

from collections.abc import Callable, Mapping, Sequence

from cognomen import errors
from cognomen.domain import mfa
from cognomen.domain.pool import UserPool
from cognomen.domain.user import User, UserStatus

CONFIGURED: Mapping[str, Callable[[User], bool]] = {
    "PASSWORD": lambda user: user.password is not None,
    "EMAIL_OTP": lambda user: user.attributes.get("email_verified") == "true",
    "SMS_OTP": lambda user: user.attributes.get("phone_number_verified") == "true",
    "WEB_AUTHN": lambda user: user.factors.has_passkey,
}
PASSWORDS = ("PASSWORD_SRP", "PASSWORD")  # two ways to show one factor
# What a challenge of USER_AUTH needs of the user; in the order in which answers list them.
MEANS: Mapping[str, Callable[[User], bool]] = {
    **dict.fromkeys(PASSWORDS, CONFIGURED["PASSWORD"]),
    "EMAIL_OTP": lambda user: bool(user.attributes.get("email")),
    "SMS_OTP": lambda user: bool(user.attributes.get("phone_number")),
    "WEB_AUTHN": CONFIGURED["WEB_AUTHN"],
}


def check_first_factors(factors: Sequence[str]) -> None:
    """Refuse AllowedFirstAuthFactors that AWS refuses; raises PasswordsMustBeAllowed, NotAFirstFactor."""
    for factor in factors:
        if factor not in CONFIGURED:
            raise errors.NotAFirstFactor(factor=factor)
    if factors and "PASSWORD" not in factors:
        raise errors.PasswordsMustBeAllowed


def configured_factors(pool: UserPool, user: User) -> list[str]:
    """The first factors that the pool allows and the user has."""
    return [factor for factor, has in CONFIGURED.items() if factor in pool.first_factors and has(user)]


def available_challenges(pool: UserPool, user: User) -> tuple[str, ...]:
    """AvailableChallenges: with what this user can begin a sign-in by USER_AUTH.

    Where a second factor is needed that is the password, or a passkey that counts as both factors; where the password
    has to be chosen anew it is the password alone.
    """
    return tuple(
        name for name, has in MEANS.items() if _is_allowed(pool, name) and has(user) and _fits(pool, user, name)
    )


def _is_allowed(pool: UserPool, name: str) -> bool:
    return ("PASSWORD" if name in PASSWORDS else name) in pool.first_factors


def _fits(pool: UserPool, user: User, name: str) -> bool:
    if name in PASSWORDS:
        return True
    if user.status is UserStatus.FORCE_CHANGE_PASSWORD:
        return False
    return not asks_for_second_factor(pool, user) or (name == "WEB_AUTHN" and passkey_is_enough(pool, user))


def asks_for_second_factor(pool: UserPool, user: User) -> bool:
    """Whether one factor is not enough: where the pool insists, or leaves it to users and this one wants it."""
    return pool.mfa == "ON" or (pool.mfa == "OPTIONAL" and bool(mfa.choices(pool, user)))


def passkey_is_enough(pool: UserPool, user: User) -> bool:
    """Whether a passkey that verified its user counts as both factors, as pool and user want it."""
    return pool.passkeys.two_factors and user.factors.passkey_is_enough
