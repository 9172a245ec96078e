"""What may happen once happens once, however many ask for it at the same time, on either engine."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from races.arena import SETTINGS, Arena
from races.contests import CONTESTS
from refusals.service import Service
from served import serve
from storage.stores import FILE, POSTGRES

ROUNDS = [20, pytest.param(200, marks=pytest.mark.nightly)]


@pytest.fixture(scope="module", params=[FILE, POSTGRES])
def arena(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Arena]:
    """Two servers of one master key on one store."""
    folder = tmp_path_factory.mktemp("races")
    with ExitStack() as stack:
        store: dict[str, str | None] = {"data": str(folder)}
        if request.param == POSTGRES:
            url = request.getfixturevalue("postgres").new_database("races")
            store = {"data": None, "database": url}
        shared = {**store, "master_key_file": str(folder / "master.key"), **SETTINGS}
        servers = [stack.enter_context(serve(**shared)) for _ in range(2)]
        yield Arena([stack.enter_context(Service(server.url)) for server in servers])


@pytest.mark.parametrize("rounds", ROUNDS)
@pytest.mark.parametrize("name", CONTESTS)
def test_one_wins_and_all_others_are_refused(arena: Arena, name: str, rounds: int) -> None:
    """API-15, CRED-11, STO-08: Of 50 requests at once one succeeds; the others get the right refusal, nobody a
    5xx, and the winner's holds.
    """
    contest = CONTESTS[name]
    for _ in range(rounds):
        requests = contest.start(arena)
        answers = arena.together(requests)
        won = [members for (_, members), answer in zip(requests, answers, strict=True) if answer.status == 200]
        refused = {(answer.status, answer.error) for answer in answers if answer.status != 200}
        assert len(won) == 1
        assert refused
        assert refused <= {(400, error) for error in contest.refusals}
        contest.check(arena, won[0])
