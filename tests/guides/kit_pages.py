"""The pages of the guides to the kit, and how their code is run: block after block, in one namespace, as it stands."""

import ast
import asyncio
import inspect
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import indent
from typing import Any

from authenticator import App
from cognomen.storage.database import Tx
from conftest import Pool
from webauthn_authenticator import Authenticator

PATIENCE_S = 30
FOLDER = Path(__file__).parents[2] / "docs/guides/kit"
PAGES = {page.stem: page for page in sorted(FOLDER.glob("*.md"))}
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
ADDRESS = re.compile(r"[\w.]+@[\w.]+\w|\+\d+")
LEFT_BEHIND = {"from-boto3", "from-pycognito"}  # their first block is untyped, as the library is
SHOWN = {"sh", "js", "toml"}  # what only people read; everything else must run
MODULE = re.compile(r"# (\w+\.py)\n")


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, its text, and the line where it begins."""

    language: str
    text: str
    line: int

    @property
    def file(self) -> str | None:
        """The name of the file that a block is, where it is one."""
        found = MODULE.match(self.text)
        return found[1] if found else None


def blocks(page: Path) -> list[Block]:
    text = page.read_text("utf-8")
    return [Block(found[1], found[2], text.count("\n", 0, found.start()) + 2) for found in FENCE.finditer(text)]


def python(page: Path) -> list[Block]:
    return [block for block in blocks(page) if block.language == "python"]


@dataclass
class Person:
    """Who reads codes in the inbox and in the authenticator app, and types them where a page calls `input`."""

    pool: Pool
    namespace: dict[str, Any]
    seen: dict[str, str] = field(default_factory=dict)

    def types(self, prompt: str) -> str:
        if re.search(r"\bapp\b", prompt):
            return self._app(1 if "later" in prompt else 0)
        address = ADDRESS.search(prompt)
        assert address, f"a prompt names an address or the app: {prompt}"
        return self._mailed(address[0])

    def _app(self, steps: int) -> str:
        now_ms = int(self.pool.server.post("/_dev/clock", {"advance": 0})["now_ms"])
        return App(self.namespace["secret"].secret_code).code(now_ms, steps)

    def _mailed(self, to: str) -> str:
        """The code of the newest message that was not read before; waits for it, and for others under way."""
        self._until_all_is_sent()
        found = self.pool.messages(to=to, wait=PATIENCE_S, after=self.seen.get(to, ""))
        assert found, f"no new message for {to}"
        self.seen[to] = found[-1]["id"]
        return str(found[-1]["code"])

    def _until_all_is_sent(self) -> None:
        async def waiting(tx: Tx) -> int:
            return len(await tx.all("select message_id from outbox where pool_id = ?", (self.pool.pool_id,)))

        deadline = time.monotonic() + PATIENCE_S
        while self.pool.server.run(self.pool.server.application.world.database.read(waiting)):
            assert time.monotonic() < deadline, "a message is not sent"


@dataclass(frozen=True)
class Browser:
    """What the pages call a browser: an authenticator with one passkey."""

    create: Callable[[Any], Any]
    get: Callable[[Any], Any]


def typed(page: Path) -> str:
    """A module for a type checker: the page as one coroutine, without the code of the library that is left behind."""
    first = 1 if page.stem in LEFT_BEHIND else 0
    text = "\n".join(block.text for block in python(page)[first:] if block.file is None)
    return f"from typing import Any\n\n\nasync def page(browser: Any) -> None:\n{indent(text + 'pass', '    ')}\n"


def run(page: Path, pool: Pool) -> int:
    """Run the page; answers how many blocks were run, which is all that are Python and no test module."""
    device = Authenticator()
    namespace: dict[str, Any] = {"__name__": page.stem, "browser": Browser(device.create, device.get)}
    namespace["input"] = Person(pool, namespace).types
    asyncio.run(_run(page, namespace))
    return sum(block.file is None for block in python(page))


async def _run(page: Path, namespace: dict[str, Any]) -> None:
    try:
        for block in python(page):
            if block.file is None:
                await _run_block(page, block, namespace)
    finally:
        for name in ("cognito", "verifier"):
            await _close(namespace.get(name))


async def _run_block(page: Path, block: Block, namespace: dict[str, Any]) -> None:
    """As `python -m asyncio` would, with the page's own line numbers in a traceback."""
    source = "\n" * (block.line - 1) + block.text
    code = compile(source, page, "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
    waiting = eval(code, namespace)
    if inspect.isawaitable(waiting):
        await waiting


async def _close(client: Any) -> None:
    closing = client.close() if hasattr(client, "close") else None
    if inspect.isawaitable(closing):
        await closing
