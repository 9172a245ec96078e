"""A crowd that wants more passwords hashed than there is room for, whatever the speed of the machine."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from cognomen import errors
from cognomen.signing.bounded_threads import BoundedThreads

PATIENCE_S = 20


@contextmanager
def crowded() -> Iterator[None]:
    """No hash is done before somebody was told that there is no room: two callers at a time are enough for that."""
    turned_away = threading.Event()
    expect_room, run = BoundedThreads.expect_room, BoundedThreads.run

    def expect(self: BoundedThreads) -> None:
        try:
            expect_room(self)
        except errors.Overloaded:
            turned_away.set()
            raise

    async def run_late(self: BoundedThreads, work: Callable[[], Any]) -> Any:
        def late() -> Any:
            turned_away.wait(PATIENCE_S)
            return work()

        return await run(self, late)

    with patch.multiple(BoundedThreads, expect_room=expect, run=run_late):
        yield
