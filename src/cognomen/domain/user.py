"""A user of a pool, and the states an account goes through (reference 04-user-lifecycle)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from cognomen.domain.second_factors import NO_FACTORS, SecondFactors


class UserStatus(StrEnum):
    """Where an account stands; the names are the wire names."""

    UNCONFIRMED = "UNCONFIRMED"
    CONFIRMED = "CONFIRMED"
    ARCHIVED = "ARCHIVED"
    COMPROMISED = "COMPROMISED"
    UNKNOWN = "UNKNOWN"
    RESET_REQUIRED = "RESET_REQUIRED"
    FORCE_CHANGE_PASSWORD = "FORCE_CHANGE_PASSWORD"  # noqa: S105
    EXTERNAL_PROVIDER = "EXTERNAL_PROVIDER"


@dataclass(frozen=True, slots=True)
class StoredPassword:
    """What is kept of a password: an Argon2id hash, and the SRP verifier sealed under the master key.

    Salt and verifier are empty where only the hash was imported, until the first sign-in shows the password.
    """

    hash: str = field(repr=False)
    srp_salt: bytes = field(repr=False)
    srp_verifier: bytes = field(repr=False)
    set_ms: int


@dataclass(frozen=True, slots=True)
class User:
    """One account. `attributes` holds every attribute but ``sub``; values are text, as on the wire."""

    pool_id: str
    sub: str
    username: str
    status: UserStatus
    enabled: bool
    attributes: Mapping[str, str]
    password: StoredPassword | None
    created_ms: int
    modified_ms: int
    factors: SecondFactors = NO_FACTORS

    def with_attributes(self, changed: Mapping[str, str], now_ms: int) -> "User":
        """The same account with these attributes set."""
        return replace(self, attributes={**self.attributes, **changed}, modified_ms=now_ms)

    def confirmed(self, now_ms: int) -> "User":
        """The same account, CONFIRMED."""
        return replace(self, status=UserStatus.CONFIRMED, modified_ms=now_ms)

    def with_factors(self, factors: SecondFactors, now_ms: int) -> "User":
        """The same account with other second factors."""
        return replace(self, factors=factors, modified_ms=now_ms)

    def to_be_reset(self, now_ms: int) -> "User":
        """The same account, whose user has to choose another password by a code."""
        return replace(self, status=UserStatus.RESET_REQUIRED, modified_ms=now_ms)

    def with_password(self, password: StoredPassword, status: UserStatus) -> "User":
        """The same account with another password, and in the state that comes with it."""
        return replace(self, password=password, status=status, modified_ms=password.set_ms)

    @property
    def password_set_ms(self) -> int:
        """When the password was set, by which two passwords of one user are told apart; 0 for a user without one."""
        return self.password.set_ms if self.password else 0


class NameKind(StrEnum):
    """By what a user can be found; the order of the members is the order of precedence."""

    USERNAME = "username"
    EMAIL = "email"
    PHONE_NUMBER = "phone_number"
    PREFERRED_USERNAME = "preferred_username"


@dataclass(frozen=True, slots=True)
class SignInName:
    """A name under which a user signs in; `key` is the form in which names are compared."""

    kind: NameKind
    key: str
