"""The server's clock, which a test may move forward."""

from datetime import UTC, datetime, timedelta

from cognomen.testing.server import Machinery


class Clock:
    """The server's clock. Only the server's: the test and what it tests stay in the present."""

    def __init__(self, machinery: Machinery) -> None:
        self._machinery = machinery
        self._moved = 0

    def advance(self, seconds: float | timedelta) -> None:
        """Let codes and tokens grow older by so much, rounded up to whole seconds; raises ValueError below 0."""
        asked = seconds if isinstance(seconds, timedelta) else timedelta(seconds=seconds)
        if asked < timedelta():
            raise ValueError("the clock moves forward only: what is stored would come from the future")
        whole = -(-asked // timedelta(seconds=1))
        self._machinery.move_clock(whole)
        self._moved += whole

    def now(self) -> datetime:
        """What time it is for the server."""
        return datetime.fromtimestamp(self._machinery.move_clock(0) / 1000, UTC)

    def back_to_the_present(self) -> None:
        """Undo what was moved, at the end of a test, so that the next one's tokens are not from the future."""
        self._machinery.move_clock(-self._moved)
        self._moved = 0
