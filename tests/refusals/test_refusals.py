"""The whole refusal table against this server: exact error, exact wording, exact form."""

import time
from collections.abc import Iterator

import pytest
from botocore.credentials import Credentials

from cognomen.api.table import HANDLERS, MODEL
from cognomen.clock import Clock
from promises.verifying import ACCESS_KEY, verifying
from refusals import table
from refusals.reach import FRONT_END, is_runnable
from refusals.runner import Outcome, Runner, Verdict
from refusals.service import Service
from refusals.table import Accepted, Case
from refusals.trigger_peer import trigger_peer
from served import serve

CASES, ACCEPTED = table.read()
BUILT = frozenset(name for service, name in HANDLERS if service == "cognito-idp")
RUNNABLE = [case for case in CASES if is_runnable(case, BUILT)]
VERIFIED = {"unknown_key", "wrong_secret"}


@pytest.fixture(scope="module")
def present() -> Iterator[list[int]]:
    """The milliseconds since 1970 that the clocks of this file's servers show, besides what cases move them by."""
    shown = [_now_ms()]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Clock, "now_ms", lambda self: shown[0] + self._moved_ms.value)
        yield shown


@pytest.fixture(autouse=True)
def _standing_still(present: list[int]) -> None:
    """Time goes on between two cases and not within one: a lock of a second lasts, a code of half a minute stays."""
    present[0] = max(present[0], _now_ms())


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


@pytest.fixture(scope="module")
def runner(present: list[int]) -> Iterator[Runner]:
    """A server of its own, since cases move its clock."""
    with trigger_peer() as peer, serve(**peer) as server, Service(server.url) as service:
        yield Runner(service)


@pytest.fixture(scope="module")
def verifying_runner(present: list[int], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runner]:
    """A server that verifies signatures, for the cases about them."""
    with verifying(tmp_path_factory.mktemp("keys")) as server, Service(server.url, Credentials(*ACCESS_KEY)) as service:
        yield Runner(service)


@pytest.mark.parametrize("case", RUNNABLE, ids=lambda case: case.id)
def test_it_is_refused_as_aws_refuses_it(case: Case, request: pytest.FixtureRequest) -> None:
    """The refusal has AWS's name and, where it is known, AWS's wording; else the wording that stands in the table."""
    runner = request.getfixturevalue("verifying_runner" if case.sign in VERIFIED else "runner")
    outcome = runner.run(case)
    assert outcome.verdict is Verdict.RIGHT, outcome
    if outcome.expected is not None:
        assert (outcome.answer.message or "") == outcome.expected
    _has_the_form_of_a_refusal(outcome)


def _has_the_form_of_a_refusal(outcome: Outcome) -> None:
    """Reference 01 and 14: status 400, the name in body and header (with a colon), the wording in a header."""
    answer = outcome.answer
    assert answer is not None
    assert answer.status == 400
    assert set(answer.document) <= {"__type", "message"}
    assert answer.document["__type"] == outcome.case.error
    assert answer.headers["x-amzn-errortype"] == f"{outcome.case.error}:"
    assert answer.headers["content-type"] == "application/x-amz-json-1.1"
    assert len(answer.headers["x-amzn-requestid"]) == 36
    wording = answer.message or ""
    if wording and wording.isascii() and wording.isprintable():
        assert answer.headers["x-amzn-errormessage"] == wording[:1024]


@pytest.mark.parametrize("operation", sorted(BUILT))
def test_the_request_that_the_cases_change_is_accepted(operation: str, runner: Runner) -> None:
    """A case is refused for what it changes, and for nothing else: unchanged, the request works."""
    answer = runner.accept(ACCEPTED[operation])
    assert answer.status == 200, answer.document


def test_every_case_that_can_run_here_runs() -> None:
    """Only cases that wait for an operation that is not built are left out, and most are not."""
    assert len(RUNNABLE) >= 500
    assert {case.operation for case in RUNNABLE} == BUILT
    waiting = [case.id for case in CASES if case not in RUNNABLE]
    assert len(waiting) <= len(CASES) // 10, waiting


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_case_expects_what_its_operation_can_answer(case: Case) -> None:
    """A case names an error of the operation's model or of the front end, and where that is written."""
    modelled = MODEL["cognito-idp", case.operation].errors
    assert case.error in {*modelled, *FRONT_END}
    assert case.source.strip()


def test_a_file_that_means_nothing_is_not_read(tmp_path: object) -> None:
    """A slip in a case is told at once, by its place, and never taken as a case that passes."""
    for slip, told in SLIPS.items():
        file = tmp_path / "slips.toml"  # type: ignore[operator]
        file.write_text(f'[SignUp.request]\nUsername = "a"\n[[SignUp.case]]\nid = "x"\nerror = "E"\n{slip}')
        with pytest.raises(table.Malformed, match=told):
            table.read([file])


SLIPS = {
    'source = "s"': "message",
    'message = "m"': "source",
    'message = "m"\nsource = "s"\nchanges = {}': "changes",
    'message = "m"\nsource = "s"\ndrop = ["Password"]': "Password",
    'message = "m"\nsource = "s"\nwording = "maybe"': "wording",
    'message = "m"\nsource = "s"\nsign = "maybe"': "sign",
    'message = "m"\nsource = "s"\n[[SignUp.case]]\nid = "x"\nerror = "E"\nmessage = "m"\nsource = "s"': "twice",
}


def test_accepted_requests_are_of_operations() -> None:
    """What the cases are changed from is a request of a modelled operation."""
    assert all(("cognito-idp", one.operation) in MODEL and isinstance(one, Accepted) for one in ACCEPTED.values())
