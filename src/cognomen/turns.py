"""Attempts of one process that wait for each other, so that no more run at a time than may turn out wrong."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from cognomen.domain.lockout import Standing

Key = tuple[str, str]


@dataclass(slots=True)
class Line:
    """The attempts on one subject: what is known of it, how many are here, and how many of them are under way."""

    standing: Standing
    here: int = 0
    under_way: int = 0
    moved: asyncio.Event = field(default_factory=asyncio.Event)

    def learn(self, read: Standing) -> None:
        """Take what was read for true where it is newer than what is known."""
        self.standing = max(self.standing, read)

    async def wait(self, now_ms: Callable[[], int]) -> None:
        """Return when it is this attempt's turn; raises PasswordAttemptsExceeded as soon as the subject is locked."""
        self.standing.check(now_ms())
        while not self.standing.allows(self.under_way):
            await self.moved.wait()
            self.standing.check(now_ms())

    @contextmanager
    def turn(self) -> Iterator[None]:
        """While an attempt is under way; what came of it is put into the standing before it ends."""
        self.under_way += 1
        try:
            yield
        finally:
            self.under_way -= 1
            self.moved.set()
            self.moved = asyncio.Event()


class Turns:
    """The lines of this process, each forgotten when its last attempt leaves; and how many attempts failed so far."""

    def __init__(self) -> None:
        self._lines: dict[Key, Line] = {}
        self.failed = 0

    @contextmanager
    def line(self, key: Key, read: Standing) -> Iterator[Line]:
        """The line of a subject, with one more attempt in it, which read this standing."""
        line = self._lines.setdefault(key, Line(read))
        line.learn(read)
        line.here += 1
        try:
            yield line
        finally:
            line.here -= 1
            if not line.here:
                del self._lines[key]
