"""What comes next in a sign-in: one table, read from its top (reference 05).

A challenge is added by a line here, and by how it is put and judged (flows/challenges.py).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property

from cognomen import errors
from cognomen.domain import mfa
from cognomen.domain.app_client import AppClient
from cognomen.domain.auth_factors import asks_for_second_factor, available_challenges, passkey_is_enough
from cognomen.domain.devices import Device
from cognomen.domain.pool import UserPool
from cognomen.domain.second_factors import Factor
from cognomen.domain.sessions import NOBODY_KNOWS, Visitor
from cognomen.domain.user import User, UserStatus


class Step(StrEnum):
    """What a user can be asked to do, by the wire names of the challenges; and the two ends."""

    SELECT_CHALLENGE = "SELECT_CHALLENGE"
    PASSWORD = "PASSWORD"  # noqa: S105
    PASSWORD_SRP = "PASSWORD_SRP"  # noqa: S105
    PASSWORD_VERIFIER = "PASSWORD_VERIFIER"  # noqa: S105
    NEW_PASSWORD_REQUIRED = "NEW_PASSWORD_REQUIRED"  # noqa: S105
    SMS_MFA = "SMS_MFA"
    SOFTWARE_TOKEN_MFA = "SOFTWARE_TOKEN_MFA"  # noqa: S105
    EMAIL_OTP = "EMAIL_OTP"
    SMS_OTP = "SMS_OTP"
    WEB_AUTHN = "WEB_AUTHN"
    SELECT_MFA_TYPE = "SELECT_MFA_TYPE"
    MFA_SETUP = "MFA_SETUP"
    DEVICE_SRP_AUTH = "DEVICE_SRP_AUTH"
    DEVICE_PASSWORD_VERIFIER = "DEVICE_PASSWORD_VERIFIER"  # noqa: S105
    CUSTOM_CHALLENGE = "CUSTOM_CHALLENGE"
    SIGN_UP = "SIGN_UP"  # no challenge: what SignUp gives out, and ConfirmSignUp takes
    SIGN_UP_CONFIRMED = "SIGN_UP_CONFIRMED"  # no challenge: the code of ConfirmSignUp was right
    ISSUED = "ISSUED"  # no challenge: the trigger of CUSTOM_AUTH said that there are tokens
    TOKEN_SET_UP = "TOKEN_SET_UP"  # noqa: S105  # no challenge: VerifySoftwareToken within a sign-in
    REFUSED = "REFUSED"
    DONE = "DONE"


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one challenge of a CUSTOM_AUTH sign-in, as its triggers are told."""

    name: str
    passed: bool
    metadata: str | None = None


@dataclass(frozen=True)
class Situation:
    """Where a sign-in stands: who signs in, by which AuthFlow and client, what was passed so far, from where."""

    flow: str
    pool: UserPool
    client: AppClient
    user: User
    passed: tuple[Step, ...]
    visitor: Visitor = NOBODY_KNOWS
    chosen: Step | None = None  # what SELECT_MFA_TYPE was answered with
    history: tuple[Result, ...] = ()  # of CUSTOM_AUTH
    opening: Step | None = None  # the first factor that was chosen in USER_AUTH
    device_key: str = ""  # of the device that the client says it is on
    device: Device | None = None  # that device, once the user has shown who they are
    heard: str = field(default="", repr=False)  # what the answer before said for the next challenge
    event_id: str = ""  # under which threat protection notes the sign-in

    def after(self, step: Step, user: User, chosen: Step | None = None) -> "Situation":
        """The same sign-in once this step is passed; `user` is the account as that left it."""
        return replace(self, user=user, passed=(*self.passed, step), chosen=chosen or self.chosen)

    @cached_property
    def choices(self) -> tuple[Factor, ...]:
        """The second factors that are asked for, or can be chosen from, where none is preferred."""
        return mfa.choices(self.pool, self.user)

    @cached_property
    def available(self) -> tuple[str, ...]:
        """With what the sign-in can begin, as long as nothing was shown; only in USER_AUTH there is a choice."""
        is_open = self.flow == USER_AUTH and not first_factor_shown(self)
        return available_challenges(self.pool, self.user) if is_open else ()

    @cached_property
    def awaits_factor(self) -> bool:
        """Whether a first factor was shown, the account confirmed, and a second factor still to be shown."""
        return first_factor_shown(self) and is_confirmed(self) and needs_second_factor(self)


