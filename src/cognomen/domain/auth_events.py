"""What users did, as a pool with threat protection notes it (reference 11, AuthEvents)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from cognomen.domain.user_agents import UNKNOWN, device_type_of


class EventKind(StrEnum):
    """EventType by its wire names."""

    SIGN_IN = "SignIn"
    SIGN_UP = "SignUp"
    FORGOT_PASSWORD = "ForgotPassword"  # noqa: S105
    PASSWORD_CHANGE = "PasswordChange"  # noqa: S105
    RESEND_CODE = "ResendCode"


class Outcome(StrEnum):
    """EventResponse by its wire names."""

    PASS = "Pass"  # noqa: S105
    FAIL = "Fail"
    IN_PROGRESS = "InProgress"


@dataclass(frozen=True, slots=True)
class Place:
    """Where something was done from, as far as it is known; no part of it is proven."""

    ip_address: str = field(default="", repr=False)
    device_name: str = ""
    timezone: str = ""


NOWHERE = Place()


def device_name_of(user_agent: str) -> str:
    """``Chrome 125, Windows 10``; empty where nothing is known."""
    name = device_type_of(user_agent)
    return "" if name == UNKNOWN else name.replace(" / ", ", ")


@dataclass(frozen=True, slots=True)
class Assessment:
    """EventRisk: the level, the action that was chosen for it, whether the attempt was blocked for it.

    `leaked` says whether the password is on the list of breached ones; None where nobody looked.
    """

    level: str | None = None
    action: str = ""
    blocked: bool = False
    leaked: bool | None = None

    @property
    def decision(self) -> str:
        """RiskDecision by its wire names."""
        if self.blocked:
            return "Block"
        return "AccountTakeover" if self.level else "NoRisk"


NO_RISK = Assessment()


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a user or an administrator said of an event: Valid or Invalid."""

    value: str
    provider: str
    given_ms: int


@dataclass(frozen=True, slots=True)
class AuthEvent:
    """One thing that a user did.

    `challenges` are the names and results of what was asked, Password or Mfa. Ids sort by time.
    """

    pool_id: str
    sub: str
    event_id: str
    kind: EventKind
    outcome: Outcome
    created_ms: int
    place: Place = NOWHERE
    risk: Assessment = NO_RISK
    challenges: tuple[tuple[str, str], ...] = ()
    feedback: Feedback | None = None

    def answered(self, challenge: str, *, right: bool) -> "AuthEvent":
        """The same event with one more result; what is no challenge in events adds none."""
        if not challenge:
            return self
        return replace(self, challenges=(*self.challenges, (challenge, "Success" if right else "Failure")))


# What a challenge of a sign-in is called in its event; the others are not shown there.
SHOWN_AS: Mapping[str, str] = {
    **dict.fromkeys(("PASSWORD_VERIFIER", "PASSWORD", "PASSWORD_SRP"), "Password"),
    **dict.fromkeys(("SMS_MFA", "SOFTWARE_TOKEN_MFA", "EMAIL_OTP", "SMS_OTP"), "Mfa"),
}
