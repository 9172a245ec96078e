"""Triggers, as the flows see them: an event goes to whatever stands behind an ARN, and an answer comes back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

TIMED_OUT = "Socket timeout while invoking Lambda function"


class HandlerFailed(Exception):  # noqa: N818
    """The handler ran and raised; the text is its message."""


class TargetUnreachable(Exception):  # noqa: N818
    """The handler was not reached, or did not answer in time; the text says why."""


class AnswerUnreadable(Exception):  # noqa: N818
    """The answer is no JSON document, or a longer one than is read."""


@dataclass(frozen=True, slots=True)
class Logged:
    """One run of a trigger, for developers to read. `at_ms` is when it began, `took_ms` how long it took."""

    at_ms: int
    took_ms: int
    arn: str
    event: Mapping[str, Any] = field(repr=False)
    answer: Any = field(default=None, repr=False)
    error: str | None = None


class Target(Protocol):
    """One way to run handlers. The event and the answer are JSON texts, so that neither side holds on to the other."""

    def call(self, arn: str, event: bytes, seconds: float) -> bytes:
        """Run the handler and wait for it, on a thread of its own.

        Raises HandlerFailed, TargetUnreachable, AnswerUnreadable.
        """


class Triggers(Protocol):
    """What stands behind the ARNs."""

    def knows(self, arn: str) -> bool:
        """Whether the settings map the ARN to a target."""

    async def invoke(self, arn: str, event: Mapping[str, Any], seconds: float | None = None) -> Any:
        """The answer of the handler, which may take so many seconds; without, as many as callers wait for.

        Raises HandlerFailed, TargetUnreachable, AnswerUnreadable, TooManyRequestsException.
        """

    def recent(self) -> Sequence[Logged]:
        """The last runs, the newest last; none where nothing is logged."""

    def forget(self) -> None:
        """Empty the log."""


class NoTriggers:
    """For servers whose settings map no ARN."""

    def knows(self, arn: str) -> bool:  # noqa: ARG002
        """Nothing."""
        return False

    async def invoke(self, arn: str, event: Mapping[str, Any], seconds: float | None = None) -> Any:  # noqa: ARG002
        """The settings may have lost an ARN that a pool still holds."""
        raise TargetUnreachable(f"the settings map {arn} to no target")

    def recent(self) -> Sequence[Logged]:
        """None."""
        return ()

    def forget(self) -> None:
        """There is nothing."""


NO_TRIGGERS = NoTriggers()
