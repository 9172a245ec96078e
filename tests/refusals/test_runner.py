"""The runner tells right from wrong, whoever it asks."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from refusals import runner, table
from refusals.runner import Verdict, judged
from refusals.service import Answer, Service, region_of
from served import serve

CASE = next(case for case in table.read()[0] if case.id == "SignUp.username-taken")
RIGHT = {"__type": "UsernameExistsException", "message": "User already exists"}


def answer(status: int, document: dict[str, Any]) -> Answer:
    return Answer(status, {}, json.dumps(document).encode())


@pytest.mark.parametrize(
    ("status", "document", "verdict"),
    [
        (400, RIGHT, Verdict.RIGHT),
        (400, {**RIGHT, "__type": "com.amazonaws.cognito#UsernameExistsException:http://x/"}, Verdict.RIGHT),
        (400, {"__type": RIGHT["__type"], "Message": RIGHT["message"]}, Verdict.RIGHT),
        (400, {**RIGHT, "message": "User already exists."}, Verdict.WRONG_WORDING),
        (400, {"__type": RIGHT["__type"]}, Verdict.WRONG_WORDING),
        (400, {**RIGHT, "__type": "AliasExistsException"}, Verdict.WRONG_ERROR),
        (400, {}, Verdict.WRONG_ERROR),
        (500, RIGHT, Verdict.WRONG_ERROR),
        (200, {"UserSub": "x"}, Verdict.ACCEPTED),
        (200, RIGHT, Verdict.ACCEPTED),
    ],
)
def test_answers_are_judged(status: int, document: dict[str, Any], verdict: Verdict) -> None:
    """Each way to differ from AWS has its verdict; SDKs' freedom in reading the name is the runner's too."""
    assert judged(CASE, "User already exists", answer(status, document)) is verdict


def test_an_unknown_wording_is_not_judged() -> None:
    """Where AWS's text is not known, no endpoint is blamed for its own."""
    case = next(case for case in table.read()[0] if not case.exact)
    assert judged(case, "ours", answer(400, {"__type": case.error, "message": "theirs"})) is Verdict.RIGHT


def test_the_command_line_tells_outcomes_and_totals(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Against this server a part of the table is right: exit code 0, a total, and a row for each case in the file."""
    written = tmp_path / "outcomes.json"
    with serve() as server:
        code = runner.main(["--endpoint", server.url, "--only", "SignUp.password-*", "--json", str(written)])
    rows = json.loads(written.read_text())
    assert code == 0
    assert {row["verdict"] for row in rows} == {"right"}
    assert all(row["id"].startswith("SignUp.password-") for row in rows)
    assert capsys.readouterr().out.splitlines()[-1].split()[:2] == ["total", str(len(rows))]


def test_who_accepts_everything_is_found_out(capsys: pytest.CaptureFixture[str]) -> None:
    """A stand-in that answers 200 to whatever it is sent has every case against it, and exit code 1."""
    with stand_in() as url:
        code = runner.main(["--endpoint", url, "--only", "AdminGetUser.no-*"])
    assert code == 1
    assert "ACCEPTED       AdminGetUser.no-username" in capsys.readouterr().out


def test_what_was_accepted_spoils_no_other_case() -> None:
    """After an answer that is no refusal the next case gets a pool of its own; cases that are refused share one."""
    case = next(case for case in table.read()[0] if case.id == "AdminGetUser.no-username")
    with stand_in() as url, Service(url) as service:
        asking = runner.Runner(service)
        for made in (1, 2):
            assert asking.run(case).verdict is Verdict.ACCEPTED
            assert len(asking._pools.made) == made
    with serve() as server, Service(server.url) as service:
        asking = runner.Runner(service)
        assert [asking.run(case).verdict for _ in range(2)] == [Verdict.RIGHT] * 2
        assert len(asking._pools.made) == 1


def test_an_answer_that_is_not_like_awss_ends_one_case_only() -> None:
    """A stand-in without tokens leaves a case that is about tokens unprepared."""
    needy = replace(CASE, needs=("signed_in_user",), request={"AccessToken": "${refresh_token_with_another_tag}"})
    with stand_in() as url, Service(url) as service:
        outcome = runner.Runner(service).run(needy)
    assert outcome.verdict is Verdict.UNPREPARED
    assert outcome.reason.startswith("an answer of this endpoint is not made like AWS's: ")


def test_nobody_is_there(capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2, and the endpoint is named."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))  # so that nobody else can listen there
        url = f"http://127.0.0.1:{held.getsockname()[1]}"
        assert runner.main(["--endpoint", url]) == 2
    assert capsys.readouterr().err == f"nobody answers at {url}\n"


def test_cases_for_a_dev_server_are_skipped_elsewhere() -> None:
    """Where there is no inbox, a case that needs a code is skipped with the reason."""
    case = next(case for case in table.read()[0] if case.id == "ConfirmSignUp.expired-code")
    with stand_in() as url, Service(url) as service:
        outcome = runner.Runner(service).run(case)
    assert (outcome.verdict, outcome.reason) == (Verdict.SKIPPED, "needs the inbox or the clock of a dev server")


def test_the_region_is_that_of_the_endpoint() -> None:
    """Requests to AWS are signed for the region in its host name."""
    assert region_of("https://cognito-idp.eu-west-1.amazonaws.com") == "eu-west-1"
    assert region_of("http://127.0.0.1:9229") == "us-east-1"


class Obliging(BaseHTTPRequestHandler):
    """Answers every call with the same pool and client, and has no pages."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        body = json.dumps({"UserPool": {"Id": "us-east-1_a"}, "UserPoolClient": {"ClientId": "a"}}).encode()
        self._answer(200, body)

    def do_GET(self) -> None:
        self._answer(404, b"{}")

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def stand_in() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Obliging) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()
