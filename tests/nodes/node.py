"""One node of several: the command line as a process, on a store and a master key that all nodes share."""

import asyncio
import re
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

TESTS = Path(__file__).parent.parent
PATIENCE_S = 300  # nothing takes so long unless it is broken
DRAIN_S = 4  # readiness fails so long before the port is closed: enough for a slow machine to hear of it
TODAY = ("cognomen",)


@dataclass(frozen=True)
class House:
    """What nodes share: the folder of the master key, the words that name the store, and more settings."""

    folder: Path
    store: Sequence[str]
    settings: Sequence[tuple[str, str]] = ()

    @property
    def environment(self) -> dict[str, str]:
        return {
            "PATH": "/usr/bin:/bin",
            "PYTHONPATH": str(TESTS),
            "COGNOMEN_MASTER_KEY_FILE": str(self.folder / "master.key"),
            "COGNOMEN_PUBLIC_URL": "http://id.example",
            "COGNOMEN_DRAIN_S": str(DRAIN_S),
            **dict(self.settings),
        }

    async def run(self, *words: str, program: Sequence[str] = TODAY) -> tuple[int, str]:
        """A command of the line: its exit code, and all that it said."""
        process = await self._start(program, words, asyncio.subprocess.STDOUT)
        said, _ = await asyncio.wait_for(process.communicate(), PATIENCE_S)
        return process.returncode or 0, said.decode()

    async def serve(self, *words: str, program: Sequence[str] = TODAY) -> "Node":
        """A node that is ready."""
        process = await self._start(program, ("serve", "--port", "0", "--log-level", "warning", *words), None)
        assert process.stdout
        line = (await asyncio.wait_for(process.stdout.readline(), PATIENCE_S)).decode()
        found = re.search(r"is ready: http://127\.0\.0\.1:(\d+)", line)
        assert found, line
        return Node(process, int(found[1]))

    async def _start(
        self, program: Sequence[str], words: Sequence[str], stderr: int | None
    ) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            sys.executable, "-m", *program, words[0], *self.store, *words[1:],
            cwd=self.folder, env=self.environment, stdout=asyncio.subprocess.PIPE, stderr=stderr,
        )  # fmt: skip


@dataclass(frozen=True)
class Node:
    process: asyncio.subprocess.Process
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def end(self) -> tuple[int, float]:
        """Ask it to end, as a supervisor does: its exit code, and the seconds that it took."""
        loop = asyncio.get_running_loop()
        asked_s = loop.time()
        self.process.send_signal(signal.SIGTERM)
        code = await asyncio.wait_for(self.process.wait(), PATIENCE_S)
        return code, loop.time() - asked_s


@asynccontextmanager
async def nodes(house: House) -> AsyncIterator[list[Node]]:
    """Whoever is in the list when the block ends is killed."""
    running: list[Node] = []
    try:
        yield running
    finally:
        for node in running:
            if node.process.returncode is None:
                node.process.kill()
            await node.process.wait()
