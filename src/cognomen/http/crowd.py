"""Turning requests away that have waited too long for their turn, before anything is done for them.

A process that has more to do than it can would otherwise do all of it too late. What a request costs is not known
beforehand, and how many may be under way depends on what they wait for; how long it has waited itself says all that
is needed. So what is slow by nature, such as a trigger, takes nobody's place, and what is cheap is not refused.
"""

import asyncio
from collections.abc import Callable, Mapping
from time import monotonic
from typing import Any

from starlette.types import Scope
from structlog.typing import FilteringBoundLogger

from cognomen.http.aws_json import CONTENT_TYPE, Answer
from cognomen.http.cors import ANY_ORIGIN, EXPOSED
from cognomen.storage.line import Line

ARRIVED = "arrived"  # where the edge puts the time at which a request was found, by time.monotonic
AGAIN_SECONDS = 10.0
REFUSED_AFTER_SECONDS = 0.3
MOST_HELD_BACK = 5000  # at a time, which bounds their memory
ERROR = "TooManyRequestsException"
BODY = b'{"__type":"TooManyRequestsException","message":"Too many requests"}'
HEADERS = [
    CONTENT_TYPE,
    (b"content-length", b"%d" % len(BODY)),
    (b"x-amzn-errortype", b"TooManyRequestsException:"),
    (b"x-amzn-errormessage", b"Too many requests"),
    ANY_ORIGIN,
    EXPOSED,
]
PAGE = b"Too many requests\n"
PAGE_HEADERS = [(b"content-type", b"text/plain"), (b"content-length", b"%d" % len(PAGE)), (b"retry-after", b"1")]


class Crowd:
    """Judges each request when its turn comes. `line` are those who wait for the store."""

    def __init__(
        self, longest_s: float, line: Line, log: FilteringBoundLogger, now: Callable[[], float] = monotonic
    ) -> None:
        self._longest_s = longest_s
        self._line = line
        self._log = log
        self._now = now
        self._said_at = -AGAIN_SECONDS
        self._turned_away = 0
        self._held_back = 0

    def is_too_much_for(self, scope: Scope) -> bool:
        """Whether this request has waited too long, or would, for the store."""
        arrived = scope.get(ARRIVED)
        if arrived is None:
            return False
        now = self._now()
        if now - arrived <= self._longest_s and not self._line.is_long(self._longest_s, now):
            return False
        self._note(now)
        return True

    async def hold_back(self, scope: Scope) -> None:
        """Let a refused caller wait for a moment, which costs nothing.

        Whoever asks again at once would be refused as often as the machine can refuse, and nobody else served.
        """
        left = REFUSED_AFTER_SECONDS - (self._now() - scope.get(ARRIVED, 0.0))
        if left > 0 and self._held_back < MOST_HELD_BACK:
            self._held_back += 1
            try:
                await asyncio.sleep(left)
            finally:
                self._held_back -= 1

    def _note(self, now: float) -> None:
        """Say so once in a while: a line for each would cost more than turning it away."""
        self._turned_away += 1
        if now - self._said_at >= AGAIN_SECONDS:
            self._said_at = now
            self._log.warning("requests are turned away: there is too much to do", turned_away=self._turned_away)


def turned_away(scope: Mapping[str, Any], request_id: str) -> Answer:
    """What AWS says to a call that is one too many, and HTTP to a page."""
    if scope["method"] == "POST" and scope["path"] == "/":
        return Answer(400, [*HEADERS, (b"x-amzn-requestid", request_id.encode())], BODY)
    return Answer(503, PAGE_HEADERS, PAGE)
