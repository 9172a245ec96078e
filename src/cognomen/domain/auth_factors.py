"""With which first factors a user could sign in (reference 05, USER_AUTH)."""

from collections.abc import Callable, Mapping

from cognomen.domain.pool import UserPool
from cognomen.domain.user import User

CONFIGURED: Mapping[str, Callable[[User], bool]] = {
    "PASSWORD": lambda user: user.password is not None,
    "EMAIL_OTP": lambda user: user.attributes.get("email_verified") == "true",
    "SMS_OTP": lambda user: user.attributes.get("phone_number_verified") == "true",
}


def configured_factors(pool: UserPool, user: User) -> list[str]:
    """The first factors that the pool allows and the user has."""
    return [factor for factor, has in CONFIGURED.items() if factor in pool.first_factors and has(user)]
