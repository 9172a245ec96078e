"""Every input member of every built operation is honoured or refused: nothing is taken and then ignored."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import reduce
from pathlib import Path
from typing import Any

import msgspec
import pytest

from cognomen.api.not_yet import MEMBERS, Unbuilt
from cognomen.api.table import HANDLERS, MODEL
from modelled import raw, text_of
from promises.honoured import HONOURED, NO_EFFECT
from promises.made_up import leaves_of, modelled, value_for
from refusals import table
from refusals.runner import Runner
from refusals.service import Service
from refusals.table import merged
from refusals.worlds import World
from served import Served

ROOT = Path(__file__).parents[2]
BUILT = sorted(HANDLERS)
CASES, ACCEPTED = table.read()
Path_ = tuple[str, ...]


def wire_path(kind: Any, path: str) -> Path_:
    """``policies.password_policy`` of a request as the wire has it."""
    names: list[str] = []
    for attribute in path.split("."):
        field = next(one for one in msgspec.structs.fields(_struct_in(kind)) if one.name == attribute)
        names.append(field.encode_name)
        kind = field.type
    return tuple(names)


def _struct_in(kind: Any) -> Any:
    """The structure within an optional, a list or a map of it."""
    arguments = getattr(kind, "__args__", ())
    inner = [found for one in arguments if (found := _struct_in(one)) is not None]
    return kind if isinstance(kind, msgspec.StructMeta) else (inner[-1] if inner else None)


def refused_paths(operation: str) -> dict[Path_, Unbuilt]:
    return {
        wire_path(MODEL["cognito-idp", operation].input, path): unbuilt
        for path, unbuilt in MEMBERS.get(operation, {}).items()
    }


def _covers(paths: Mapping[Any, Any], leaf: Path_) -> list[Any]:
    dotted = [path if isinstance(path, tuple) else tuple(path.split(".")) for path in paths]
    return [path for path in dotted if leaf[: len(path)] == path]


def _leaves() -> Iterator[Any]:
    for service, operation in BUILT:
        for leaf in leaves_of(modelled((service, operation)).input_shape):
            yield pytest.param(operation, leaf, id=".".join((operation, *leaf)))


@pytest.mark.parametrize(("operation", "leaf"), list(_leaves()))
def test_a_member_is_honoured_or_refused(operation: str, leaf: Path_) -> None:
    """A member has exactly one fate: a place that shows its effect, a refusal, or no effect on AWS either."""
    fates = [HONOURED.get(operation, {}), NO_EFFECT.get(operation, {}), refused_paths(operation)]
    assert sum(bool(_covers(fate, leaf)) for fate in fates) == 1


def _rows(fates: Mapping[str, Mapping[str, str]]) -> list[Any]:
    return [
        pytest.param(operation, path, why, id=f"{operation}.{path}")
        for operation, members in fates.items()
        for path, why in members.items()
    ]


@pytest.mark.parametrize(("operation", "path", "evidence"), _rows(HONOURED))
def test_the_evidence_exists(operation: str, path: str, evidence: str) -> None:
    """What shows the effect of a member is a case of the refusal table, or a test that is there."""
    file, _, test = evidence.partition("::")
    if test:
        assert f"def {test}(" in (ROOT / file).read_text("utf-8")
    else:
        assert evidence in {case.id for case in CASES}


@pytest.mark.parametrize(("operation", "path", "reason"), _rows(NO_EFFECT))
def test_no_effect_has_its_reason(operation: str, path: str, reason: str) -> None:
    """What does nothing has a reason in AWS's own behaviour."""
    assert "AWS" in reason or "refuses" in reason


# What is refused, refused by name


@pytest.fixture(scope="module")
def runner(server: Served) -> Iterator[Runner]:
    with Service(server.url) as service:
        yield Runner(service)


def _refused() -> Iterator[Any]:
    for _, operation in BUILT:
        for path, unbuilt in refused_paths(operation).items():
            yield pytest.param(operation, path, unbuilt, id=".".join((operation, *path)))


def _asked(runner: Runner, operation: str, path: Path_, value: Any) -> tuple[World, dict[str, Any]]:
    """The accepted request with this one member more, and what else its structures must have."""
    shape = modelled(("cognito-idp", operation)).input_shape
    member: Any = value
    for depth in range(len(path) - 1, -1, -1):
        holder = reduce(lambda one, name: one.members[name], path[:depth], shape)
        beside = value_for(holder) if depth else {}
        member = {**beside, path[depth]: member}
    accepted = ACCEPTED[operation]
    return runner.world(accepted.needs), merged(accepted.request, member)


def _harmful(shape: Any, harmless: tuple[Any, ...]) -> Any:
    """A value of the shape that would do something."""
    return next(
        one for one in CHOICES.get(shape.type_name, lambda made: [value_for(made)])(shape) if one not in harmless
    )


CHOICES: Mapping[str, Callable[[Any], Iterable[Any]]] = {
    "string": lambda shape: raw(shape).get("enum") or [text_of(shape)],
    "boolean": lambda _: [True, False],
    "integer": lambda shape: range(raw(shape).get("min", 0), raw(shape).get("max", 9) + 1),
    "list": lambda shape: ([one] for one in CHOICES[shape.member.type_name](shape.member)),
    "structure": lambda shape: [_filled(shape)],
}


def _filled(shape: Any) -> dict[str, Any]:
    """A structure with all that it needs, and at least one member."""
    first = next(iter(shape.members))
    return value_for(shape) or {first: _harmful(shape.members[first], ())}


@pytest.mark.parametrize(("operation", "path", "unbuilt"), list(_refused()))
def test_an_unbuilt_member_is_refused_by_its_name(
    operation: str, path: Path_, unbuilt: Unbuilt, runner: Runner
) -> None:
    """A value that would do something is InvalidParameterException, which names the member and the reason."""
    shape = reduce(lambda one, name: one.members[name], path, modelled(("cognito-idp", operation)).input_shape)
    world, request = _asked(runner, operation, path, _harmful(shape, unbuilt.harmless))
    answer = runner.service.call(operation, table.filled(request, world.value))
    assert (answer.status, answer.error) == (400, "InvalidParameterException")
    assert answer.message == f"{'.'.join(path)} is not supported by this server: {unbuilt.reason}"


def _harmless() -> Iterator[Any]:
    for _, operation in BUILT:
        for path, unbuilt in refused_paths(operation).items():
            for value in unbuilt.harmless:
                yield pytest.param(operation, path, value, id=f"{operation}.{'.'.join(path)}={value}")


@pytest.mark.parametrize(("operation", "path", "value"), list(_harmless()))
def test_a_harmless_value_is_taken(operation: str, path: Path_, value: Any, runner: Runner) -> None:
    """A value that changes nothing is taken, and shown by what Create answers, unless the model itself forbids it."""
    world, request = _asked(runner, operation, path, value)
    answer = runner.service.call(operation, table.filled(request, world.value))
    if value == [] and answer.status == 400:
        assert "Member must have length greater than or equal to 1" in str(answer.message)
        return
    assert answer.status == 200
    if operation.startswith("Create"):
        made = next(iter(answer.document.values()))
        assert reduce(lambda one, name: one[name], path, made) == value
