"""The guide to triggers does what it says, from its own text."""

import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from cli.running import command, finish, run, serving
from cognomen_kit import decrypt_code
from encryption_sdk import KEY_ARN, Kms, encrypted

GUIDE = (Path(__file__).parents[2] / "docs/guides/triggers.md").read_text("utf-8")
BLOCKS = {
    text.split("\n", 1)[0].removeprefix("# "): text for text in re.findall(r"```\w+\n(# .*?)```", GUIDE, re.DOTALL)
}
ARN = "arn:aws:lambda:us-east-1:000000000000:function:guard"


def written(folder: Path) -> dict[str, str]:
    """The guide's files in a folder; answers the environment that its commands are given."""
    (folder / "guests").mkdir()
    for name in ("cognomen.toml", "guests/triggers.py", "try.py"):
        (folder / name).write_text(BLOCKS[name])
    return {"PYTHONPATH": "."}


def test_the_example_runs(tmp_path: Path) -> None:
    """A guest is confirmed at once, and everybody else is refused with the handler's own words."""
    environment = written(tmp_path)
    assert run("check-config", folder=tmp_path, environment=environment).out == "ok\n"
    with serving(folder=tmp_path, environment=environment) as server:
        program = BLOCKS["try.py"].replace("http://127.0.0.1:9229", server.url)
        ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
        status, log = server.get("/_dev/triggers")
    assert ended.stdout == "True\nPreSignUp failed with error Guests only.\n"
    assert ended.stdout.splitlines()[1] in GUIDE
    assert status == 200
    assert log.count('"arn"') == 2


def test_a_target_that_cannot_be_imported_keeps_the_server_from_starting(tmp_path: Path) -> None:
    """check-config and serve say the same, naming the line and what to do."""
    written(tmp_path)
    (tmp_path / "guests/triggers.py").write_text("import a_module_that_is_not_there")
    checked = run("check-config", folder=tmp_path)
    assert checked.code == 1
    assert checked.out.startswith(
        f'[triggers] "{ARN}" = "python:guests.triggers:guard": guests.triggers:guard cannot be'
    )
    assert "put it onto PYTHONPATH" in checked.out
    started = finish(command("serve", "--port", "0", folder=tmp_path))
    assert started.code != 0
    assert "guests.triggers:guard cannot be imported" in started.err


def test_a_sender_gets_what_is_to_be_sent(tmp_path: Path) -> None:
    """The guide's sender reads the code, which confirms the account; a key that others may read stops the start."""
    (tmp_path / "post").mkdir()
    for name in ("senders.toml", "post/senders.py"):
        (tmp_path / name).write_text(BLOCKS[name])
    made = re.search(r"`(\(umask 077; .*? > code\.key\))`", GUIDE)
    assert made
    subprocess.run(made[1], shell=True, cwd=tmp_path, check=True, timeout=60)
    (tmp_path / "code.key").chmod(0o640)
    checked = run("check-config", "--config", "senders.toml", folder=tmp_path, environment={"PYTHONPATH": "."})
    assert "the key is open to other users of the machine: `chmod 600 code.key`" in checked.out
    (tmp_path / "code.key").chmod(0o600)
    with serving("--config", "senders.toml", folder=tmp_path, environment={"PYTHONPATH": "."}) as server:
        program = BLOCKS["send.py"].replace("http://127.0.0.1:9229", server.url)
        subprocess.run([sys.executable, "-c", program], check=True, timeout=60)
        end = time.monotonic() + 30
        while "CustomEmailSender_SignUp" not in (log := server.get("/_dev/triggers")[1]):  # it has run, then
            assert time.monotonic() < end
    sent = re.fullmatch(r"CustomEmailSender_SignUp kim@example\.com (\d{6})\n", (tmp_path / "sent.txt").read_text())
    assert sent
    assert f'"{sent[1]}"' not in log


def test_a_sender_on_aws_asks_kms(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the guide puts in place of its keys reads codes whose data key KMS wrapped."""
    kms = Kms()
    monkeypatch.setattr("boto3.client", lambda _name: kms)
    names: dict[str, Any] = {}
    exec(compile(BLOCKS["on_aws.py"], "on_aws.py", "exec"), names)
    assert names["KEY"] == KEY_ARN
    assert decrypt_code(encrypted("123456", keys=kms.master_key), names["unwrap"]) == "123456"
