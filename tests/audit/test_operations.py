"""Each operation and the audit log: what changes something has one record, what reads has none."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from cognomen.api.audited import KINDS, OTHERS, Kind, kind_of
from cognomen.api.table import HANDLERS, MODEL, TableIncomplete
from cognomen.flows.audit_reading import Span, verify
from promises.test_secrets import Planted, _a_day
from refusals import table
from refusals.runner import Runner
from refusals.service import Answer, Service
from refusals.trigger_peer import trigger_peer
from served import Served, serve

ACCEPTED = table.read()[1]
BUILT = sorted(name for service, name in HANDLERS if service == "cognito-idp")
ASKED = [name for name in BUILT if name in ACCEPTED]
ACTORS = {
    "IAM": {"access_key"},
    "IAM_OR_CLIENT": {"access_key", "client"},
    "CLIENT": {"client"},
    "ACCESS_TOKEN": {"user"},
    "TOKEN_OR_SESSION": {"user", "client"},
    "FEEDBACK_TOKEN": {"nobody"},
}
SUBS = {"InitiateAuth", "AdminInitiateAuth", "SignUp", "AdminCreateUser", "AdminDeleteUser", "ForgotPassword"}


@dataclass(frozen=True)
class Audited:
    """A server with an audit log, and what asks it."""

    server: Served
    service: Service
    runner: Runner

    def rows(self, sql: str, *values: object) -> list[Any]:
        return list(self.server.run(self.server.application.world.database.read(lambda tx: tx.all(sql, values))))

    def count(self) -> int:
        return int(self.rows("select count(*) from audit_records")[0][0])

    def record_of(self, answer: Answer) -> Mapping[str, Any]:
        """The one record of a call."""
        request_id = answer.headers["x-amzn-requestid"]
        [[body]] = self.rows("select body from audit_records where body like ?", f'{{"id":"{request_id}"%')
        return dict(json.loads(body))

    def faults(self) -> list[str]:
        world = self.server.application.world
        report = self.server.run(verify(world.database, world.sealer, Span()))
        return list(report.faults)


@pytest.fixture(scope="module")
def audited() -> Iterator[Audited]:
    with trigger_peer() as peer, serve(**peer, **{"audit.on": True}) as server, Service(server.url) as service:
        yield Audited(server, service, Runner(service))


# Which operations


def test_every_operation_is_classified() -> None:
    """OPS-03: each of the 164 operations either has records or is known to change nothing, by its verb or by name."""
    assert set(KINDS) == set(MODEL)
    assert set(OTHERS) <= {name for _, name in MODEL}
    reads = {name for (_, name), kind in KINDS.items() if kind is Kind.READ}
    assert len(reads) == 53
    assert all(name.removeprefix("Admin").startswith(("Get", "List", "Describe", "Lookup")) for name in reads)
    with pytest.raises(TableIncomplete, match="BrewCoffee"):
        kind_of("BrewCoffee")


def test_every_built_operation_is_asked_here() -> None:
    """The table of refusals has a request for each operation that has records."""
    assert {name for name in BUILT if KINDS["cognito-idp", name] is not Kind.READ} <= set(ACCEPTED)


@pytest.mark.parametrize("operation", ASKED)
def test_an_operation_has_its_record(operation: str, audited: Audited) -> None:
    """OPS-03: a change or sign-in has exactly one record, with who, what, where and the result; a read has none."""
    accepted = ACCEPTED[operation]
    world = audited.runner.world(accepted.needs)
    request = table.filled(accepted.request, world.value)
    before = audited.count()
    answer = audited.service.call(operation, request)
    written = audited.count() - before
    kind = KINDS["cognito-idp", operation]
    refresh = kind is Kind.REFRESH or request.get("AuthFlow", "").startswith("REFRESH_TOKEN")
    if kind is Kind.READ or (refresh and written == 0):
        assert written == 0
        return
    assert written == 1, answer
    record = audited.record_of(answer)
    access = MODEL["cognito-idp", operation].access.value
    assert record["operation"] == f"cognito-idp:{operation}"
    assert record["result"] == (answer.error or "ok")
    assert answer.error is None, "what the table accepts is done"
    assert record["actor"]["kind"] in ACTORS[access]
    assert record["address"] == "127.0.0.1"
    assert set(record["members"]) >= {name for name, value in request.items() if value not in (None, [])}
    if "UserPoolId" in request:
        assert record["pool"] == request["UserPoolId"]
    if operation in SUBS:
        assert len(record["user"]["sub"]) == 36
    for name, value in record.get("target", {}).items():
        assert request.get(name, value) == value


def test_the_log_of_them_all_holds(audited: Audited) -> None:
    """OPS-05: after all of this nothing is under way, and the log verifies."""
    operations = iter(ASKED)
    while audited.count() <= 100:  # where another process has asked for most of them
        accepted = ACCEPTED[next(operations)]
        world = audited.runner.world(accepted.needs)
        audited.service.call(accepted.operation, table.filled(accepted.request, world.value))
    assert audited.rows("select count(*) from audit_pending") == [(0,)]
    assert audited.faults() == []


# Refusals


SIGN_INS = [
    case for case in table.read()[0] if case.operation in {"InitiateAuth", "AdminInitiateAuth"} and not case.sign
]
NOT_READ = {"SerializationException", "UnknownOperationException"}


def refused_sign_ins() -> list[Any]:
    """A few that are refused for different reasons; all of them at night."""
    seen: set[tuple[str, str]] = set()
    chosen = []
    for case in SIGN_INS:
        few = (case.operation, case.error) not in seen
        seen.add((case.operation, case.error))
        chosen.append(pytest.param(case, id=case.id, marks=[] if few else pytest.mark.nightly))
    return chosen


@pytest.mark.parametrize("case", refused_sign_ins())
def test_a_refused_sign_in_has_its_record(case: table.Case, audited: Audited) -> None:
    """OPS-03: an attempt that is refused has one record with the error, also where the client is not known.

    What breaks the model's own limits is no attempt: nothing of it is looked at.
    """
    outcome = audited.runner.run(case)
    assert outcome.answer, outcome
    if outcome.answer.error in NOT_READ or "validation error" in outcome.answer.message:
        return
    assert audited.record_of(outcome.answer)["result"] == outcome.answer.error


def test_who_may_not_has_a_record(audited: Audited) -> None:
    """OPS-03: a change that is refused to a known caller has its record; that of an unknown one has none."""
    world = audited.runner.world(("pool",))
    pool = {"UserPoolId": world.value("pool_id")}
    refused = audited.service.call("AdminDeleteUser", {**pool, "Username": "nobody"})
    assert audited.record_of(refused)["result"] == "UserNotFoundException"
    before = audited.count()
    audited.service.call("SignUp", {"ClientId": "unknown", "Username": "a", "Password": "Correct-Horse-9"})
    audited.service.call("DeleteUser", {"AccessToken": "made-up"})
    assert audited.count() == before


def test_no_secret_is_in_a_record() -> None:
    """OPS-03, TOK-16: after a day of sign-ups and sign-ins, right and refused, no record holds a secret or a name."""
    planted = Planted()
    with serve(**{"audit.on": True}) as server, Service(server.url) as service:
        _a_day(service, planted)
        audited = Audited(server, service, Runner(service))
        bodies = "\n".join(body for (body,) in audited.rows("select body from audit_records"))
    assert bodies.count("\n") >= 10
    for what, secret in planted.secrets.items():
        alone = rf"(?<![\w-]){secret}(?![\w-])"  # six digits may be part of a longer number or word
        assert not (re.search(alone, bodies) if secret.isdigit() else secret in bodies), what
    assert "@example" not in bodies
