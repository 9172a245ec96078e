"""Writers at work on a running server, which remember what was acknowledged; and a look at what is left of it.

    with Load([server.url]) as load:      # a pool, a client that rotates refresh tokens, a group
        load.begin()
        load.await_acknowledged(200)
        server.kill()
        load.end()
        server.start()
        load.verify()                     # asks for everything that was touched since the last look
    assert load.tally.clean, load.tally

Each user belongs to one writer, so that what must be there is known without a common clock. Nothing here knows of
engines: whoever breaks something decides what is behind the server.
"""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import pairwise
from random import Random
from threading import Condition, Event, Thread
from typing import Any, Self

from faults.checks import verify
from faults.line import TIMEOUT, Line, Reply
from faults.steps import STEPS, Ground, Writer

PATIENCE = 60.0  # seconds
FLOWS = ["ALLOW_USER_PASSWORD_AUTH"]
ROTATION = {"Feature": "ENABLED", "RetryGracePeriodSeconds": 0}


@dataclass
class Tally:
    """What a load has seen."""

    acknowledged: int = 0
    doubtful: int = 0
    lost: list[str] = field(default_factory=list)  # acknowledged, and not there
    doubled: list[str] = field(default_factory=list)  # codes and tokens that were taken twice
    strange: list[str] = field(default_factory=list)  # refused, though nothing spoke against it
    shed: int = 0  # refused because there was too much to do
    faults: dict[str, int] = field(default_factory=dict)
    longest_s: float = 0.0  # that any call waited
    times: list[float] = field(default_factory=list)  # of acknowledgements, by time.monotonic

    @property
    def clean(self) -> bool:
        """Nothing is lost, doubled or strange."""
        return not (self.lost or self.doubled or self.strange)

    @property
    def gap_s(self) -> float:
        """The longest time in which nothing was acknowledged."""
        ordered = sorted(self.times)
        return max((later - earlier for earlier, later in pairwise(ordered)), default=0.0)

    def wait_after(self, moment: float) -> float | None:
        """Seconds from a moment to the next acknowledgement; None where none came."""
        after = [one for one in self.times if one > moment]
        return min(after) - moment if after else None

    def __str__(self) -> str:
        return (
            f"{self.acknowledged} acknowledged, {self.doubtful} in doubt, {len(self.lost)} lost, {len(self.doubled)}"
            f" doubled, {len(self.strange)} strange, {self.shed} shed {[*self.lost, *self.doubled, *self.strange][:5]}"
        )


class Load:
    """`writers` threads, each with users and connections of its own; made against a server that answers."""

    def __init__(self, urls: Sequence[str], writers: int = 3, seed: int = 0, timeout: float = TIMEOUT) -> None:
        self._urls = list(urls)
        self.tally = Tally()
        self._news = Condition()
        self._stop = Event()
        self._threads: list[Thread] = []
        self.ground = self._prepare()
        self._writers = [
            Writer(self.ground, Line(urls, timeout), Line(urls, timeout), Random(f"{seed} {number}"), number)
            for number in range(writers)
        ]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()
        for writer in self._writers:
            writer.line.close()
            writer.second.close()

    def begin(self) -> None:
        """Let the writers write until `end`."""
        self._stop.clear()
        self._threads = [Thread(target=self._write, args=(writer,), daemon=True) for writer in self._writers]
        for thread in self._threads:
            thread.start()

    def end(self) -> None:
        """Let each writer bring its call to an end."""
        self._stop.set()
        for thread in self._threads:
            thread.join()
        self._threads = []
        for line in (line for writer in self._writers for line in (writer.line, writer.second)):
            self.tally.longest_s = max(self.tally.longest_s, line.longest_s)
            for name, times in line.faults.items():
                self.tally.faults[name] = self.tally.faults.get(name, 0) + times
            line.faults.clear()

    def await_acknowledged(self, more: int, within: float = PATIENCE) -> None:
        """Return when so many more calls were acknowledged."""
        with self._news:
            wanted = self.tally.acknowledged + more
            assert self._news.wait_for(lambda: self.tally.acknowledged >= wanted, within), f"stuck: {self.tally}"

    def await_doubtful(self, more: int, within: float = PATIENCE) -> None:
        """Return when so many more calls were left in doubt."""
        with self._news:
            wanted = self.tally.doubtful + more
            assert self._news.wait_for(lambda: self.tally.doubtful >= wanted, within), f"no faults: {self.tally}"

    def verify(self, *, everything: bool = False) -> Tally:
        """Look at the users that were touched since the last look, or at all, each writer at its own.

        The writers must have come to their end, and the server must answer.
        """
        with ThreadPoolExecutor(len(self._writers)) as at_once:
            looks = at_once.map(lambda writer: verify(writer, everything=everything), self._writers)
        for findings in looks:
            self.tally.lost += findings.lost
            self.tally.doubled += findings.doubled
        return self.tally

    def _write(self, writer: Writer) -> None:
        while not self._stop.is_set():
            before = len(writer.strange), len(writer.doubled)
            replies = writer.step(STEPS)
            with self._news:
                self.tally.strange += writer.strange[before[0] :]
                self.tally.doubled += writer.doubled[before[1] :]
                for reply in replies:
                    self._count(reply)
                self._news.notify_all()
            if replies and replies[-1].status <= 0:
                self._stop.wait(0.01)  # nobody is there

    def _count(self, reply: Reply) -> None:
        self.tally.acknowledged += reply.done
        self.tally.doubtful += reply.doubtful
        self.tally.shed += reply.error == "TooManyRequestsException"
        if reply.done:
            self.tally.times.append(time.monotonic())

    def _prepare(self) -> Ground:
        """A pool of its own."""
        line = Line(self._urls)
        pool = done(line, "CreateUserPool", PoolName="faults", AutoVerifiedAttributes=["email"])
        pool_id = pool["UserPool"]["Id"]
        asked = {"ExplicitAuthFlows": FLOWS, "RefreshTokenRotation": ROTATION}
        client = done(line, "CreateUserPoolClient", UserPoolId=pool_id, ClientName="faults", **asked)
        done(line, "CreateGroup", UserPoolId=pool_id, GroupName="staff")
        line.close()
        return Ground(pool_id, client["UserPoolClient"]["ClientId"])


def done(line: Line, operation: str, **members: Any) -> Any:
    """The answer to a call that must succeed; asked again for a while where nobody answers."""
    deadline = time.monotonic() + PATIENCE
    while True:
        reply = line.call(operation, **members)
        if reply.done:
            return reply.document
        assert reply.doubtful or reply.status < 0, (operation, reply)
        assert time.monotonic() < deadline, (operation, reply)
