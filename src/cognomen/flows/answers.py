"""What passes between a sign-in and one of its challenges."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from cognomen import errors
from cognomen.domain.app_client import AppClient
from cognomen.domain.challenges import Result, Situation, Step
from cognomen.domain.pool import UserPool
from cognomen.domain.sessions import NOBODY_KNOWS, Visitor
from cognomen.domain.user import User
from cognomen.flows.tokens import nothing_else
from cognomen.services import Services
from cognomen.storage.database import Work


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a challenge, as it came: the name of the challenge, its Session and the ChallengeResponses."""

    pool: UserPool
    client: AppClient
    challenge: str
    session: str = field(repr=False)
    responses: Mapping[str, str] = field(repr=False)
    visitor: Visitor = NOBODY_KNOWS

    def require(self, name: str) -> str:
        """One of the responses; raises MissingParameter where it is missing or empty."""
        value = self.responses.get(name)
        if not value:
            raise errors.MissingParameter(name=name)
        return value


@dataclass(frozen=True, slots=True)
class Asked:
    """A challenge that is put: its ChallengeParameters, what is kept in its session, and what is `also` stored.

    `sends` says that a message is among that.
    """

    parameters: Mapping[str, str] = field(repr=False)
    kept: Mapping[str, str] = field(default_factory=dict, repr=False)
    also: Work[None] = nothing_else
    sends: bool = False


@dataclass(frozen=True, slots=True)
class Passed:
    """A right answer: the account as it is now, and what is `also` stored in the write that uses the session up.

    `chosen` is the step that the user wants to go on with, where the challenge was to choose one. `result` is what came
    of a challenge that a trigger judged, be it right or wrong.

    Of USER_AUTH: `opening` is the first factor that was chosen, `shown` the step that the same answer passed as well,
    and `proof` the parameters of a PASSWORD_VERIFIER that it began.

    `heard` is what the answer says for the next challenge.
    """

    user: User
    also: Work[None] = nothing_else
    chosen: Step | None = None
    result: Result | None = None
    opening: Step | None = None
    shown: Step | None = None
    proof: Mapping[str, str] | None = field(default=None, repr=False)
    heard: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Kind:
    """How one kind of challenge is put, and how its answer is judged.

    `judge` gets the answer and what `ask` kept in the session; it raises what a wrong answer is refused with.
    """

    ask: Callable[[Services, Situation], Awaitable[Asked]]
    judge: Callable[[Services, Situation, Answer, Mapping[str, str]], Awaitable[Passed]]
