"""Chromium, driven through its own protocol over a pair of pipes, with a virtual authenticator."""

import itertools
import json
import os
import select
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

PROGRAM = shutil.which("chromium")
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage"),
    "--remote-debugging-pipe",
)
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
SECONDS = 60  # for one answer; the first one waits until the browser is up
# The browser reads commands from 3 and writes answers to 4.
START = 'exec "$0" "$@" 3<&"$COMMANDS" 4>&"$ANSWERS"'


class PageFailed(Exception):
    """A script of the page threw; the message is that of its error."""


class Browser:
    """A running browser with one page."""

    def __init__(self, commands: int, answers: int) -> None:
        self.commands, self.answers = commands, answers
        self.numbers = itertools.count(1)
        self.unread = b""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self.call("Page.enable")
        self.call("WebAuthn.enable")
        self.call("WebAuthn.addVirtualAuthenticator", options=AUTHENTICATOR)

    session: str | None = None

    def call(self, method: str, **params: Any) -> Any:
        """One command and its answer; events on the way are passed over."""
        number = next(self.numbers)
        command: dict[str, Any] = {"id": number, "method": method, "params": params}
        if self.session:
            command["sessionId"] = self.session
        os.write(self.commands, json.dumps(command).encode() + b"\0")
        while (answer := self._message()).get("id") != number:
            pass
        assert "error" not in answer, (method, answer["error"])
        return answer["result"]

    def wait_for(self, event: str) -> None:
        while self._message().get("method") != event:
            pass

    def _message(self) -> Mapping[str, Any]:
        while b"\0" not in self.unread:
            ready, _, _ = select.select([self.answers], [], [], SECONDS)
            assert ready, "the browser does not answer"
            got = os.read(self.answers, 1 << 20)
            assert got, "the browser has ended"
            self.unread += got
        whole, _, self.unread = self.unread.partition(b"\0")
        message: Mapping[str, Any] = json.loads(whole)
        return message

    def open(self, url: str) -> None:
        self.call("Page.navigate", url=url)
        self.wait_for("Page.loadEventFired")

    def run(self, function: str, *arguments: Any) -> Any:
        """What a function of the page answers in the end; raises PageFailed."""
        expression = f"{function}(...{json.dumps(arguments)})"
        done = self.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in done:
            raise PageFailed(done["exceptionDetails"]["exception"].get("description", ""))
        return done["result"].get("value")


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser with an empty profile."""
    assert PROGRAM is not None
    commands_in, commands = os.pipe()
    answers, answers_out = os.pipe()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        names = {"COMMANDS": str(commands_in), "ANSWERS": str(answers_out)}
        process = subprocess.Popen(
            ["/bin/bash", "-c", START, PROGRAM, *FLAGS, f"--user-data-dir={profile}"],
            env={**os.environ, **names, "HOME": profile},
            pass_fds=(commands_in, answers_out),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(commands_in)
        os.close(answers_out)
        try:
            yield Browser(commands, answers)
        finally:
            process.terminate()
            process.wait(SECONDS)
            os.close(commands)
            os.close(answers)
