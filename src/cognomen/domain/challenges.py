"""What comes next in a sign-in: one table, read from its top (reference 05).

A challenge is added by a line here, and by how it is put and judged (flows/challenges.py).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from cognomen import errors
from cognomen.domain.app_client import AppClient
from cognomen.domain.pool import UserPool
from cognomen.domain.sessions import NOBODY_KNOWS, Visitor
from cognomen.domain.user import User, UserStatus


class Step(StrEnum):
    """What a user can be asked to do, by the wire names of the challenges; and the end."""

    PASSWORD = "PASSWORD"  # noqa: S105
    NEW_PASSWORD_REQUIRED = "NEW_PASSWORD_REQUIRED"  # noqa: S105
    DONE = "DONE"


@dataclass(frozen=True, slots=True)
class Situation:
    """Where a sign-in stands: who signs in, by which AuthFlow and client, what was passed so far, from where."""

    flow: str
    pool: UserPool
    client: AppClient
    user: User
    passed: tuple[Step, ...]
    visitor: Visitor = NOBODY_KNOWS

    def after(self, step: Step, user: User) -> "Situation":
        """The same sign-in once this step is passed; `user` is the account as that left it."""
        return replace(self, user=user, passed=(*self.passed, step))


Condition = Callable[[Situation], bool]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: `step` comes next where `when` holds and no line above does."""

    step: Step
    says: str
    when: Condition


PASSWORD_PROOFS = frozenset({Step.PASSWORD})


def password_shown(situation: Situation) -> bool:
    """Whether the user has proven to know the password."""
    return not PASSWORD_PROOFS.isdisjoint(situation.passed)


def password_is_temporary(situation: Situation) -> bool:
    """Whether the user still has to choose a password."""
    return situation.user.status is UserStatus.FORCE_CHANGE_PASSWORD


def is_confirmed(situation: Situation) -> bool:
    """Whether nothing is left to be done to the account."""
    return situation.user.status is UserStatus.CONFIRMED


TABLE: tuple[Row, ...] = (
    Row(
        Step.NEW_PASSWORD_REQUIRED,
        "the password is right and temporary",
        lambda s: password_shown(s) and password_is_temporary(s),
    ),
    Row(Step.DONE, "the password is right and the account confirmed", lambda s: password_shown(s) and is_confirmed(s)),
)


def what_comes_next(situation: Situation) -> Step:
    """The step of the first line that holds; raises NotAuthorizedException where none does: no tokens by default."""
    for row in TABLE:
        if row.when(situation):
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
