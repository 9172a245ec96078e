"""Second factors as the wire calls them, and what an account says of its own."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum


class Factor(StrEnum):
    """What may be asked for besides a password, in the order in which answers list them."""

    SMS_MFA = "SMS_MFA"
    SOFTWARE_TOKEN_MFA = "SOFTWARE_TOKEN_MFA"  # noqa: S105
    EMAIL_OTP = "EMAIL_OTP"


# The attribute that a factor's codes go to; an authenticator app needs none.
CONTACT_OF: Mapping[Factor, str] = {Factor.SMS_MFA: "phone_number", Factor.EMAIL_OTP: "email"}


def guessed(sub: str, factor: Factor) -> str:
    """Under what wrong codes of one factor of a user are counted."""
    return f"{sub}:{factor}"


@dataclass(frozen=True, slots=True)
class SecondFactors:
    """Which factors a user has switched on, which one is preferred, and whether an authenticator app is set up.

    Besides: whether there is a passkey, and whether the user wants it to count as both factors.
    """

    enabled: frozenset[Factor] = frozenset()
    preferred: Factor | None = None
    has_token: bool = False
    app_name: str = ""
    has_passkey: bool = False
    passkey_is_enough: bool = False

    @property
    def listed(self) -> list[str]:
        """UserMFASettingList."""
        return [factor.value for factor in Factor if factor in self.enabled]

    def switched(self, factor: Factor, *, on: bool) -> "SecondFactors":
        """The same with one factor switched; the preferred one cannot be off."""
        enabled = self.enabled | {factor} if on else self.enabled - {factor}
        return replace(self, enabled=enabled, preferred=self.preferred if self.preferred in enabled else None)

    def with_token(self, name: str) -> "SecondFactors":
        """The same once an authenticator app is set up."""
        return replace(self, has_token=True, app_name=name)

    def without_token(self) -> "SecondFactors":
        """The same once the authenticator app is gone."""
        return replace(self.switched(Factor.SOFTWARE_TOKEN_MFA, on=False), has_token=False, app_name="")


NO_FACTORS = SecondFactors()
