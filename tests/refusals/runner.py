"""Asks an endpoint for everything that AWS refuses, and tells what it did instead of refusing.

    python tests/refusals/runner.py --endpoint http://127.0.0.1:9229 [--only 'SignUp.*'] [--json FILE]

README.md beside this file describes the table and what the verdicts mean.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))  # so that the file runs as a script, from anywhere

from refusals import table, worlds
from refusals.endpoints import CannotPrepare, DevLane, NeedsDevLane, Pools
from refusals.service import PREFIX, Answer, Service, is_signed
from refusals.table import Accepted, Case


class Verdict(StrEnum):
    """How an endpoint did on one case."""

    RIGHT = "right"
    WRONG_WORDING = "wrong wording"  # the right refusal in other words than AWS's
    WRONG_ERROR = "wrong error"  # another refusal than AWS's, or a failure
    ACCEPTED = "ACCEPTED"  # what AWS refuses was done
    UNPREPARED = "unprepared"  # the world of the case could not be made
    SKIPPED = "skipped"  # this endpoint cannot be asked, and the reason says why


UNLIKE_AWS = (LookupError, ValueError, TypeError, AttributeError)  # a member is not there, a token has other parts
BAD = (Verdict.WRONG_WORDING, Verdict.WRONG_ERROR, Verdict.ACCEPTED, Verdict.UNPREPARED)


@dataclass(frozen=True)
class Outcome:
    """What became of one case. `expected` is the wording with its blanks filled."""

    case: Case
    verdict: Verdict
    expected: str | None = None
    answer: Answer | None = None
    reason: str = ""


class Runner:
    """Runs cases against one endpoint, making the worlds they need."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self._dev = DevLane.of(service)
        self._pools = Pools(service)
        self._ingredients = table.ingredients()
        self._verifies: bool | None = None

    def run(self, case: Case) -> Outcome:
        """Ask one case, of whatever endpoint: its answers may lack anything that AWS's have."""
        try:
            return self._judge(case)
        except UNLIKE_AWS as fault:
            self._pools.share_no_more()
            reason = f"an answer of this endpoint is not made like AWS's: {type(fault).__name__}: {fault}"
            return Outcome(case, Verdict.UNPREPARED, reason=reason)

    def _judge(self, case: Case) -> Outcome:
        if case.sign in {"unknown_key", "wrong_secret"} and not self._signatures_are_verified():
            return Outcome(case, Verdict.SKIPPED, reason="this endpoint takes any signature")
        try:
            world = self.world(case.needs)
        except NeedsDevLane as missing:
            return Outcome(case, Verdict.SKIPPED, reason=str(missing))
        except CannotPrepare as refused:
            verdict = Verdict.SKIPPED if refused.is_unbuilt else Verdict.UNPREPARED
            return Outcome(case, verdict, reason=str(refused))
        answer = self._ask(case, world)
        if answer.status != 400:  # what was not refused may have changed or deleted what the next case relies on
            self._pools.share_no_more()
        expected = None if case.message is None else str(table.filled(case.message, world.value))
        return Outcome(case, judged(case, expected, answer), expected, answer)

    def accept(self, accepted: Accepted) -> Answer:
        """Ask for what has to be accepted; raises CannotPrepare, NeedsDevLane."""
        world = self.world(accepted.needs)
        return self.service.call(accepted.operation, table.filled(accepted.request, world.value))

    def clean_up(self) -> list[str]:
        """Delete the pools that were made; answers with those that stay."""
        return self._pools.delete_all()

    def world(self, needs: Sequence[str]) -> worlds.World:
        """A fresh world; raises CannotPrepare, NeedsDevLane."""
        return worlds.prepare(self._pools, self._dev, [self._ingredients[name] for name in ("pool", *needs)])

    def _ask(self, case: Case, world: worlds.World) -> Answer:
        request = table.filled(case.request, world.value)
        body = json.dumps(request) if case.body is None else table.filled(case.body, world.value)
        sign = case.sign or ("" if is_signed(case.operation) else "no")
        target = f"{PREFIX}.{case.operation}" if case.target is None else case.target
        return self.service.send(target, body.encode(), sign)

    def _signatures_are_verified(self) -> bool:
        if self._verifies is None:
            probe = self.service.send(f"{PREFIX}.ListUserPools", b'{"MaxResults":1}', "unknown_key")
            self._verifies = probe.status != 200
        return self._verifies


