"""Runs the JavaScript programs of tests/sdk/node."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

NODE = Path(__file__).parent / "node"
NEEDS_NODE = [
    pytest.mark.node,
    pytest.mark.skipif(not (shutil.which("node") and (NODE / "node_modules").is_dir()), reason="npm packages missing"),
]


def surroundings(**environment: str) -> dict[str, str]:
    """The environment of a program: nothing of the tests' own but the search path."""
    return {"PATH": os.environ["PATH"], "NO_COLOR": "1", **environment}


def node(script: str, *arguments: str, **environment: str) -> Any:
    """What the program printed, as JSON."""
    command = ["node", str(NODE / script), *arguments]
    variables = surroundings(**environment)
    done = subprocess.run(command, capture_output=True, text=True, env=variables, timeout=60, check=True)
    return json.loads(done.stdout)
