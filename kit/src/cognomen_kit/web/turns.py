"""One submission of a form: what a step may look at, and what it decides."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ParamSpec, TypeAlias, TypeVar

from cognomen_kit.calls import Call
from cognomen_kit.challenges import AnyOutcome, Challenge, sign_in_step
from cognomen_kit.context import Context
from cognomen_kit.core import Core
from cognomen_kit.operations import operation
from cognomen_kit.web.settings import WebSettings
from cognomen_kit.web.vault import Note, Session
from cognomen_kit.web.visits import Visit

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Turn:
    """What was submitted, by whom; `session` is there for forms that take somebody who is signed in."""

    core: Core
    settings: WebSettings
    visit: Visit
    values: Mapping[str, str] = field(repr=False)
    note: Note
    session: Session | None
    pending: Challenge[Any] | None = None

    @property
    def username(self) -> str:
        """Whom a form without a session is about."""
        return self.values[self.settings.username.name].strip()

    @property
    def context(self) -> Context:
        """What the service may know of the browser."""
        return Context(ip_address=self.visit.ip_address)

    @property
    def access_token(self) -> str:
        """The token of a form that takes somebody who is signed in."""
        assert self.session is not None
        return self.session.access_token

    def call(self, wanted: "operation[P, T]", *args: P.args, **kwargs: P.kwargs) -> Call[T]:
        """An operation of the client as a step of this one."""
        step: Callable[..., Call[T]] = wanted.__wrapped__
        return step(self.core, *args, **kwargs)

    def begin(self, wanted: "sign_in_step[P]", *args: P.args, **kwargs: P.kwargs) -> Call[AnyOutcome]:
        """The beginning of a sign-in as a step of this one."""
        step: Callable[..., Call[AnyOutcome]] = wanted.__wrapped__
        return step(self.core, *args, **kwargs)


@dataclass(frozen=True, slots=True)
class Decided:
    """Where to go: another form, or a place of the site; what to say there, and what to remember."""

    form: str | None = None
    location: str | None = None
    note: Note = field(default_factory=Note)
    session: Session | None = None
    challenge: Challenge[Any] | None = None
    ends_session: bool = False


Step: TypeAlias = Callable[[Turn], Call[Decided]]