def judged(case: Case, expected: str | None, answer: Answer) -> Verdict:
    """How an answer compares with what AWS gives; where its wording is not known, any will do."""
    if answer.status == 200:
        return Verdict.ACCEPTED
    if answer.error != case.error or answer.status != 400:
        return Verdict.WRONG_ERROR
    if case.exact and (answer.message or "") != expected:
        return Verdict.WRONG_WORDING
    return Verdict.RIGHT


# The command line


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the table and print what was found; 0 where nothing is wrong, 1 where something is, 2 for no answer."""
    asked = _parser().parse_args(arguments)
    cases, _ = table.read()
    chosen = [case for case in cases if fnmatchcase(case.id, asked.only)]
    with Service(asked.endpoint, region=asked.region) as service:
        if not service.get("/").status:
            sys.stderr.write(f"nobody answers at {asked.endpoint}\n")
            return 2
        runner = Runner(service)
        outcomes = [runner.run(case) for case in chosen]
        left = runner.clean_up()
    told = [*_report(outcomes), *(f"{pool_id} could not be deleted" for pool_id in left)]
    sys.stdout.write("\n".join(told) + "\n")
    if asked.json:
        asked.json.write_text(json.dumps([_row(outcome) for outcome in outcomes], indent=1) + "\n", "utf-8")
    return 1 if any(outcome.verdict in BAD for outcome in outcomes) else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Ask an endpoint for everything that AWS Cognito refuses.")
    parser.add_argument("--endpoint", required=True, help="such as http://127.0.0.1:9229")
    parser.add_argument("--only", default="*", help="only cases whose id matches, such as 'SignUp.*'")
    parser.add_argument("--region", help="region to sign for; else that of the endpoint's name, or us-east-1")
    parser.add_argument("--json", type=Path, help="write the outcomes to this file as well")
    return parser


def _report(outcomes: Sequence[Outcome]) -> Iterator[str]:
    for outcome in outcomes:
        if outcome.verdict is not Verdict.RIGHT:
            yield f"{outcome.verdict:14} {outcome.case.id}"
            yield from (f"{'':14}   {line}" for line in _details(outcome))
    yield from ("", f"{'subject':20}" + "".join(f"{verdict:>15}" for verdict in Verdict))
    by_subject: dict[str, Counter[Verdict]] = {}
    for outcome in outcomes:
        by_subject.setdefault(outcome.case.subject, Counter())[outcome.verdict] += 1
    for subject, counts in by_subject.items():
        yield f"{subject:20}" + "".join(f"{counts[verdict]:15}" for verdict in Verdict)
    total = Counter(outcome.verdict for outcome in outcomes)
    yield f"{'total':20}" + "".join(f"{total[verdict]:15}" for verdict in Verdict)


def _details(outcome: Outcome) -> Iterator[str]:
    if outcome.answer is None:
        yield outcome.reason
        return
    yield f"expected {outcome.case.error}: {outcome.expected}   [{outcome.case.source}]"
    yield f"got  {outcome.answer.status} {outcome.answer.error}: {outcome.answer.message}"


def _row(outcome: Outcome) -> dict[str, Any]:
    answer = outcome.answer
    return {
        "id": outcome.case.id,
        "verdict": outcome.verdict,
        "source": outcome.case.source,
        "expected": {"error": outcome.case.error, "message": outcome.expected, "exact": outcome.case.exact},
        "got": answer and {"status": answer.status, "error": answer.error, "message": answer.message},
        "reason": outcome.reason,
    }


if __name__ == "__main__":
    sys.exit(main())