Condition = Callable[[Situation], bool]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: `step` comes next where `when` holds and no line above does."""

    step: Step
    says: str
    when: Condition


PASSWORD_PROOFS = frozenset({Step.PASSWORD, Step.PASSWORD_VERIFIER})
USER_AUTH = "USER_AUTH"
CUSTOM_AUTH = "CUSTOM_AUTH"
OPENINGS = (Step.PASSWORD, Step.PASSWORD_SRP, Step.EMAIL_OTP, Step.SMS_OTP, Step.WEB_AUTHN)
# What is a first factor by itself, besides the password; the flow decides whether it can be the first thing shown.
OPENING_PROOFS = frozenset({Step.EMAIL_OTP, Step.SMS_OTP, Step.WEB_AUTHN, Step.SIGN_UP_CONFIRMED})


def password_shown(situation: Situation) -> bool:
    """Whether the user has proven to know the password."""
    return not PASSWORD_PROOFS.isdisjoint(situation.passed)


def first_factor_shown(situation: Situation) -> bool:
    """Whether the user has shown anything: the password, or in USER_AUTH what else a sign-in can begin with."""
    other = situation.flow == USER_AUTH and not OPENING_PROOFS.isdisjoint(situation.passed)
    return other or password_shown(situation)


def password_is_temporary(situation: Situation) -> bool:
    """Whether the user still has to choose a password."""
    return situation.user.status is UserStatus.FORCE_CHANGE_PASSWORD


def is_confirmed(situation: Situation) -> bool:
    """Whether nothing is left to be done to the account."""
    return situation.user.status is UserStatus.CONFIRMED


FACTOR_STEPS = {Step(factor.value): factor for factor in Factor}


PROOFS = PASSWORD_PROOFS | OPENING_PROOFS | FACTOR_STEPS.keys()


def knows_user(situation: Situation) -> bool:
    """Whether the user has shown all that comes before a device: in CUSTOM_AUTH, what its triggers asked for."""
    if situation.flow == CUSTOM_AUTH:
        return Step.ISSUED in situation.passed
    return first_factor_shown(situation)


def device_counts(situation: Situation) -> bool:
    """Whether the sign-in comes from a device that is remembered."""
    return situation.device is not None and situation.device.remembered


def device_shown(situation: Situation) -> bool:
    """Whether a remembered device proved itself, where the pool takes that for a second factor."""
    proven = Step.DEVICE_PASSWORD_VERIFIER in situation.passed
    return proven and device_counts(situation) and situation.pool.devices.skips_mfa


def awaits_device(situation: Situation) -> bool:
    """Whether a remembered device has to prove itself now: before a second factor in its place, else behind it."""
    if not device_counts(situation) or Step.DEVICE_PASSWORD_VERIFIER in situation.passed:
        return False
    in_turn = situation.pool.devices.skips_mfa or not needs_second_factor(situation)
    return knows_user(situation) and is_confirmed(situation) and in_turn


def second_factor_shown(situation: Situation) -> bool:
    """Whether a code was right, or an authenticator app was set up in this sign-in and that was told.

    Or a remembered device has proved itself in their place.
    """
    if device_shown(situation):
        return True
    proofs = [step for step in situation.passed if step in PROOFS]
    by_code = not FACTOR_STEPS.keys().isdisjoint(proofs[1:])  # the first proof is the first factor
    by_passkey = Step.WEB_AUTHN in proofs and passkey_is_enough(situation.pool, situation.user)
    return by_code or by_passkey or {Step.TOKEN_SET_UP, Step.MFA_SETUP} <= frozenset(situation.passed)


def needs_second_factor(situation: Situation) -> bool:
    """Whether something is asked for besides the password: always where the pool insists, else where users want it."""
    return asks_for_second_factor(situation.pool, situation.user) and not second_factor_shown(situation)


def _chosen(step: Step, factor: Factor) -> Row:
    says = "MFA is needed, and it was chosen in this sign-in"
    return Row(step, says, lambda s: s.awaits_factor and s.chosen is step and factor in s.choices)


def _preferred(step: Step, factor: Factor) -> Row:
    says = "MFA is needed, the user prefers this factor, and it can be used"
    return Row(step, says, lambda s: s.awaits_factor and mfa.preferred(s.pool, s.user) is factor)


def _only(step: Step, factor: Factor) -> Row:
    says = "MFA is needed, no factor is preferred, and this is the only one to ask for"
    return Row(step, says, lambda s: s.awaits_factor and s.choices == (factor,))


def _is_being_set_up(situation: Situation) -> bool:
    return situation.awaits_factor and Step.TOKEN_SET_UP in situation.passed


SECOND_FACTORS: tuple[Row, ...] = (
    Row(Step.MFA_SETUP, "MFA is needed, and an authenticator app was set up in this sign-in", _is_being_set_up),
    *(_chosen(step, factor) for step, factor in FACTOR_STEPS.items()),
    *(_preferred(step, factor) for step, factor in FACTOR_STEPS.items()),
    *(_only(step, factor) for step, factor in FACTOR_STEPS.items()),
    Row(
        Step.SELECT_MFA_TYPE,
        "MFA is needed, no factor is preferred, and there are several to ask for",
        lambda s: s.awaits_factor and len(s.choices) > 1,
    ),
    Row(
        Step.MFA_SETUP,
        "MFA is ON, the user has no factor, and one can be set up",
        lambda s: s.awaits_factor and bool(mfa.can_set_up(s.pool, s.user)),
    ),
    Row(Step.REFUSED, "MFA is ON, the user has no factor, and none can be set up", lambda s: s.awaits_factor),
)


def _custom(situation: Situation) -> bool:
    return situation.flow == CUSTOM_AUTH and is_confirmed(situation)


DEVICES: tuple[Row, ...] = (
    Row(
        Step.DEVICE_PASSWORD_VERIFIER,
        "a remembered device signs in, and has begun its proof",
        lambda s: awaits_device(s) and Step.DEVICE_SRP_AUTH in s.passed,
    ),
    Row(
        Step.DEVICE_SRP_AUTH,
        "a remembered device signs in, and no second factor is needed before it",
        awaits_device,
    ),
)
CUSTOM: tuple[Row, ...] = (
    Row(
        Step.DONE,
        "the flow is CUSTOM_AUTH, its trigger said that there are tokens, and the account is confirmed",
        lambda s: _custom(s) and Step.ISSUED in s.passed,
    ),
    Row(Step.CUSTOM_CHALLENGE, "the flow is CUSTOM_AUTH, so that its trigger says what comes next", _custom),
)


def _opening(step: Step) -> Row:
    says = "the flow is USER_AUTH, nothing was shown, and this was chosen and can be used"
    return Row(step, says, lambda s: s.opening is step and step in s.available)


CHOICE: tuple[Row, ...] = (
    *map(_opening, OPENINGS),
    Row(
        Step.SELECT_CHALLENGE,
        "the flow is USER_AUTH, nothing was shown, and there is something to choose from",
        lambda s: bool(s.available),
    ),
)
TABLE: tuple[Row, ...] = (
    *CHOICE,
    Row(
        Step.NEW_PASSWORD_REQUIRED,
        "the password is right and temporary",
        lambda s: password_shown(s) and password_is_temporary(s),
    ),
    *DEVICES,
    *SECOND_FACTORS,
    *CUSTOM,
    Row(
        Step.DONE,
        "a first factor was shown, the account is confirmed, and no second factor is needed any more",
        lambda s: first_factor_shown(s) and is_confirmed(s) and not needs_second_factor(s),
    ),
)


def what_comes_next(situation: Situation) -> Step:
    """The step of the first line that holds; raises NotAuthorizedException where none does: no tokens by default.

    Raises NoSecondFactor where the line says that the sign-in is refused.
    """
    for row in TABLE:
        if row.when(situation):
            if row.step is Step.REFUSED:
                raise errors.NoSecondFactor
            return row.step
    raise errors.NotAuthorizedException


@dataclass(frozen=True, slots=True)
class ChallengeSession:
    """What a Session string stands for: one challenge that was put to one user. Times are in milliseconds.

    It is of no use once the password is another one than when it was put.
    """

    session_id: str
    step: Step
    flow: str
    passed: tuple[Step, ...]
    sub: str
    password_set_ms: int
    expires_ms: int
    kept: Mapping[str, str] = field(repr=False)
    pool_id: str = ""
    client_id: str = ""
    chosen: Step | None = None
    history: tuple[Result, ...] = ()
    opening: Step | None = None
    device_key: str = ""
    event_id: str = ""
    insists: bool = False  # MFA was ON when the challenge was put, be it for this sign-in alone
