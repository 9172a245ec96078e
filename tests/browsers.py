"""A real browser for pages: Debian's chromium, driven by Playwright; and web applications for it to visit."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from browser import chromium

FLAGS = tuple(flag for flag in chromium.FLAGS if flag != "--remote-debugging-pipe")  # Playwright has its own way in
PATIENCE_MS = 60_000  # the machine may be busy

needs_browser = pytest.mark.skipif(
    chromium.PROGRAM is None, reason="THE PAGES ARE NOT TRIED IN A REAL BROWSER: chromium is not installed"
)


@contextmanager
def browser() -> Iterator[Any]:
    """A browser; each `new_context()` of it has cookies of its own."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium.PROGRAM, args=list(FLAGS))
        try:
            yield started
        finally:
            started.close()


@contextmanager
def opened(started: Any, **options: Any) -> Iterator[Any]:
    """A page with cookies of its own."""
    context = started.new_context(**options)
    context.set_default_timeout(PATIENCE_MS)
    try:
        yield context.new_page()
    finally:
        context.close()


@contextmanager
def uvicorn_running(factory: str, folder: Path, environment: Mapping[str, str]) -> Iterator[str]:
    """An ASGI application in a process of its own, as its README starts it, on a free port; yields its URL.

    The socket listens before the process starts, so that requests wait for it instead of being refused.
    """
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        command = [sys.executable, "-m", "uvicorn", factory, "--factory", "--fd", str(listener.fileno())]
        with subprocess.Popen(
            [*command, "--log-level", "warning"],
            cwd=folder,
            env={"PATH": os.environ["PATH"], **environment},
            pass_fds=(listener.fileno(),),
        ) as process:
            try:
                yield f"http://127.0.0.1:{listener.getsockname()[1]}"
            finally:
                process.terminate()
                process.wait(30)
