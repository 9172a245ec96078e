"""Handlers in this process, written for AWS Lambda: ``handler(event, context)``, a function or a coroutine function."""

import asyncio
import inspect
import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from cognomen.triggers.port import AnswerUnreadable, HandlerFailed


class HandlerMissing(Exception):  # noqa: N818
    """What a target names cannot be imported, or is no function."""


@dataclass(frozen=True, slots=True)
class LambdaContext:
    """The second argument of a handler, as far as one server can tell it."""

    function_name: str
    invoked_function_arn: str
    aws_request_id: str
    ends: float  # on the clock of time.monotonic
    function_version: str = "$LATEST"
    memory_limit_in_mb: str = "128"
    log_group_name: str = "cognomen"
    log_stream_name: str = "triggers"
    identity: None = None
    client_context: None = None

    def get_remaining_time_in_millis(self) -> int:
        """How long the handler may still take."""
        return max(0, round((self.ends - time.monotonic()) * 1000))


class PythonTarget:
    """A function that was imported when the server started."""

    def __init__(self, handler: Callable[[Any, Any], Any]) -> None:
        self._handler = handler

    @classmethod
    def named(cls, place: str) -> "PythonTarget":
        """The function of ``package.module:function``; raises HandlerMissing."""
        module, _, name = place.partition(":")
        try:
            found: Any = import_module(module)
            for part in name.split("."):
                found = getattr(found, part)
        except Exception as fault:  # a module may raise anything while it is imported
            raise HandlerMissing(f"{type(fault).__name__}: {fault}") from fault
        if not callable(found):
            raise HandlerMissing(f"{place} is no function")
        return cls(found)

    def call(self, arn: str, event: bytes, seconds: float) -> bytes:
        """Run the function; whatever it raises is its message. Raises HandlerFailed, AnswerUnreadable."""
        context = LambdaContext(arn.rpartition(":")[2], arn, secrets.token_hex(16), time.monotonic() + seconds)
        try:
            answer = self._handler(json.loads(event), context)
            if inspect.isawaitable(answer):
                answer = asyncio.run(_awaited(answer))
        except Exception as raised:
            raise HandlerFailed(str(raised) or type(raised).__name__) from raised
        try:
            return json.dumps(answer, allow_nan=False).encode()
        except (TypeError, ValueError) as fault:
            raise AnswerUnreadable(str(fault)) from fault


async def _awaited(answer: Any) -> Any:
    return await answer
