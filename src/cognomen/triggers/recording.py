"""Triggers for tests: the events are kept, and the answers are functions of the test."""

import copy
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from cognomen.triggers.port import HandlerFailed, Logged

Answer = Callable[[dict[str, Any]], Any]


class RecordingTriggers:
    """Every ARN that has an answer is known."""

    def __init__(self, answers: Mapping[str, Answer]) -> None:
        self.answers = dict(answers)
        self.events: list[Mapping[str, Any]] = []

    def knows(self, arn: str) -> bool:
        """Whether the test gave an answer for it."""
        return arn in self.answers

    async def invoke(self, arn: str, event: Mapping[str, Any], seconds: float | None = None) -> Any:  # noqa: ARG002
        """What the test's function answers; raises HandlerFailed where that raises."""
        self.events.append(copy.deepcopy(event))
        try:
            return self.answers[arn](copy.deepcopy(dict(event)))
        except Exception as raised:
            raise HandlerFailed(str(raised)) from raised

    def recent(self) -> Sequence[Logged]:
        """All runs."""
        return [Logged(0, 0, "", event) for event in self.events]

    def forget(self) -> None:
        """Begin anew."""
        self.events.clear()
