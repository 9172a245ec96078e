"""Where existence is hidden, the time of an answer does not tell it either. Nightly: time is measured, not counted."""

import random
from collections.abc import Iterator
from math import comb
from pathlib import Path

import pytest

from cli.running import serving
from existence.scenes import SCENES, SETTINGS, Scene, Stage, stage
from existence.wire import Wire
from storage.stores import FILE, POSTGRES

pytestmark = pytest.mark.nightly

PAIRS = 300
WARM_UP = 30  # pairs that do not count: the server has not done this yet
MOST_MS = 1.0  # between the fastest tenth of either
CHANCE = 1e-8  # what is as rare as this among answers that are alike is no chance
AS_PRODUCTION = {
    "sqlite.synchronous": "FULL",
    "passwords.memory_kib": "19456",
    "passwords.time_cost": "2",
    **SETTINGS,
}


@pytest.fixture(scope="module", params=[FILE, POSTGRES])
def wire(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wire]:
    """A server with passwords as strong, and writes as safe, as in production."""
    folder: Path = tmp_path_factory.mktemp("existence")
    chosen = {**AS_PRODUCTION, "data": str(folder)}
    if request.param == POSTGRES:
        database = request.getfixturevalue("postgres").new_database("existence")
        chosen = {**AS_PRODUCTION, "database": database, "master_key_file": str(folder / "master.key")}
    environment = {f"COGNOMEN_{name.replace('.', '__').upper()}": value for name, value in chosen.items()}
    with serving(folder=folder, environment=environment) as server, server.connected() as connection:
        yield Wire(connection)


@pytest.mark.parametrize("name", SCENES)
def test_time_tells_nothing(wire: Wire, name: str) -> None:
    """CRED-06: 300 users and 300 names that nobody has, each asked for once, in pairs of either order, over one
    connection.
    """
    scene, there = SCENES[name], stage(wire.done)
    took = measured(wire, scene, there)
    users, none = (took[who][WARM_UP:] for who in ("user", "none"))
    somebody, nobody, odds = tenth(users), tenth(none), odds_of_fastest(users, none)
    apart = somebody - nobody
    print(f"\n{name}: p10 {somebody:.3f} ms for users, {nobody:.3f} ms for nobody, {apart:+.3f} ms apart ({odds:.1e})")
    assert abs(apart) < MOST_MS or odds > CHANCE


def measured(wire: Wire, scene: Scene, there: Stage) -> dict[str, list[float]]:
    """Milliseconds of each answer, for those who are there and those who are not."""
    chance, took = random.Random(1), {"user": [], "none": []}
    numbers = range(PAIRS + WARM_UP)
    for number in numbers:
        scene.make(there, f"user{number:04}")
    for number in numbers:
        for who in sorted(took):
            scene.before(there, f"{who}{number:04}")
    for number in numbers:
        for who in chance.sample(sorted(took), 2):
            answer = wire.ask(scene.operation, scene.members(there.named(f"{who}{number:04}")))
            took[who].append(answer.ms)
    return took


def odds_of_fastest(users: list[float], none: list[float]) -> float:
    """How likely it is by chance alone that so many, or more, of the fastest fifth of all answers are of one kind.

    Of a pair that has one answer there, this is a user's as often as not, however busy the machine is.
    """
    limit = sorted(users + none)[len(users + none) // 5]
    alone = [mine < limit for mine, other in zip(users, none, strict=True) if (mine < limit) is not (other < limit)]
    most = max(sum(alone), len(alone) - sum(alone))
    return min(1.0, 2 * sum(comb(len(alone), count) for count in range(most, len(alone) + 1)) / 2 ** len(alone))


def tenth(figures: list[float]) -> float:
    """What a tenth of the figures is below."""
    return sorted(figures)[len(figures) // 10]
