"""What one user must look like after what was acknowledged, refused and left in doubt."""

from dataclasses import dataclass, field
from typing import Generic, TypeVar

from faults.line import Reply

ABSENT, UNCONFIRMED, CONFIRMED, INVITED = "ABSENT", "UNCONFIRMED", "CONFIRMED", "FORCE_CHANGE_PASSWORD"
FIRST_PASSWORD = "Steady-Horse-0"
T = TypeVar("T")


class Register(Generic[T]):
    """A value that one writer changes: the values that it may have, of which there is one while nothing is in doubt."""

    def __init__(self, value: T) -> None:
        self.possible = [value]

    @property
    def known(self) -> bool:
        """Nothing is in doubt."""
        return len(self.possible) == 1

    @property
    def value(self) -> T:
        """The value that was tried last."""
        return self.possible[-1]

    def after(self, reply: Reply, value: T) -> Reply:
        """A change to this value was asked for, and this became of it."""
        if reply.done:
            self.possible = [value]
        elif reply.doubtful:
            self.possible = [one for one in self.possible if one != value] + [value]
        return reply

    def settle(self, seen: T) -> bool:
        """Whether what is in the store may be there; from now on it is what is known."""
        fits = seen in self.possible
        self.possible = [seen]
        return fits


@dataclass
class Account:
    """One user, of one writer."""

    name: str
    status: Register[str] = field(default_factory=lambda: Register(ABSENT))
    password: Register[str] = field(default_factory=lambda: Register(FIRST_PASSWORD))
    nickname: Register[str] = field(default_factory=lambda: Register(""))
    member: Register[bool] = field(default_factory=lambda: Register(value=False))
    access_token: str = ""
    refresh_token: str = ""
    token_doubtful: bool = False  # a rotation of it was asked for, and nobody knows
    spent_token: str = ""  # replaced, as was acknowledged
    code: Register[str] = field(default_factory=lambda: Register("none"))  # of ForgotPassword: none, sent or spent

    @property
    def settled(self) -> bool:
        """A user who may sign in, with a password that is known."""
        return self.status.possible == [CONFIRMED] and self.password.known

    def note_tokens(self, answer: Reply) -> None:
        """A sign-in or a rotation was acknowledged."""
        result = answer.document["AuthenticationResult"]
        self.access_token = result["AccessToken"]
        self.refresh_token = result["RefreshToken"]
        self.token_doubtful = False
